import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ImportError } from './read.ts';
import type { Run } from './run.ts';

const ASK_EVERY_MS = 1_000;
/** Without any change for so long, waiting is given up. */
const STANDSTILL_MS = 300_000;

const Readiness = z.looseObject({ learning: z.looseObject({ pending: z.number(), published: z.string() }) });

const learningOf = async (run: Run) => Readiness.parse(await run.api.get('/v1/readiness')).learning;

/** The version of the cards that are published at the moment. */
export async function publishedVersion(run: Run): Promise<string> {
  return (await learningOf(run)).published;
}

/**
 * Waits until everything that was sent is in the published cards: no event waits, and the cards that were uploaded have been published.
 * @throws ImportError when nothing moves for five minutes
 */
export async function untilLearnt(run: Run): Promise<void> {
  let changedAt = run.now();
  let last = '';
  let first = 0;
  run.progress.start({ label: 'Learning', unit: 'events', total: null });
  for (;;) {
    const { pending, published } = await learningOf(run);
    const state = `${pending} ${published}`;
    if (state !== last) changedAt = run.now();
    last = state;
    first = Math.max(first, pending);
    run.progress.update(first - pending, first === 0 ? 0 : 1 - pending / first);
    if (pending === 0 && published !== run.awaited) break;
    if (run.now() - changedAt > STANDSTILL_MS)
      throw new ImportError(`${pending} events are not learnt yet, and nothing moves. GET /v1/readiness says more.`);
    await sleep(ASK_EVERY_MS, undefined, { signal: run.signal });
  }
  run.progress.end();
}
