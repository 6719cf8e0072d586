import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { visitorObject } from '../../src/env.ts';
import { putItems, send, visitor } from './http.ts';

const DAY = 86_400_000;
const ITEMS = ['tea', 'cup', 'pot', 'spoon', 'honey'].map((itemId, i) => ({
  itemId,
  title: `The ${itemId}`,
  price: i + 1,
  currency: 'GBP',
  categories: [i < 2 ? 'Drinks' : 'Kitchen'],
}));

beforeAll(() => putItems(ITEMS));

type Shown = Record<string, { items: { itemId: string }[]; dropped: Record<string, number> }>;
const itemsOf = (body: Record<string, unknown>, placement: string) =>
  (body.placements as Shown)[placement]?.items.map((item) => item.itemId) ?? [];

const iso = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY).toISOString();

function purchase(orderId: string, daysAgo: number, items: { itemId: string; quantity?: number }[], more: object = {}) {
  const priced = items.map((item) => ({ price: 2, quantity: 1, ...item }));
  return {
    eventId: orderId,
    name: 'purchase',
    orderId,
    currency: 'GBP',
    value: 9,
    timestamp: iso(daysAgo),
    items: priced,
    ...more,
  };
}

describe('a visitor who is known', () => {
  test('is remembered from one page to the next: views, basket, purchases', async () => {
    const visitorId = visitor('journey');
    const view = (itemId: string) => ({ eventId: `view-${itemId}`, name: 'view_item', items: [{ itemId }] });
    const first = await send('/v1/decide', {
      body: {
        visitorId,
        consent: 'personal',
        page: { type: 'item', itemId: 'tea' },
        events: [view('tea'), view('cup')],
      },
    });
    expect(first.body.events).toMatchObject({
      visitorId,
      accepted: 2,
      duplicates: 0,
      rejected: [],
      consentUsed: 'personal',
    });
    expect((first.body.recentlyViewed as { itemId: string }[]).map((one) => one.itemId)).toEqual(['cup', 'tea']);
    expect(itemsOf(first.body, 'item-page')).not.toContain('tea');
    const basket = {
      eventId: 'add',
      name: 'add_to_cart',
      items: [{ itemId: 'pot', price: 3, quantity: 2 }],
      currency: 'GBP',
    };
    await send('/v1/events', { body: { visitorId, consent: 'personal', events: [basket] } });
    const home = await send('/v1/decide', { body: { visitorId, consent: 'personal', page: { type: 'home' } } });
    expect(itemsOf(home.body, 'home').toSorted()).toEqual(['honey', 'spoon']);
    expect((await send(`/v1/cart?visitorId=${visitorId}&consent=personal`)).body.cart).toMatchObject({
      lines: [{ itemId: 'pot', title: 'The pot', quantity: 2 }],
      quantity: 2,
    });
    const viewed = await send(`/v1/recently-viewed?visitorId=${visitorId}&consent=personal&count=1`);
    expect(viewed.body.recentlyViewed).toMatchObject([{ itemId: 'cup', title: 'The cup', price: 2, currency: 'GBP' }]);
  });

  test('the same events twice count once, and a bad one among them is named', async () => {
    const visitorId = visitor('twice');
    const body = {
      visitorId,
      consent: 'personal',
      events: [{ eventId: 'a', name: 'view_item', items: [{ itemId: 'tea' }] }, { name: 'nonsense' }],
    };
    const first = await send('/v1/decide', { body });
    expect(first.body.events).toMatchObject({
      accepted: 1,
      duplicates: 0,
      rejected: [{ index: 1, detail: expect.stringContaining('events[1]') }],
    });
    expect((await send('/v1/decide', { body })).body.events).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test('a dry run takes no events and says so', async () => {
    const visitorId = visitor('dry');
    const events = [{ eventId: 'a', name: 'view_item', items: [{ itemId: 'tea' }] }];
    const dry = await send('/v1/decide', { body: { visitorId, consent: 'personal', events, dryRun: true } });
    expect(dry.body.events).toBeUndefined();
    expect(dry.body.notes).toEqual([expect.stringContaining('dry run')]);
    const after = await send('/v1/decide', { body: { visitorId, consent: 'personal' } });
    expect(after.body.recentlyViewed).toEqual([]);
  });

  test('with less consent less is read, and with none nothing', async () => {
    const visitorId = visitor('consent');
    const view = { eventId: 'today', name: 'view_item', items: [{ itemId: 'cup' }] };
    const events = [purchase(`${visitorId}-1`, 40, [{ itemId: 'tea' }]), view];
    const past = { key: 'sk_demo', body: { visitorId, consent: 'personal', events } };
    expect((await send('/v1/events', past)).status).toBe(202);
    const bought = async (consent: string) =>
      (await send('/v1/decide', { body: { visitorId, consent, include: ['recentlyBought'] } })).body;
    expect(await bought('personal')).toMatchObject({ consentUsed: 'personal', recentlyBought: [{ itemId: 'tea' }] });
    expect(await bought('session')).toMatchObject({ consentUsed: 'session', recentlyBought: [] });
    expect(await bought('none')).toMatchObject({ consentUsed: 'none', recentlyBought: [], degraded: false });
  });
});

describe('a customer whose history was imported', () => {
  const customerId = 'customer-42';
  const asked = `/v1/recently-bought?customerId=${customerId}&consent=personal`;

  beforeAll(async () => {
    const events = [
      purchase('o1', 90, [{ itemId: 'tea', quantity: 2 }, { itemId: 'cup' }]),
      purchase('o2', 60, [{ itemId: 'tea', quantity: 3 }]),
      purchase('o3', 30, [{ itemId: 'tea' }, { itemId: 'pot' }]),
      purchase('o4', 10, [{ itemId: 'honey' }], { gift: true }),
    ].map((event) => ({ ...event, customerId }));
    const answer = await send('/v1/events', { key: 'sk_demo', body: { consent: 'personal', learn: false, events } });
    expect(answer.body).toMatchObject({ accepted: 4, rejected: [] });
  });

  test('recently bought is what the orders say, newest first, with the date it is due', async () => {
    const { body } = await send(asked, { key: 'sk_demo' });
    const list = body.recentlyBought as { itemId: string; lastBoughtAt: string; dueAt: string | null }[];
    expect(list.map((one) => one.itemId)).toEqual(['honey', 'pot', 'tea', 'cup']);
    expect(list[2]).toMatchObject({
      times: 3,
      quantity: 6,
      paid: 2,
      price: 1,
      currency: 'GBP',
      dueConfidence: expect.closeTo(2 / 3, 6),
    });
    expect(Math.abs(Date.parse(list[2]?.dueAt ?? '') - Date.now())).toBeLessThan(DAY);
    expect((await send(`${asked}&count=2`, { key: 'sk_demo' })).body.recentlyBought).toHaveLength(2);
  });

  test('a server asks for the customer; a browser that guesses the id reads nothing', async () => {
    const body = { customerId, consent: 'personal', include: ['recentlyBought', 'persona'] };
    const known = await send('/v1/decide', { key: 'sk_demo', body });
    expect(known.body.recentlyBought).toHaveLength(4);
    expect(known.body.persona).toMatchObject({ key: 'regular' });
    expect((await send('/v1/decide', { key: 'pk_demo', body })).body.recentlyBought).toEqual([]);
    expect((await send(asked)).body.recentlyBought).toEqual([]);
  });

  test('buy_again offers what was bought before, and gifts neither there nor as news', async () => {
    const config = {
      placements: {
        again: { strategies: [{ strategy: 'buy_again' }], fallback: [] },
        home: { strategies: [{ strategy: 'for_you' }] },
      },
    };
    expect((await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: config })).status).toBeLessThan(300);
    const { body } = await send('/v1/decide', {
      key: 'sk_demo',
      body: { customerId, consent: 'personal', placements: [{ placement: 'again' }, { placement: 'home' }] },
    });
    expect(itemsOf(body, 'again')).toEqual(['tea', 'pot', 'cup']);
    expect(itemsOf(body, 'home')).toEqual(['spoon']);
    expect((body.versions as { config: number }).config).toBe(1);
    const single = await send(
      `/v1/recommendations/again?customerId=${customerId}&consent=personal&count=1&fields=price`,
      { key: 'sk_demo' },
    );
    expect(single.body).toMatchObject({
      placement: 'again',
      strategy: 'buy_again',
      items: [{ itemId: 'tea', price: 1 }],
    });
  });
});

