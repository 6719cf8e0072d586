/**
 * Whether popularity by persona tells more than popularity among everybody, found out by the shop's own visitors: before one of the first three views of a
 * visit is learnt, the item's weight is asked for under the persona that was known before the visit, and among everybody. Both answer the same question, in
 * bits: the log-likelihood is a proper score, so that only who knows more gains by it (Good 1952).
 */
import { leanOf } from '../recommendations/leaning.ts';
import type { Cards } from './cards.ts';
import { afterTrial, PERSONA_TRIALS } from './contexts.ts';
import { rowsOf } from './tagged.ts';

/** Views of a visit that are asked for: afterwards the visit itself says more. */
export const FIRST_VIEWS = 3;

/** How much there is of everybody and of each persona, as views are stored. */
export interface PersonaSums {
  all: number;
  byTag: Map<number, number>;
}

function sumsOf({ counts, contexts }: Cards): PersonaSums {
  if (contexts.personaSums !== null) return contexts.personaSums;
  const sums: PersonaSums = { all: 0, byTag: new Map() };
  for (let slot = 0; slot < counts.size; slot++) sums.all += counts.views[slot] ?? 0;
  const { size, tags, columns } = counts.personas;
  for (let row = 0; row < size; row++) {
    const tag = tags[row] ?? 0;
    sums.byTag.set(tag, (sums.byTag.get(tag) ?? 0) + (columns[0]?.[row] ?? 0));
  }
  contexts.personaSums = sums;
  return sums;
}

/** Notes a view of somebody of a persona (undefined: of none). @param weight as views are stored */
export function notePersona({ contexts }: Cards, tag: number | undefined, weight: number): void {
  const { personaSums } = contexts;
  if (personaSums === null) return;
  personaSums.all += weight;
  if (tag !== undefined) personaSums.byTag.set(tag, (personaSums.byTag.get(tag) ?? 0) + weight);
}

/** Asks both for a view that is not learnt yet. @param now what a view weighs now, as it is stored */
export function tryPersona(cards: Cards, { slot, tag }: { slot: number; tag: number }, now: number): void {
  const { counts, contexts } = cards;
  const trials = contexts.trials[PERSONA_TRIALS];
  const { all, byTag } = sumsOf(cards);
  const theirs = byTag.get(tag) ?? 0;
  if (trials === undefined || !(theirs > 0)) return;
  const row = rowsOf(counts.personas, slot).find((one) => counts.personas.tags[one] === tag);
  const own = row === undefined ? 0 : (counts.personas.columns[0]?.[row] ?? 0);
  const item = { all: (counts.views[slot] ?? 0) / now, theirs: own / now };
  afterTrial(trials, Math.log2(leanOf(item, { share: Math.min(1, theirs / all), evidence: theirs / now }, 1)));
}
