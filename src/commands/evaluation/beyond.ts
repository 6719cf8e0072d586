/** What a list is worth beyond its hits: how much of the catalogue is ever shown, how evenly, how different the items of a list are, who finds rare things. */

import type { Seen } from '../../learning/score.ts';
import { bootstrap, type Estimate } from './bootstrap.ts';
import { coCounts, cosine, type Incidence, incidenceOf } from './incidence.ts';
import type { Recommender } from './recommender.ts';
import { type Protocol, questionsOf, type SessionSet } from './session-set.ts';

/** A target with fewer training clicks is cold. */
const COLD_BELOW = 5;

/** What came of a question. */
export interface Outcome {
  visit: number;
  isHit: boolean;
  isCold: boolean;
  /** Of the items of the list, by index. */
  list: readonly number[];
  /** Of the list, 0 to 1; null for a list of fewer than two. */
  diversity: number | null;
}

/** How alike two items are, by index, 0 to 1. */
export type Likeness = (a: number, b: number) => number;

/** Alike is what is looked at in the same sessions: session files say nothing of their items. */
function sharedSessions(incidence: Incidence): Likeness {
  const together = coCounts(incidence);
  const { sessionsOf } = incidence;
  return (a, b) => cosine(together[a]?.get(b) ?? 0, sessionsOf[a]?.length ?? 0, sessionsOf[b]?.length ?? 0);
}

/** One less the mean likeness of all pairs of a list (Ziegler et al.: "Improving recommendation lists through topic diversification", WWW 2005). */
export function diversityOf(list: readonly number[], likeness: Likeness): number | null {
  let sum = 0;
  let pairs = 0;
  for (const [i, a] of list.entries())
    for (const b of list.slice(i + 1)) {
      sum += likeness(a, b);
      pairs++;
    }
  return pairs === 0 ? null : 1 - sum / pairs;
}

/** Gini of how often each item is shown, 0 (all alike) to almost 1 (one item only). @param shown sorted in place */
export function giniOf(shown: Float64Array): number {
  shown.sort();
  let total = 0;
  let weighted = 0;
  for (const [i, times] of shown.entries()) {
    total += times;
    weighted += (2 * (i + 1) - shown.length - 1) * times;
  }
  return total === 0 ? 0 : weighted / (shown.length * total);
}

/** The measures, in the order of {@link MEASURES}; those of nothing are 0. */
function measure(outcomes: readonly Outcome[], items: number, times: Uint16Array): number[] {
  const shown = new Float64Array(items);
  let [n, hits, cold, coldHits, lists, diversity] = [0, 0, 0, 0, 0, 0];
  for (const outcome of outcomes) {
    const weight = times[outcome.visit] ?? 0;
    if (weight === 0) continue;
    n += weight;
    if (outcome.isHit) hits += weight;
    if (outcome.isCold) cold += weight;
    if (outcome.isCold && outcome.isHit) coldHits += weight;
    if (outcome.diversity !== null) {
      lists += weight;
      diversity += weight * outcome.diversity;
    }
    for (const item of outcome.list) shown[item] = (shown[item] ?? 0) + weight;
  }
  let covered = 0;
  for (const count of shown) if (count > 0) covered++;
  const percent = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole);
  return [
    percent(hits, n),
    percent(covered, items),
    100 * giniOf(shown),
    percent(diversity, lists),
    percent(coldHits, cold),
  ];
}

/** All in percent. */
export const MEASURES = ['HR@20', 'coverage', 'Gini', 'diversity', 'HR@20 cold'] as const;

/** What outcomes come to, each with its interval. @param items of the catalogue @param visits that were asked about */
export function estimates(outcomes: readonly Outcome[], items: number, visits: number): Estimate[] {
  return bootstrap(visits, (times) => measure(outcomes, items, times));
}

export interface Beyond {
  estimates: Estimate[];
  /** Questions with a cold target. */
  cold: number;
}

/** Of a set: what does not depend on who is asked. */
export interface BeyondSet {
  set: SessionSet;
  incidence: Incidence;
  likeness: Likeness;
}

export function beyondSet(set: SessionSet): BeyondSet {
  const incidence = incidenceOf(set.train);
  return { set, incidence, likeness: sharedSessions(incidence) };
}

/** Asks a recommender every question of a protocol. */
export function evaluateBeyond(
  recommender: Recommender,
  { set, incidence, likeness }: BeyondSet,
  { protocol, seen }: { protocol: Protocol; seen: Seen },
): Beyond {
  const outcomes = questionsOf(set, protocol).map(({ session, truth, visit }): Outcome => {
    const keys = recommender.recommend(session, protocol === 'A' ? 'hide' : seen);
    const target = truth[0] ?? Number.NaN;
    const list = keys.map(incidence.indexOf).filter((index) => index !== -1);
    const isCold = (set.frequencies.get(target) ?? 0) < COLD_BELOW;
    return { visit, isHit: keys.includes(target), isCold, list, diversity: diversityOf(list, likeness) };
  });
  return {
    estimates: estimates(outcomes, incidence.keys.length, set.visits.length),
    cold: outcomes.filter((outcome) => outcome.isCold).length,
  };
}
