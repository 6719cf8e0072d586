/** The recommenders that everything is compared with, plain and by the book. */
import { coCounts, cosine, type Incidence, incidenceOf } from './incidence.ts';
import { LIST } from './metrics.ts';
import type { TimedSession } from './model.ts';
import { hiddenOf, type Recommender, topOf } from './recommender.ts';
import { vsKnn } from './vs-knn.ts';

/** What was clicked most, whoever asks. */
export function popularity(train: readonly TimedSession[]): Recommender {
  const clicks = new Map<number, number>();
  for (const { keys } of train) for (const key of keys) clicks.set(key, (clicks.get(key) ?? 0) + 1);
  const ranked = [...clicks].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  return {
    recommend(session, seen) {
      const hidden = hiddenOf(session, seen);
      return ranked
        .slice(0, LIST + hidden.size)
        .filter((key) => !hidden.has(key))
        .slice(0, LIST);
    },
  };
}

/** What shares most sessions with the item clicked last, by a weight of the count ("association rules of size two"; item-kNN with the cosine). */
function itemToItem(incidence: Incidence, weigh: (together: number, a: number, b: number) => number): Recommender {
  const together = coCounts(incidence);
  const { keys, sessionsOf, indexOf } = incidence;
  return {
    recommend(session, seen) {
      const last = indexOf(session[0] ?? Number.NaN);
      const own = sessionsOf[last]?.length ?? 0;
      const scores = [...(together[last] ?? [])].map(
        ([other, count]) => [other, weigh(count, own, sessionsOf[other]?.length ?? 0)] as const,
      );
      return topOf(scores, keys, hiddenOf(session, seen));
    },
  };
}

export interface Baseline {
  name: string;
  learn(train: readonly TimedSession[]): Recommender;
}

export const BASELINES: readonly Baseline[] = [
  { name: 'popularity', learn: popularity },
  { name: 'co-count', learn: (train) => itemToItem(incidenceOf(train), (together) => together) },
  { name: 'cosine', learn: (train) => itemToItem(incidenceOf(train), cosine) },
  { name: 'VS-kNN', learn: vsKnn },
];
