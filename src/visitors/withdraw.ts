import type { Flush } from '../learning/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import { takeOwed } from './pages.ts';
import { sessionOnly } from './read.ts';
import type { ConsentRecord } from './schema.ts';
import {
  addErrands,
  type Core,
  type Entry,
  type Errand,
  forgetPersona,
  freshState,
  freshTeaching,
  type VisitorState,
} from './state.ts';

const MOST_CONSENTS = 20;
const MINUTE_MS = 60_000;

/** Consent as it is to be stored. */
export interface StatedConsent extends ConsentRecord {
  shop: string;
  sender: string;
  /** Epoch milliseconds; `at` may be earlier. */
  now: number;
}

/** Whether consent that was stated at a time still counts: what is stored may be newer. */
export function isNewer({ core }: VisitorState, stated: ConsentRecord): boolean {
  return core.consent === null || stated.at >= core.consent.at;
}

/** Puts consent on record, in place, with what was stored before it. */
function record(core: Core, { consent, at, source }: ConsentRecord): void {
  if (core.consent !== null) core.consents = [...core.consents, core.consent].slice(-MOST_CONSENTS);
  core.consent = { consent, at, source };
}

/** An event under session consent; one from before the session keeps no more than what it is counted by. */
function withdrawn(entry: Entry, stays: boolean): Entry {
  if (stays) return { ...entry, event: { ...entry.event, consent: 'session' } };
  const { eventId, sequence, name, at, receivedAt, trusted } = entry.event;
  return {
    event: { eventId, sequence, name, at, receivedAt, trusted, learn: false, consent: 'session' },
    isWithdrawn: true,
  };
}

/**
 * Takes `personal` consent back to `session`, in place: what was remembered goes, the session that goes on is kept until it ends, and nothing of it
 * will be archived. The events of sealed batches are for the store to strip.
 */
function withdrawToSession(state: VisitorState, now: number): void {
  const { core } = state;
  const isOver = now >= core.sessionEndsAt;
  const owed = takeOwed(state.profile?.visits, core.sessionMinutes * MINUTE_MS);
  state.profile = state.profile === null || isOver ? null : sessionOnly(state.profile);
  // How often which pages were seen says nothing about anybody.
  if (owed !== null && state.profile?.visits !== undefined) state.profile.visits.owed = owed;
  state.base = null;
  core.isMixed = state.profile !== null;
  core.sessionOrders = state.profile?.orders.map((order) => order.orderId) ?? [];
  core.sessionBatches = [];
  forgetPersona(core);
  delete core.quiet;
  core.errands = withoutTelling(core.errands);
  if (isOver) core.teaching = freshTeaching();
  const startedAt = state.profile?.session.startedAt ?? Number.POSITIVE_INFINITY;
  state.open = state.open.map((entry) => withdrawn(entry, entry.event.at >= startedAt));
  state.openTexts = state.open.map((entry) => JSON.stringify(entry));
}

/** What is still to be told about somebody who does not want to be remembered is told no more. */
function withoutTelling(errands: readonly Errand[]): Errand[] {
  return errands.filter((one) => one.errand !== 'tell');
}

/** Ends a visitor's belonging to a customer, in place. @returns what the customer's object has to be told, null when there was none */
export function leaveCustomer(core: Core): Errand | null {
  if (core.customer === null) return null;
  const { customerId } = core.customer;
  core.customer = null;
  core.syncAt = 0;
  core.logins += 1;
  return { errand: 'drop', customerId, part: core.part };
}

/**
 * Stores consent other than `none`, in place.
 * @returns whether it withdraws what is remembered, so that the events of sealed batches must go
 */
export function storeConsent(state: VisitorState, stated: StatedConsent): boolean {
  const { core } = state;
  const { shop, sender, consent, now } = stated;
  record(core, stated);
  Object.assign(core, { shop, sender, receivedAt: Math.max(core.receivedAt, now) });
  if (core.retainAt === 0) core.retainAt = now + core.retention.profileDays * DAY_MS;
  const remembers = state.profile !== null && (!core.isMixed || state.base !== null);
  if (consent !== 'session' || !(remembers || core.customer !== null || state.parts.length > 0)) return false;
  const errand = leaveCustomer(core);
  if (errand !== null) addErrands(core, [errand], now);
  withdrawToSession(state, now);
  return true;
}

/**
 * What is left of a visitor after erasure: when it was, so that older events stay out, a refusal if that was the reason, and what other objects have
 * still to be told. Flushes that are on their way are still confirmed.
 */
export function erasedState(
  state: VisitorState,
  now: number,
  options: { draw(): string; refusal: StatedConsent | null },
): VisitorState {
  const next = freshState(options.draw);
  const { shop, sender } = options.refusal ?? state.core;
  const { retention, name, flushes, window, confirmAt, confirmAttempts } = state.core;
  const retainAt = now + retention.profileDays * DAY_MS;
  const erasedAt = Math.max(now, state.core.erasedAt);
  Object.assign(next.core, { shop, sender, retention, retainAt, erasedAt, receivedAt: now });
  Object.assign(next.core, { name, flushes, window, confirmAt, confirmAttempts, logins: state.core.logins + 1 });
  next.core.unconfirmed = state.core.unconfirmed.map((flush) => ({ ...flush, window: null }));
  next.core.errands = withoutTelling(state.core.errands);
  next.core.errandsAt = state.core.errandsAt;
  if (options.refusal !== null) record(next.core, options.refusal);
  return next;
}

/**
 * What may stay of a flush whose visitor was erased: how many events of which name there were, which pages were seen, what came of messages, what is credited
 * to which placement, and what was added to experiments.
 */
export function anonymousFlush(text: string): string {
  const { flushId, shop, counted, attributed, visits, messages, increments } = JSON.parse(text) as Flush;
  const left: Flush = { flushId, shop, sender: 'v:erased', window: null, views: [], orders: [], counted, archived: [] };
  if (attributed !== undefined) left.attributed = attributed;
  if (visits !== undefined) left.visits = visits;
  if (messages !== undefined) left.messages = messages;
  if (increments !== undefined) left.increments = increments;
  return JSON.stringify(left);
}

/**
 * Makes room for the next person at a device that changes hands, in place: nothing of the former one is left but the hashes of event ids, and what has
 * been fixed to be delivered. Consent of the former one holds on only where it restricts. The events of sealed batches are for the store to strip.
 */
export function vacate(state: VisitorState, draw: () => string): void {
  const { core } = state;
  leaveCustomer(core);
  Object.assign(state, { profile: null, base: null });
  Object.assign(core, { salt: draw(), pseudonym: draw(), part: draw(), version: 0 });
  Object.assign(core, { isMixed: false, sessionOrders: [], sessionBatches: [], teaching: freshTeaching() });
  forgetPersona(core);
  delete core.quiet;
  core.consents = [];
  if (core.consent?.consent === 'personal') core.consent = null;
}
