import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { configStore } from '../../src/config/store.ts';
import { learnerObject } from '../../src/env.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { cardReader } from '../../src/learning/reader.ts';
import { best, scoreBasket } from '../../src/learning/score.ts';
import { type Random, sample, seededRandom } from '../../src/shared/random.ts';

const START = Date.UTC(2026, 10, 1);
const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What is in half of all orders, and pairs that are only bought together. */
const STAPLES = Array.from({ length: 24 }, (_, item) => item);
const PAIRS = Array.from({ length: 40 }, (_, pair) => [100 + 2 * pair, 101 + 2 * pair]);

/** Twelve staples and four pairs. Every staple says a little for each other one, which adds up to more than a pair's own word; but it says nothing new. */
function bigOrder(random: Random): number[] {
  return sample([...sample(STAPLES, 12, random), ...sample(PAIRS, 4, random).flat()], 20, random);
}

/** Deliveries of four orders each, as many as are tried of one delivery. */
async function sell(shop: string, deliveries: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  for (let delivery = 0; delivery < deliveries; delivery++) {
    vi.setSystemTime(Date.now() + HOUR_MS);
    const baskets = Array.from({ length: 4 }, () => ({ keys: bigOrder(random), at: Date.now(), learn: true }));
    const batch: LearnBatch = { flushId: `orders-${seed}.${delivery}`, views: [], baskets, events: baskets.length };
    await learnerObject(env, shop).apply([batch]);
  }
}

/** How the published cards complete a basket of ten staples and one half of a pair: the place of the other half, and what kind of weights they have. */
async function completion(shop: string) {
  vi.setSystemTime(Date.now() + HOUR_MS);
  await learnerObject(env, shop).publish(Date.now());
  const reader = cardReader(env.CARDS, shop);
  await reader.refresh();
  const [half = 0, other = 0] = PAIRS[7] ?? [];
  const basket = [...STAPLES.slice(0, 10), half];
  const cards = await reader.cards(basket);
  const scored = scoreBasket({ basket, cards, counts: reader.counts });
  const keys = best(scored, 20).map((i) => scored.keys[i]);
  return {
    place: keys.indexOf(other),
    isPartial: basket.map((key) => cards(key)?.isPartial),
    version: reader.manifest?.version,
  };
}

async function setBigBaskets(shop: string, bigBaskets: boolean | 'auto'): Promise<void> {
  await configStore(env.CONFIG).write(shop, { version: 1, publishedAt: 0, config: { learning: { bigBaskets } } });
}

test('companions are weighed against each other once the shop’s orders have shown that it helps, and not where the config says so', async () => {
  const shop = 'big-baskets';
  await sell(shop, 60, 1);
  const before = await completion(shop);
  expect((await learnerObject(env, shop).unpublished()).bigBaskets).toMatchObject({ isOn: false, trials: 240 });
  expect(before.isPartial).toEqual(Array(11).fill(false));
  expect(before.place).toBeGreaterThanOrEqual(10);

  await sell(shop, 200, 2);
  const after = await completion(shop);
  const { isOn, interval } = (await learnerObject(env, shop).unpublished()).bigBaskets;
  expect([isOn, (interval?.[0] ?? 0) > 0.2]).toEqual([true, true]);
  expect(after.isPartial).toEqual(Array(11).fill(true));
  expect(after.place).toBe(0);

  await evictDurableObject(learnerObject(env, shop));
  await sell(shop, 1, 3);
  const later = await completion(shop);
  expect(later).toEqual({ ...after, version: (after.version ?? 0) + 1 });

  await setBigBaskets(shop, false);
  const back = await completion(shop);
  expect([back.version, back.isPartial]).toEqual([(later.version ?? 0) + 1, before.isPartial]);
  expect(back.place).toBeGreaterThanOrEqual(10);

  await setBigBaskets(shop, 'auto');
  expect((await completion(shop)).place).toBe(0);
});

/** The reader after one more publication, an hour later. */
async function published(shop: string) {
  vi.setSystemTime(Date.now() + HOUR_MS);
  await learnerObject(env, shop).publish(Date.now());
  const reader = cardReader(env.CARDS, shop);
  await reader.refresh();
  return reader;
}

test('a shop with many chunks gets the other weights a part at a time, and every card is there meanwhile', async () => {
  const shop = 'big-baskets-parts';
  const keys = Array.from({ length: 9_000 }, (_, item) => item);
  const baskets = keys
    .filter((item) => item % 2 === 0)
    .map((item) => ({ keys: [item, item + 1], at: Date.now(), learn: true }));
  await learnerObject(env, shop).apply([{ flushId: 'all.1', views: [], baskets, events: baskets.length }]);
  await published(shop);
  // The checkpoint divides the cards.
  vi.setSystemTime(Date.now() + HOUR_MS);
  await runDurableObjectAlarm(learnerObject(env, shop));
  await setBigBaskets(shop, true);
  const partials = [];
  for (let time = 0; time < 2; time++) {
    const reader = await published(shop);
    expect(reader.manifest?.bits).toBe(6);
    const cards = await reader.cards(keys);
    const found = keys.map((key) => cards(key)?.isPartial);
    expect(found).not.toContain(undefined);
    partials.push(new Set(keys.filter((_, i) => found[i]).map((key) => key % 64)).size);
  }
  expect(partials).toEqual([32, 64]);
});
