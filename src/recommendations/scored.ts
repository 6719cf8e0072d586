import { addReason } from '../shared/reasons.ts';
import { firstOf, lazyOrder } from './order.ts';
import type { Reason } from './schema.ts';
import type { Ranked } from './top.ts';

/** What a strategy found: candidates by card key, best first. Reasons are worked out only for those that end up in the answer. */
export interface Scored {
  readonly size: number;
  key(index: number): number;
  /** Above 0, except where a list says nothing about strength. */
  score(index: number): number;
  /** The very item that is meant, as a slot of the catalogue; -1 when any variant will do. */
  slot(index: number): number;
  /** Weights add up to `score(index)`. Made anew at each call: whoever asks may change them. */
  reasons(index: number): Reason[];
  /** The same candidates, where it costs something to put them in order: a mixture first adds up, then orders. */
  readonly unordered?: Unordered;
}

/** Candidates of which any variant will do, by a number of their own. */
export interface Unordered {
  keys: readonly number[];
  scores: readonly number[];
  reasons(number: number): Reason[];
}

/** A ranked list whose every candidate has the same one reason. */
export function scoredOf(ranked: Ranked, reason: Omit<Reason, 'weight'>): Scored {
  return {
    size: ranked.keys.length,
    key: (index) => ranked.keys[index] as number,
    score: (index) => ranked.weights[index] as number,
    slot: () => -1,
    reasons: (index) => [{ ...reason, weight: ranked.weights[index] as number }],
  };
}

/** A list put together by hand. */
export interface Entry {
  key: number;
  slot: number;
  score: number;
  reasons: () => Reason[];
}

/** The entries, best first; equal ones in the order given. */
export function scoredEntries(entries: readonly Entry[]): Scored {
  const sorted = entries.toSorted((a, b) => b.score - a.score);
  return {
    size: sorted.length,
    key: (index) => sorted[index]?.key ?? 0,
    score: (index) => sorted[index]?.score ?? 0,
    slot: (index) => sorted[index]?.slot ?? -1,
    reasons: (index) => sorted[index]?.reasons().map((reason) => ({ ...reason })) ?? [],
  };
}

export const NOTHING_SCORED: Scored = scoredEntries([]);

export interface Part {
  scored: Scored;
  /** Above 0. */
  weight: number;
  /** What its candidates are attributed to. */
  strategy: string;
}

export interface Mixed extends Scored {
  /** Which part gave a candidate the greatest share of its score. */
  strategy(index: number): string;
}

/*
 * Where the candidates of a mixture are found by key, the place plus 1, 0 where there is none: a Map of 53-bit keys costs more than everything else here.
 * Memory of the module, since it is read only while candidates are added up.
 */
let table = new Int32Array(1_024);

/** An empty table for so many candidates. @returns what its places are reduced by */
function openTable(room: number): number {
  let length = 64;
  while (length < room * 2) length *= 2;
  if (length > table.length) table = new Int32Array(length);
  else table.fill(0, 0, length);
  return length - 1;
}

/** Where a key is entered, or is to be. @param keys by place */
function entryOf(key: number, keys: readonly number[], mask: number): number {
  let at = (Math.imul(key | 0, 0x9e3779b1) >>> 8) & mask;
  for (let entry = table[at] as number; entry !== 0; entry = table[at] as number) {
    if (keys[entry - 1] === key) break;
    at = (at + 1) & mask;
  }
  return at;
}

/** What the best candidate of a list scores, by which all are divided. */
function highest({ unordered, score }: Scored): number {
  if (unordered === undefined) return score(0) || 1;
  let most = 0;
  for (const one of unordered.scores) if (one > most) most = one;
  return most || 1;
}

/**
 * Mixes lists: each is divided by its maximum, multiplied by its weight, and a candidate's shares are added up; the sum is divided by the weights of those
 * parts that found anything, so that scores stay within 0 and 1. A single list is passed through without being copied.
 * @param depth how far each list is read when there are several
 */
