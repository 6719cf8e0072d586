import type { Flush } from '../learning/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import type { VisitorState } from './state.ts';

/** Consumers forget a flush id after 15 days; what is older is not sent again, or it would count twice. */
const RESEND_DAYS = 14;
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;
/** `sendBatch` takes 100 messages and 256 KB; a character may take three bytes. */
const SEND_MESSAGES = 100;
const SEND_CHARACTERS = 80_000;

/** How long to wait after so many failures: seconds at first, an hour at most. Milliseconds. */
export function patience(failures: number): number {
  return Math.min(2 ** failures * 1000, 3_600_000);
}

export interface FixedFlush {
  number: number;
  text: string;
}

/** As many flushes as go into one call of the queue, from the front; at least one where there is any. */
export function fittingOneCall(flushes: Iterable<FixedFlush>): FixedFlush[] {
  const fitting: FixedFlush[] = [];
  let size = 0;
  for (const flush of flushes) {
    if (fitting.length >= SEND_MESSAGES || (fitting.length > 0 && size + flush.text.length > SEND_CHARACTERS)) break;
    fitting.push(flush);
    size += flush.text.length;
  }
  return fitting;
}

/** What a round of asking the shards amounts to. */
export interface Confirmation {
  /** Applied everywhere: nothing of them needs to be sent again. */
  confirmed: number[];
  resend: number[];
  /** Too old to be sent again. */
  givenUp: number[];
}

/**
 * Takes what the shards answered into the state, in place.
 * @param asked numbers of the flushes that were asked about
 * @param lacked those of them that some shard lacks
 */
export function takeConfirmation(
  { core }: VisitorState,
  now: number,
  { asked, lacked }: { asked: ReadonlySet<number>; lacked: ReadonlySet<number> },
): Confirmation {
  const isDelivered = (number: number): boolean => asked.has(number) && !lacked.has(number);
  const confirmed = core.unconfirmed.filter((flush) => isDelivered(flush.number)).map((flush) => flush.number);
  const left = core.unconfirmed.filter((flush) => !isDelivered(flush.number));
  const isTooOld = (at: number): boolean => now - at >= RESEND_DAYS * DAY_MS;
  core.unconfirmed = left.filter((flush) => !isTooOld(flush.at));
  const resend = core.unconfirmed.filter((flush) => lacked.has(flush.number)).map((flush) => flush.number);
  core.confirmAttempts = core.unconfirmed.length === 0 ? 0 : core.confirmAttempts + 1;
  core.confirmAt = now + Math.min(FIRST_RETRY_MS * 2 ** core.confirmAttempts, LONGEST_RETRY_MS);
  return { confirmed, resend, givenUp: left.filter((flush) => isTooOld(flush.at)).map((flush) => flush.number) };
}

/** What flushes tell of, for the record of those that were given up. */
export function countedIn(name: string, flushes: Iterable<FixedFlush>): { flushId: string; events: number }[] {
  return Array.from(flushes, ({ number, text }) => {
    const { counted } = JSON.parse(text) as Flush;
    return { flushId: `${name}.${number}`, events: counted.length };
  });
}

/** The windows that are open, or of which some flush was not confirmed. */
export function undeliveredWindows({ core, open, openViews }: VisitorState): number[] {
  const windows = new Set(core.unconfirmed.flatMap((flush) => flush.window ?? []));
  if (open.length + openViews.length > 0) windows.add(core.window);
  return [...windows];
}

/** Whether something waits to be flushed. */
export function hasToTell({ core, open, openViews }: VisitorState): boolean {
  const { increments = [], claims = [], offered } = core;
  return open.length + openViews.length + increments.length + claims.length > 0 || offered !== undefined;
}
