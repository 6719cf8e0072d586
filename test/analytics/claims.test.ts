import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claim, claimed, refunded, standing, UNCLAIMED } from '../../src/analytics/claims.ts';
import type { Order, OrderSource, Refund } from '../../src/learning/schema.ts';
import { orderOf } from './flushes.ts';

type Report = { order: Order; flushId: string } | { refund: Refund };

const report = (source: OrderSource, value: number, parts: Partial<Order> = {}): Report => ({
  order: orderOf('1', { source, value, ...parts }),
  flushId: `${source}.1`,
});
const giveBack = (source: OrderSource, value: number | null, parts: Partial<Refund> = {}): Report => ({
  refund: { orderId: '1', refundId: `${source} ${value}`, currency: 'GBP', value, source, ...parts },
});

const PLACE = { row: '2026-11-22', slot: '13' };

function claimOf(reports: readonly Report[]): Claim {
  let claim = UNCLAIMED;
  for (const one of reports)
    claim =
      ('order' in one
        ? claimed(claim, one.order, { flushId: one.flushId, place: PLACE })
        : refunded(claim, one.refund)) ?? claim;
  return claim;
}

describe('an order counts', () => {
  test.each<[string, Report[], Record<string, number>]>([
    ['as it was reported', [report('browser', 10)], { 'orders GBP': 1, 'revenue GBP': 10 }],
    ['once', [report('browser', 10), report('browser', 12)], { 'orders GBP': 1, 'revenue GBP': 10 }],
    ['as the server says', [report('browser', 10), report('server', 12)], { 'orders GBP': 1, 'revenue GBP': 12 }],
    ['as a webhook says', [report('browser', 10), report('webhook', 12)], { 'orders GBP': 1, 'revenue GBP': 12 }],
    [
      'not as who is less trusted says',
      [report('server', 10), report('webhook', 12)],
      { 'orders GBP': 1, 'revenue GBP': 10 },
    ],
    [
      'in the currency of the server',
      [report('browser', 10), report('server', 12, { currency: 'EUR' })],
      { 'orders EUR': 1, 'revenue EUR': 12 },
    ],
    [
      'under no currency where none was said',
      [report('browser', 10, { currency: '' })],
      { 'orders ?': 1, 'revenue ?': 10 },
    ],
    [
      'less what was given back',
      [report('server', 10), giveBack('server', 3), giveBack('server', 4)],
      { 'orders GBP': 1, 'revenue GBP': 3, 'refunded GBP': 7 },
    ],
    [
      'less everything',
      [report('server', 10), giveBack('server', null)],
      { 'orders GBP': 1, 'revenue GBP': 0, 'refunded GBP': 10 },
    ],
    [
      'never less than nothing',
      [report('server', 10), giveBack('server', 30)],
      { 'orders GBP': 1, 'revenue GBP': 0, 'refunded GBP': 10 },
    ],
    [
      'a refund once',
      [report('server', 10), giveBack('server', 3), giveBack('server', 3)],
      { 'orders GBP': 1, 'revenue GBP': 7, 'refunded GBP': 3 },
    ],
    [
      'no refund by who is less trusted',
      [report('server', 10), giveBack('browser', 3)],
      { 'orders GBP': 1, 'revenue GBP': 10 },
    ],
    [
      'no refund in another currency',
      [report('server', 10), giveBack('server', 3, { currency: 'EUR' })],
      { 'orders GBP': 1, 'revenue GBP': 10 },
    ],
    ['nothing before it was reported', [giveBack('server', 3)], {}],
  ])('%s', (_, reports, counters) => {
    expect(standing(claimOf(reports))).toEqual(counters);
  });

  test('the same, whatever the order in which it was heard of', () => {
    const reports = [
      report('browser', 10),
      report('webhook', 11),
      report('server', 12),
      giveBack('browser', 1),
      giveBack('server', 2),
      giveBack('server', 3),
    ];
    const known = standing(claimOf(reports));
    expect(known).toEqual({ 'orders GBP': 1, 'revenue GBP': 7, 'refunded GBP': 5 });
    fc.assert(
      fc.property(fc.shuffledSubarray(reports, { minLength: reports.length }), (shuffled) => {
        expect(standing(claimOf([...shuffled, ...shuffled]))).toEqual(known);
      }),
    );
  });
});

describe('an order teaches', () => {
  test.each<[string, Report[], string]>([
    ['by its first report', [report('browser', 10), report('server', 12)], 'browser.1'],
    ['by the first that may teach', [report('browser', 10, { learn: false }), report('server', 12)], 'server.1'],
    ['by the server’s where that was first', [report('server', 12), report('browser', 10)], 'server.1'],
  ])('%s', (_, reports, flushId) => {
    expect(claimOf(reports)).toMatchObject({ flushId, teaches: true });
  });
});
