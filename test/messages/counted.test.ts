import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { customerObject, visitorObject } from '../../src/env.ts';
import { putItems, send, visitor } from '../decide/http.ts';
import { delivered } from '../support/visitor.ts';

const HOUR = 3_600_000;
const say = (placement: string, rest: object = {}) => ({ placement, content: { en: { text: 'Hello' } }, ...rest });

beforeAll(async () => {
  await putItems([{ itemId: 'tea', title: 'Tea', price: 4 }]);
}, 60_000);

/** What has no window of events is not waited for by anybody. */
const POLL = { timeout: 15_000, interval: 200 };

let publications = 0;
/** Messages of their own for a test, so that what others did does not count. */
async function publish(
  messages: (name: string) => object,
  attention: object = { perSession: 99, perPage: 9, minutesBetween: 0 },
) {
  const name = `m${++publications}`;
  const config = {
    consent: { default: 'personal' },
    attribution: { windowHours: 72 },
    attention,
    messages: messages(name),
  };
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: config });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  return name;
}

interface Handed {
  messageId: string;
  impressionId: string;
}
async function ask(visitorId: string, body: object = {}, key = 'pk_demo'): Promise<Handed[]> {
  const answer = await send('/v1/decide', {
    key,
    body: { visitorId, page: { type: 'home' }, include: ['messages'], ...body },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.messages as Handed[];
}
let sent = 0;
const tell = (visitorId: string, events: object[], key = 'pk_demo', rest: object = {}) =>
  send('/v1/events', {
    key,
    body: { visitorId, ...rest, events: events.map((event) => ({ eventId: `e${++sent}`, ...event })) },
  });
const buy = (orderId: string, value = 10) => ({
  name: 'purchase',
  orderId,
  currency: 'GBP',
  value,
  items: [{ itemId: 'tea' }],
});

async function figuresOf(message: string): Promise<Record<string, unknown> | undefined> {
  const { status, body } = await send('/v1/analytics/messages', { key: 'sk_demo' });
  expect(status).toBe(200);
  return (body.messages as Record<string, Record<string, unknown>>)[message];
}

describe('what comes of a message', () => {
  test('is counted once for each time that it was handed out, and not for whom it was not', async () => {
    const name = await publish((key) => ({ [key]: say('top') }));
    const visitorId = visitor('counted');
    const [first] = await ask(visitorId);
    const [second] = await ask(visitorId);
    const one = { impressionId: first?.impressionId, messageId: name };
    await tell(visitorId, [
      { name: 'impression', ...one },
      { name: 'impression', ...one },
      { name: 'select_promotion', ...one },
    ]);
    // Without the impressionId it is the last one of which this was not said.
    await tell(visitorId, [
      { name: 'impression', messageId: name },
      { name: 'impression', messageId: name },
    ]);
    await tell(visitorId, [
      { name: 'dismiss', impressionId: second?.impressionId },
      { name: 'impression', impressionId: 'i_forged' },
    ]);
    const stranger = visitor('stranger');
    await tell(stranger, [
      { name: 'impression', ...one },
      { name: 'dismiss', messageId: name },
    ]);
    expect(await ask(visitorId)).toEqual([]);
    for (const each of [visitorId, stranger]) await delivered(visitorObject(env, 'demo', each));
    expect(await figuresOf(name)).toMatchObject({
      ...{
        offers: 2,
        ghosts: 0,
        impressions: 2,
        clicks: 1,
        dismissals: 1,
        clickRate: 0.5,
        dismissalRate: 0.5,
        orders: 0,
      },
      variants: { '': { offers: 2 } },
    });
  });

  test('is counted for who only asks and reports nothing, and ghosts are counted apart', async () => {
    const name = await publish((key) => ({ [key]: say('top', { holdout: { seed: 'all', coverage: 1 } }) }));
    const visitorId = visitor('silent');
    expect(await ask(visitorId)).toEqual([]);
    await ask(visitorId, { dryRun: true });
    await visitorObject(env, 'demo', visitorId).wake();
    await expect
      .poll(() => figuresOf(name), POLL)
      .toMatchObject({ offers: 0, ghosts: 1, impressions: 0, clickRate: null });
  });

  test('is not counted for bots, of whom nothing is kept', async () => {
    const name = await publish((key) => ({ [key]: say('top', { caps: { perVisitor: 1 } }) }));
    const visitorId = visitor('crawler');
    const headers = { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' };
    const body = { visitorId, page: { type: 'home' }, include: ['messages'] };
    for (let times = 0; times < 2; times++)
      expect((await send('/v1/decide', { body, headers })).body).toMatchObject({ messages: [{ messageId: name }] });
    expect((await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(404);
  });

  test('are the orders within the window after it, each once, less what is given back', async () => {
    const name = await publish((key) => ({ [key]: say('top'), [`${key}-other`]: say('bottom') }));
    const visitorId = visitor('buyer');
    const [top, bottom] = await ask(visitorId);
    await tell(visitorId, [buy(`${name}-before`)]);
    await tell(visitorId, [
      { name: 'impression', impressionId: top?.impressionId },
      { name: 'impression', impressionId: bottom?.impressionId },
      { name: 'select_promotion', impressionId: top?.impressionId },
    ]);
    const now = Date.now();
    vi.setSystemTime(now + HOUR);
    await tell(visitorId, [buy(`${name}-1`), buy(`${name}-1`)]);
    // The shop's server says what it was really worth, and that half of it came back.
    await tell(visitorId, [buy(`${name}-1`, 8)], 'sk_demo');
    await tell(visitorId, [{ name: 'refund', orderId: `${name}-1`, currency: 'GBP', value: 3 }], 'sk_demo');
    vi.setSystemTime(now + 80 * HOUR);
    await tell(visitorId, [buy(`${name}-late`)]);
    vi.useRealTimers();
    await delivered(visitorObject(env, 'demo', visitorId));
    expect(await figuresOf(name)).toMatchObject({
      impressions: 1,
      clicks: 1,
      orders: 1,
      ordersAfterClick: 1,
      revenue: { GBP: 5 },
    });
    expect(await figuresOf(`${name}-other`)).toMatchObject({
      clicks: 0,
      orders: 1,
      ordersAfterClick: 0,
      revenue: { GBP: 5 },
    });
    const { body } = await send('/v1/analytics/messages', { key: 'sk_demo' });
    expect(body).toMatchObject({ windowHours: 72, total: { orders: 1, revenue: { GBP: 5 } } });
  });

  test('is counted where a page of the device says so, though the customer’s attention is spent', async () => {
    const name = await publish((key) => ({ [key]: say('top', { caps: { perVisitor: 1 } }) }));
    const [customerId, phone, laptop] = [visitor('customer'), visitor('phone'), visitor('laptop')];
    const [handed] = await ask(phone, { customerId }, 'sk_demo');
    expect(await ask(laptop, { customerId }, 'sk_demo')).toEqual([]);
    await tell(phone, [{ name: 'impression', impressionId: handed?.impressionId }]);
    await tell(laptop, [{ name: 'impression', impressionId: handed?.impressionId }]);
    // An order that the shop's server reports of the customer comes after what any of the devices was shown.
    await send('/v1/events', {
      key: 'sk_demo',
      body: { customerId, events: [{ eventId: `o-${name}`, ...buy(name) }] },
    });
    for (const each of [phone, laptop]) await delivered(visitorObject(env, 'demo', each));
    await delivered(customerObject(env, 'demo', customerId));
    expect(await figuresOf(name)).toMatchObject({ offers: 1, impressions: 1, orders: 1, revenue: { GBP: 10 } });
  });

  test('is in the export, and gone with the visitor; what was counted stays, and names nobody', async () => {
    const name = await publish((key) => ({ [key]: say('top') }));
    const visitorId = visitor('export');
    const [handed] = await ask(visitorId);
    const held = await send(`/v1/visitors/me/export?visitorId=${visitorId}`);
    expect(held.body.profile).toMatchObject({ handed: [{ id: handed?.impressionId, key: name, variant: '' }] });
    await send(`/v1/visitors/me?visitorId=${visitorId}`, { method: 'DELETE' });
    expect((await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(404);
    await visitorObject(env, 'demo', visitorId).wake();
    await expect.poll(() => figuresOf(name), POLL).toMatchObject({ offers: 1 });
  });
});
