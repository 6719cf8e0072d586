/** Putting rebuilt cards in the place of the learnt ones. Synchronous; to be run in one transaction. */
import type { Learner } from './learner.ts';
import type { LearnerStore } from './learner-store.ts';
import { withoutSessions } from './log.ts';
import type { Rebuild, RebuildStore } from './rebuild-store.ts';
import { decodeUpload } from './stored.ts';

interface Replacement {
  store: LearnerStore;
  rebuilds: RebuildStore;
  /** Opens the learner that the storage holds. */
  open(halfLifeMs: number): Learner;
  learner: Learner;
  rebuild: Rebuild;
  chunks: number;
  now: number;
}

/**
 * Everything that was learnt goes, and so does everything that was imported; the rebuilt cards come, and then what was learnt since the rebuild began. Flush
 * ids stay known, so that nothing is learnt a second time; imports may be repeated.
 * @returns the learner to go on with
 */
export function replaceCards({ store, rebuilds, open, learner, rebuild, chunks, now }: Replacement): Learner {
  // Moves the ids of the log to those that are known as applied.
  learner.checkpoint(now);
  const { halfLifeMs, shelf } = learner.cards;
  const { bits } = shelf;
  const sequence = learner.sequence + 1;
  store.empty();
  store.writeLearnt({
    halfLifeMs,
    landmark: null,
    trendingLandmark: null,
    newest: null,
    bits,
    events: learner.events,
    sequence,
    blend: learner.sessions.state,
    bigBaskets: learner.baskets.state,
    contexts: learner.cards.contexts.trials,
  });
  store.writeWaiting({ sequence, bits, chunks: Array.from({ length: 2 ** bits }, (_, chunk) => chunk) });
  const next = open(halfLifeMs);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const upload = decodeUpload(rebuilds.part(chunk));
    if (upload === null) throw new Error(`Part ${chunk} of the rebuilt cards cannot be read.`);
    next.upload({ importId: rebuild.rebuildId, chunk, upload }, now);
  }
  // The sessions stayed, and are not learnt a second time.
  for (const batches of rebuilds.noted(rebuild)) next.apply(batches.map(withoutSessions), now);
  rebuilds.clear();
  return next;
}
