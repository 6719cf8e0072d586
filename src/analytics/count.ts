/** Counting flushes: which counters, in which slot of which row. Pure. */
import type { CountedEvent } from '../learning/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import type { EventsCounted } from './schema.ts';

/** Sums by `<metric> <dimension>`: `events view_item`, `orders GBP`, `revenue GBP`, `refunded GBP`. Money is never added over currencies. */
export type Counters = Record<string, number>;
/** The counters of one row by slot: the hours `00` to `23` of a day, or the days `01` to `31` of a month. */
export type Slots = Record<string, Counters>;

/** What happened in this many days is counted by the hour in a row a day; what is older (imported history) by the day in a row a month, so that a call touches few rows. */
const HOURLY_DAYS = 2;

const DAY_ROW = /-\d{2}-\d{2}$/;

/** Sums of money are kept to a ten-thousandth, so that adding cannot drift. */
const PRECISION = 10_000;

/**
 * The row and the slot in which a time is counted, in UTC.
 * @param at epoch milliseconds
 * @param now epoch milliseconds
 * @returns `{ row: '2026-11-22', slot: '13' }`, for history `{ row: '2025-12', slot: '31' }`
 */
export function slotOf(at: number, now: number): { row: string; slot: string } {
  const iso = isoOf(at);
  const timeOfYear = iso.lastIndexOf('T');
  return now - at < HOURLY_DAYS * DAY_MS
    ? { row: iso.slice(0, timeOfYear), slot: iso.slice(timeOfYear + 1, timeOfYear + 3) }
    : { row: iso.slice(0, timeOfYear - 3), slot: iso.slice(timeOfYear - 2, timeOfYear) };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** Adds counters to those of a slot; `into` is changed. */
export function add(
  into: Map<string, Slots>,
  place: { readonly row: string; readonly slot: string },
  sums: Counters,
): void {
  let slots = into.get(place.row);
  if (slots === undefined) {
    slots = {};
    into.set(place.row, slots);
  }
  let counters = slots[place.slot];
  if (counters === undefined) {
    counters = {};
    slots[place.slot] = counters;
  }
  addCounters(counters, sums);
}

function addCounters(into: Counters, sums: Counters): void {
  for (const [name, by] of Object.entries(sums))
    into[name] = Math.round(((into[name] ?? 0) + by) * PRECISION) / PRECISION;
}

/**
 * What events add to the counters.
 * @returns slots by row, holding only what is added
 */
export function count(events: readonly CountedEvent[], now: number): Map<string, Slots> {
  const sums = new Map<string, Slots>();
  for (const event of events) add(sums, slotOf(event.at, now), { [`events ${event.name}`]: 1 });
  return sums;
}

/** The same counters, taken off. */
export function negated(counters: Counters): Counters {
  return Object.fromEntries(Object.entries(counters).map(([name, sum]) => [name, -sum]));
}

/** Adds slots to the slots of the same row; `into` is changed. */
export function addSlots(into: Slots, sums: Slots): Slots {
  for (const [slot, counters] of Object.entries(sums)) {
    const present = into[slot];
    if (present === undefined) into[slot] = { ...counters };
    else addCounters(present, counters);
  }
  return into;
}

/** Adds up all slots whose day lies within `from` and `to` (days like `2026-11-22`, both included; null: no bound). */
export function sumOf(
  rows: Iterable<{ row: string; slots: Slots }>,
  from: string | null = null,
  to: string | null = null,
): Counters {
  const sums: Counters = {};
  for (const { row, slots } of rows) {
    for (const [slot, counters] of Object.entries(slots)) {
      const day = DAY_ROW.test(row) ? row : `${row}-${slot}`;
      if ((from === null || day >= from) && (to === null || day <= to)) addCounters(sums, counters);
    }
  }
  return sums;
}

/** Counts of events by day (UTC) and name. */
export type EventsByDay = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * What the counters lack of events that are known to have happened. Counters are raised, never lowered: they also hold what nobody else knows of.
 * @returns slots by row, holding only what is to be added
 */
export function lackingOf(rows: Iterable<{ row: string; slots: Slots }>, known: EventsByDay): Map<string, Slots> {
  const all = [...rows];
  const missing = new Map<string, Slots>();
  for (const [day, names] of Object.entries(known)) {
    const counted = sumOf(all, day, day);
    for (const [name, events] of Object.entries(names)) {
      const lacks = events - (counted[`events ${name}`] ?? 0);
      if (lacks > 0) add(missing, { row: day.slice(0, 7), slot: day.slice(8) }, { [`events ${name}`]: lacks });
    }
  }
  return missing;
}

/** The counters of one metric by dimension. */
export function metricOf(counters: Counters, metric: string): Record<string, number> {
  const prefix = `${metric} `;
  return Object.fromEntries(
    Object.entries(counters)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, sum]) => [name.slice(prefix.length), sum]),
  );
}

/** The events counted, in all and by name. */
export function eventsCounted(counters: Counters): EventsCounted {
  const byName = metricOf(counters, 'events');
  return { total: Object.values(byName).reduce((sum, one) => sum + one, 0), byName };
}
