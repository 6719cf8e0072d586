import { expect, test } from 'vitest';
import { NO_BREAKDOWN } from '../../src/learning/breakdown.ts';
import { NO_COUNTS } from '../../src/learning/counts.ts';
import { buyAgain } from '../../src/recommendations/strategies/buy-again.ts';
import { order } from './shop.ts';

const NAMES = ['book', 'milk', 'bread'];
const catalogue = { indexOf: (itemId: string) => NAMES.indexOf(itemId), keyOf: (slot: number) => slot };

/** Bread sells best; customers come back for milk, and not for books. */
function foundWith(ratios: readonly number[] | null) {
  const breakdown = {
    ...NO_BREAKDOWN,
    repeats: () => (ratios === null ? null : (index: number) => ratios[index] ?? 1),
    ordered(_: number, each: (index: number, orders: number) => void) {
      for (const [index, orders] of [1, 2, 10].entries()) each(index, orders);
    },
  };
  const counts = { ...NO_COUNTS, size: NAMES.length, indexOf: (key: number) => key, breakdown };
  const orders = [order('1', 30, ['milk', 'bread']), order('2', 20, ['book']), order('3', 10, ['bread'], true)];
  const found = buyAgain({ profile: { orders, hidden: [] }, catalogue, counts });
  return Array.from({ length: found.size }, (_, i) => {
    const reasons = found.reasons(i);
    expect(reasons.reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(found.score(i), 12);
    return [NAMES[found.key(i)], Number(found.score(i).toFixed(3))];
  });
}

test('what was bought on the last shopping day counts most, beside what sells', () => {
  expect(foundWith(null)).toEqual([
    ['bread', 1.9],
    ['book', 1.1],
    ['milk', 1.1],
  ]);
});

test('where the shop’s past says so, what customers come back for counts more than what is bought once', () => {
  expect(foundWith([0.25, 4, 1])).toEqual([
    ['bread', 2.9],
    ['milk', 2.2],
    ['book', 0.7],
  ]);
});
