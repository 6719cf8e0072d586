import { describe, expect, test } from 'vitest';
import type { Repeat } from '../../src/learning/repeats.ts';
import { pastBefore, repeatsIn } from '../../src/visitors/orders.ts';
import { order } from '../recommendations/shop.ts';

const past = [order('1', 30, ['tea']), order('2', 20, ['tea', 'cup']), order('3', 10, ['pot'], true)];

test.each<[string, ReturnType<typeof order>, Repeat[]]>([
  ['the first purchase of an item is one', order('9', 5, ['hat']), [0]],
  ['the first on a second day', order('9', 5, ['cup', 'hat']), [1, 0]],
  ['a third day changes nothing', order('9', 5, ['tea']), [2]],
  ['nor does the same day once more', order('9', 20, ['cup']), [2]],
  ['what was given away was not bought', order('9', 5, ['pot']), [0]],
  ['an order is not beside itself', order('2', 20, ['tea', 'cup']), [1, 0]],
])('%s', (_, made, expected) => {
  expect(repeatsIn([...past, made], made)).toEqual(expected);
});

describe('what was bought before an order', () => {
  const before = (made: ReturnType<typeof order>, hidden: string[] = []) =>
    pastBefore({ orders: [...past, order('8', 1, ['late']), made], hidden }, made);

  test('recurs less with every shopping day since; gifts, later orders and the order itself are not there', () => {
    expect(before(order('9', 5, ['hat']))).toEqual([
      ['tea', 1.9],
      ['cup', 1],
    ]);
  });

  test('is not there of what the visitor has hidden, nor of a first order', () => {
    expect(before(order('9', 5, ['hat']), ['tea'])).toEqual([['cup', 1]]);
    expect(before(order('9', 40, ['hat']))).toEqual([]);
  });

  test('is at most a hundred items and 3,000 characters, those that recur most', () => {
    const often = order('2', 10, ['often']);
    const lots = (size: number, long: string) =>
      order(
        '3',
        20,
        Array.from({ length: size }, (_, i) => `${long}${i}`),
      );
    const of = (size: number, long: string) => {
      const made = order('9', 1, ['hat']);
      return pastBefore({ orders: [lots(size, long), often, made], hidden: [] }, made);
    };
    expect(of(150, 'a')).toHaveLength(100);
    const cut = of(100, 'a'.repeat(90));
    expect(cut[0]).toEqual(['often', 1]);
    expect(JSON.stringify(cut).length).toBeLessThanOrEqual(3_000);
    expect(cut.length).toBeGreaterThan(20);
  });
});
