import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tallyObject } from '../../src/env.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import type { Results } from '../../src/experiments/schema-results.ts';
import { DAY, MINUTE } from '../support/events.ts';
import { type Journey, startJourney } from '../support/journey.ts';
import { exportOf } from '../support/visitor.ts';

const CONFIG = {
  shop: { currency: 'GBP' },
  consent: { default: 'session' },
  metrics: {
    conversion: { type: 'proportion', event: 'purchase', windowHours: 240 },
    revenue: { type: 'mean', event: 'purchase', value: 'value', windowHours: 240, cap: 500, cuped: true },
    baskets: { type: 'mean', event: 'add_to_cart', windowHours: 240, cuped: true },
  },
  placements: { home: { strategies: [{ strategy: 'handpicked', items: ['tea', 'cup'] }] } },
  experiments: {
    layout: {
      status: 'running',
      goals: ['conversion'],
      secondary: ['revenue', 'baskets'],
      variations: [{ key: 'control' }, { key: 'b', changes: { 'placements.home.count': 1 } }],
    },
  },
};

let shop: Journey;
beforeEach(async () => {
  shop = await startJourney(CONFIG, { events: ['cart.abandoned'] });
  const items = ['tea', 'cup'].map((itemId) => ({ itemId, title: itemId, price: 5, currency: 'GBP' }));
  await shop.call('/v1/catalog/items', { key: 'sk', method: 'PUT', body: items });
});
afterEach(() => shop.end());

type Consent = 'session' | 'personal';
const items = [{ itemId: 'tea' }];
const put = () => ({ name: 'add_to_cart', items });
const buy = (orderId: string, value: number) => ({ name: 'purchase', orderId, currency: 'GBP', value, items });

const decide = (visitorId: string, consent: Consent) =>
  shop.call('/v1/decide', { body: { visitorId, consent, placements: [{ placement: 'home' }] } });

const tell = (visitorId: string, consent: Consent, ...events: object[]) =>
  shop.call('/v1/events', { body: { visitorId, consent, events } });

/** What is counted over both arms, once everything has been delivered: units, what they had done before, and what after. */
async function counted(visitorId: string) {
  await vi.waitFor(async () => expect((await shop.visitor(visitorId).wake()).undelivered).toEqual([]), {
    timeout: 15_000,
    interval: 100,
  });
  const { units, variations } = await shop.call<Results>('/v1/experiments/layout/results', { key: 'sk' });
  const total = (metric: string) => variations.reduce((sum, one) => sum + (one.metrics[metric]?.total ?? 0), 0);
  const cells = (await tallyObject(env, shop.shop).experimentCells('layout', 0)) as unknown as Cell[];
  const before = cells.reduce((sum, cell) => sum + cell.x, 0);
  return { units, before, conversion: total('conversion'), revenue: total('revenue'), baskets: total('baskets') };
}

/** Names of the events in the archive. */
async function archived(): Promise<string[]> {
  await tallyObject(env, shop.shop).fence();
  const { keys } = await env.ARCHIVE.list({ prefix: `${shop.shop}/` });
  const texts = await Promise.all(keys.map(({ name }) => env.ARCHIVE.get(name)));
  const lines = texts.flatMap((text) => (text ?? '').split('\n').filter((line) => line !== ''));
  return lines.map((line) => (JSON.parse(line) as { name: string }).name).sort();
}

describe('under session consent', () => {
  test('an experiment counts what happens in the visit, and nothing of it is archived', async () => {
    const visitorId = crypto.randomUUID();
    await tell(visitorId, 'session', put());
    await shop.pass(MINUTE, shop.visitor(visitorId));
    await decide(visitorId, 'session');
    await shop.pass(MINUTE, shop.visitor(visitorId));
    await tell(visitorId, 'session', put(), buy('s-1', 20));
    await shop.pass(10 * MINUTE, shop.visitor(visitorId));
    await tell(visitorId, 'session', buy('s-2', 5));
    expect(await counted(visitorId)).toEqual({ units: 1, before: 1, conversion: 1, revenue: 25, baskets: 1 });
    expect(await archived()).toEqual([]);
  });

  test('it counts nothing that comes after the visit: who comes back is somebody else, without a past', async () => {
    const visitorId = crypto.randomUUID();
    await decide(visitorId, 'session');
    await tell(visitorId, 'session', buy('s-3', 20));
    await shop.pass(40 * MINUTE, shop.visitor(visitorId));
    const first = { units: 1, before: 0, conversion: 1, revenue: 20, baskets: 0 };
    expect(await counted(visitorId)).toEqual(first);
    const kept = await exportOf(shop.visitor(visitorId), Date.now());
    expect([kept?.profile ?? null, kept?.counted ?? {}, kept?.countedOrders ?? {}]).toEqual([null, {}, {}]);
    await tell(visitorId, 'session', buy('s-4', 7), put());
    await shop.pass(MINUTE, shop.visitor(visitorId));
    expect(await counted(visitorId)).toEqual(first);
    await shop.pass(40 * MINUTE, shop.visitor(visitorId));
    await decide(visitorId, 'session');
    await tell(visitorId, 'session', buy('s-5', 3));
    await shop.pass(MINUTE, shop.visitor(visitorId));
    expect(await counted(visitorId)).toEqual({ ...first, units: 2, conversion: 2, revenue: 23 });
    expect(await archived()).toEqual([]);
  });

  test('a window goes on for who agreed to be remembered, and what is a session’s beside it is not in it', async () => {
    const visitorId = crypto.randomUUID();
    await decide(visitorId, 'personal');
    await tell(visitorId, 'personal', put());
    await tell(visitorId, 'session', put(), buy('s-6', 20));
    await shop.pass(40 * MINUTE, shop.visitor(visitorId));
    await shop.pass(2 * DAY, shop.visitor(visitorId));
    await tell(visitorId, 'personal', buy('p-1', 6), put());
    await shop.pass(MINUTE, shop.visitor(visitorId));
    expect(await counted(visitorId)).toEqual({ units: 1, before: 0, conversion: 1, revenue: 6, baskets: 2 });
    expect((await exportOf(shop.visitor(visitorId), Date.now()))?.profile?.orders.map((one) => one.orderId)).toEqual([
      'p-1',
    ]);
    expect(await archived()).toEqual(['add_to_cart', 'add_to_cart', 'purchase']);
  });
});
