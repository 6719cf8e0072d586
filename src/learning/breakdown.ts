/** Behind the published counts of all items: by persona, by context, by day, and what several people bought lately. Read as it lies, like the counts themselves. */
import { topList } from '../recommendations/top.ts';
import { fade } from '../shared/decay.ts';
import { contextsOf, type Places, personasOf, REPEATS, repeatsOf } from './breakdown-tables.ts';
import type { OthersPurchase } from './buyers.ts';
import { type Cards, TRENDING_HALF_LIFE_MS } from './cards.ts';
import { PERSONA_TRIALS } from './contexts.ts';
import { dayOf } from './learn.ts';
import { PERIOD_DAYS, rowsOf } from './tagged.ts';

/** Items with orders by the day, the most ordered. */
const ITEMS_BY_DAY = 8_192;

/** What the items of one persona are counted, decayed as the counts of all are. Rows are numbered from 0; each names its item by the index of the counts. */
export interface PersonaCounts {
  readonly size: number;
  index(row: number): number;
  /** Our own recommendations' left out. */
  views(row: number): number;
  baskets(row: number): number;
  trending(row: number): number;
  /** Of all items, those that are not listed included. */
  readonly totals: { readonly views: number; readonly baskets: number; readonly trending: number };
}

/** What the items of one context are counted: in this one, and in all of its kind. */
export interface ContextCounts {
  readonly size: number;
  index(row: number): number;
  theirs(row: number): number;
  all(row: number): number;
  readonly totals: { readonly theirs: number; readonly all: number };
}

export interface Breakdown {
  /** @param tag see `contextTags`. @returns null where nothing is counted of it, or knowing it tells nothing in this shop */
  context(tag: number): ContextCounts | null;
  /** How likely an item is bought again beside the shop's average item, by its index; null where that tells nothing in this shop. */
  repeats(): ((index: number) => number) | null;
  /** @param tag the 32-bit hash of the persona's key. @returns null when nothing is counted of it */
  persona(tag: number): PersonaCounts | null;
  /** Calls for each item that was ordered within the last `days` days (UTC), that of the shop's newest event included; at most {@link PERIOD_DAYS}. */
  ordered(days: number, each: (index: number, orders: number) => void): void;
  /** Calls for each item that several people bought lately. `since` as in {@link OthersPurchase}. */
  bought(each: (index: number, purchase: { since: number; buyers: number }) => void): void;
}

export const NO_BREAKDOWN: Breakdown = {
  context: () => null,
  repeats: () => null,
  persona: () => null,
  ordered: () => undefined,
  bought: () => undefined,
};

/** Numbers of personas and contexts, of their rows, of items by day, of their rows, of purchases by others. */
export type Sizes = readonly [personas: number, personaRows: number, items: number, dayRows: number, purchases: number];

const bytesOf = ([personas, rows, items, days, bought]: Sizes): number =>
  personas * 20 + rows * 16 + items * 8 + days * 3 + bought * 10;

/** Where everything lies, from `at` on. One function for writing and reading. */
function layout(buffer: ArrayBuffer, start: number, [personas, rows, items, days, bought]: Sizes) {
  let at = start;
  const take = <T>(kind: { new (b: ArrayBuffer, o: number, n: number): T; BYTES_PER_ELEMENT: number }, n: number) => {
    const part = new kind(buffer, at, n);
    at += n * kind.BYTES_PER_ELEMENT;
    return part;
  };
  return {
    tags: take(Uint32Array, personas),
    ends: take(Uint32Array, personas),
    totals: take(Float32Array, personas * 3),
    indices: take(Uint32Array, rows),
    columns: [take(Float32Array, rows), take(Float32Array, rows), take(Float32Array, rows)] as const,
    items: take(Uint32Array, items),
    itemEnds: take(Uint32Array, items),
    bought: take(Uint32Array, bought),
    since: take(Uint32Array, bought),
    orders: take(Uint16Array, days),
    buyers: take(Uint16Array, bought),
    ages: take(Uint8Array, days),
  };
}

const NONE = new Float64Array(0);

interface ByDay {
  index: number;
  days: { age: number; orders: number }[];
}

function daysOf({ counts, newest }: Cards, { slotOf }: Places): ByDay[] {
  const { slots, tags, columns, size } = counts.days;
  const [ordered = NONE] = columns;
  const today = dayOf(newest);
  const isWithin = (row: number) => (tags[row] ?? 0) <= today && (tags[row] ?? 0) > today - PERIOD_DAYS;
  const sums = new Float64Array(counts.size);
  for (let row = 0; row < size; row++) {
    const slot = slots[row] ?? 0;
    if (isWithin(row)) sums[slot] = (sums[slot] ?? 0) + (ordered[row] ?? 0);
  }
  const top = topList(ITEMS_BY_DAY);
  for (const [index, slot] of slotOf.entries()) top.add(index, sums[slot] ?? 0);
  const indices = [...top.ranked().keys].sort((a, b) => a - b);
  return indices.map((index) => ({
    index,
    days: rowsOf(counts.days, slotOf[index] ?? 0)
      .filter(isWithin)
      .map((row) => ({ age: today - (tags[row] ?? 0), orders: ordered[row] ?? 0 }))
      .sort((a, b) => a.age - b.age),
  }));
}

const capped = (number: number): number => Math.min(number, 65_535);

/**
 * @param slotOf of each index of what is published, its slot in the counts
 * @param options.bought whose items the counts have
 * @param options.personas `auto`: personas are published where the shop's own visitors have shown that knowing them tells something
 */
