/** Who falls where: the small steps of GrowthBook's SDKs under their names, so that its clients and we agree on every visitor. */
import { bucket, fnv1a32 } from '../shared/hash.ts';

/** A stretch of buckets: from, included, to until, not included. */
export type BucketRange = readonly [from: number, until: number];

/** Whether weights add up to 1, or so nearly that thirds written as 0.33 pass. The bounds are those of GrowthBook's SDKs, which deal equally outside of them. */
export function addUp(weights: readonly number[]): boolean {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum >= 0.99 && sum <= 1.01;
}

/**
 * The bucket of a value, 0 to 1.
 * @param version 2: steps of 1/10,000, independent between seeds. 1: as old SDKs have it, steps of 1/1,000, correlated between seeds
 * @returns null for a version that does not exist
 */
export function hash(seed: string, value: string, version: number): number | null {
  if (version === 2) return bucket(seed, value);
  if (version === 1) return (fnv1a32(value + seed) % 1_000) / 1_000;
  return null;
}

/** @returns none where there is nothing to divide */
export function getEqualWeights(variations: number): number[] {
  return variations <= 0 ? [] : Array.from({ length: variations }, () => 1 / variations);
}

export const inRange = (n: number, [from, until]: BucketRange): boolean => n >= from && n < until;

/**
 * The buckets of each variation. Those outside the coverage are cut off from each stretch, so that a visitor never changes variation when the coverage grows.
 * @param coverage share of units that take part; below 0 is 0, above 1 is 1
 * @param weights equal ones when absent, when there are not as many as variations, or when they do not add up to 1
 */
export function getBucketRanges(
  variations: number,
  coverage = 1,
  weights: readonly number[] | null = null,
): BucketRange[] {
  const covered = Math.min(1, Math.max(0, coverage));
  const fits = weights !== null && weights.length === variations && addUp(weights);
  let from = 0;
  return (fits ? weights : getEqualWeights(variations)).map((weight): BucketRange => {
    const start = from;
    from += weight;
    return [start, start + covered * weight];
  });
}

/** @returns the variation whose stretch a bucket lies in, -1 when it lies in none */
export function chooseVariation(n: number, ranges: readonly BucketRange[]): number {
  for (let i = 0; i < ranges.length; i++) {
    const range = ranges[i];
    if (range !== undefined && inRange(n, range)) return i;
  }
  return -1;
}

/** @param namespace its name, and the stretch of it that is meant */
export function inNamespace(value: string, [name, from, until]: readonly [string, number, number]): boolean {
  const n = hash(`__${name}`, value, 1);
  return n !== null && inRange(n, [from, until]);
}
