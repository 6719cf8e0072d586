import type { KeptEvent } from '../events/schema.ts';
import { trackEvent } from '../experiments/exposures.ts';
import type { Counting } from '../experiments/metrics.ts';
import type { Attributed } from '../learning/schema.ts';
import type { MessageSums } from '../learning/schema-messages.ts';
import { creditedMessages, hear } from '../messages/heard.ts';
import { attribute, attributedLines } from '../purchases/attribution.ts';
import { key53 } from '../shared/hash.ts';
import { adopt } from './adopt.ts';
import { consentUsed } from './consent.ts';
import { hasToTell } from './deliver.ts';
import { forgetting, meet } from './experience.ts';
import { isOverfull, type Sealed, seal } from './flush.ts';
import { orderOf, pastBefore, repeatsIn } from './orders.ts';
import { noteActivity } from './quiet.ts';
import { freshProfile, type Reduced, reduce } from './reduce.ts';
import type { Observation, Observed, PastOrder, Profile, SequencedEvent } from './schema.ts';
import { type Entry, forgetPersona, freshTeaching, noteReceipt, type VisitorState } from './state.ts';
import { numberVisit, orderMayTeach, viewsToLearn } from './teach.ts';

const MOST_TRAITS = 50;

/** What has to be written after events were taken. */
export interface Change {
  /** The state row is to be written. */
  changed: boolean;
  ordersChanged: boolean;
  /** A window was opened, with so many events; 0 when none was. */
  opened: number;
  sealed: Sealed[];
  /** Batches from which events are to go: those kept for an ended session only, or all of them after a withdrawal. */
  strip: number[];
  stripsAll: boolean;
}

export function noChange(): Change {
  return { changed: false, ordersChanged: false, opened: 0, sealed: [], strip: [], stripsAll: false };
}

/**
 * Ends a session, in place: what was kept for it only goes, with what it did to the profile. Views that wait for the visitor to qualify go with it.
 * @returns the batches from which its events must go
 */
function endSession(state: VisitorState): number[] {
  const { core } = state;
  if (!core.isMixed) return [];
  state.profile = state.base;
  state.base = null;
  const strip = core.sessionBatches;
  core.isMixed = false;
  core.sessionOrders = [];
  core.sessionBatches = [];
  core.teaching = freshTeaching();
  forgetPersona(core);
  return strip;
}

/** Ends the session if it is over by receipt; what had not been flushed yet is counted and fixed before it goes. */
export function endSessionIfOver(
  state: VisitorState,
  now: number,
  { change, counting }: { change: Change; counting: Counting | null },
): void {
  const { core } = state;
  if (!core.isMixed || now < core.sessionEndsAt) return;
  forgetting(state, counting, () => {
    if (hasToTell(state)) change.sealed.push(seal(state, now, 0, key53));
    change.strip.push(...endSession(state));
  });
  change.changed = true;
  change.ordersChanged = true;
}

/** What an event is stored as: without what the catalogue knows anyway, and what its echoes were credited to. */
function stored(event: KeptEvent, sequence: number): SequencedEvent {
  const { impressed: _impressed, unattributed: _unattributed, met: _met, ...kept } = event;
  if (event.items === undefined) return { ...kept, sequence };
  const items = event.items.map(
    ({ categories: _c, brand: _b, priceBand: _p, reduced: _r, shown: _s, key: _k, ...item }) => item,
  );
  return { ...kept, items, sequence };
}

/** Takes an event into a profile, with what experiments need of it. */
function take(profile: Profile, event: KeptEvent, { sessionMinutes, attributionMs }: Observation) {
  const reduced = reduce(profile, event, sessionMinutes);
  if (event.name !== 'purchase' || reduced.order !== null) trackEvent(profile, event);
  if (event.met !== undefined) meet(profile, [event.met], { at: event.at, sessionMinutes });
  const attributed = attribute(profile, event, attributionMs);
  return { ...reduced, attributed, messages: hear(profile.handed, event) };
}

function reduceBoth(
  state: VisitorState,
  event: KeptEvent,
  observation: Observation,
): Reduced & { attributed: Attributed[]; messages: MessageSums | null } {
  const { core } = state;
  if (event.consent === 'session' && !core.isMixed) {
    core.isMixed = true;
    state.base = state.profile === null ? null : structuredClone(state.profile);
  }
  state.profile ??= freshProfile(event.at);
  const reduced = take(state.profile, event, observation);
  if (core.isMixed && event.consent === 'personal') {
    state.base ??= freshProfile(event.at);
    take(state.base, event, observation);
  }
  if (reduced.order !== null && event.consent === 'session') core.sessionOrders.push(reduced.order.orderId);
  return reduced;
}

function stateTraits(profile: Profile | null, traits: Observation['traits']): void {
  if (profile === null) return;
  for (const [name, value] of Object.entries(traits ?? {})) {
    if (name === '__proto__') continue;
    if (Object.hasOwn(profile.traits, name) || Object.keys(profile.traits).length < MOST_TRAITS)
      profile.traits[name] = value;
  }
}

