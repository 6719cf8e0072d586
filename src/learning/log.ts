/** The learner's log: batches of keyed interactions, packed, so that applying them costs one row. */
import type { KeyedBasket, KeyedView } from './learn.ts';

/** What one flush teaches. */
export interface LearnBatch {
  flushId: string;
  /** Where it came from, see `Flush`; not kept in the log. */
  network?: string;
  views: KeyedView[];
  baskets: KeyedBasket[];
  /** How many interactions that are. */
  events: number;
}

/** Batches as numbers: for each its counts, then views (key, time, length, own, count of previous, previous), then baskets (time, learn, size, keys). */
export function packBatches(batches: readonly LearnBatch[]): Float64Array<ArrayBuffer> {
  const numbers: number[] = [];
  for (const { views, baskets, events } of batches) {
    numbers.push(views.length, baskets.length, events);
    for (const { key, at, length, own, previous } of views)
      numbers.push(key, at, length, own ? 1 : 0, previous.length, ...previous);
    for (const { keys, at, learn } of baskets) numbers.push(at, learn ? 1 : 0, keys.length, ...keys);
  }
  return Float64Array.from(numbers);
}

/** @param flushIds of the batches, in their order */
export function unpackBatches(numbers: Float64Array, flushIds: readonly string[]): LearnBatch[] {
  let at = 0;
  const next = () => numbers[at++] ?? 0;
  const list = () => {
    const size = next();
    const items = [...numbers.subarray(at, at + size)];
    at += size;
    return items;
  };
  return flushIds.map((flushId) => {
    const [views, baskets, events] = [next(), next(), next()];
    return {
      flushId,
      events,
      views: Array.from({ length: views }, () => {
        const [key, time, length, own] = [next(), next(), next(), next()];
        return { key, at: time, length, own: own === 1, previous: list() };
      }),
      baskets: Array.from({ length: baskets }, () => {
        const [time, learn] = [next(), next()];
        return { at: time, learn: learn === 1, keys: list() };
      }),
    };
  });
}
