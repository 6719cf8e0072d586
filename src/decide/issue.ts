import { type Issued, itemHash, stampOf } from '../recommendations/recommendation-id.ts';
import type { Recommendation } from '../recommendations/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import type { Profile } from '../visitors/schema.ts';
import type { DecideAnswer } from './schema.ts';
import type { Surroundings } from './surroundings.ts';

/** From what an answer was made, beside its versions. */
export interface Making {
  now: number;
  seed: number;
  /** The request names the seed: its answer is the same whenever it is given. */
  isSeeded: boolean;
  isDryRun: boolean;
  profile: Profile | null;
  surroundings: Surroundings;
  /** Of the randomised variations that the visitor has. */
  arms: readonly number[];
}

/** What the recommendationId of a placement's answer says. */
export function issuedOf(
  { versions }: Pick<DecideAnswer, 'versions'>,
  [placement, { strategy, fallback, items }]: [string, Recommendation],
  { now, seed, isSeeded, isDryRun, profile, surroundings, arms }: Making,
): Issued {
  const index = items.findIndex((item) => item.explored !== undefined);
  const probability = items[index]?.explored?.probability;
  return {
    placement,
    strategy,
    fallback,
    seed,
    isSeeded,
    isDryRun,
    versions,
    at: isSeeded ? now - (now % DAY_MS) : now,
    explored: probability === undefined ? null : { index, probability },
    stamp: stampOf(profile),
    country: surroundings.country ?? null,
    device: surroundings.device ?? null,
    arms,
    items: items.map((item) => itemHash(item.itemId)),
  };
}
