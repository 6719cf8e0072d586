/**
 * The published form of cards: immutable chunks and the counts of all items, read as they lie, without parsing. All numbers are little-endian, which is what
 * every platform that runs Workers or Node has. What is published is raw: weights under forward decay, with their landmark; whoever reads multiplies by
 * `fade` to the shop's newest event first.
 */
import { placeIn } from '../shared/sorted.ts';
import type { Card, Cards } from './cards.ts';
import { type Chosen, type ChosenCard, chooseCards, type EncodeOptions } from './choose.ts';
import { bytesOf, HEADER_BYTES, type Layout, layout, NAMED, WHOLE } from './chunk-layout.ts';

const CHUNK_MAGIC = 0x4b435746;

/** Weights are published as levels: `largest · 2^(−level/24)`, 1.5 % off at most, down to 1/1,500 of the card's largest. Level 255 is 0. */
const STEPS_PER_HALF = 24;
const ZERO_LEVEL = 255;
const LEVELS = Float64Array.from({ length: 256 }, (_, level) =>
  level === ZERO_LEVEL ? 0 : 2 ** (-level / STEPS_PER_HALF),
);

/** What the published 8-bit level is, as a share of the card's largest weight. */
export function shareOf(level: number): number {
  return LEVELS[level] ?? 0;
}

function levelOf(weight: number, largest: number): number {
  if (!(weight > 0)) return ZERO_LEVEL;
  return Math.min(ZERO_LEVEL - 1, Math.round(-STEPS_PER_HALF * Math.log2(weight / largest)));
}

const NO_KEYS = new Float64Array(0);

/** One relation of a published card: places `start` to `end` of the chunk's arrays, best neighbour first. */
export interface Neighbours {
  readonly start: number;
  readonly end: number;
  /** Empty where there are names. */
  readonly keys: Float64Array;
  /** Lower halves of the keys; null where there are whole keys. */
  readonly names: Uint32Array | null;
  /** Times {@link shareOf} of a level is the stored weight. */
  readonly largest: number;
  readonly levels: Uint8Array;
  /** The same for the number of common baskets (`bought` only; 0 otherwise). */
  readonly largestTimes: number;
  readonly times: Uint8Array;
}

export interface PublishedCard {
  /** Epoch milliseconds: what the weights are relative to. */
  readonly landmark: number;
  readonly viewed: Neighbours;
  readonly bought: Neighbours;
  /** The weights of `bought` are partial ones, to be added up as they are. */
  readonly isPartial: boolean;
}

export type CardLookup = (key: number) => PublishedCard | null;

export interface Chunk {
  readonly size: number;
  readonly bytes: number;
  find(key: number): PublishedCard | null;
}

/**
 * One published chunk.
 * @param chosen the cards that belong to it; those without neighbours are left out
 * @param cards the store they are of: its counts, landmark and newest event
 * @returns null when there is nothing to publish
 */
export function encodeChunk(
  chosen: Iterable<Card>,
  cards: Cards,
  options: EncodeOptions,
): Uint8Array<ArrayBuffer> | null {
  return encodeChosen(chooseCards(chosen, cards, options), cards, options);
}

/** The same of cards whose neighbours were chosen before. */
export function encodeChosen(
  chosen: readonly ChosenCard[],
  cards: Cards,
  options: EncodeOptions,
): Uint8Array<ArrayBuffer> | null {
  const rows = chosen.toSorted((a, b) => a.key - b.key);
  if (rows.length === 0) return null;
  const total = (of: 'viewed' | 'bought') => rows.reduce((sum, row) => sum + row[of].keys.length, 0);
  const format = options.isNamed ? NAMED : WHOLE;
  const sizes = { format, count: rows.length, viewed: total('viewed'), bought: total('bought') };
  const to = layout(new ArrayBuffer(bytesOf(sizes)), sizes);
  const isPartial = options.bigBaskets === true;
  const header = [CHUNK_MAGIC, format, sizes.count, sizes.viewed, sizes.bought, isPartial ? 1 : 0];
  for (const [i, word] of header.entries()) to.header.setUint32(i * 4, word, true);
  for (const [i, number] of [cards.landmark, cards.halfLifeMs, cards.newest].entries())
    to.header.setFloat64(24 + i * 8, number, true);
  for (const [i, row] of rows.entries()) {
    to.keys[i] = row.key;
    to.largest[0][i] = put(to, 0, i, row.viewed);
    if (to.largest[1].length === 0) continue;
    to.largest[1][i] = put(to, 1, i, row.bought);
    to.largest[2][i] = putLevels(to.levels[2], to.offsets[1][i] ?? 0, row.bought.others);
  }
  return new Uint8Array(to.header.buffer as ArrayBuffer);
}

function put(to: Layout, relation: 0 | 1, row: number, chosen: Chosen): number {
  const start = to.offsets[relation][row] ?? 0;
  to.neighbours[relation].set(chosen.keys, start);
  to.offsets[relation][row + 1] = start + chosen.keys.length;
  return putLevels(to.levels[relation], start, chosen.weights);
}

/** @returns the largest weight, as it will be read */
function putLevels(levels: Uint8Array, start: number, weights: readonly number[]): number {
  const largest = Math.fround(Math.max(0, ...weights));
  for (const [i, weight] of weights.entries()) levels[start + i] = levelOf(weight, largest);
  return largest;
}

/**
 * Opens a published chunk. Nothing is copied.
 * @returns null when the bytes are not a chunk of this format
 */
export function openChunk(buffer: ArrayBuffer): Chunk | null {
  if (buffer.byteLength < HEADER_BYTES) return null;
  const head = new DataView(buffer);
  const word = (i: number) => head.getUint32(i * 4, true);
  const sizes = { format: word(1), count: word(2), viewed: word(3), bought: word(4) };
  if (word(0) !== CHUNK_MAGIC || (sizes.format !== WHOLE && sizes.format !== NAMED)) return null;
  if (buffer.byteLength !== bytesOf(sizes)) return null;
  const from = layout(buffer, sizes);
  const size = sizes.count;
  const landmark = head.getFloat64(24, true);
  // 0 in chunks from before there were any.
  const isPartial = word(5) === 1;
  const keysOrNames = (relation: 0 | 1) => {
    const by = from.neighbours[relation];
    return by instanceof Uint32Array ? { keys: NO_KEYS, names: by } : { keys: by, names: null };
  };
  const ways = [keysOrNames(0), keysOrNames(1)] as const;
  const neighbours = (relation: 0 | 1, row: number): Neighbours => ({
    start: from.offsets[relation][row] ?? 0,
    end: from.offsets[relation][row + 1] ?? 0,
    keys: ways[relation].keys,
    names: ways[relation].names,
    largest: from.largest[relation][row] ?? 0,
    levels: from.levels[relation],
    largestTimes: relation === 1 ? (from.largest[2][row] ?? 0) : 0,
    times: from.levels[2],
  });
  return {
    size,
    bytes: buffer.byteLength,
    find(key) {
      const place = placeIn(from.keys, key);
      if (place < 0) return null;
      return { landmark, viewed: neighbours(0, place), bought: neighbours(1, place), isPartial };
    },
  };
}
