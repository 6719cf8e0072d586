import { describe, expect, test } from 'vitest';
import { dueOf, shoppingDays } from '../../src/purchases/due.ts';

const DAY = 86_400_000;
const at = (day: number, hour = 12) => day * DAY + hour * 3_600_000;

describe('when an item is due again', () => {
  test.each([
    ['never bought', [], null],
    ['bought once', [at(100)], null],
    ['bought twice on one day, which is one trip', [at(100, 9), at(100, 17)], null],
    ['bought twice', [at(100), at(130)], { dueAt: at(160), confidence: 1 / 2 }],
    ['three times, evenly', [at(100), at(130), at(160)], { dueAt: at(190), confidence: 2 / 3 }],
    ['in any order of times', [at(160), at(100), at(130)], { dueAt: at(190), confidence: 2 / 3 }],
  ])('%s', (_, times, due) => {
    expect(dueOf(times)).toEqual(due);
  });

  test('one late purchase moves the median less than the mean, and takes confidence away', () => {
    const due = dueOf([at(0), at(10), at(20), at(30), at(130)]);
    expect(due?.dueAt).toBe(at(140));
    expect(due?.confidence).toBeLessThan(0.5);
    expect(due?.confidence).toBeGreaterThan(0.2);
  });

  test('shopping days are distinct and ascending', () => {
    expect(shoppingDays([at(5), at(3), at(5, 1)])).toEqual([3, 5]);
  });
});
