import { together } from '../shared/reasons.ts';
import { lazyOrder } from './order.ts';
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
  /** Weights add up to `score(index)`. */
  reasons(index: number): Reason[];
}

export const NOTHING_SCORED: Scored = {
  size: 0,
  key: () => 0,
  score: () => 0,
  slot: () => -1,
  reasons: () => [],
};

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
    reasons: (index) => sorted[index]?.reasons() ?? [],
  };
}

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

/** Candidates of one mixture by key: an open-addressed table, since a Map of 53-bit keys costs more than everything else here. */
function placesByKey(room: number) {
  let length = 64;
  while (length < room * 2) length *= 2;
  const mask = length - 1;
  const table = new Int32Array(length);
  const keys = new Float64Array(room);
  let size = 0;
  return {
    keys,
    size: () => size,
    placeOf(key: number): number {
      let at = (Math.imul(key | 0, 0x9e3779b1) >>> 8) & mask;
      for (;;) {
        const entry = table[at] as number;
        if (entry === 0) break;
        if (keys[entry - 1] === key) return entry - 1;
        at = (at + 1) & mask;
      }
      keys[size] = key;
      size++;
      table[at] = size;
      return size - 1;
    },
  };
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
  const whole = found.reduce((sum, part) => sum + part.weight, 0);
  const factors = found.map((part) => part.weight / whole / (part.scored.score(0) || 1));
  const width = found.length;
  const room = found.reduce((sum, part) => sum + Math.min(part.scored.size, depth), 0);
  const places = placesByKey(room);
  const totals = new Float64Array(room);
  /** Row by candidate, column by part: the index in the part plus 1, 0 when it is not there. */
  const rows = new Int32Array(room * width);
  for (let column = 0; column < width; column++) {
    const { scored } = found[column] as Part;
    const factor = factors[column] as number;
    const end = Math.min(scored.size, depth);
    for (let index = 0; index < end; index++) {
      const cell = places.placeOf(scored.key(index)) * width + column;
      // The same item can be in a list twice, as two variants; the better one counts.
      if (rows[cell] !== 0) continue;
      rows[cell] = index + 1;
      const at = (cell - column) / width;
      totals[at] = (totals[at] as number) + factor * scored.score(index);
    }
  }
  const inOrder = lazyOrder(places.size(), totals, places.keys);
  const sharesOf = (index: number): Share[] => {
    const shares: Share[] = [];
    for (let column = 0; column < width; column++) {
      const at = (rows[inOrder(index) * width + column] as number) - 1;
      if (at >= 0) shares.push({ part: found[column] as Part, at, factor: factors[column] as number });
    }
    return shares;
  };
  return {
    size: places.size(),
    key: (index) => places.keys[inOrder(index)] as number,
    score: (index) => totals[inOrder(index)] as number,
    slot: (index) => slotOf(sharesOf(index)),
    reasons: (index) => together(sharesOf(index).flatMap(scaledReasons)),
    strategy: (index) => strategyOf(sharesOf(index)),
  };
}

/** What one part gave to a candidate: its place there, and what its score is multiplied by. */
interface Share {
  part: Part;
  at: number;
  factor: number;
}

function slotOf(shares: readonly Share[]): number {
  for (const { part, at } of shares) {
    const slot = part.scored.slot(at);
    if (slot >= 0) return slot;
  }
  return -1;
}

function scaledReasons({ part, at, factor }: Share): Reason[] {
  return part.scored.reasons(at).map((reason) => ({ ...reason, weight: reason.weight * factor }));
}

function strategyOf(shares: readonly Share[]): string {
  let best = { strategy: '', given: -1 };
  for (const { part, at, factor } of shares) {
    const given = part.scored.score(at) * factor;
    if (given > best.given) best = { strategy: part.strategy, given };
  }
  return best.strategy;
}

function alone(part: Part): Mixed {
  const { scored } = part;
  const factor = 1 / (scored.score(0) || 1);
  return {
    size: scored.size,
    key: scored.key,
    score: (index) => scored.score(index) * factor,
    slot: scored.slot,
    reasons: (index) => scored.reasons(index).map((reason) => ({ ...reason, weight: reason.weight * factor })),
    strategy: () => part.strategy,
  };
}
