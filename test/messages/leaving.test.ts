import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { visitorObject } from '../../src/env.ts';
import worker from '../../src/index.ts';
import { putItems, send, visitor } from '../decide/http.ts';
import { delivered } from '../support/visitor.ts';

const MINUTE = 60_000;
const CONFIG = {
  consent: { default: 'personal' },
  attention: { perSession: 9, minutesBetween: 0 },
  messages: {
    nudge: {
      placement: 'top',
      type: 'inline',
      audience: { 'page.exitRate': { $gt: 0.4 } },
      content: { en: { text: 'Need a hand?' } },
    },
    always: {
      placement: 'bottom',
      priority: 1,
      trigger: { on: 'page', page: ['checkout', 'payment', 'item'] },
      content: { en: { text: 'Hello' } },
    },
  },
};

beforeAll(async () => {
  await putItems([{ itemId: 'tea', title: 'Tea', price: 4 }]);
  expect((await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG })).status).toBe(200);
}, 60_000);

interface Messages {
  messages: { messageId: string }[];
  suppressed: { messageId: string; why: string }[];
}
async function ask(visitorId: string, body: object): Promise<Messages> {
  const { status, body: answer } = await send('/v1/decide', { body: { visitorId, include: ['messages'], ...body } });
  expect(status).toBe(200);
  return answer as unknown as Messages;
}

let sent = 0;
const page = (type: string) => ({
  eventId: `p${++sent}`,
  name: 'page_view',
  page: { type, url: `https://shop.example/${type}/${sent}` },
});

/** Runs the cron as the platform does. */
async function cron(): Promise<void> {
  const ctx = createExecutionContext();
  await worker.scheduled(createScheduledController({ scheduledTime: new Date() }), env);
  await waitOnExecutionContext(ctx);
}

describe('where visitors leave', () => {
  const HOUR = 60 * MINUTE;
  /** Visits that each begin an hour after the one before, as the shop's server tells of them. */
  async function visits(visitorId: string, each: readonly (readonly object[])[], from: number): Promise<void> {
    const events = each.flatMap((visit, i) =>
      visit.map((event, n) => ({ ...event, timestamp: new Date(from + i * HOUR + n * MINUTE).toISOString() })),
    );
    const { body } = await send('/v1/events', { key: 'sk_demo', body: { visitorId, events } });
    expect(body.rejected).toEqual([]);
    await delivered(visitorObject(env, 'demo', visitorId));
  }
  const counted = async () => (await send('/v1/analytics/visits', { key: 'sk_demo' })).body;

  test('is counted once a visit, corrected by what comes late, and a message may be aimed at it', async () => {
    const now = Date.now();
    const visitorId = visitor('leaver');
    // Sixty visits look at two items; forty leave from the basket, twenty from the checkout. Two see nothing but the home page.
    const each = Array.from({ length: 60 }, (_, i) => [
      ...[page('item'), page('item'), { eventId: `c${i}`, name: 'view_cart' }],
      ...(i % 3 === 0 ? [{ eventId: `b${i}`, name: 'begin_checkout' }] : []),
    ]);
    await visits(visitorId, [...each, [page('home')], [page('home')]], now - 100 * HOUR);
    expect(await counted()).toMatchObject({
      total: { entries: 62, exits: 62, bounces: 2 },
      pages: {
        item: { views: 120, entries: 60, exits: 0, exitRate: 0 },
        cart: { views: 60, exits: 40 },
        checkout: { views: 20, exits: 20, exitRate: 1 },
        home: { views: 2, entries: 2, exits: 2, bounces: 2, bounceRate: 1 },
      },
      checkout: {
        steps: {
          view_cart: { visits: 60, exits: 40 },
          begin_checkout: { visits: 20, exits: 20 },
          purchase: { visits: 0, exits: 0, exitRate: null },
        },
      },
    });

    // What was still on its way says that the first four of them did buy, and that nobody bounced in the end.
    const late = [0, 1, 2, 3].map((i) => [
      {
        eventId: `o${i}`,
        name: 'purchase',
        orderId: `o${i}`,
        value: 4,
        items: [{ itemId: 'tea' }],
        page: { type: 'thanks' },
      },
    ]);
    await visits(visitorId, late, now - 100 * HOUR + 5 * MINUTE);
    await visits(visitorId, [[page('item')], [page('item')]], now - 40 * HOUR + 5 * MINUTE);
    expect(await counted()).toMatchObject({
      total: { entries: 62, exits: 62, bounces: 0 },
      pages: {
        thanks: { views: 4, exits: 4 },
        cart: { exits: 38 },
        checkout: { exits: 18 },
        home: { exits: 0, bounces: 0 },
      },
      checkout: {
        steps: {
          view_cart: { visits: 60, exits: 38 },
          begin_checkout: { visits: 20, exits: 18 },
          purchase: { visits: 4, exits: 0 },
        },
      },
    });

    // Too few have seen the basket for a rate; of the items it is known that hardly anybody leaves from them.
    const asked = async (type: string): Promise<unknown> => (await ask(visitor('asks'), { page: { type } })).messages;
    await cron();
    vi.setSystemTime(now + 2 * MINUTE);
    await asked('cart');
    expect(await asked('cart')).toEqual([]);
    await visits(
      visitor('more'),
      Array.from({ length: 60 }, () => [page('cart')]),
      now - 100 * HOUR,
    );
    await cron();
    vi.setSystemTime(now + 4 * MINUTE);
    await asked('cart');
    expect(await asked('cart')).toMatchObject([{ messageId: 'nudge' }]);
    expect(await asked('home')).toEqual([]);
    vi.useRealTimers();
  });
});

