import { DAY_MS } from '../shared/decay.ts';
import type { TimeFlag } from './schema.ts';
import { parseTime } from './wire.ts';

/** Browsers hold back what they cannot send for a week at most. */
export const LATEST_BACKLOG_MS = 7 * DAY_MS;

/** So long may a request be on its way, and so far may clocks differ, without that a time is moved for it. */
export const TOLERANCE_MS = 30_000;

/** A clock that is said to be further off than this is not believed to be off: such a `sentAt` is as wrong as anything. */
const MOST_SKEW_MS = 7 * DAY_MS;

/** When a request arrived, and what its sender's clock said. Epoch milliseconds. */
export interface Clock {
  receivedAt: number;
  /** The sender's clock as it sent this, null when it did not say. */
  sentAt: number | null;
  /** Sent with the secret key. */
  trusted: boolean;
}

function skewOf({ receivedAt, sentAt, trusted }: Clock): number {
  if (trusted || sentAt === null) return 0;
  const off = receivedAt - sentAt;
  return Math.abs(off) <= TOLERANCE_MS || Math.abs(off) > MOST_SKEW_MS ? 0 : off;
}

/**
 * The time an event counts at, and what was done to the one it came with.
 *
 * A browser's clock that is off by more than 30 seconds and at most a week, as `sentAt` shows, is set right (`skew`); less may be the way through the
 * network and moves nothing. Nothing is later than its receipt (`clamped_future`, where it was more than 30 seconds); what a browser sends is at most a
 * week old (`clamped_past`). A server's past is what it says, and its clock is not corrected.
 */
export function settleTime(
  timestamp: string | number | undefined,
  clock: Clock,
): { at: number; flags: readonly TimeFlag[] } {
  const { receivedAt, trusted } = clock;
  if (timestamp === undefined) return { at: receivedAt, flags: [] };
  const skew = skewOf(clock);
  const flags: TimeFlag[] = skew === 0 ? [] : ['skew'];
  const at = parseTime(timestamp) + skew;
  if (at > receivedAt) {
    if (at - receivedAt > TOLERANCE_MS) flags.push('clamped_future');
    return { at: receivedAt, flags };
  }
  const earliest = receivedAt - LATEST_BACKLOG_MS;
  if (trusted || at >= earliest) return { at, flags };
  flags.push('clamped_past');
  return { at: earliest, flags };
}
