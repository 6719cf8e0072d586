/**
 * The exact form of cards and counts: what the learner keeps, and what an import uploads. Everything is a 64-bit float, so that nothing is rounded and a
 * block is read as one array.
 */
import { DAY_MS, LANDMARK_HALF_LIVES } from '../shared/decay.ts';
import { type Card, type Cards, type CountColumns, countSlot, createCounts, TRENDING_HALF_LIFE_MS } from './cards.ts';
import type { UploadPart } from './schema.ts';
import { readPast } from './sessions.ts';
import { type Relation, SLOTS, type Slots } from './slots.ts';
import { copyTagged, isTail, tailLength, tailOf, takeTail } from './stored-tagged.ts';

const FORMAT = 1;
const HEADER = 8;
const CARDS = 0x46574331;
const COUNTS = 0x46574332;
const COLUMNS = ['keys', 'views', 'ownViews', 'bought', 'baskets', 'trending'] as const;

/** What the weights of a block are relative to. */
export type Scale = Pick<Cards, 'halfLifeMs' | 'landmark' | 'trendingLandmark' | 'newest'>;

export interface StoredCards {
  scale: Scale;
  cards: Card[];
}

/** @param tail how many numbers follow the columns */
function header(kind: number, count: number, scale: Scale, tail = 0): number[] {
  return [kind, FORMAT, count, scale.halfLifeMs, scale.landmark, scale.trendingLandmark, scale.newest, tail];
}

/** @returns null unless the scale is one that a store can have */
function scaleOf(block: Float64Array, kind: number): Scale | null {
  const [found, format, , halfLifeMs = 0, landmark = 0, trendingLandmark = 0, newest = 0] = block.subarray(0, HEADER);
  if (found !== kind || format !== FORMAT || !(halfLifeMs > 0) || !Number.isFinite(newest)) return null;
  const whole = (at: number, halfLife: number) => at % (LANDMARK_HALF_LIVES * halfLife) === 0 && newest >= at;
  if (!whole(landmark, halfLifeMs) || !whole(trendingLandmark, TRENDING_HALF_LIFE_MS)) return null;
  return { halfLifeMs, landmark, trendingLandmark, newest };
}

function bytesOf(numbers: Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(numbers.buffer as ArrayBuffer, numbers.byteOffset, numbers.byteLength);
}

function blockOf(bytes: Uint8Array): Float64Array | null {
  if (bytes.byteLength % 8 !== 0 || bytes.byteLength < HEADER * 8) return null;
  // A view into a larger buffer need not lie on an eight-byte boundary.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8);
}

function lengthOf(slots: Slots): number {
  return 2 + slots.size * (slots.others === null ? 2 : 3);
}

/** The given cards of a store. */
export function encodeCards(chosen: readonly Card[], scale: Scale): Uint8Array<ArrayBuffer> {
  let length = HEADER;
  for (const card of chosen) length += 1 + lengthOf(card.viewed) + lengthOf(card.bought);
  const block = new Float64Array(length);
  block.set(header(CARDS, chosen.length, scale));
  let at = HEADER;
  for (const card of chosen) {
    block[at++] = card.key;
    for (const slots of [card.viewed, card.bought]) {
      block[at++] = slots.size;
      block[at++] = slots.others === null ? 0 : 1;
      for (const column of [slots.keys, slots.weights, slots.others]) {
        if (column === null) continue;
        block.set(column.subarray(0, slots.size), at);
        at += slots.size;
      }
    }
  }
  return bytesOf(block);
}

const isKey = (number: number | undefined): number is number => Number.isSafeInteger(number) && (number ?? -1) >= 0;
const isWeight = (number: number): boolean => number >= 0 && number < Number.POSITIVE_INFINITY;

/** @returns null when the bytes are not cards of this format, or hold what no store can hold */
export function decodeCards(bytes: Uint8Array): StoredCards | null {
  const block = blockOf(bytes);
  const scale = block === null ? null : scaleOf(block, CARDS);
  if (block === null || scale === null) return null;
  let at = HEADER;
  const takeSlots = (relation: Relation): Slots | null => {
    const size = block[at++] ?? -1;
    const hasOthers = block[at++] ?? 0;
    if (!Number.isInteger(size) || size < 0 || size > SLOTS[relation]) return null;
    if (at + size * (2 + hasOthers) > block.length) return null;
    const take = () => {
      at += size;
      return block.slice(at - size, at);
    };
    const slots = { size, keys: take(), weights: take(), others: hasOthers === 1 ? take() : null };
    const sound = slots.keys.every(isKey) && slots.weights.every(isWeight) && (slots.others?.every(isWeight) ?? true);
    return sound ? slots : null;
  };
  const cards: Card[] = [];
  for (let n = block[2] ?? 0; n > 0; n--) {
    const key = block[at++];
    const viewed = takeSlots('viewed');
    const bought = viewed === null ? null : takeSlots('bought');
    if (!isKey(key) || viewed === null || bought === null) return null;
    cards.push({ key, viewed, bought });
  }
  return at === block.length ? { scale, cards } : null;
}

