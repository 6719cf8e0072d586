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

/** How deep a part is read when several are mixed; the fallback takes over below. */
const MIXED_DEPTH = 300;

/**
 * Mixes lists: each is divided by its maximum, multiplied by its weight, and a candidate's shares are added up; the sum is divided by the weights of those
 * parts that found anything, so that scores stay within 0 and 1. A single list is passed through without being copied.
 */
export function mix(parts: readonly Part[]): Mixed {
  const found = parts.filter((part) => part.scored.size > 0);
  const only = found[0];
  if (only === undefined) return { ...NOTHING_SCORED, strategy: () => '' };
  if (found.length === 1) return alone(only);
  const whole = found.reduce((sum, part) => sum + part.weight, 0);
  const factors = found.map((part) => part.weight / whole / (part.scored.score(0) || 1));
  const width = found.length;
  const place = new Map<number, number>();
  const keys: number[] = [];
  const totals: number[] = [];
  /** Row by candidate, column by part: the index in the part, -1 when it is not there. */
  const rows: number[] = [];
  found.forEach(({ scored }, column) => {
    const factor = factors[column] as number;
    const depth = Math.min(scored.size, MIXED_DEPTH);
    for (let index = 0; index < depth; index++) {
      const key = scored.key(index);
      let at = place.get(key);
      if (at === undefined) {
        at = keys.length;
        place.set(key, at);
        keys.push(key);
        totals.push(0);
        for (let i = 0; i < width; i++) rows.push(-1);
      }
      // The same item can be in a list twice, as two variants; the better one counts.
      if (rows[at * width + column] !== -1) continue;
      rows[at * width + column] = index;
      totals[at] = (totals[at] as number) + factor * scored.score(index);
    }
  });
  const order = keys.map((_, at) => at);
  order.sort((a, b) => (totals[b] as number) - (totals[a] as number) || (keys[a] as number) - (keys[b] as number));
  const shares = (index: number) => {
    const at = order[index] as number;
    return found.map((part, column) => ({
      part,
      index: rows[at * width + column] as number,
      factor: factors[column] as number,
    }));
  };
  return {
    size: order.length,
    key: (index) => keys[order[index] as number] as number,
    score: (index) => totals[order[index] as number] as number,
    slot: (index) => {
      for (const share of shares(index)) {
        const slot = share.index < 0 ? -1 : share.part.scored.slot(share.index);
        if (slot >= 0) return slot;
      }
      return -1;
    },
    reasons: (index) =>
      shares(index).flatMap(({ part, index: at, factor }) =>
        at < 0 ? [] : part.scored.reasons(at).map((reason) => ({ ...reason, weight: reason.weight * factor })),
      ),
    strategy: (index) => {
      let best = { strategy: '', share: -1 };
      for (const { part, index: at, factor } of shares(index)) {
        const share = at < 0 ? -1 : part.scored.score(at) * factor;
        if (share > best.share) best = { strategy: part.strategy, share };
      }
      return best.strategy;
    },
  };
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