export function mix(parts: readonly Part[], depth: number): Mixed {
  const found = parts.filter((part) => part.scored.size > 0 && part.weight > 0);
  const only = found[0];
  if (only === undefined) return { ...NOTHING_SCORED, strategy: () => '' };
  if (found.length === 1) return alone(only);
  let whole = 0;
  let room = 0;
  for (const { weight, scored } of found) {
    whole += weight;
    room += Math.min(scored.size, depth);
  }
  const columns = found.map(({ scored, weight, strategy }): Column => {
    return { scored, strategy, factor: weight / whole / highest(scored), rows: new Array(room) };
  });
  const keys = new Array<number>(room);
  const totals = new Array<number>(room);
  const mask = openTable(room);
  let size = 0;
  for (const { scored, factor, rows } of columns) {
    const { unordered } = scored;
    const end = Math.min(scored.size, depth);
    const numbers = unordered !== undefined && scored.size > depth ? firstOf(scored.size, unordered, depth) : null;
    for (let i = 0; i < end; i++) {
      const number = numbers === null ? i : (numbers[i] as number);
      const key = unordered === undefined ? scored.key(number) : (unordered.keys[number] as number);
      const score = factor * (unordered === undefined ? scored.score(number) : (unordered.scores[number] as number));
      const entry = entryOf(key, keys, mask);
      const place = (table[entry] as number) - 1;
      if (place < 0) {
        table[entry] = ++size;
        keys[size - 1] = key;
        totals[size - 1] = score;
        rows[size - 1] = number;
      } else if (rows[place] === undefined) {
        // The same item can be in a list twice, as two variants; the better one counts.
        totals[place] = (totals[place] as number) + score;
        rows[place] = number;
      }
    }
  }
  return ordered(columns, { size, keys, totals });
}

/** One part of a mixture: what its scores are multiplied by, and its own number of each candidate, by place; undefined where it has not found it. */
interface Column {
  scored: Scored;
  strategy: string;
  factor: number;
  rows: (number | undefined)[];
}

/** Candidates as they were added up, put in order as far as somebody reads. */
function ordered(
  columns: readonly Column[],
  { size, keys, totals }: { size: number; keys: readonly number[]; totals: readonly number[] },
): Mixed {
  const inOrder = lazyOrder(size, { scores: totals, keys });
  return {
    size,
    key: (index) => keys[inOrder(index)] as number,
    score: (index) => totals[inOrder(index)] as number,
    slot(index) {
      const place = inOrder(index);
      for (const { scored, rows } of columns) {
        const number = rows[place];
        const slot = number === undefined || scored.unordered !== undefined ? -1 : scored.slot(number);
        if (slot >= 0) return slot;
      }
      return -1;
    },
    reasons(index) {
      const place = inOrder(index);
      const reasons: Reason[] = [];
      for (const { scored, factor, rows } of columns) {
        const number = rows[place];
        if (number === undefined) continue;
        for (const reason of scaled((scored.unordered ?? scored).reasons(number), factor)) addReason(reasons, reason);
      }
      return reasons;
    },
    strategy(index) {
      const place = inOrder(index);
      let most = -1;
      let first = '';
      for (const { scored, factor, rows, strategy } of columns) {
        const number = rows[place];
        if (number === undefined) continue;
        const given = (scored.unordered?.scores[number] ?? scored.score(number)) * factor;
        if (given > most) [most, first] = [given, strategy];
      }
      return first;
    },
  };
}

/** Multiplies the weights of reasons that nobody else reads. */
export function scaled(reasons: Reason[], factor: number): Reason[] {
  for (const reason of reasons) reason.weight *= factor;
  return reasons;
}

function alone(part: Part): Mixed {
  const { scored } = part;
  const factor = 1 / (scored.score(0) || 1);
  return {
    size: scored.size,
    key: scored.key,
    score: (index) => scored.score(index) * factor,
    slot: scored.slot,
    reasons: (index) => scaled(scored.reasons(index), factor),
    strategy: () => part.strategy,
  };
}
