/** What attribution counts, case by case. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addClaimed, attributedTo, MOST_KEYS, OTHERS, withinBounds } from '../../src/analytics/attributed.ts';
import { type Claim, claimed, refunded, UNCLAIMED } from '../../src/analytics/claims.ts';
import type { Slots } from '../../src/analytics/count.ts';
import type { KeptEvent, Shown } from '../../src/events/schema.ts';
import type { AttributedLine, Order, OrderSource, Refund } from '../../src/learning/schema.ts';
import { attribute, attributedLines, uniteReached } from '../../src/purchases/attribution.ts';
import type { Reached } from '../../src/purchases/schema.ts';
import { key53 } from '../../src/shared/hash.ts';
import { orderOf as profileOrder } from '../../src/visitors/orders.ts';
import { freshProfile } from '../../src/visitors/reduce.ts';
import { orderOf } from '../analytics/flushes.ts';
import { kept, MINUTE, NOON } from '../support/events.ts';

const HOUR = 60 * MINUTE;
const WINDOW = 72 * HOUR;

const shown = (n: number, more: Partial<Shown> = {}): Shown => ({
  ...{ recommendation: n, placement: `p${n}`, strategy: 'for_you' },
  ...more,
});
const click = (itemId: string, by: Shown, at = NOON, name: KeptEvent['name'] = 'select_item') =>
  kept(name, at, { items: [{ itemId, shown: by }] });
const added = (itemId: string, at: number) => kept('add_to_cart', at, { items: [{ itemId }] });

/** The sums by placement that events add one after the other. */
function sums(events: readonly KeptEvent[]): Record<string, Record<string, number>> {
  const profile = freshProfile(NOON);
  const all: Record<string, Record<string, number>> = {};
  for (const { placement, sums } of events.flatMap((event) => attribute(profile, event, WINDOW))) {
    const known = all[placement] ?? {};
    all[placement] = known;
    for (const [name, by] of Object.entries(sums)) known[name] = (known[name] ?? 0) + by;
  }
  return all;
}

describe('an event counts', () => {
  test.each<[string, KeptEvent[], Record<string, Record<string, number>>]>([
    [
      'an impression of each recommendation it shows',
      [kept('impression', NOON, { impressed: [shown(1), shown(2)] })],
      { p1: { impressions: 1 }, p2: { impressions: 1 } },
    ],
    [
      'one click, in however many events',
      [click('a', shown(1)), click('a', shown(1), NOON + 1, 'view_item')],
      { p1: { clicks: 1 } },
    ],
    ['a click on each item', [click('a', shown(1)), click('b', shown(1))], { p1: { clicks: 2 } }],
    [
      'a click and a basket where it was added at once',
      [click('a', shown(1), NOON, 'add_to_cart')],
      { p1: { clicks: 1, baskets: 1 } },
    ],
    [
      'a basket of what was reached',
      [click('a', shown(1)), added('a', NOON + HOUR), added('a', NOON + 2 * HOUR)],
      { p1: { clicks: 1, baskets: 1 } },
    ],
    [
      'a basket for the last way to it',
      [click('a', shown(1)), click('a', shown(2), NOON + 1), added('a', NOON + 2)],
      { p1: { clicks: 1 }, p2: { clicks: 1, baskets: 1 } },
    ],
    ['no basket after the window', [click('a', shown(1)), added('a', NOON + WINDOW + 1)], { p1: { clicks: 1 } }],
    ['no basket of another item', [click('a', shown(1)), added('b', NOON + 1)], { p1: { clicks: 1 } }],
    [
      'why it is credited to nothing',
      [kept('view_item', NOON, { items: [{ itemId: 'a' }], unattributed: { expired: 1 } })],
      { '': { expired: 1 } },
    ],
    [
      'weights where chance decided',
      [
        kept('impression', NOON, { impressed: [shown(1, { explored: 0.25 })] }),
        click('a', shown(1, { explored: 0.25 })),
      ],
      { p1: { impressions: 1, explored: 1, weights: 4, squares: 16, clicks: 1, exploredClicks: 1, rewards: 4 } },
    ],
  ])('%s', (_name, events, expected) => {
    expect(sums(events)).toEqual(expected);
  });

  test('and what is remembered is bounded', () => {
    const profile = freshProfile(NOON);
    for (let n = 0; n < 200; n++) attribute(profile, click(`item-${n}`, shown(1), NOON + n), WINDOW);
    expect(profile.reached?.map((one) => one.itemId)).toEqual(Array.from({ length: 50 }, (_, n) => `item-${n + 150}`));
  });
});

