/** The learner's log: batches of keyed interactions, packed, so that applying them costs one row. */
import { NO_TRIALS, type OrderTrials, type TrialCounts } from './holdout.ts';
import type { KeyedBasket, KeyedView } from './learn.ts';
import type { Repeat } from './repeats.ts';

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

/** A flag, a hash of 32 bits and a context of 17 in one number; the hash's own 0 cannot be told from none. */
const flagged = (flag: boolean, hash = 0, context = 0): number => (flag ? 1 : 0) + 2 * hash + CONTEXT_STEP * context;
const CONTEXT_STEP = 2 ** 33;
/** An order has fewer lines than this, so that their number and a hash of 32 bits are one number. */
const LINES = 4096;
/** A session is shorter than this, so that its length and a hash of 32 bits are one number. */
const LENGTHS = 2 ** 20;
/** What an order changes of who comes back is packed behind its keys, so many of them in a number. */
const REPEATS = 2 ** 44;
const REPEATS_IN_ONE = 30;

function packRepeats(repeats: readonly Repeat[]): number[] {
  const packed = new Array<number>(Math.ceil(repeats.length / REPEATS_IN_ONE)).fill(0);
  for (const [i, repeat] of [...repeats.entries()].reverse()) {
    const at = Math.floor(i / REPEATS_IN_ONE);
    packed[at] = 3 * (packed[at] ?? 0) + repeat;
  }
  return packed;
}

const unpackRepeats = (packed: readonly number[], size: number): Repeat[] =>
  Array.from(
    { length: size },
    (_, i) => (Math.floor((packed[Math.floor(i / REPEATS_IN_ONE)] ?? 0) / 3 ** (i % REPEATS_IN_ONE)) % 3) as Repeat,
  );

/** The same batch, of which no session is learnt. */
export function withoutSessions(batch: LearnBatch): LearnBatch {
  return { ...batch, views: batch.views.map(({ session: _, ...view }) => view) };
}

/**
 * Batches as numbers: for each its counts, then views (key, time, length with the persona before, own with persona and context, count of previous, previous), then baskets (time, learn with
 * persona, size with buyer, keys). Where a session is known, −1 − count stands for the count, and the session follows. Behind the last batch, how the trials
 * of views, of orders and of what is bought again went that were made with them, if any. Logs of before there were personas, buyers and sessions read the same.
 */
export function packBatches(
  batches: readonly LearnBatch[],
  ...trials: readonly TrialCounts[]
): Float64Array<ArrayBuffer> {
  const numbers: number[] = [];
  for (const { views, baskets, events } of batches) {
    numbers.push(views.length, baskets.length, events);
    for (const { key, at, length, own, previous, persona, before = 0, context, session } of views) {
      numbers.push(key, at, length + LENGTHS * before, flagged(own, persona, context));
      if (session === undefined) numbers.push(previous.length, ...previous);
      else numbers.push(-1 - previous.length, session, ...previous);
    }
    for (const { keys, at, learn, persona, context, buyer = 0, repeats } of baskets) {
      const size = keys.length + LINES * buyer + (repeats === undefined ? 0 : REPEATS);
      numbers.push(at, flagged(learn, persona, context), size, ...keys, ...packRepeats(repeats ?? []));
    }
  }
  if (trials.some(({ n }) => n > 0))
    for (const { n, gained, lost, both } of trials) numbers.push(n, gained, lost, both);
  return Float64Array.from(numbers);
}

function hashIn<N extends string>(name: N, number: number, step: number): { [K in N]?: number } {
  const hash = Math.floor(number / step) % 2 ** 32;
  return (hash === 0 ? {} : { [name]: hash }) as { [K in N]?: number };
}

const flagsIn = (flags: number) => ({ ...hashIn('persona', flags, 2), ...hashIn('context', flags, CONTEXT_STEP) });

/** @param flushIds of the batches, in their order */
export function unpackBatches(
  numbers: Float64Array,
  flushIds: readonly string[],
): { batches: LearnBatch[]; trials: TrialCounts; orderTrials: OrderTrials } {
  let at = 0;
  const next = () => numbers[at++] ?? 0;
  const list = (size: number) => {
    const items = [...numbers.subarray(at, at + size)];
    at += size;
    return items;
  };
  const trail = () => {
    const size = next();
    return size < 0 ? { session: next(), previous: list(-1 - size) } : { previous: list(size) };
  };
  const batches = flushIds.map((flushId) => {
    const [views, baskets, events] = [next(), next(), next()];
    return {
      flushId,
      events,
      views: Array.from({ length: views }, () => {
        const [key, time, length, own] = [next(), next(), next(), next()];
        const said = { ...flagsIn(own), ...hashIn('before', length, LENGTHS) };
        return { key, at: time, length: length % LENGTHS, own: own % 2 === 1, ...trail(), ...said };
      }),
      baskets: Array.from({ length: baskets }, () => {
        const [time, learn, size] = [next(), next(), next()];
        const hashes = { ...flagsIn(learn), ...hashIn('buyer', size, LINES) };
        const keys = list(size % LINES);
        const isKnown = size >= REPEATS;
        const repeats = isKnown ? unpackRepeats(list(Math.ceil(keys.length / REPEATS_IN_ONE)), keys.length) : null;
        return { at: time, learn: learn % 2 === 1, keys, ...hashes, ...(repeats === null ? {} : { repeats }) };
      }),
    };
  });
  const trials = () => (at < numbers.length ? { n: next(), gained: next(), lost: next(), both: next() } : NO_TRIALS);
  return { batches, trials: trials(), orderTrials: { baskets: trials(), again: trials() } };
}
