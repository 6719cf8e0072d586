/** What answers the questions: the product's model, or a baseline. */

import type { CardLookup } from '../../learning/codec.ts';
import type { Counts } from '../../learning/counts.ts';
import { best, type Seen, scoreNext } from '../../learning/score.ts';
import { LIST } from './metrics.ts';

export interface Recommender {
  /**
   * @param session keys, newest first
   * @returns keys, best first, at most {@link LIST}
   */
  recommend(session: readonly number[], seen: Seen): number[];
}

/** The product: what serves the shop, over published or live cards. */
export function product(model: { cards: CardLookup; counts: Counts }): Recommender {
  const { cards, counts } = model;
  return {
    recommend(session, seen) {
      const scored = scoreNext({ session, cards, counts, seen });
      return best(scored, LIST).map((i) => scored.keys[i] ?? Number.NaN);
    },
  };
}

/** What a policy leaves out of an answer. */
export function hiddenOf(session: readonly number[], seen: Seen): Set<number> {
  return new Set(seen === 'hide' ? session : seen === 'hideCurrent' ? session.slice(0, 1) : []);
}

/** The best of some scores. @param hidden keys that are left out */
export function topOf(
  scores: Iterable<readonly [index: number, score: number]>,
  keys: readonly number[],
  hidden: ReadonlySet<number>,
): number[] {
  const open = [...scores].filter(([index]) => !hidden.has(keys[index] ?? Number.NaN));
  // Equal scores go by the order in which items first occurred, so that every run gives the same list.
  open.sort(([a, scoreOfA], [b, scoreOfB]) => scoreOfB - scoreOfA || a - b);
  return open.slice(0, LIST).map(([index]) => keys[index] ?? Number.NaN);
}
