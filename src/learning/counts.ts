/** The published counts of all items: one column each, found by key. */
import { fade } from '../shared/decay.ts';
import { type Breakdown, encodeBreakdown, NO_BREAKDOWN, openBreakdown } from './breakdown.ts';
import type { OthersPurchase } from './buyers.ts';
import { ALL_BASKETS, type Cards, TRENDING_HALF_LIFE_MS } from './cards.ts';

/** 1: without the breakdown behind the columns. What was published by an older version is read as long as it lives. */
const FORMAT = 2;
const MAGIC = 0x54435746;
const HEADER_BYTES = 64;
const ROW_BYTES = 24;

/** Where the header says how large the breakdown is. */
const SIZES_AT = [12, 48, 52, 56, 60] as const;

/** Exponent of the damping by popularity. */
export const DAMPING = 0.1;

/** Counts as they are read: faded to the newest event, T. Items are numbered from 0 to `size − 1`, in the order of their keys. */
export interface Counts {
  readonly size: number;
  /** Epoch milliseconds of the newest event; -Infinity when there was none. */
  readonly newest: number;
  readonly halfLifeMs: number;
  /** -1 when nothing is counted under the key. */
  indexOf(key: number): number;
  keyOf(index: number): number;
  /**
   * Of the item whose key has this lower half: the name of a neighbour in a published card. -1 when nothing is counted under it, and when two items share
   * it (one pair among 100,000 items): rather no item than a wrong one.
   */
  indexOfName(name: number): number;
  /** Decayed views (`n` of the formulas), 0 for an index of -1; likewise below. */
  views(index: number): number;
  /** `views^0.1`, and 1 where there are none. */
  damping(index: number): number;
  /** Decayed number of orders with the item. */
  baskets(index: number): number;
  /** Orders with the item, ever. */
  bought(index: number): number;
  /** Views and orders under a half-life of one day. */
  trending(index: number): number;
  /** The same by persona and by day, and what several people bought lately. */
  readonly breakdown: Breakdown;
}

/**
 * @param options.ownClicks how much a view that came from our own recommendations adds, 0 to 1
 * @param options.bought what several people bought lately
 */
export function encodeCounts(
  cards: Cards,
  options: { ownClicks: number; bought?: readonly OthersPurchase[]; personas?: 'auto' | 'on' | 'off' },
): Uint8Array<ArrayBuffer> {
  const { counts } = cards;
  const all = counts.slots.get(ALL_BASKETS);
  const order = Uint32Array.from({ length: counts.size }, (_, slot) => slot)
    .filter((slot) => slot !== all)
    .sort((a, b) => (counts.keys[a] ?? 0) - (counts.keys[b] ?? 0));
  const bought = options.bought?.filter(({ key }) => counts.slots.has(key)) ?? [];
  const breakdown = encodeBreakdown(cards, order, { bought, personas: options.personas ?? 'on' });
  const start = HEADER_BYTES + order.length * ROW_BYTES;
  const bytes = new ArrayBuffer(start + breakdown.bytes.byteLength);
  new Uint8Array(bytes, start).set(breakdown.bytes);
  const header = new DataView(bytes);
  for (const [i, word] of [MAGIC, FORMAT, order.length].entries()) header.setUint32(i * 4, word, true);
  for (const [i, size] of breakdown.sizes.entries()) header.setUint32(SIZES_AT[i] ?? 0, size, true);
  const numbers = [cards.landmark, cards.halfLifeMs, cards.newest, cards.trendingLandmark];
  for (const [i, number] of numbers.entries()) header.setFloat64(16 + i * 8, number, true);
  const to = columns(bytes, order.length);
  for (const [i, slot] of order.entries()) {
    to.keys[i] = counts.keys[slot] ?? 0;
    to.views[i] = (counts.views[slot] ?? 0) + options.ownClicks * (counts.ownViews[slot] ?? 0);
    to.baskets[i] = counts.baskets[slot] ?? 0;
    to.bought[i] = counts.bought[slot] ?? 0;
    to.trending[i] = counts.trending[slot] ?? 0;
  }
  return new Uint8Array(bytes);
}

function columns(bytes: ArrayBuffer, size: number) {
  const column = (i: number) => new Float32Array(bytes, HEADER_BYTES + size * 8 + i * size * 4, size);
  return {
    keys: new Float64Array(bytes, HEADER_BYTES, size),
    views: column(0),
    baskets: column(1),
    bought: column(2),
    trending: column(3),
  };
}

