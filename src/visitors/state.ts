/** Everything that a visitor's object holds in memory: what its rows say, and nothing else. */
import type { Reckoned } from '../experiments/schema-exposures.ts';
import type { OutgoingEvent } from '../integrations/schema.ts';
import type { Attributed, AttributedLine, Order, PastItem, View } from '../learning/schema.ts';
import type { CreditedMessage, MessageSums } from '../learning/schema-messages.ts';
import type { Sample } from '../personas/schema-sample.ts';
import { hasToTell } from './deliver.ts';
import { type Quiet, quietDueAt } from './quiet.ts';
import type { ConsentRecord, HeldPersona, Profile, Retention, SequencedEvent } from './schema.ts';
import type { Part } from './schema-parts.ts';

export const SCHEMA_VERSION = 2;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** An event of the open batch. */
export interface Entry {
  event: SequencedEvent;
  /** The salted id of its order, for the archive. */
  order?: string;
  /** It was the first of this visitor to state its order, or the first from the shop's server. */
  isOrder?: true;
  /** The basket of its order is beyond what one browser teaches. */
  isBeyondCap?: true;
  /** Of a refund that is to be counted: how much was given back, null for everything. */
  refunded?: number | null;
  /** What it adds to the counters of recommendations. */
  attributed?: Attributed[];
  /** Of an order: what recommendations brought about of it, and what each of its items changes. */
  lines?: AttributedLine[];
  repeats?: Order['lines'][number]['repeat'][];
  /** Of an order that teaches: what the customer bought before it. */
  past?: PastItem[];
  /** What it adds to the counters of messages. */
  messages?: MessageSums;
  /** Of an order: the messages that it came after. */
  heard?: CreditedMessage[];
  /** Consent to it was taken back: it is counted, and shown to nobody. */
  isWithdrawn?: true;
}

/** A flush that was fixed, and that the shards have not confirmed. */
export interface Unconfirmed {
  number: number;
  /** When it was fixed. */
  at: number;
  /** The window it belongs to. */
  window: number | null;
}

/** How much a browser has taught since its last pause, by receipt. */
export interface Taught {
  /** Of the last receipt, epoch milliseconds. */
  at: number;
  /** An entry for every view. */
  items: string[];
  orders: number;
  /** The minute of the last receipt, and how many views were taught in it. */
  minute: number;
  inMinute: number;
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
  /** The random number of the visit that goes on: what the learner knows it by. Absent before one began. */
  session?: number;
  /** Absent before the first. */
  taught?: Taught;
}

/** What this object has still to tell another one; done at once where that works, by the alarm otherwise. Harmless when repeated. */
export type Errand =
  /** The customer's object lets a part go. */
  | { errand: 'drop'; customerId: string; part: string }
  /** The visitor's object erases what it holds, as long as that is this part. */
  | { errand: 'erase'; visitorId: string; part: string; now: number }
  /** The customer has taken consent back: the visitor's object follows. */
  | { errand: 'withdraw'; visitorId: string; part: string; consent: ConsentRecord; now: number }
  /** The shop's endpoints hear of something; what it says of items is looked up on the way. */
  | { errand: 'tell'; event: OutgoingEvent }
  /** What is held elsewhere about whoever this is (`v:<visitorId>`, `c:<customerId>`) goes. */
  | { errand: 'forget'; subject: string }
  /** The shop's statistics let a sample go. */
  | { errand: 'strike'; sample: number }
  /** What is held elsewhere about a visitor who was identified is the customer's from here on. */
  | { errand: 'hand-over'; subject: string; to: string };