describe('callers who are not known', () => {
  test('who send session and basket need no memory, and are issued an id', async () => {
    const { body } = await send('/v1/decide', {
      key: 'sk_demo',
      body: { session: ['tea'], cart: [{ itemId: 'cup' }], placements: [{ placement: 'home' }] },
    });
    expect(itemsOf(body, 'home').toSorted()).toEqual(['honey', 'pot', 'spoon']);
    expect(body.visitorId).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
    expect(body.degraded).toBe(false);
  });

  test('the single questions answer decide’s parts under their names', async () => {
    for (const [path, part] of [
      ['persona', 'persona'],
      ['messages', 'messages'],
      ['experiments', 'experiments'],
      ['recently-viewed', 'recentlyViewed'],
      ['cart', 'cart'],
    ]) {
      const { status, body, headers } = await send(`/v1/${path}?visitorId=${visitor('single')}`);
      expect({ path, status, has: Object.hasOwn(body, part ?? '') }).toEqual({ path, status: 200, has: true });
      expect(headers.get('Cache-Control')).toBe('private, no-store');
    }
  });
});

test('the alarm of a visitor who was only asked about has nothing to do', async () => {
  const visitorId = visitor('asked');
  await send('/v1/decide', { body: { visitorId, page: { type: 'home' } } });
  expect(await runDurableObjectAlarm(visitorObject(env, 'demo', visitorId))).toBe(false);
});
