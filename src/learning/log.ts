/** The learner's log: batches of keyed interactions, packed, so that applying them costs one row. */
import type { KeyedBasket, KeyedView } from './learn.ts';

/** What one flush teaches. */
export interface LearnBatch {
  flushId: string;
  /** Where it came from, see `Flush`; not kept in the log. */
  network?: string;
  /** Whose events they are, see `Flush`; not kept in the log. */
  sender?: string;
  views: KeyedView[];
  baskets: KeyedBasket[];
  /** How many interactions that are. */
  events: number;
}

/** A flag and a hash of 32 bits in one number; the hash's own 0 cannot be told from none. */
const flagged = (flag: boolean, hash = 0): number => (flag ? 1 : 0) + 2 * hash;
/** An order has fewer lines than this, so that their number and a hash of 32 bits are one number. */
const LINES = 4096;

/**
 * Batches as numbers: for each its counts, then views (key, time, length, own with persona, count of previous, previous), then baskets (time, learn with
 * persona, size with buyer, keys). Logs of before there were personas and buyers read the same.
 */
export function packBatches(batches: readonly LearnBatch[]): Float64Array<ArrayBuffer> {
  const numbers: number[] = [];
  for (const { views, baskets, events } of batches) {
    numbers.push(views.length, baskets.length, events);
    for (const { key, at, length, own, previous, persona } of views)
      numbers.push(key, at, length, flagged(own, persona), previous.length, ...previous);
    for (const { keys, at, learn, persona, buyer = 0 } of baskets)
      numbers.push(at, flagged(learn, persona), keys.length + LINES * buyer, ...keys);
  }
  return Float64Array.from(numbers);
}

function hashIn<N extends string>(name: N, number: number, step: number): { [K in N]?: number } {
  const hash = Math.floor(number / step);
  return (hash === 0 ? {} : { [name]: hash }) as { [K in N]?: number };
}

/** @param flushIds of the batches, in their order */
export function unpackBatches(numbers: Float64Array, flushIds: readonly string[]): LearnBatch[] {
  let at = 0;
  const next = () => numbers[at++] ?? 0;
  const list = (size: number) => {
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
        return { key, at: time, length, own: own % 2 === 1, previous: list(next()), ...hashIn('persona', own, 2) };
      }),
      baskets: Array.from({ length: baskets }, () => {
        const [time, learn, size] = [next(), next(), next()];
        const hashes = { ...hashIn('persona', learn, 2), ...hashIn('buyer', size, LINES) };
        return { at: time, learn: learn % 2 === 1, keys: list(size % LINES), ...hashes };
      }),
    };
  });
}
