/** Several requests at a time, each lane one after the other: what belongs to one customer goes down one lane and arrives in its order. */
import { fnv1a32 } from '../../shared/hash.ts';

/** Batches of a lane that may wait while one is on its way; reading stops until there is room. */
const WAITING = 1;

export interface Lanes<T> {
  /** Waits until the lane has room. @throws what sending any batch threw */
  put(lane: number, batch: T): Promise<void>;
  /** Waits until everything was sent. @throws what sending any batch threw */
  drained(): Promise<void>;
}

/** The lane of a customer, visitor or whatever must keep its order. */
export function laneOf(owner: string, lanes: number): number {
  return fnv1a32(owner) % lanes;
}

/**
 * @param send takes a batch, with the number of its lane and its number in that lane, from 0
 */
export function createLanes<T>(
  count: number,
  send: (batch: T, at: { lane: number; number: number }) => Promise<void>,
): Lanes<T> {
  const tails: Promise<void>[] = Array.from({ length: count }, () => Promise.resolve());
  const waiting: Promise<void>[][] = Array.from({ length: count }, () => []);
  const numbers = new Array<number>(count).fill(0);
  let failed = false;
  let failure: unknown = null;
  const check = (): void => {
    if (failed) throw failure;
  };
  return {
    async put(lane, batch) {
      check();
      const queue = waiting[lane] ?? [];
      const number = numbers[lane] ?? 0;
      numbers[lane] = number + 1;
      const tail = (tails[lane] ?? Promise.resolve()).then(async () => {
        if (failed) return;
        try {
          await send(batch, { lane, number });
        } catch (error) {
          failed = true;
          failure = error;
        }
      });
      tails[lane] = tail;
      queue.push(tail);
      if (queue.length > WAITING) await queue.shift();
      check();
    },
    async drained() {
      await Promise.all(tails);
      for (const queue of waiting) queue.length = 0;
      check();
    },
  };
}
