import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { planAggregates, type WrittenAggregates } from '../../src/analytics/aggregates.ts';
import { aggregatesStore } from '../../src/analytics/aggregates-store.ts';
import { NO_AGGREGATES } from '../../src/analytics/schema-aggregates.ts';
import { configStore } from '../../src/config/store.ts';
import { tallyObject } from '../../src/env.ts';
import { kvShares } from '../../src/learning/publication.ts';
import { snapshotOf } from '../../src/snapshot.ts';

const NOW = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;
const of = (monetary: number) => ({ ...NO_AGGREGATES, quantiles: { monetary: [0, monetary] } });

describe('aggregates are written', () => {
  test('when they have changed, as often as their share of the budget allows', () => {
    let note: WrittenAggregates | null = null;
    const written: number[] = [];
    // Every five minutes of two days something else is to be said; ten writes a day are allowed, and ten are there at the start.
    for (let minutes = 0; minutes < 2 * 24 * 60; minutes += 5) {
      const next = planAggregates(note, of(minutes), { now: NOW + minutes * 60_000, perDay: 10 });
      if (next !== null) written.push(minutes);
      note = next ?? note;
    }
    expect(written.slice(0, 10)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
    expect(written.filter((minutes) => minutes >= 45 + 24 * 60).length).toBeLessThanOrEqual(10);
    expect(written.length).toBeGreaterThan(28);
    expect(written.length).toBeLessThanOrEqual(30);
  });

  test('never where there is nothing to say, or nothing new', () => {
    expect(planAggregates(null, NO_AGGREGATES, { now: NOW, perDay: 10 })).toBeNull();
    const note = planAggregates(null, of(1), { now: NOW, perDay: 10 });
    expect(planAggregates(note, of(1), { now: NOW + DAY_MS, perDay: 10 })).toBeNull();
    expect(planAggregates(note, NO_AGGREGATES, { now: NOW + DAY_MS, perDay: 10 })).not.toBeNull();
  });

  test('at once the first time, even where a day’s share is less than one write', () => {
    const note = planAggregates(null, of(1), { now: NOW, perDay: 0.4 });
    expect(note).not.toBeNull();
    expect(planAggregates(note, of(2), { now: NOW + 2 * DAY_MS, perDay: 0.4 })).toBeNull();
    expect(planAggregates(note, of(2), { now: NOW + 3 * DAY_MS, perDay: 0.4 })).not.toBeNull();
  });

  test('from what the cards leave: together they have the whole budget', () => {
    const { cards, aggregates } = kvShares(900);
    expect(cards).toBeCloseTo(864);
    expect(cards + aggregates).toBeCloseTo(900);
  });

  test('by the tally, within the budget of the shop’s config', async () => {
    const shop = 'aggregated';
    const tally = tallyObject(env, shop);
    const config = { freshness: { kvWritesPerDay: 25 } };
    await configStore(env.CONFIG).write(shop, { version: 1, publishedAt: NOW, config });
    const inKv = () => env.CONFIG.get(`${shop}/aggregates`, 'json');
    await tally.writeAggregates(shop, {}, NOW);
    expect(await inKv()).toBeNull();
    await tally.writeAggregates(shop, { quantiles: { monetary: [0, 1] } }, NOW);
    expect(await inKv()).toEqual(of(1));
    await tally.writeAggregates(shop, { quantiles: { monetary: [0, 2] } }, NOW + 300_000);
    expect(await inKv()).toEqual(of(1));
    await tally.writeAggregates(shop, { quantiles: { monetary: [0, 2] } }, NOW + DAY_MS);
    expect(await inKv()).toEqual(of(2));
  });
});

describe('an isolate', () => {
  test('has them from the first answer on, and newer ones a minute later, without waiting for KV', async () => {
    const shop = 'aggregates-read';
    await aggregatesStore(env.CONFIG).write(shop, JSON.stringify({ quantiles: { monetary: [0, 1] } }));
    const at = async (now: number) => {
      const ctx = createExecutionContext();
      const { aggregates } = await snapshotOf(env, shop, { now, waitUntil: (work) => ctx.waitUntil(work) });
      await waitOnExecutionContext(ctx);
      return aggregates;
    };
    expect(await at(NOW)).toEqual(of(1));
    await aggregatesStore(env.CONFIG).write(shop, JSON.stringify(of(2)));
    expect(await at(NOW + 59_000)).toEqual(of(1));
    expect(await at(NOW + 61_000)).toEqual(of(1));
    expect(await at(NOW + 61_001)).toEqual(of(2));
  });
});
