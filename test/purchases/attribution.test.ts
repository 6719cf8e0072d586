/** From a recommendation to its revenue, through HTTP and the queue. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RecommendationsAnswer } from '../../src/analytics/schema-recommendations.ts';
import { customerObject, visitorObject } from '../../src/env.ts';
import { putItems, send, visitor } from '../decide/http.ts';
import { issuedFor, signed } from '../support/recommended.ts';
import { delivered } from '../support/visitor.ts';

const HOUR = 3_600_000;
const ITEMS = ['tea', 'cup', 'pot', 'spoon'].map((itemId, i) => ({
  ...{ itemId, title: `The ${itemId}`, price: i + 1, currency: 'GBP' },
}));
const SHIRTS = ['shirt-s', 'shirt-m'].map((itemId) => ({
  ...{ itemId, title: itemId, price: 20, currency: 'GBP', groupId: 'shirt' },
}));

beforeAll(() => putItems([...ITEMS, ...SHIRTS]));

let named = 0;
/** A placement of its own for every test, so that what the others counted does not show. */
const placementOf = () => `placement-${++named}`;

let issuedEvents = 0;
const event = (name: string, more: object = {}) => ({
  eventId: `e-${++issuedEvents}-${crypto.randomUUID()}`,
  name,
  ...more,
});
const iso = (hoursAgo: number) => new Date(Date.now() - hoursAgo * HOUR).toISOString();

type Item = { itemId: string; price?: number; quantity?: number; recommendationId?: string };
const bought = (orderId: string, items: Item[], more: object = {}) =>
  event('purchase', { orderId, currency: 'GBP', items, ...more });

async function take(body: object, key = 'pk_demo') {
  const answer = await send('/v1/events', { key, body: { consent: 'personal', ...body } });
  expect(answer).toMatchObject({ status: 202, body: { rejected: [] } });
  return answer.body;
}

async function analytics(): Promise<RecommendationsAnswer> {
  const { status, body } = await send('/v1/analytics/recommendations', { key: 'sk_demo' });
  expect(status).toBe(200);
  return body as unknown as RecommendationsAnswer;
}

/** The figures of a placement once everything of these visitors and customers was delivered. */
async function figures(placement: string, ...visitorIds: string[]) {
  for (const id of visitorIds)
    await delivered((id.startsWith('customer-') ? customerObject : visitorObject)(env, 'demo', id));
  return (await analytics()).placements[placement];
}

const order = () => `order-${crypto.randomUUID()}`;

