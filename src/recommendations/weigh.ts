import type { Reason } from './schema.ts';
import type { Ask } from './steering.ts';

/** What rules and rotation make of a score, and what each added or took. */
export interface Weighed {
  score: number;
  changes: readonly Reason[];
  /** The first rule that had a say. */
  rule: string | null;
}

const UNCHANGED: readonly Reason[] = [];

/** Multiplies a score by every rule that holds for the item, then by what rotation leaves of it. */
export function weigh(
  found: number,
  { key, slot }: { key: number; slot: number },
  { boosts, rotation }: Pick<Ask, 'boosts' | 'rotation'>,
): Weighed {
  if (boosts.length === 0 && rotation === null) return { score: found, changes: UNCHANGED, rule: null };
  const changes: Reason[] = [];
  let score = found;
  let rule: string | null = null;
  for (const boost of boosts) {
    if (!boost.holds(slot)) continue;
    const weight = score * (boost.factor - 1);
    changes.push({ code: 'rule', detail: boost.key, weight });
    score += weight;
    rule ??= boost.key;
  }
  const kept = rotation?.kept(key) ?? 1;
  if (kept < 1) {
    const weight = score * (kept - 1);
    changes.push({ code: 'rotation', weight });
    score += weight;
  }
  return { score, changes, rule };
}

/** How many times its score an item can have at most, once all rules have spoken; rotation only takes. */
export function reachOf(boosts: Ask['boosts']): number {
  return boosts.reduce((reach, { factor }) => reach * Math.max(1, factor), 1);
}