describe('a line of an order', () => {
  const reached: Reached[] = [
    { itemId: 'a', key: key53('a'), at: NOON, recommendation: 1, placement: 'p1', strategy: 'for_you' },
    { itemId: 'shirt-s', key: 7, at: NOON, recommendation: 2, placement: 'p2', strategy: 'similar' },
  ];
  const linesOf = (items: KeptEvent['items'], at: number, more: Partial<KeptEvent> = {}) => {
    const event = kept('purchase', at, { orderId: '1', currency: 'GBP', ...(items ? { items } : {}), ...more });
    return attributedLines(profileOrder(event), event, { reached, windowMs: WINDOW });
  };
  const line = (itemId: string, placement: string, quantity: number, value: number) => ({
    ...{ item: key53(itemId), placement, strategy: expect.any(String), quantity, value },
  });

  test.each<[string, Parameters<typeof linesOf>, unknown[]]>([
    [
      'belongs to the way to its item',
      [[{ itemId: 'a', price: 2, quantity: 3 }], NOON + HOUR],
      [line('a', 'p1', 3, 6)],
    ],
    [
      'belongs to the way to another variant',
      [[{ itemId: 'shirt-m', key: 7, price: 9 }], NOON + HOUR],
      [line('shirt-m', 'p2', 1, 9)],
    ],
    [
      'belongs to the one that it echoes',
      [[{ itemId: 'a', price: 2, shown: shown(3) }], NOON + HOUR],
      [line('a', 'p3', 1, 2)],
    ],
    ['belongs to nobody after the window', [[{ itemId: 'a', price: 2 }], NOON + WINDOW + 1], []],
    ['belongs to nobody before the click', [[{ itemId: 'a', price: 2 }], NOON - HOUR], []],
    ['belongs to nobody where nothing led to it', [[{ itemId: 'b', price: 2 }], NOON + HOUR], []],
    [
      'counts once where it is written twice',
      [
        [
          { itemId: 'a', price: 2 },
          { itemId: 'a', price: 2 },
        ],
        NOON + 1,
      ],
      [line('a', 'p1', 2, 4)],
    ],
    [
      'without a price counts what the others leave',
      [[{ itemId: 'a' }, { itemId: 'b', price: 4 }], NOON + 1, { value: 10 }],
      [line('a', 'p1', 1, 6)],
    ],
  ])('%s', (_name, asked, expected) => {
    expect(linesOf(...asked)).toEqual(expected);
  });
});

