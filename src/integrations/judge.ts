import type { Random } from '../shared/random.ts';
import { askedWait, nextAttempt } from './schedule.ts';
import type { Attempt, Delivery } from './schema.ts';

/** What an attempt brought: an answer, or none. */
export interface Outcome {
  /** Null when there was no answer. */
  status: number | null;
  retryAfter: string | null;
  /** Why there was no answer; null when there was one. */
  why: string | null;
  /** No attempt will ever bring one. */
  isHopeless?: boolean;
}

/** Attempts that are kept in the log: the first ones tell as much as the last. */
const MOST_ATTEMPTS = 20;

function reasonOf({ status, why }: Outcome): string | null {
  if (status === null) return why ?? 'no answer';
  if (status >= 200 && status < 300) return null;
  if (status === 410) return 'the receiver says that it is gone for good';
  if (status >= 300 && status < 400) return `status ${status}: redirects are not followed`;
  return `status ${status}`;
}

/**
 * Takes the outcome of an attempt into a delivery.
 * @returns the delivery as it is now, and whether the receiver wants nothing any more (410)
 */
export function judgeAttempt(
  delivery: Delivery,
  outcome: Outcome,
  { now, random }: { now: number; random: Random },
): { delivery: Delivery; isGone: boolean } {
  const why = reasonOf(outcome);
  const attempt: Attempt = { at: now, status: outcome.status, why };
  const attempts = [...delivery.attempts, attempt].slice(-MOST_ATTEMPTS);
  if (why === null) return { delivery: { ...delivery, state: 'delivered', attempts, nextAt: 0 }, isGone: false };
  if (outcome.status === 410) return { delivery: { ...delivery, state: 'failed', attempts, nextAt: 0 }, isGone: true };
  if (outcome.isHopeless) return { delivery: { ...delivery, state: 'failed', attempts, nextAt: 0 }, isGone: false };
  const askedMs = askedWait(outcome.retryAfter, now);
  const nextAt = nextAttempt(failuresOf(delivery) + 1, { now, askedMs, random });
  const state = nextAt === null ? 'failed' : 'waiting';
  return { delivery: { ...delivery, state, attempts, nextAt: nextAt ?? 0 }, isGone: false };
}

/** Failures since it was last put in line: a message that is sent again by hand has all its attempts before it. */
function failuresOf({ attempts }: Delivery): number {
  const delivered = attempts.findLastIndex((attempt) => attempt.why === null || attempt.why === RESENT);
  return attempts.length - 1 - delivered;
}

/** Stands in the log where somebody asked for a message to be sent again. */
const RESENT = 'sent again by request';

/** Puts a message in line again, at once. */
export function resend(delivery: Delivery, now: number): Delivery {
  const attempts = [...delivery.attempts, { at: now, status: null, why: RESENT }].slice(-MOST_ATTEMPTS);
  return { ...delivery, state: 'waiting', attempts, nextAt: now };
}
