import { describe, expect, test } from 'vitest';
import { createCards } from '../../src/learning/cards.ts';
import { encodeCounts, NO_COUNTS, openCounts } from '../../src/learning/counts.ts';
import { learnBasket } from '../../src/learning/learn.ts';
import { demandOf } from '../../src/recommendations/demand.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

function countsOf(orders: readonly (readonly [day: number, ...keys: number[]])[]) {
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  for (const [day, ...keys] of orders) learnBasket(cards, { keys, at: day * DAY_MS, learn: true });
  return openCounts(encodeCounts(cards, { ownClicks: 0 }).buffer) ?? NO_COUNTS;
}

describe('demand', () => {
  test('is the orders of the last 31 days as a share of the largest number', () => {
    const counts = countsOf([
      [1, 1],
      [1, 1],
      [1, 1],
      [60, 1, 2],
      [70, 2],
      [80, 2, 3],
    ]);
    const demand = demandOf(counts);
    const shares = [1, 2, 3].map((key) => demand(counts.indexOf(key)));
    for (const [i, share] of [1 / 3, 1, 1 / 3].entries()) expect(shares[i]).toBeCloseTo(share, 6);
    expect(demandOf(counts)).toBe(demand);
  });

  test('is 0 for what is not counted, and before anything was', () => {
    expect(demandOf(NO_COUNTS)(-1)).toBe(0);
    expect(demandOf(countsOf([[1, 1]]))(-1)).toBe(0);
  });

  test('is the share of baskets where orders were not kept by the day', () => {
    const { breakdown } = NO_COUNTS;
    const counts = {
      ...countsOf([
        [1, 1, 2],
        [1, 1],
      ]),
      breakdown,
    };
    const demand = demandOf(counts);
    expect(demand(counts.indexOf(1))).toBeCloseTo(1, 6);
    expect(demand(counts.indexOf(2))).toBeCloseTo(0.5, 6);
  });
});