export function encodeBreakdown(
  cards: Cards,
  slotOf: Uint32Array,
  { bought, personas: setting }: { bought: readonly OthersPurchase[]; personas: 'auto' | 'on' | 'off' },
): { sizes: Sizes; bytes: Uint8Array } {
  // Not every slot is published.
  const indexOf = new Uint32Array(cards.counts.size);
  for (let index = 0; index < slotOf.length; index++) indexOf[slotOf[index] ?? 0] = index;
  const isOn = setting === 'on' || (setting === 'auto' && cards.contexts.trials[PERSONA_TRIALS]?.isBetter === true);
  const places = { indexOf, slotOf };
  const known = isOn ? personasOf(cards, places) : [];
  const personas = [...known, ...contextsOf(cards, places), ...repeatsOf(cards, places)];
  const days = daysOf(cards, { indexOf, slotOf });
  const total = (lists: readonly { length: number }[]) => lists.reduce((sum, list) => sum + list.length, 0);
  const sizes: Sizes = [
    personas.length,
    total(personas.map((one) => one.items)),
    days.length,
    total(days.map((one) => one.days)),
    bought.length,
  ];
  const buffer = new ArrayBuffer(bytesOf(sizes));
  const to = layout(buffer, 0, sizes);
  let row = 0;
  for (const [i, { tag, totals, items }] of personas.entries()) {
    to.tags[i] = tag;
    to.totals.set(totals, i * 3);
    for (const item of items) {
      to.indices[row] = item.index;
      for (const column of [0, 1, 2] as const) to.columns[column][row] = item.columns[column];
      row++;
    }
    to.ends[i] = row;
  }
  let day = 0;
  for (const [i, item] of days.entries()) {
    to.items[i] = item.index;
    for (const { age, orders } of item.days) {
      to.ages[day] = age;
      to.orders[day++] = capped(orders);
    }
    to.itemEnds[i] = day;
  }
  for (const [i, { key, since, buyers }] of bought.entries()) {
    to.bought[i] = indexOf[cards.counts.slots.get(key) ?? -1] ?? 0;
    to.since[i] = since;
    to.buyers[i] = capped(buyers);
  }
  return { sizes, bytes: new Uint8Array(buffer) };
}

/** What the weights are relative to. */
type Scale = Pick<Cards, 'landmark' | 'halfLifeMs' | 'newest' | 'trendingLandmark'>;

/** @returns null when the rest of the buffer is not what the sizes say */
export function openBreakdown(
  buffer: ArrayBuffer,
  { start, sizes, scale }: { start: number; sizes: Sizes; scale: Scale },
): Breakdown | null {
  if (buffer.byteLength !== start + bytesOf(sizes)) return null;
  const from = layout(buffer, start, sizes);
  const factor = fade(scale.newest, scale.landmark, scale.halfLifeMs);
  const trend = fade(scale.newest, scale.trendingLandmark, TRENDING_HALF_LIFE_MS);
  const [views, baskets, trending] = from.columns;
  let ratios: Map<number, number> | null = null;
  return {
    repeats() {
      const at = from.tags.lastIndexOf(REPEATS);
      if (at < 0) return null;
      const known = ratios ?? new Map<number, number>();
      for (let row = from.ends[at - 1] ?? 0; ratios === null && row < (from.ends[at] ?? 0); row++)
        known.set(from.indices[row] ?? -1, views[row] ?? 1);
      ratios = known;
      return (index) => known.get(index) ?? 1;
    },
    context(tag) {
      const at = from.tags.lastIndexOf(tag);
      if (at < 0) return null;
      const first = at === 0 ? 0 : (from.ends[at - 1] ?? 0);
      return {
        size: (from.ends[at] ?? 0) - first,
        index: (row) => from.indices[first + row] ?? -1,
        theirs: (row) => (views[first + row] ?? 0) * factor,
        all: (row) => (baskets[first + row] ?? 0) * factor,
        totals: { theirs: (from.totals[at * 3] ?? 0) * factor, all: (from.totals[at * 3 + 1] ?? 0) * factor },
      };
    },
    persona(tag) {
      const at = from.tags.indexOf(tag);
      if (at < 0) return null;
      const first = at === 0 ? 0 : (from.ends[at - 1] ?? 0);
      const total = (column: number) => from.totals[at * 3 + column] ?? 0;
      return {
        size: (from.ends[at] ?? 0) - first,
        index: (row) => from.indices[first + row] ?? -1,
        views: (row) => (views[first + row] ?? 0) * factor,
        baskets: (row) => (baskets[first + row] ?? 0) * factor,
        trending: (row) => (trending[first + row] ?? 0) * trend,
        totals: { views: total(0) * factor, baskets: total(1) * factor, trending: total(2) * trend },
      };
    },
    ordered(days, each) {
      let row = 0;
      for (let i = 0; i < from.items.length; i++) {
        let orders = 0;
        for (; row < (from.itemEnds[i] ?? 0); row++) if ((from.ages[row] ?? 0) < days) orders += from.orders[row] ?? 0;
        if (orders > 0) each(from.items[i] ?? -1, orders);
      }
    },
    bought(each) {
      for (let i = 0; i < from.bought.length; i++)
        each(from.bought[i] ?? -1, { since: from.since[i] ?? 0, buyers: from.buyers[i] ?? 0 });
    },
  };
}
