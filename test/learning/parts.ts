import type { Scored } from '../../src/learning/score.ts';

/** What each source gave to a candidate, as [source, score]; a source may occur more than once. */
export function partsOf(scored: Scored, candidate: number): [source: number, score: number][] {
  const found: [number, number][] = [];
  for (let k = 0; k < scored.partOwners.length; k++)
    if (scored.partOwners[k] === candidate) found.push([scored.partSources[k] ?? 0, scored.partScores[k] ?? 0]);
  return found;
}
