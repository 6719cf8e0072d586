import type { Random } from '../shared/random.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits between attempts, ten attempts in three days (Standard Webhooks, "Deliverability and reliability"). */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  18 * HOUR_MS,
  22 * HOUR_MS,
];

/** How far a wait is spread in both directions, so that receivers that come back are not met by everybody at once. */
const JITTER = 0.1;

/** What a receiver may ask for at most; longer ones are met with this. */
const MOST_ASKED_MS = 24 * HOUR_MS;

/**
 * When a message that failed is tried again.
 * @param failures attempts that failed so far, at least 1
 * @param askedMs what the receiver's `Retry-After` asked for, null when it asked for nothing
 * @returns epoch milliseconds, null when three days of attempts are over
 */
export function nextAttempt(
  failures: number,
  { now, askedMs, random }: { now: number; askedMs: number | null; random: Random },
): number | null {
  const wait = WAITS_MS[failures - 1];
  if (wait === undefined) return null;
  const spread = wait * (1 + JITTER * (2 * random() - 1));
  return now + Math.round(Math.max(spread, Math.min(askedMs ?? 0, MOST_ASKED_MS)));
}

/**
 * Reads `Retry-After`: seconds, or an HTTP date.
 * @returns milliseconds from now, 0 or more; null when it says nothing that can be understood
 */
export function askedWait(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND_MS;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
