import { describe, expect, test } from 'vitest';
import {
  type Buyers,
  forgetBuyers,
  hourOf,
  noteBuyer,
  packHour,
  purchasesOfOthers,
  unpackHour,
  withBuyer,
} from '../../src/learning/buyers.ts';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR + 5;
type Bought = [hoursAgo: number, buyer: number, ...keys: number[]];

function buyersOf(purchases: readonly Bought[], now = NOW): Buyers {
  const buyers: Buyers = new Map();
  for (const [ago, buyer, ...keys] of purchases) noteBuyer(buyers, { keys, at: NOW - ago * HOUR, buyer }, now);
  return buyers;
}

describe('what several people bought', () => {
  test.each<[string, Bought[], object[]]>([
    [
      'two people are too few',
      [
        [0, 1, 7],
        [0, 2, 7],
      ],
      [],
    ],
    [
      'three are enough',
      [
        [0, 1, 7],
        [0, 2, 7],
        [0, 3, 7],
      ],
      [{ key: 7, since: 1_000, buyers: 3 }],
    ],
    [
      'one who buys three times is one',
      [
        [0, 1, 7],
        [1, 1, 7],
        [2, 1, 7],
      ],
      [],
    ],
    [
      'not two who buy twice either',
      [
        [0, 1, 7],
        [1, 1, 7],
        [2, 2, 7],
        [3, 2, 7],
      ],
      [],
    ],
    [
      'all that is said about when is since when three bought',
      [
        [0, 1, 7],
        [5, 2, 7],
        [9, 3, 7],
        [20, 4, 7],
      ],
      [{ key: 7, since: 991, buyers: 4 }],
    ],
    [
      'who bought before the window does not count',
      [
        [0, 1, 7],
        [0, 2, 7],
        [24, 3, 7],
      ],
      [],
    ],
    [
      'a buyer counts by the last purchase',
      [
        [30, 1, 7],
        [2, 1, 7],
        [0, 2, 7],
        [0, 3, 7],
      ],
      [{ key: 7, since: 998, buyers: 3 }],
    ],
    [
      'items are told apart',
      [
        [0, 1, 7, 8],
        [0, 2, 7, 8],
        [0, 3, 8],
      ],
      [{ key: 8, since: 1_000, buyers: 3 }],
    ],
  ])('%s', (_, purchases, listed) => {
    expect(purchasesOfOthers(buyersOf(purchases), { buyers: 3, hours: 24, now: NOW })).toEqual(listed);
  });

  test('is forgotten after 72 hours, and not taken at all when it is older', () => {
    const buyers = buyersOf([
      [0, 1, 7],
      [71, 2, 7],
      [72, 3, 7],
    ]);
    expect([...buyers.keys()]).toEqual([1_000, 929]);
    expect(forgetBuyers(buyers, NOW + HOUR)).toBe(1_000);
    expect(forgetBuyers(buyers, NOW + 72 * HOUR)).toBeNull();
    expect(buyers.size).toBe(0);
  });

  test('is stored as it was', () => {
    const hour =
      buyersOf([
        [0, 4_294_967_295, 7, 8],
        [0, 2, 7],
      ]).get(hourOf(NOW)) ?? new Map();
    expect(unpackHour(packHour(hour))).toEqual(hour);
  });

  test('names nobody: a hash under a salt, the same for the same buyer, another under another salt', () => {
    const batch = {
      flushId: 'f.1',
      sender: 'v:somebody',
      views: [],
      baskets: [{ keys: [7], at: 0, learn: true }],
      events: 1,
    };
    const hashOf = (salt: string, sender = 'v:somebody') => withBuyer({ ...batch, sender }, salt).baskets[0]?.buyer;
    expect(withBuyer(batch, 'salt')).not.toHaveProperty('sender');
    expect(hashOf('salt')).toBe(hashOf('salt'));
    expect(new Set([hashOf('salt'), hashOf('other'), hashOf('salt', 'c:somebody')]).size).toBe(3);
  });
});