describe('an attributed order', () => {
  const lines: AttributedLine[] = [{ item: key53('cup'), placement: 'p', strategy: 's', quantity: 2, value: 8 }];
  const order = (source: OrderSource, more: Partial<Order> = {}) =>
    orderOf('1', { source, at: NOON, value: 20, ...more });
  const place = { row: '2026-11-22', slot: '12' };
  const refund = (more: Partial<Refund>): Refund => ({
    orderId: '1',
    refundId: JSON.stringify(more),
    currency: 'GBP',
    value: 5,
    source: 'server',
    ...more,
  });
  type Report = Order | Refund;
  const claimOf = (reports: readonly Report[]): Claim =>
    reports.reduce<Claim>(
      (claim, one) =>
        ('refundId' in one ? refunded(claim, one) : claimed(claim, one, { flushId: `${one.source}.1`, place })) ??
        claim,
      UNCLAIMED,
    );
  const counted = (orders: number, units: number, revenue: number) => ({
    '': { orders: 1 },
    'p s': { orders, units, 'revenue GBP': revenue },
  });

  test.each<[string, Report[], Slots]>([
    ['counts its lines', [order('browser', { attributed: lines })], counted(1, 2, 8)],
    [
      'counts where the server does not know by what it was brought about',
      [order('browser', { attributed: lines }), order('server')],
      counted(1, 2, 8),
    ],
    ['counts where the server was first', [order('server'), order('browser', { attributed: lines })], counted(1, 2, 8)],
    ['counts nothing where nothing was brought about', [order('server')], {}],
    [
      'loses what is given back by name',
      [order('server', { attributed: lines }), refund({ items: [{ item: key53('cup'), quantity: 1 }] })],
      counted(1, 1, 4),
    ],
    [
      'keeps what another item was given back for',
      [order('server', { attributed: lines }), refund({ items: [{ item: key53('pot'), quantity: 1 }] })],
      counted(1, 2, 8),
    ],
    [
      'loses its share of what is given back without names',
      [order('server', { attributed: lines }), refund({ value: 5 })],
      counted(1, 2, 6),
    ],
    [
      'loses everything where everything is given back',
      [order('server', { attributed: lines }), refund({ value: null })],
      counted(1, 0, 0),
    ],
    [
      'loses nothing to who is less trusted',
      [order('server', { attributed: lines }), refund({ source: 'browser', value: null })],
      counted(1, 2, 8),
    ],
  ])('%s', (_name, reports, expected) => {
    expect(attributedTo(claimOf(reports))).toEqual(expected);
  });

  test('adds up to the same sums in whatever order it is reported', () => {
    const reports: Report[] = [
      order('browser', { attributed: lines }),
      order('server'),
      refund({ value: 5 }),
      refund({ items: [{ item: key53('cup'), quantity: 1 }] }),
    ];
    const total = (all: readonly Report[]) => {
      const sums = new Map<string, Slots>();
      let claim = UNCLAIMED;
      for (const [i] of all.entries()) {
        const next = claimOf(all.slice(0, i + 1));
        addClaimed(sums, claim, next);
        claim = next;
      }
      return sums;
    };
    const expected = total(reports);
    expect(expected.get('2026-11-22')).toEqual({ '': { orders: 1 }, 'p s': { orders: 1, units: 1, 'revenue GBP': 3 } });
    fc.assert(
      fc.property(fc.shuffledSubarray(reports, { minLength: reports.length }), (all) => {
        expect(total(all)).toEqual(expected);
      }),
    );
  });
});

test('ways of several visitors become one list: of each the newest, and in the basket if it is for one', () => {
  const way = (n: number, at: number, more: Partial<Reached> = {}): Reached => ({
    itemId: `${n}`,
    key: n,
    at,
    recommendation: n,
    placement: 'p',
    strategy: 's',
    ...more,
  });
  expect(uniteReached([[way(1, 5), way(2, 6)], undefined, [way(1, 9), way(2, 3, { isInBasket: true })]])).toEqual([
    way(2, 6, { isInBasket: true }),
    way(1, 9),
  ]);
});

test('a day keeps so many counters, and the rest together', () => {
  const day: Slots = Object.fromEntries(Array.from({ length: MOST_KEYS - 1 }, (_, n) => [`p${n} s`, { clicks: 1 }]));
  expect(
    withinBounds(day, {
      'p1 s': { clicks: 1 },
      'new s': { clicks: 2 },
      'more s': { clicks: 3 },
      'most s': { clicks: 4 },
    }),
  ).toEqual({
    'p1 s': { clicks: 1 },
    'new s': { clicks: 2 },
    [OTHERS]: { clicks: 7 },
  });
});
