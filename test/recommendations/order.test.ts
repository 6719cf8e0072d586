import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstOf, lazyOrder } from '../../src/recommendations/order.ts';
import { mix, scoredOf } from '../../src/recommendations/scored.ts';
import { topList } from '../../src/recommendations/top.ts';

const someWeights = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 });

/** Keys that no two candidates share, far beyond 32 bits, as real ones are. */
const keyOf = (i: number): number => (i * 7_919 + 13) * 2 ** 20 + i;

const sortedBy = (weights: readonly number[]): number[] =>
  weights.map((_, i) => i).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || keyOf(a) - keyOf(b));

describe('orders', () => {
  test('a lazy order is the sorted one, however far it is read', () => {
    fc.assert(
      fc.property(someWeights, (weights) => {
        const at = lazyOrder(weights.length, { scores: weights, keys: weights.map((_, i) => keyOf(i)) });
        const expected = sortedBy(weights);
        const middle = weights.length >> 1;
        expect(at(middle)).toBe(expected[middle] ?? -1);
        expect(weights.map((_, place) => at(place))).toEqual(expected);
        expect(at(weights.length)).toBe(-1);
      }),
    );
  });

  test('the first of them, in no order, are those of the order', () => {
    fc.assert(
      fc.property(someWeights, fc.integer({ min: 1, max: 70 }), (weights, count) => {
        const of = { scores: weights, keys: weights.map((_, i) => keyOf(i)) };
        const first = firstOf(weights.length, of, count);
        expect(first.toSorted((a, b) => a - b)).toEqual(
          sortedBy(weights)
            .slice(0, count)
            .sort((a, b) => a - b),
        );
      }),
    );
  });

  test('a top list keeps the heaviest, whatever the order of arrival, and nothing without weight', () => {
    fc.assert(
      fc.property(someWeights, fc.integer({ min: 1, max: 20 }), fc.boolean(), (weights, limit, backwards) => {
        const top = topList(limit);
        const arrivals = weights.map((_, i) => i);
        for (const i of backwards ? arrivals.reverse() : arrivals) top.add(keyOf(i), weights[i] ?? 0);
        top.add(1, Number.NaN);
        const expected = sortedBy(weights)
          .filter((i) => (weights[i] ?? 0) > 0)
          .slice(0, limit);
        expect([...top.ranked().keys]).toEqual(expected.map(keyOf));
        expect([...top.ranked().weights]).toEqual(expected.map((i) => weights[i]));
      }),
    );
  });
});

describe('mixing lists', () => {
  const list = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 15 });
  const ranked = (keys: readonly number[]) => ({
    keys: Float64Array.from(keys),
    weights: Float64Array.from(keys, (_, i) => keys.length - i),
  });

  test('each candidate once, best first, within 0 and 1, its reasons adding up', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(list, fc.integer({ min: 1, max: 9 })), { maxLength: 4 }), (lists) => {
        const parts = lists.map(([keys, weight], i) => ({
          scored: scoredOf(ranked(keys), { code: 'trending' as const, detail: String(i) }),
          weight,
          strategy: `s${i}`,
        }));
        const mixed = mix(parts, 100);
        const all = new Set(lists.flatMap(([keys]) => keys));
        const places = Array.from({ length: mixed.size }, (_, i) => i);
        expect(new Set(places.map((i) => mixed.key(i)))).toEqual(all);
        for (const i of places) {
          const score = mixed.score(i);
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-12);
          if (i > 0) expect(score).toBeLessThanOrEqual(mixed.score(i - 1));
          expect(mixed.reasons(i).reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(score, 9);
        }
      }),
    );
  });

  test('a list without weight, or without candidates, has no say', () => {
    const one = { scored: scoredOf(ranked([1, 2]), { code: 'trending' as const }), weight: 1, strategy: 'a' };
    const none = { scored: scoredOf(ranked([3]), { code: 'trending' as const }), weight: 0, strategy: 'b' };
    const mixed = mix([one, none], 100);
    expect([mixed.size, mixed.score(0), mixed.strategy(0)]).toEqual([2, 1, 'a']);
    expect(mix([], 100).size).toBe(0);
  });
});
