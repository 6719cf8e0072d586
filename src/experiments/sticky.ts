/** Variations that a unit met before. In a config that raises `bucketVersion` another draw is meant, so that each version is remembered by itself. */
import type { CompiledExperiment } from './compile.ts';

/** What is remembered of a unit, by `<experiment>__<bucketVersion>`. */
export type Buckets = Readonly<Record<string, { readonly variation: string }>>;

type Sticking = Pick<CompiledExperiment, 'key' | 'isSticky' | 'bucketVersion' | 'minBucketVersion' | 'variations'>;

const assignmentKey = (experiment: string, version: number): string => `${experiment}__${version}`;

/** The variation that a unit keeps; -1 where it keeps none. */
export function rememberedVariation({ key, isSticky, bucketVersion, variations }: Sticking, buckets: Buckets): number {
  if (!isSticky) return -1;
  const known = buckets[assignmentKey(key, bucketVersion)]?.variation;
  return known === undefined ? -1 : variations.findIndex((variation) => variation.key === known);
}

/** Whether a unit met the experiment under a version before the least that still counts, and so takes no part. */
export function isBlocked({ key, isSticky, minBucketVersion }: Sticking, buckets: Buckets): boolean {
  if (!isSticky) return false;
  for (let version = 0; version < minBucketVersion; version++)
    if (buckets[assignmentKey(key, version)] !== undefined) return true;
  return false;
}

/** Under what a variation is to be remembered; null where none is, or one is already. */
export function toRemember({ key, isSticky, bucketVersion }: Sticking, buckets: Buckets): string | null {
  const name = assignmentKey(key, bucketVersion);
  return isSticky && buckets[name] === undefined ? name : null;
}