describe('somebody who is paying', () => {
  const shown = async (visitorId: string, body: object): Promise<unknown[]> => {
    const { messages, suppressed } = await ask(visitorId, body);
    return [...messages.map((one) => one.messageId), ...suppressed.map((one) => one.why)];
  };
  const pay = { eventId: 'pay', name: 'add_payment_info' };

  test('is left alone on the page of the payment', async () => {
    expect(await shown(visitor('paying'), { page: { type: 'payment' } })).toEqual(['never_here']);
  });

  test('is left alone where only the event says so, until they are elsewhere', async () => {
    const visitorId = visitor('paying');
    const checkout = { page: { type: 'checkout' } };
    expect(await shown(visitorId, { ...checkout, events: [{ eventId: 'b', name: 'begin_checkout' }] })).toEqual([
      'always',
    ]);
    expect(await shown(visitorId, { ...checkout, events: [pay] })).toEqual(['never_here']);
    expect(await shown(visitorId, checkout)).toEqual(['never_here']);
    expect(await shown(visitorId, { page: { type: 'item', itemId: 'tea' } })).toEqual(['always']);
    const bought = {
      eventId: 'buy',
      name: 'purchase',
      orderId: `paid-${visitorId}`,
      items: [{ itemId: 'tea' }],
      page: { type: 'checkout' },
    };
    expect(await shown(visitorId, { ...checkout, events: [bought] })).toEqual(['always']);
  });

  test('is left alone on their other device', async () => {
    const [customerId, phone, laptop] = [visitor('customer'), visitor('phone'), visitor('laptop')];
    const identify = { key: 'sk_demo', body: { visitorId: laptop, customerId, events: [] } };
    await send('/v1/decide', identify);
    await send('/v1/decide', { ...identify, body: { visitorId: phone, customerId, events: [pay] } });
    const { body } = await send('/v1/decide', {
      key: 'sk_demo',
      body: { visitorId: laptop, customerId, page: { type: 'checkout' }, include: ['messages'] },
    });
    expect(body).toMatchObject({ messages: [], suppressed: [{ messageId: 'always', why: 'never_here' }] });
  });
});
