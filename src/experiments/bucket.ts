/** Who falls where: the small steps of GrowthBook's SDKs under their names, so that its clients and we agree on every visitor. */
import { bucketOf, fnv1a32 } from '../shared/hash.ts';

/** A stretch of buckets: from, included, to until, not included. */
export type BucketRange = readonly [from: number, until: number];

/** Whether weights add up to 1, or so nearly that thirds written as 0.33 pass. The bounds are those of GrowthBook's SDKs, which deal equally outside of them. */
export function addUp(weights: readonly number[]): boolean {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum >= 0.99 && sum <= 1.01;
}

/** The bucket of each unit, 0 to 1. */
export type Lot = (unit: string) => number;

/** How a seed and a unit come to a bucket. */
export type HashVersion = 1 | 2;

/**
 * The lot of a seed, which is hashed once.
 * @param version 2: steps of 1/10,000, independent between seeds. 1: as old SDKs have it, steps of 1/1,000, correlated between seeds
 */
export function hash(seed: string, version: HashVersion = 2): Lot {
  return version === 2 ? bucketOf(seed) : (unit) => (fnv1a32(unit + seed) % 1_000) / 1_000;
}

/** @returns none where there is nothing to divide */
export function getEqualWeights(variations: number): number[] {
  return variations <= 0 ? [] : Array.from({ length: variations }, () => 1 / variations);
}

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
    if (range !== undefined && n >= range[0] && n < range[1]) return i;
  }
  return -1;
}