describe('what a recommendation brings about', () => {
  test('is found from the impression to the purchase that echoes nothing, and once', async () => {
    const visitorId = visitor('journey');
    const asked = await send('/v1/decide', {
      body: { visitorId, consent: 'personal', placements: [{ placement: 'home' }] },
    });
    const { home } = asked.body.placements as Record<
      string,
      { recommendationId: string; strategy: string; items: Item[] }
    >;
    const { recommendationId = '', strategy = '', items = [] } = home ?? {};
    const [first, second] = items.map(({ itemId }) => itemId);
    const before = await figures('home', visitorId);
    const events = [
      event('impression', { recommendationId, items: items.map(({ itemId }, index) => ({ itemId, index })) }),
      event('select_item', { items: [{ itemId: first, recommendationId, index: 0 }] }),
      event('view_item', { items: [{ itemId: first, recommendationId }] }),
      event('add_to_cart', { items: [{ itemId: first, price: 4, quantity: 2 }], currency: 'GBP' }),
      event('add_to_cart', { items: [{ itemId: first, price: 4, quantity: 1 }], currency: 'GBP' }),
      bought(order(), [
        { itemId: first ?? '', price: 4, quantity: 3 },
        { itemId: second ?? '', price: 100 },
      ]),
    ];
    await take({ visitorId, events });
    expect(await take({ visitorId, events })).toMatchObject({ accepted: 0, duplicates: events.length });
    const after = await figures('home', visitorId);
    const grown = (name: 'impressions' | 'clicks' | 'baskets' | 'orders' | 'units') =>
      (after?.[name] ?? 0) - (before?.[name] ?? 0);
    expect({
      ...{ impressions: grown('impressions'), clicks: grown('clicks'), baskets: grown('baskets') },
      ...{ orders: grown('orders'), units: grown('units') },
      revenue: (after?.revenue.GBP ?? 0) - (before?.revenue.GBP ?? 0),
    }).toEqual({ impressions: 1, clicks: 1, baskets: 1, orders: 1, units: 3, revenue: 12 });
    const { rows, days, strategies } = await analytics();
    const day = new Date().toISOString().slice(0, 10);
    expect(rows).toContainEqual(expect.objectContaining({ day, placement: 'home', strategy }));
    expect(Object.keys(days)).toContain(day);
    expect(Object.keys(strategies)).toContain(strategy);
  });

  test('ends with the window', async () => {
    const [placement, visitorId] = [placementOf(), visitor('late')];
    const recommendationId = await signed(issuedFor(['tea', 'cup'], { placement, at: Date.now() - 200 * HOUR }));
    const click = (itemId: string, hoursAgo: number) =>
      event('select_item', { visitorId, timestamp: iso(hoursAgo), items: [{ itemId, recommendationId }] });
    const buy = (itemId: string, hoursAgo: number) =>
      bought(order(), [{ itemId, price: 5 }], { visitorId, timestamp: iso(hoursAgo) });
    await take(
      { visitorId, events: [click('tea', 190), click('cup', 129), buy('tea', 119), buy('cup', 56)] },
      'sk_demo',
    );
    expect(await figures(placement, visitorId)).toMatchObject({ clicks: 2, orders: 1, revenue: { GBP: 5 } });
    const { unattributed } = await analytics();
    await take({ visitorId, events: [click('tea', 100)] }, 'sk_demo');
    expect(await figures(placement, visitorId)).toMatchObject({ clicks: 2 });
    expect((await analytics()).unattributed.expired).toBe(unattributed.expired + 1);
  });

  test('is nothing where the id is forged, another shop’s, of a dry run, or of other items; and that is counted', async () => {
    const [placement, visitorId] = [placementOf(), visitor('forger')];
    const right = issuedFor(['tea'], { placement });
    const id = await signed(right);
    const ids = {
      made: 'r_made-up',
      forged: `${id.slice(0, -5)}AAAA${id.slice(-1)}`,
      foreign: await signed(right, 'other'),
      dry: await signed({ ...right, isDryRun: true }),
      other: await signed({ ...right, items: issuedFor(['cup']).items }),
    };
    const before = (await analytics()).unattributed;
    const events = Object.values(ids).flatMap((recommendationId) => [
      event('select_item', { recommendationId, items: [{ itemId: 'tea' }] }),
    ]);
    const purchase = bought(order(), [{ itemId: 'tea', price: 5, recommendationId: ids.forged }]);
    await take({ visitorId, events: [...events, purchase] });
    expect(await figures(placement, visitorId)).toBeUndefined();
    const { unattributed } = await analytics();
    expect(unattributed.unverified - before.unverified).toBe(4);
    expect(unattributed.dryRun - before.dryRun).toBe(1);
    expect(unattributed.otherItem - before.otherItem).toBe(1);
  });

  test('belongs to the last recommendation that led to the item, or to the one that the line echoes', async () => {
    const [first, last, visitorId] = [placementOf(), placementOf(), visitor('twice')];
    const byFirst = await signed(issuedFor(['tea', 'cup', 'pot'], { placement: first }));
    const byLast = await signed(issuedFor(['tea', 'cup'], { placement: last }));
    const click = (itemId: string, recommendationId: string) =>
      event('select_item', { items: [{ itemId, recommendationId }] });
    const events = [
      ...[click('tea', byFirst), click('cup', byFirst), click('tea', byLast), click('cup', byLast)],
      bought(order(), [
        ...[
          { itemId: 'tea', price: 1 },
          { itemId: 'cup', price: 10, recommendationId: byFirst },
        ],
        ...[
          { itemId: 'pot', price: 100, recommendationId: byFirst },
          { itemId: 'spoon', price: 1000 },
        ],
      ]),
    ];
    await take({ visitorId, events });
    expect(await figures(first, visitorId)).toMatchObject({ orders: 1, units: 2, revenue: { GBP: 110 } });
    expect(await figures(last, visitorId)).toMatchObject({ orders: 1, units: 1, revenue: { GBP: 1 } });
  });

  test('reaches from one variant to another of its group', async () => {
    const [placement, visitorId] = [placementOf(), visitor('variant')];
    const recommendationId = await signed(issuedFor(['shirt-s'], { placement }));
    const events = [
      event('select_item', { items: [{ itemId: 'shirt-m', recommendationId }] }),
      bought(order(), [{ itemId: 'shirt-s', price: 20 }]),
    ];
    await take({ visitorId, events });
    expect(await figures(placement, visitorId)).toMatchObject({ clicks: 1, orders: 1, revenue: { GBP: 20 } });
  });

  test('is what the server says of the order, and loses what is given back', async () => {
    const [placement, visitorId, orderId] = [placementOf(), visitor('refund'), order()];
    const recommendationId = await signed(issuedFor(['tea'], { placement }));
    const lines = [
      { itemId: 'tea', price: 5, quantity: 4 },
      { itemId: 'pot', price: 10 },
    ];
    await take({
      visitorId,
      events: [
        event('select_item', { items: [{ itemId: 'tea', recommendationId }] }),
        bought(orderId, lines, { value: 30 }),
      ],
    });
    expect(await figures(placement, visitorId)).toMatchObject({ orders: 1, units: 4, revenue: { GBP: 20 } });
    const customerId = `customer-${visitorId}`;
    await take({ customerId, events: [bought(orderId, lines, { value: 30 })] }, 'sk_demo');
    expect(await figures(placement, customerId)).toMatchObject({ orders: 1, units: 4, revenue: { GBP: 20 } });
    const refund = (items: Item[]) => event('refund', { visitorId, orderId, currency: 'GBP', items });
    await take({ visitorId, events: [refund([{ itemId: 'tea', price: 5, quantity: 1 }])] }, 'sk_demo');
    expect(await figures(placement, visitorId)).toMatchObject({ orders: 1, units: 3, revenue: { GBP: 15 } });
    await take({ visitorId, events: [refund([{ itemId: 'pot', price: 10, quantity: 1 }])] }, 'sk_demo');
    expect(await figures(placement, visitorId)).toMatchObject({ units: 3, revenue: { GBP: 15 } });
    await take({ visitorId, events: [event('refund', { visitorId, orderId, currency: 'GBP' })] }, 'sk_demo');
    expect(await figures(placement, visitorId)).toMatchObject({ orders: 1, units: 0, revenue: { GBP: 0 } });
  });

  test('is known to the customer’s whole history, and counted once when visitors turn out to be one', async () => {
    const [placement, phone, customerId] = [placementOf(), visitor('phone'), `customer-${crypto.randomUUID()}`];
    const recommendationId = await signed(issuedFor(['tea'], { placement }));
    await take({ visitorId: phone, events: [event('select_item', { items: [{ itemId: 'tea', recommendationId }] })] });
    await take({ visitorId: phone, customerId, events: [event('page_view')] }, 'sk_demo');
    await take({ customerId, events: [bought(order(), [{ itemId: 'tea', price: 7 }])] }, 'sk_demo');
    expect(await figures(placement, phone, customerId)).toMatchObject({ clicks: 1, orders: 1, revenue: { GBP: 7 } });
  });

  test('is credited with what the customer buys on another device, once, and with nothing that a stranger buys', async () => {
    const [placement, phone, laptop] = [placementOf(), visitor('phone'), visitor('laptop')];
    const customerId = `customer-${crypto.randomUUID()}`;
    const recommendationId = await signed(issuedFor(['tea'], { placement }));
    for (const visitorId of [phone, laptop])
      await take({ visitorId, customerId, events: [event('page_view')] }, 'sk_demo');
    await take({ visitorId: phone, events: [event('select_item', { items: [{ itemId: 'tea', recommendationId }] })] });
    const orderId = order();
    for (const visitorId of [laptop, phone])
      await take({ visitorId, events: [bought(orderId, [{ itemId: 'tea', price: 7 }])] });
    await take({ visitorId: visitor('other'), events: [bought(order(), [{ itemId: 'tea', price: 7 }])] });
    expect(await figures(placement, laptop)).toMatchObject({ orders: 1, revenue: { GBP: 7 } });
    expect(await figures(placement, phone)).toMatchObject({ clicks: 1, orders: 1, revenue: { GBP: 7 } });
  });

  test('stays with the visitor: shown in the export, gone with the erasure, the sums left', async () => {
    const [placement, visitorId] = [placementOf(), visitor('erased')];
    const recommendationId = await signed(issuedFor(['tea'], { placement }));
    await take({ visitorId, events: [event('select_item', { items: [{ itemId: 'tea', recommendationId }] })] });
    const exported = async () => (await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).body;
    expect(await exported()).toMatchObject({
      profile: { reached: [{ itemId: 'tea', placement, strategy: 'for_you' }] },
    });
    await send(`/v1/visitors/me?visitorId=${visitorId}`, { method: 'DELETE' });
    expect(JSON.stringify(await exported())).not.toContain(placement);
    await take({ visitorId, events: [bought(order(), [{ itemId: 'tea', price: 7 }])] });
    expect(await figures(placement, visitorId)).toMatchObject({ clicks: 1, orders: 0 });
  });
});

