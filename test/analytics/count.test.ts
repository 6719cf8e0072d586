import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSlots, count, eventsCounted, metricOf, type Slots, slotOf, sumOf } from '../../src/analytics/count.ts';
import type { Order } from '../../src/learning/schema.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

const NOW = Date.UTC(2026, 10, 22, 10, 30);

function order(value: number, currency: string, at = NOW): Order {
  return { orderId: 'o', at, currency, value, lines: [], learn: true, gift: false };
}

describe('where a time is counted', () => {
  test.each([
    ['now', NOW, { row: '2026-11-22', slot: '10' }],
    ['yesterday', NOW - DAY_MS, { row: '2026-11-21', slot: '10' }],
    ['the last hour of a day', Date.UTC(2026, 10, 21, 23, 59, 59, 999), { row: '2026-11-21', slot: '23' }],
    ['a clock ahead of ours', NOW + DAY_MS, { row: '2026-11-23', slot: '10' }],
    ['two days ago', NOW - 2 * DAY_MS, { row: '2026-11', slot: '20' }],
    ['fifteen years ago', Date.UTC(2010, 11, 1, 8), { row: '2010-12', slot: '01' }],
    ['the beginning of time', 0, { row: '1970-01', slot: '01' }],
    ['the last time there is', 8.64e15, { row: '+275760-09-13', slot: '00' }],
  ])('%s', (_, at, place) => {
    expect(slotOf(at, NOW)).toEqual(place);
  });
});

test('the counters of any events in any pieces add up to the events', () => {
  const event = fc.record({
    name: fc.constantFrom('view_item', 'purchase', 'custom', '__proto__', 'constructor'),
    at: fc.integer({ min: 0, max: NOW + DAY_MS }),
  });
  fc.assert(
    fc.property(fc.array(fc.array(event, { maxLength: 20 }), { maxLength: 10 }), (pieces) => {
      const rows = new Map<string, Slots>();
      for (const piece of pieces)
        for (const [row, slots] of count(piece, [], NOW)) rows.set(row, addSlots(rows.get(row) ?? {}, slots));
      const all = pieces.flat();
      const counted = eventsCounted(sumOf([...rows].map(([row, slots]) => ({ row, slots }))));
      expect(counted.total).toBe(all.length);
      for (const [name, sum] of Object.entries(counted.byName))
        expect(sum).toBe(all.filter((one) => one.name === name).length);
    }),
  );
});

test('orders are counted and their money is added up by currency, without drift', () => {
  const orders = [...Array.from({ length: 1000 }, () => order(0.1, 'GBP')), order(5, 'EUR'), order(7, '')];
  const sums = sumOf([...count([], orders, NOW)].map(([row, slots]) => ({ row, slots })));
  expect(metricOf(sums, 'orders')).toEqual({ GBP: 1000, EUR: 1, '?': 1 });
  expect(metricOf(sums, 'revenue')).toEqual({ GBP: 100, EUR: 5, '?': 7 });
});

describe('days', () => {
  const events = [0, 1, 2, 3, 40].map((days) => ({ name: 'view_item', at: NOW - days * DAY_MS }));
  const rows = [...count(events, [], NOW)].map(([row, slots]) => ({ row, slots }));
  test.each([
    [null, null, 5],
    ['2026-11-22', null, 1],
    ['2026-11-20', '2026-11-21', 2],
    ['2026-11-19', '2026-11-19', 1],
    [null, '2026-11-18', 1],
    ['2026-11-23', null, 0],
    ['2026-11-22', '2026-11-21', 0],
  ])('from %s to %s there are %i events', (from, to, events) => {
    expect(eventsCounted(sumOf(rows, from, to)).total).toBe(events);
  });
});

test('what is recent takes a row a day, what is history a row a month', () => {
  const year = Array.from({ length: 365 * 24 }, (_, hour) => ({ name: 'view_item', at: NOW - hour * 3_600_000 }));
  expect(count(year, [], NOW).size).toBeLessThanOrEqual(3 + 13);
});
