/** VS-kNN: vector multiplication session-based kNN (Ludewig & Jannach: "Evaluation of session-based recommendation algorithms", UMUAI 2018, section 3). */
import { type Incidence, incidenceOf } from './incidence.ts';
import type { TimedSession } from './model.ts';
import { hiddenOf, type Recommender, topOf } from './recommender.ts';

/** Most recent sessions with an item in common, and how many of them, the most alike, have a say. */
const SAMPLE = 1_000;
const NEIGHBOURS = 100;

/** The most recent sessions that share an item with the one asked about. */
function sampleOf({ sessionsOf }: Incidence, items: Iterable<number>): number[] {
  const found = new Set<number>();
  for (const item of items) for (const session of sessionsOf[item]?.slice(-SAMPLE) ?? []) found.add(session);
  return [...found].sort((a, b) => b - a).slice(0, SAMPLE);
}

/**
 * Sessions are alike by what they share, each item weighing its place in the session asked about: linear, from 1/n for the oldest to 1 for the newest; over
 * the root of the neighbour's length, as in a cosine (half a point and two points better than without). A neighbour recommends all its items by that
 * likeness, less a tenth for every step from the end to the newest item shared.
 */
export function vsKnn(train: readonly TimedSession[]): Recommender {
  const incidence = incidenceOf(train);
  const { itemsOf, keys, indexOf } = incidence;
  return {
    recommend(session, seen) {
      // Newest first: the first place at which an item is met is its newest.
      const distances = new Map<number, number>();
      for (const [p, key] of session.entries()) {
        const item = indexOf(key);
        if (item !== -1 && !distances.has(item)) distances.set(item, p);
      }
      const alike = sampleOf(incidence, distances.keys()).map((neighbour) => {
        let likeness = 0;
        let nearest = session.length;
        for (const item of itemsOf[neighbour] ?? []) {
          const distance = distances.get(item);
          if (distance === undefined) continue;
          likeness += (session.length - distance) / session.length;
          nearest = Math.min(nearest, distance);
        }
        return { neighbour, likeness: likeness / Math.sqrt(itemsOf[neighbour]?.length ?? 1), nearest };
      });
      // Sorting is stable: of equals, the most recent come first.
      alike.sort((a, b) => b.likeness - a.likeness);
      const scores = new Map<number, number>();
      for (const { neighbour, likeness, nearest } of alike.slice(0, NEIGHBOURS))
        for (const item of itemsOf[neighbour] ?? [])
          scores.set(item, (scores.get(item) ?? 0) + likeness * Math.max(0, 1 - (nearest + 1) / 10));
      return topOf(scores, keys, hiddenOf(session, seen));
    },
  };
}