/** What an event may take away is set to undefined: an object from which something was deleted is read and written more slowly from then on. */
export interface Core extends Reckoned {
  schema: number;
  shop: string;
  sender: string;
  /** From where the last of its events came, under a key that changes hourly; absent where that says nothing. */
  network?: string | undefined;
  /** Key of the persona assigned when events were taken last: what is counted is counted under it. Absent where none was sure enough. */
  persona?: string | undefined;
  /** Key of the persona that was known before the first event that has not been flushed. */
  before?: string | undefined;
  /** Of a customer with visitors: the persona of the whole history. */
  held?: HeldPersona;
  /** The shop's statistics were told a sample of what is held here. */
  sampled?: true;
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
  consent: ConsentRecord | null;
  /** What was stated before it, oldest first, the last 20. */
  consents: ConsentRecord[];
  /** Events that happened before it count as duplicates; 0 when nothing was ever erased. */
  erasedAt: number;
  /** This session has events that are kept for the session only. */
  isMixed: boolean;
  /** Orders that are kept for the session only. */
  sessionOrders: string[];
  /** Batches with events that are kept for the session only. */
  sessionBatches: number[];
  teaching: Teaching;
  /** Of a visitor: whose history this is a part of. */
  customer: { customerId: string; since: number } | null;
  /** Random: names what is held at present in the customer's object. */
  part: string;
  /** Counts the changes of that. */
  version: number;
  /** Counts identifications and logouts: an identity cookie holds for the login in which it was issued. */
  logins: number;
  /** When the customer's object is told (again) what is held; 0: it knows. */
  syncAt: number;
  /** Messages that were handed out and held out since the flush before, for the counters; absent where none were. */
  offered?: MessageSums;
  errands: Errand[];
  /** When they are tried again. */
  errandsAt: number;
  /** What the shop's endpoints hear of when the visitor goes quiet; absent: nobody wants to hear of it. */
  quiet?: Quiet;
  /** Other objects may hold something about whoever this is (messages that go out, items of whose changes they hear). Absent: none was told. */
  isKnownElsewhere?: true;
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
  /** As for the entries. */
  viewTexts: string[];
  /** Hashes of the event ids of sealed batches that have no page yet. */
  recent: number[];
  /** Hashes of all event ids that are remembered. */
  known: Set<number>;
  /** Of a customer: what the visitors hold who were identified. */
  parts: Part[];
  /** What the flush that is about to be fixed tells the shop's statistics; kept in no row. */
  sample?: Sample;
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
    consents: [],
    erasedAt: 0,
    isMixed: false,
    sessionOrders: [],
    sessionBatches: [],
    teaching: freshTeaching(),
    customer: null,
    part: draw(),
    version: 0,
    logins: 0,
    syncAt: 0,
    errands: [],
    errandsAt: 0,
  };
  const nothing = { profile: null, base: null, open: [], openTexts: [], openViews: [], recent: [], parts: [] };
  return { core, ...nothing, viewTexts: [], known: new Set() };
}

/** Forgets who the visitor seemed to be, in place: what spoke for it is not remembered any more. */
export function forgetPersona(core: Core): void {
  delete core.persona;
  delete core.before;
  delete core.held;
}

/** Whether there is anything that could be shown or erased. */
export function holdsAnything({ core, profile, open, parts }: VisitorState): boolean {
  const holdsPerson = profile !== null || open.length > 0 || core.consent !== null;
  return holdsPerson || core.customer !== null || parts.length > 0;
}

/** Whether the rows may go altogether: nothing is remembered, promised or to be remembered about having been erased. */
export function isForgotten(state: VisitorState): boolean {
  const { unconfirmed, errands, erasedAt } = state.core;
  if (holdsAnything(state) || hasToTell(state)) return false;
  return unconfirmed.length + errands.length === 0 && erasedAt === 0;
}

/** When the object has to do something next, null when never: the one alarm serves all purposes. Epoch milliseconds. */
export function dueAt(state: VisitorState): number | null {
  const { core } = state;
  const times: number[] = [];
  if (hasToTell(state)) times.push(core.flushAt);
  if (core.unconfirmed.length > 0) times.push(core.confirmAt);
  if (core.isMixed) times.push(core.sessionEndsAt);
  if (core.retainAt > 0) times.push(core.retainAt);
  if (core.syncAt > 0) times.push(core.syncAt);
  if (core.errands.length > 0) times.push(core.errandsAt);
  const quietAt = quietDueAt(state);
  if (quietAt !== null) times.push(quietAt);
  if (core.countAt) times.push(core.countAt);
  return times.length === 0 ? null : Math.min(...times);
}

/** Notes that something was received: the session goes on, retention begins anew. */
export function noteReceipt(core: Core, now: number): void {
  core.receivedAt = now;
  core.sessionEndsAt = now + core.sessionMinutes * MINUTE_MS;
  if (core.retainAt === 0)
    core.retainAt = now + Math.min(core.retention.eventsDays, core.retention.profileDays) * DAY_MS;
}

/** Notes that something is held from now on, although no event was taken: whose it is, and when retention runs out. */
export function noteHolding(
  core: Core,
  held: { shop: string; sender: string; retention: Retention; now: number },
): void {
  const { now, ...rest } = held;
  Object.assign(core, rest);
  core.receivedAt = Math.max(core.receivedAt, now);
  if (core.retainAt === 0)
    core.retainAt = now + Math.min(core.retention.eventsDays, core.retention.profileDays) * DAY_MS;
}

const ERRAND_PATIENCE_MS = 10_000;

/** Adds errands, in place. They are about to be run; the alarm is for those that fail. */
export function addErrands(core: Core, errands: readonly Errand[], now: number): void {
  if (errands.length === 0) return;
  core.errands.push(...errands);
  core.errandsAt = Math.max(core.errandsAt, now + ERRAND_PATIENCE_MS);
}
