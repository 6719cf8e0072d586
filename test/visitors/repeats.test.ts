import { expect, test } from 'vitest';
import type { Repeat } from '../../src/learning/repeats.ts';
import { repeatsIn } from '../../src/visitors/orders.ts';
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
