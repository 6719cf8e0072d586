/** Everything that a visitor's object holds in memory: what its rows say, and nothing else. */
import type { Consent } from '../events/schema.ts';
import type { View } from '../learning/schema.ts';
import type { Profile, Retention, SequencedEvent } from './schema.ts';

export const SCHEMA_VERSION = 1;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** An event of the open batch. */
export interface Entry {
  event: SequencedEvent;
  /** The salted id of its order, for the archive. */
  order?: string;
  /** It was the first of this visitor to state its order. */
  isOrder?: true;
}

/** A flush that was fixed, and that the shards have not confirmed. */
export interface Unconfirmed {
  number: number;
  /** When it was fixed. */
  at: number;
  /** The window it closes, null when it closes none. */
  window: number | null;
}

/** What decides from when on a visitor teaches. */
export interface Teaching {
  /** Of the first interaction, null before it. */
  firstAt: number | null;
  qualified: boolean;
  /** Views that wait for that. */
  held: View[];
  /** Items of this session that were reached by our own recommendations. */
  clicked: string[];
}

export interface Core {
  schema: number;
  shop: string;
  sender: string;
  /** Random; flush ids are `<name>.<number>`. */
  name: string;
  /** Random; never leaves the object. */
  salt: string;
  /** Random: what the archive knows the visitor by. Nothing computes it from an id, so erasing the object cuts the link. */
  pseudonym: string;
  /** The last one given. */
  sequence: number;
  /** The last one fixed. */
  flushes: number;
  /** The last one opened, named by its time, so that no name is used twice; it is open while the open batch holds something. */
  window: number;
  flushAt: number;
  unconfirmed: Unconfirmed[];
  /** When the shards are asked for those: when the session in which the first was fixed ends. */
  confirmAt: number;
  confirmAttempts: number;
  /** When the session will have ended, by receipt. */
  sessionEndsAt: number;
  sessionMinutes: number;
  receivedAt: number;
  retention: Retention;
  /** When retention is looked at next. */
  retainAt: number;
  consent: { consent: Consent; at: number } | null;
  /** Events that happened before it count as duplicates; 0 when nothing was ever erased. */
  erasedAt: number;
  /** This session has events that are kept for the session only. */
  isMixed: boolean;
  /** Orders that are kept for the session only. */
  sessionOrders: string[];
  /** Batches with events that are kept for the session only. */
  sessionBatches: number[];
  teaching: Teaching;
}

export interface VisitorState {
  core: Core;
  profile: Profile | null;
  /** While the session is mixed: the profile without what is kept for the session only; null when nothing else is known. */
  base: Profile | null;
  open: Entry[];
  /** The open entries as they are stored, so that each is written as text once. */
  openTexts: string[];
  openViews: View[];
  /** Hashes of the event ids of sealed batches that have no page yet. */
  recent: number[];
  /** Hashes of all event ids that are remembered. */
  known: Set<number>;
}

export function freshTeaching(): Teaching {
  return { firstAt: null, qualified: false, held: [], clicked: [] };
}

/** @param draw makes a random name */
export function freshState(draw: () => string): VisitorState {
  const core: Core = {
    schema: SCHEMA_VERSION,
    shop: '',
    sender: '',
    name: draw(),
    salt: draw(),
    pseudonym: draw(),
    sequence: 0,
    flushes: 0,
    window: 0,
    flushAt: 0,
    unconfirmed: [],
    confirmAt: 0,
    confirmAttempts: 0,
    sessionEndsAt: 0,
    sessionMinutes: 30,
    receivedAt: 0,
    retention: { eventsDays: 90, profileDays: 400 },
    retainAt: 0,
    consent: null,
    erasedAt: 0,
    isMixed: false,
    sessionOrders: [],
    sessionBatches: [],
    teaching: freshTeaching(),
  };
  return { core, profile: null, base: null, open: [], openTexts: [], openViews: [], recent: [], known: new Set() };
}

/** Whether there is anything that could be shown or erased. */
export function holdsAnything(state: VisitorState): boolean {
  return state.profile !== null || state.open.length > 0 || state.core.consent !== null;
}

/** Whether the rows may go altogether: nothing is remembered, promised or to be remembered about having been erased. */
export function isForgotten({ core, ...state }: VisitorState): boolean {
  return (
    !holdsAnything({ core, ...state }) &&
    state.openViews.length === 0 &&
    core.unconfirmed.length === 0 &&
    core.erasedAt === 0
  );
}

/** When the object has to do something next, null when never: the one alarm serves all purposes. Epoch milliseconds. */
export function dueAt(state: VisitorState): number | null {
  const { core } = state;
  const times: number[] = [];
  if (state.open.length > 0 || state.openViews.length > 0) times.push(core.flushAt);
  if (core.unconfirmed.length > 0) times.push(core.confirmAt);
  if (core.isMixed) times.push(core.sessionEndsAt);
  if (core.retainAt > 0) times.push(core.retainAt);
  return times.length === 0 ? null : Math.min(...times);
}

/** Notes that something was received: the session goes on, retention begins anew. */
export function noteReceipt(core: Core, now: number): void {
  core.receivedAt = now;
  core.sessionEndsAt = now + core.sessionMinutes * MINUTE_MS;
  if (core.retainAt === 0)
    core.retainAt = now + Math.min(core.retention.eventsDays, core.retention.profileDays) * DAY_MS;
}