/** The counts in slots `from` to before `to`. */
export function encodeCountRows(
  counts: CountColumns,
  scale: Scale,
  slots: { from: number; to: number },
): Uint8Array<ArrayBuffer> {
  const size = Math.min(slots.to, counts.size) - slots.from;
  const tail = tailOf(counts, { from: slots.from, size, newest: scale.newest });
  const columns = HEADER + COLUMNS.length * size;
  const block = new Float64Array(columns + tail.length);
  block.set(header(COUNTS, size, scale, tail.length));
  block.set(tail, columns);
  for (const [i, name] of COLUMNS.entries())
    block.set(counts[name].subarray(slots.from, slots.from + size), HEADER + i * size);
  return bytesOf(block);
}

/**
 * Adds stored counts to columns.
 * @returns their scale, or null when the bytes are not counts of this format; then nothing was added
 */
export function decodeCountRows(bytes: Uint8Array, into: CountColumns): Scale | null {
  const block = blockOf(bytes);
  const scale = block === null ? null : scaleOf(block, COUNTS);
  const size = block?.[2] ?? 0;
  const columns = HEADER + COLUMNS.length * size;
  if (block === null || scale === null || block.length !== columns + (block[7] ?? 0)) return null;
  const tail = block.subarray(columns);
  const column = (i: number) => block.subarray(HEADER + i * size, HEADER + (i + 1) * size);
  if (!column(0).every(isKey) || !block.subarray(HEADER + size).every(isWeight) || !isTail(tail, size)) return null;
  for (let row = 0; row < size; row++) {
    const slot = countSlot(into, column(0)[row] ?? 0);
    for (const [i, name] of COLUMNS.entries())
      if (i > 0) into[name][slot] = (into[name][slot] ?? 0) + (column(i)[row] ?? 0);
  }
  takeTail(tail, into, (row) => countSlot(into, column(0)[row] ?? 0));
  return scale;
}

/**
 * A part of a store as it is uploaded: some of its items, with cards and counts. Items of different parts must differ.
 * @param keys of the items that belong to this part
 */
export function encodeUpload(cards: Cards, keys: readonly number[]): Uint8Array<ArrayBuffer> {
  const counts = createCounts();
  const chosen: Card[] = [];
  for (const key of keys) {
    const card = cards.shelf.find(key);
    if (card !== undefined) chosen.push(card);
    const slot = cards.counts.slots.get(key);
    if (slot === undefined) continue;
    const to = countSlot(counts, key);
    for (const name of COLUMNS) counts[name][to] = cards.counts[name][slot] ?? 0;
    copyTagged(cards.counts, counts, { from: slot, to });
  }
  const first = encodeCountRows(counts, cards, { from: 0, to: counts.size });
  const second = encodeCards(chosen, cards);
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

export interface Upload {
  scale: Scale;
  counts: CountColumns;
  cards: Card[];
}

/** @returns null when the bytes are not an upload of this format */
export function decodeUpload(bytes: Uint8Array): Upload | null {
  const block = blockOf(bytes);
  const size = block?.[2] ?? -1;
  const first = (HEADER + COLUMNS.length * size + (block?.[7] ?? 0)) * 8;
  if (!Number.isInteger(size) || !Number.isInteger(first) || size < 0 || first > bytes.byteLength) return null;
  const counts = createCounts();
  const scale = decodeCountRows(bytes.subarray(0, first), counts);
  const stored = decodeCards(bytes.subarray(first));
  if (scale === null || stored === null || stored.scale.landmark !== scale.landmark) return null;
  return { scale, counts, cards: stored.cards };
}

/** The newest event rules how everything fades: cards from the future would shrink the shop. */
const CLOCK_TOLERANCE_MS = DAY_MS;

/** An upload, or why it cannot be taken. @param now epoch milliseconds */
export function readUpload(bytes: Uint8Array, now: number): Upload | 'broken' | 'in-future' {
  const upload = decodeUpload(bytes);
  if (upload === null) return 'broken';
  return upload.scale.newest > now + CLOCK_TOLERANCE_MS ? 'in-future' : upload;
}

/** What a part of an import holds, or why it cannot be taken. */
export function readPart({ isSessions }: UploadPart, bytes: Uint8Array, now: number) {
  return isSessions === true ? readPast(bytes) : readUpload(bytes, now);
}

/** The low 32 bits in reverse: sorted by it, the items of one chunk are neighbours, however many chunks there are. */
function mirrored(key: number): number {
  let rest = key % 2 ** 32;
  let mirror = 0;
  for (let bit = 0; bit < 32; bit++) {
    mirror = mirror * 2 + (rest % 2);
    rest = Math.floor(rest / 2);
  }
  return mirror;
}

/** Size of one part of an upload; a single item takes 18 KB at most. */
const PART_BYTES = 4_000_000;

/** A whole store as the parts of an upload, in an order that lets the learner open each of its chunks once. The same store gives the same parts. */
export function* uploadParts(cards: Cards): Generator<Uint8Array<ArrayBuffer>> {
  const { counts, shelf } = cards;
  const keys = [...new Set([...counts.keys.subarray(0, counts.size), ...[...shelf.loaded()].map((card) => card.key)])];
  keys.sort((a, b) => mirrored(a) - mirrored(b) || a - b);
  let part: number[] = [];
  let bytes = 0;
  for (const key of keys) {
    const card = shelf.find(key);
    bytes +=
      8 *
      (COLUMNS.length +
        1 +
        tailLength(counts, key) +
        (card === undefined ? 0 : lengthOf(card.viewed) + lengthOf(card.bought)));
    part.push(key);
    if (bytes < PART_BYTES) continue;
    yield encodeUpload(cards, part);
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield encodeUpload(cards, part);
}
