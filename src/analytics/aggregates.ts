/** When aggregates are written. Pure. */
import { type Bucket, gained } from '../learning/publication.ts';
import { type Aggregates, NO_AGGREGATES } from './schema-aggregates.ts';

/** The tally's own note of what KV has. */
export interface WrittenAggregates {
  /** As it was written. */
  content: string;
  /** What is left of the day's writes. */
  bucket: Bucket;
}

/**
 * The note after aggregates are written.
 * @param before null when they never were
 * @param perDay KV writes that aggregates may have; even where that is less than one, the first write waits for nothing
 * @returns null when there is nothing new to write, or nothing left to write it with
 */
export function planAggregates(
  before: WrittenAggregates | null,
  aggregates: Aggregates,
  { now, perDay }: { now: number; perDay: number },
): WrittenAggregates | null {
  const content = JSON.stringify(aggregates);
  if (content === (before?.content ?? JSON.stringify(NO_AGGREGATES))) return null;
  const most = Math.max(1, perDay);
  const bucket = before?.bucket ?? { tokens: most, at: now };
  const tokens = Math.min(most, bucket.tokens + gained(bucket, now, perDay));
  return tokens < 1 ? null : { content, bucket: { tokens: tokens - 1, at: now } };
}