test('a slot that chance filled can be judged without bias, by weights', async () => {
  const placement = placementOf();
  for (const [probability, clicks] of [
    [0.5, true],
    [0.25, false],
    [0.5, false],
  ] as const) {
    const visitorId = visitor('explorer');
    const items = ['tea', 'cup', 'pot'];
    const issued = issuedFor(items, { placement, explored: { index: 1, probability } });
    const recommendationId = await signed(issued);
    const shown = event('impression', { recommendationId, items: items.map((itemId, index) => ({ itemId, index })) });
    const above = event('select_item', { items: [{ itemId: 'tea', recommendationId, index: 0 }] });
    const chosen = event('select_item', { items: [{ itemId: 'cup', recommendationId, index: 1 }] });
    await take({ visitorId, events: [shown, above, ...(clicks ? [chosen, { ...chosen, eventId: 'again' }] : [])] });
    await delivered(visitorObject(env, 'demo', visitorId));
  }
  const figures = (await analytics()).placements[placement];
  expect(figures).toMatchObject({ impressions: 3, clicks: 4, exploration: { impressions: 3, clicks: 1 } });
  // Weights 2, 4 and 2: the one click counts 2 of 8, and the sample is worth 64 / 24.
  expect(figures?.exploration.snips).toBeCloseTo(0.25, 3);
  expect(figures?.exploration.effectiveSampleSize).toBeCloseTo(64 / 24, 2);
});

test.each([
  ['from=2026-02-30', 422],
  ['from=2026-02-03&to=2026-02-01', 422],
  ['from=2020-01-01&to=2026-02-01', 422],
  ['from=2020-01-01', 422],
  ['from=2026-01-01&to=2026-12-31', 200],
])('analytics with %s answers %d', async (query, status) => {
  expect((await send(`/v1/analytics/recommendations?${query}`, { key: 'sk_demo' })).status).toBe(status);
});