/** What an order says of who comes back for what, and, where it teaches, what it is tried by. */
function comingBack(profile: Profile | null, stated: PastOrder, { learn }: KeptEvent): Pick<Entry, 'repeats' | 'past'> {
  const past = learn && profile !== null ? pastBefore(profile, stated) : [];
  return { repeats: repeatsIn(profile?.orders ?? [], stated), ...(past.length > 0 ? { past } : {}) };
}

function takeOne(
  state: VisitorState,
  event: KeptEvent,
  context: { observation: Observation; orderKeys: ReadonlyMap<string, string>; change: Change },
): void {
  const { core } = state;
  const { observation, orderKeys, change } = context;
  const reduced = reduceBoth(state, event, observation);
  change.ordersChanged ||= reduced.ordersChanged;
  core.sequence += 1;
  const entry: Entry = { event: stored(event, core.sequence) };
  const order = event.orderId === undefined ? undefined : orderKeys.get(event.orderId);
  if (order !== undefined) entry.order = order;
  if (reduced.attributed.length > 0) entry.attributed = reduced.attributed;
  if (reduced.messages !== null) entry.messages = reduced.messages;
  if (reduced.order !== null || reduced.isConfirmed) {
    entry.isOrder = true;
    const windowMs = observation.attributionMs;
    const profiles = [state.profile, ...state.parts.map((part) => part.profile)];
    const elsewhere = event.consent === 'personal' ? observation.elsewhere : undefined;
    const reached = [...profiles.flatMap((one) => one?.reached ?? []), ...(elsewhere?.reached ?? [])];
    const stated = orderOf(event);
    if (event.consent === 'personal' && !stated.gift) Object.assign(entry, comingBack(state.profile, stated, event));
    const lines = attributedLines(stated, event, { reached, windowMs });
    if (lines.length > 0) entry.lines = lines;
    const handed = profiles.flatMap((one) => one?.handed ?? []);
    const heard = creditedMessages([...handed, ...(elsewhere?.handed ?? [])], { at: event.at, windowMs });
    if (heard.length > 0) entry.heard = heard;
  }
  if (entry.isOrder && !orderMayTeach(core.teaching, event)) entry.isBeyondCap = true;
  if (reduced.refunded !== undefined) entry.refunded = reduced.refunded;
  state.open.push(entry);
  state.openTexts.push(JSON.stringify(entry));
  const { visit } = observation;
  if (visit !== undefined) numberVisit(core.teaching, reduced.place, () => key53(`${visit} ${core.sequence}`));
  const views = viewsToLearn(core.teaching, event, reduced);
  state.openViews.push(...views);
  state.viewTexts.push(...views.map((view) => JSON.stringify(view)));
}

/**
 * Takes the events of one request, in place: the ones known already are left out, the others get their place in the visitor's order and change the
 * profile; views that may teach and everything that counts gather for the next flush.
 * @param by.orderKeys salted order ids, for the archive
 * @param by.counting how experiments are counted; null: not known at the moment
 */
export function takeEvents(
  state: VisitorState,
  observation: Observation,
  { orderKeys, counting }: { orderKeys: ReadonlyMap<string, string>; counting: Counting | null },
): { answer: Omit<Observed, 'memory' | 'standing'>; change: Change } {
  const { core } = state;
  const change = noChange();
  endSessionIfOver(state, observation.now, { change, counting });
  const used = consentUsed(observation.consent, core.consent?.consent ?? null);
  const answer = { accepted: 0, duplicates: 0, consentUsed: used };
  if (used === 'none') return { answer, change };
  const wasOpen = state.open.length > 0;
  if (!wasOpen) core.before = core.persona;
  const fresh: KeptEvent[] = [];
  for (const event of observation.events) {
    const hash = key53(event.eventId);
    if (state.known.has(hash) || event.at < core.erasedAt) answer.duplicates += 1;
    else {
      state.known.add(hash);
      fresh.push({ ...event, consent: used });
    }
  }
  if (fresh.length === 0) return { answer, change };
  adopt(state, observation);
  // A history may come in any order; what a browser sends together is in the order in which it happened.
  if (fresh[0]?.trusted) fresh.sort((a, b) => a.at - b.at);
  for (const event of fresh) takeOne(state, event, { observation, orderKeys, change });
  stateTraits(state.profile, observation.traits);
  if (core.isMixed && used === 'personal') stateTraits(state.base, observation.traits);
  noteReceipt(core, observation.now);
  const lastAt = fresh.reduce((last, event) => Math.max(last, event.at), 0);
  noteActivity(state, Math.min(lastAt, observation.now), used === 'personal');
  answer.accepted = fresh.length;
  change.changed = true;
  if (!wasOpen) {
    core.window = Math.max(core.window + 1, observation.now);
    core.flushAt = observation.now + observation.flushSeconds * 1000;
    change.opened = fresh.length;
  }
  if (isOverfull(state)) change.sealed.push(seal(state, observation.now, 1, key53));
  return { answer, change };
}
