import { DAY_MS } from '../shared/decay.ts';
import { key53 } from '../shared/hash.ts';
import type { VisitorState } from './state.ts';

/** What retention asks for at a time: nothing yet, that old events go, or that everything goes. */
export type Due = { what: 'nothing' } | { what: 'everything' } | { what: 'events'; before: number; from: number };

/** Both periods count from receipt: a history that was imported today is kept as long as what was seen today. */
export function retentionDue({ core }: VisitorState, now: number): Due {
  if (core.retainAt === 0 || core.retainAt > now) return { what: 'nothing' };
  if (core.receivedAt + core.retention.profileDays * DAY_MS <= now) return { what: 'everything' };
  // A flush that may have to be sent again stays.
  const from = core.unconfirmed[0]?.number ?? core.flushes + 1;
  return { what: 'events', before: now - core.retention.eventsDays * DAY_MS, from };
}

/**
 * Takes over what the store has left, in place, and sets the next time: not before tomorrow.
 * @param left hashes in pages, and when the oldest event that is left was received
 */
export function takeRetained(
  state: VisitorState,
  now: number,
  left: { known: Set<number>; oldest: number | null },
): void {
  const { core } = state;
  if (core.receivedAt <= now - core.retention.eventsDays * DAY_MS) state.recent = [];
  state.known = left.known;
  for (const hash of state.recent) state.known.add(hash);
  for (const entry of state.open) state.known.add(key53(entry.event.eventId));
  const profileEndsAt = core.receivedAt + core.retention.profileDays * DAY_MS;
  const eventsEndAt = left.oldest === null ? profileEndsAt : left.oldest + core.retention.eventsDays * DAY_MS;
  core.retainAt = Math.max(now + DAY_MS, Math.min(eventsEndAt, profileEndsAt));
}
