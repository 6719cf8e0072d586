import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  addSlots,
  count,
  eventsCounted,
  lackingOf,
  negated,
  type Slots,
  slotOf,
  sumOf,
} from '../../src/analytics/count.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

const NOW = Date.UTC(2026, 10, 22, 10, 30);

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
        for (const [row, slots] of count(piece, NOW)) rows.set(row, addSlots(rows.get(row) ?? {}, slots));
      const all = pieces.flat();
      const counted = eventsCounted(sumOf([...rows].map(([row, slots]) => ({ row, slots }))));
      expect(counted.total).toBe(all.length);
      for (const [name, sum] of Object.entries(counted.byName))
        expect(sum).toBe(all.filter((one) => one.name === name).length);
    }),
  );
});

test('money is added up without drift, and what is taken off again leaves nothing', () => {
  const sums = new Map<string, Slots>();
  const place = { row: '2026-11-22', slot: '13' };
  for (let n = 0; n < 1000; n++) add(sums, place, { 'revenue GBP': 0.1 });
  expect(sums.get(place.row)).toEqual({ 13: { 'revenue GBP': 100 } });
  for (let n = 0; n < 1000; n++) add(sums, place, negated({ 'revenue GBP': 0.1 }));
  expect(sums.get(place.row)).toEqual({ 13: { 'revenue GBP': 0 } });
});

describe('what counters lack', () => {
  const rows = [
    { row: '2026-11-22', slots: { '13': { 'events view_item': 3 }, '14': { 'events view_item': 2 } } },
    { row: '2026-10', slots: { '31': { 'events view_item': 4, 'orders GBP': 1 } } },
  ];

  test.each([
    ['as much as is known', { '2026-11-22': { view_item: 5 } }, {}],
    ['more than is known', { '2026-11-22': { view_item: 1 }, '2026-10-31': {} }, {}],
    ['less than is known', { '2026-11-22': { view_item: 7 } }, { '2026-11': { 22: { 'events view_item': 2 } } }],
    ['nothing of a name', { '2026-10-31': { share: 2 } }, { '2026-10': { 31: { 'events share': 2 } } }],
    ['nothing of a day', { '2026-10-30': { share: 2 } }, { '2026-10': { 30: { 'events share': 2 } } }],
  ])('%s', (_, known, lacking) => {
    expect(Object.fromEntries(lackingOf(rows, known))).toEqual(lacking);
  });
});

describe('days', () => {
  const events = [0, 1, 2, 3, 40].map((days) => ({ name: 'view_item', at: NOW - days * DAY_MS }));
  const rows = [...count(events, NOW)].map(([row, slots]) => ({ row, slots }));
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
  expect(count(year, NOW).size).toBeLessThanOrEqual(3 + 13);
});
