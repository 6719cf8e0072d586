import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { learnerObject } from '../../src/env.ts';
import type { KeyedBasket } from '../../src/learning/learn.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { cardReader } from '../../src/learning/reader.ts';

const START = Date.UTC(2026, 10, 1);
const HOUR_MS = 3_600_000;
const STAPLE = 1;
const ONCE = Array.from({ length: 10 }, (_, i) => 100 + i);
/** Of which nobody knows who comes back for them. */
const OTHERS = Array.from({ length: 10 }, (_, i) => 200 + i);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Deliveries of sixteen orders, an hour apart. */
async function sell(shop: string, deliveries: number, order: (n: number) => Omit<KeyedBasket, 'at' | 'learn'>) {
  for (let delivery = 0; delivery < deliveries; delivery++) {
    vi.setSystemTime(Date.now() + HOUR_MS);
    const baskets = Array.from({ length: 16 }, (_, i) => ({ ...order(i), at: Date.now(), learn: true }));
    const batch: LearnBatch = { flushId: `again.${Date.now()}`, views: [], baskets, events: baskets.length };
    await learnerObject(env, shop).apply([batch]);
  }
}

async function ratioOfStaple(shop: string): Promise<number | null> {
  vi.setSystemTime(Date.now() + HOUR_MS);
  await learnerObject(env, shop).publish(Date.now());
  const reader = cardReader(env.CARDS, shop);
  await reader.refresh();
  return reader.counts.breakdown.repeats()?.(reader.counts.indexOf(STAPLE)) ?? null;
}

test('a shop that only streams finds out by its own orders that who comes back for what tells something, and keeps it', async () => {
  const shop = 'again-streamed';
  // What sells is bought once; everybody comes back for the staple, which few buy.
  await sell(shop, 80, () => ({ keys: ONCE, repeats: Array(10).fill(0) }));
  await sell(shop, 1, () => ({ keys: [STAPLE], repeats: [0] }));
  await sell(shop, 1, () => ({ keys: [STAPLE], repeats: [1] }));
  expect(await ratioOfStaple(shop)).toBeNull();
  const past = [...OTHERS.map((key) => ({ key, weight: 1 })), { key: STAPLE, weight: 0.1 }];
  await sell(shop, 62, () => ({ keys: [STAPLE], repeats: [2], past }));
  const before = (await learnerObject(env, shop).unpublished()).buyAgain;
  expect([before.isOn, Math.round(before.trials)]).toEqual([false, 992]);
  await evictDurableObject(learnerObject(env, shop));
  await sell(shop, 2, () => ({ keys: [STAPLE], repeats: [2], past }));
  const { isOn, interval } = (await learnerObject(env, shop).unpublished()).buyAgain;
  expect([isOn, (interval?.[0] ?? 0) > 0.9]).toEqual([true, true]);
  expect(await ratioOfStaple(shop)).toBeGreaterThan(1);
});