/** Where an index lies in an entry of the table, and what is added to it where the item shares its name with another. */
const INDEX = 2 ** 29 - 1;
const SHARED = 2 ** 29;

/** Of the lower half of a key alone, so that names are found by it as well. */
function hash(key: number): number {
  const mixed = Math.imul(key | 0, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Open addressing over the keys: one probe or two, where a binary search takes seventeen. */
function indexOfKeys(keys: Float64Array): Pick<Counts, 'indexOf' | 'indexOfName'> {
  let length = 16;
  while (length < keys.length * 2) length *= 2;
  const mask = length - 1;
  const table = new Int32Array(length).fill(-1);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    let at = hash(key) & mask;
    let isShared = false;
    for (; table[at] !== -1; at = (at + 1) & mask) {
      const other = (table[at] as number) & INDEX;
      if (((keys[other] as number) ^ key) !== 0) continue;
      table[at] = other | SHARED;
      isShared = true;
    }
    table[at] = isShared ? i | SHARED : i;
  }
  return {
    indexOf(key) {
      for (let at = hash(key) & mask; ; at = (at + 1) & mask) {
        const entry = table[at] as number;
        if (entry === -1) return -1;
        if (keys[entry & INDEX] === key) return entry & INDEX;
      }
    },
    indexOfName(name) {
      for (let at = hash(name) & mask; ; at = (at + 1) & mask) {
        const entry = table[at] as number;
        if (entry === -1) return -1;
        if ((keys[entry & INDEX] as number) >>> 0 === name) return entry >= SHARED ? -1 : entry;
      }
    },
  };
}

/**
 * Opens published counts.
 * @returns null when the bytes are not counts of this format
 */
export function openCounts(buffer: ArrayBuffer): Counts | null {
  if (buffer.byteLength < HEADER_BYTES) return null;
  const header = new DataView(buffer);
  const size = header.getUint32(8, true);
  const format = header.getUint32(4, true);
  if (header.getUint32(0, true) !== MAGIC || (format !== FORMAT && format !== 1)) return null;
  const start = HEADER_BYTES + size * ROW_BYTES;
  if (buffer.byteLength < start || (format === 1 && buffer.byteLength !== start)) return null;
  const [landmark, halfLifeMs, newest, trendingLandmark] = [16, 24, 32, 40].map((at) => header.getFloat64(at, true));
  if (landmark === undefined || halfLifeMs === undefined || newest === undefined || trendingLandmark === undefined)
    return null;
  const scale = { landmark, halfLifeMs, newest, trendingLandmark };
  const [personas, rows, items, days, bought] = SIZES_AT.map((at) => header.getUint32(at, true));
  const sizes = [personas ?? 0, rows ?? 0, items ?? 0, days ?? 0, bought ?? 0] as const;
  const breakdown = format === 1 ? NO_BREAKDOWN : openBreakdown(buffer, { start, sizes, scale });
  if (breakdown === null) return null;
  const from = columns(buffer, size);
  const factor = size === 0 ? 1 : fade(newest, landmark, halfLifeMs);
  const trend = size === 0 ? 1 : fade(newest, trendingLandmark, TRENDING_HALF_LIFE_MS);
  const dampings = new Float32Array(size);
  return {
    size,
    newest,
    halfLifeMs,
    breakdown,
    ...indexOfKeys(from.keys),
    keyOf: (index) => from.keys[index] ?? Number.NaN,
    views: (index) => (from.views[index] ?? 0) * factor,
    baskets: (index) => (from.baskets[index] ?? 0) * factor,
    bought: (index) => from.bought[index] ?? 0,
    trending: (index) => (from.trending[index] ?? 0) * trend,
    damping(index) {
      const known = dampings[index];
      if (known === undefined) return 1;
      if (known > 0) return known;
      const views = (from.views[index] ?? 0) * factor;
      // Rounded as it is kept: the first answer must be the same as all later ones.
      const computed = Math.fround(views > 0 ? views ** DAMPING : 1);
      dampings[index] = computed;
      return computed;
    },
  };
}

/** What there is before anything was published. */
export const NO_COUNTS: Counts = {
  size: 0,
  newest: Number.NEGATIVE_INFINITY,
  halfLifeMs: 1,
  indexOf: () => -1,
  keyOf: () => Number.NaN,
  indexOfName: () => -1,
  views: () => 0,
  damping: () => 1,
  baskets: () => 0,
  bought: () => 0,
  trending: () => 0,
  breakdown: NO_BREAKDOWN,
};
