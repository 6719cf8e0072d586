import { describe, expect, test } from 'vitest';
import { assess, fallbacks, more, surveyCounts, unseenEvents } from '../../src/analytics/readiness.ts';

const NOTHING = { items: 0, views: 0, bought: 0, byName: {}, orders: 0, leastBuyers: 3 };
const PLENTY = { items: 200, views: 5_000, bought: 90, byName: { view_item: 5_000 }, orders: 300, leastBuyers: 3 };

test.each([
  [20, 8, '12 more purchases'],
  [20, 19, '1 more purchase'],
  [20, 19.5, '1 more purchase'],
  [20, 20, null],
  [20, 21, null],
])('of %i with %d: %s', (needed, have, text) => {
  expect(more(needed, have, ['purchase', 'purchases'])).toBe(text);
});

describe('capabilities', () => {
  test('an empty shop needs everything', () => {
    expect(Object.values(assess(NOTHING)).every((needs) => needs !== null)).toBe(true);
  });

  test('a busy shop needs nothing', () => {
    expect(Object.values(assess(PLENTY)).filter((needs) => needs !== null)).toEqual([]);
  });

  test.each([
    ['bought_together', { orders: 8, bought: 2 }, '12 more purchases'],
    ['bought_together', { orders: 0, bought: 19 }, '1 more purchase'],
    ['bought_together', { orders: 30, bought: 0 }, 'the next publication of the cards'],
    ['also_viewed', { views: 40, byName: { view_item: 70 } }, '30 more views of items'],
    ['also_viewed', { views: 0, byName: { view_item: 700 } }, 'the next publication of the cards'],
    ['for_you', { items: 0 }, '1 more item in the catalogue'],
    ['buy_again', { orders: 0, bought: 0 }, '1 more purchase'],
    ['bestsellers', { orders: 0, bought: 0 }, '1 more purchase'],
    ['recently_bought_by_others', { orders: 1, bought: 1 }, '2 more purchases'],
    ['basket_filler', { items: 0 }, '1 more item in the catalogue'],
  ])('%s with %o needs: %s', (capability, evidence, needs) => {
    expect(assess({ ...PLENTY, ...evidence })[capability]).toBe(needs);
  });
});

test('placements say which strategies they do without', () => {
  const placements = {
    'item-page': { strategies: [{ strategy: 'bought_together' }, { strategy: 'also_viewed' }] },
    home: { strategies: [{ strategy: 'for_you' }, { strategy: 'handpicked' }] },
  };
  expect(fallbacks(placements, { bought_together: '3 more purchases', also_viewed: null, for_you: null })).toEqual([
    { placement: 'item-page', strategy: 'bought_together', needs: '3 more purchases' },
  ]);
});

test('events that never came are named', () => {
  const unseen = unseenEvents({ view_item: 3, purchase: 0 });
  expect(unseen).toContain('purchase');
  expect(unseen).not.toContain('view_item');
});

test('published counts are summed up, and items that the catalogue does not know are counted', () => {
  const rows = [
    { key: 1, views: 2.5, bought: 3 },
    { key: 2, views: 1, bought: 7 },
  ];
  const counts = {
    size: rows.length,
    keyOf: (index: number) => rows[index]?.key ?? Number.NaN,
    views: (index: number) => rows[index]?.views ?? 0,
    bought: (index: number) => rows[index]?.bought ?? 0,
  };
  expect(surveyCounts(counts, (key) => key === 1)).toEqual({ views: 3.5, bought: 7, unknown: 1, items: 2 });
});
