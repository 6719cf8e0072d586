import type { Consent } from '../events/schema.ts';
import { experiencedSince } from '../experiments/exposures.ts';
import { attentionSince } from '../messages/spend.ts';
import { shown } from './flush.ts';
import { mergeProfiles } from './merge.ts';
import { parted } from './packed.ts';
import type { Profile, SequencedEvent, Session } from './schema.ts';
import type { MergedEvent, VisitorExport } from './schema-held.ts';
import type { Part } from './schema-parts.ts';
import { holdsAnything, type VisitorState } from './state.ts';
import { sampleKey } from './strike.ts';
import { currentOnly } from './visits.ts';

function withoutPrevious({ previousAt: _previousAt, ...session }: Session): Session {
  return session;
}

/** What a profile says about the session that goes on, and nothing that was remembered from before it. */
export function sessionOnly(profile: Profile): Profile {
  const { startedAt, items } = profile.session;
  const seen = new Set(items.map((item) => item.itemId));
  const {
    visits,
    refunds: _refunds,
    shown,
    reached,
    attention,
    handed,
    told,
    habits: _habits,
    held,
    exposures: _exposures,
    tracked: _tracked,
    buckets: _buckets,
    ...rest
  } = profile;
  return {
    // What was shown in earlier sessions as well says how often in all.
    ...(shown === undefined
      ? {}
      : { shown: shown.filter((one) => one.at >= startedAt).map((one) => ({ ...one, weight: 1 })) }),
    ...rest,
    ...(reached === undefined ? {} : { reached: reached.filter((one) => one.at >= startedAt) }),
    ...(held?.consent === 'session' ? { held } : {}),
    ...(handed === undefined ? {} : { handed: handed.filter((one) => one.at >= startedAt) }),
    ...(told === undefined ? {} : { told: told.filter((one) => one.at >= startedAt) }),
    ...(attention === undefined ? {} : { attention: attentionSince(attention, startedAt) }),
    session: withoutPrevious(profile.session),
    ...experiencedSince(profile, startedAt),
    ...(visits === undefined ? {} : { visits: currentOnly(visits, profile.session) }),
    createdAt: startedAt,
    viewed: profile.viewed.filter((one) => one.at >= startedAt && seen.has(one.itemId)),
    affinities: { category: {}, brand: {}, priceBand: {} },
    orders: profile.orders.filter((order) => order.at >= startedAt),
    traits: {},
    hidden: [],
  };
}

/** What is held apart from any other part, without a session that is over. */
function ownProfile({ core, profile, base }: VisitorState, now: number): Profile | null {
  return core.isMixed && now >= core.sessionEndsAt ? base : profile;
}

/** The profile, where all of it and nothing else is what consent lets be read; null otherwise. */
export function ownWhole({ core, profile, parts }: VisitorState, now: number, consent: Consent): Profile | null {
  const isApart = core.isMixed && now >= core.sessionEndsAt;
  return consent === 'personal' && parts.length === 0 && !isApart ? profile : null;
}

/** What is held, and, of a customer, what the visitors hold who were identified: see {@link mergeProfiles}. */
export function mergedProfile(state: VisitorState, now: number): Profile | null {
  const own = ownProfile(state, now);
  if (state.parts.length === 0) return own;
  const parts = state.parts.flatMap(({ part, profile }) => (profile === null ? [] : [{ part, profile }]));
  const merged = mergeProfiles(own === null ? parts : [...parts, { part: '', profile: own }]);
  const { held } = state.core;
  return merged === null || held === undefined ? merged : { ...merged, held };
}

/** Number of distinct orders in all that is held. */
export function mergedOrders({ profile, parts }: VisitorState): number {
  const profiles = [profile, ...parts.map((part) => part.profile)];
  return new Set(profiles.flatMap((one) => one?.orders.map((order) => order.orderId) ?? [])).size;
}

/**
 * The profile as far as consent lets it be read: all of it, or no more than the session that goes on; null when nothing may be read. Of a customer the
 * session is that of the customer's own part: a visitor's own session is read from the visitor.
 * @param options.orders whether past orders come along: there may be many
 */
export function readable(
  state: VisitorState,
  now: number,
  { consent, orders }: { consent: Consent; orders: boolean },
): Profile | null {
  const { core } = state;
  const isOver = now >= core.sessionEndsAt;
  const profile = consent === 'personal' ? mergedProfile(state, now) : ownProfile(state, now);
  if (consent === 'none' || profile === null || (consent === 'session' && isOver)) return null;
  const isAllSession = consent === 'session' && core.isMixed && state.base === null;
  const read = consent === 'personal' || isAllSession ? profile : sessionOnly(profile);
  const { told } = parted(read);
  return { ...told, orders: orders ? read.orders : [] };
}

/** What a visitor's object tells the customer's of what it holds: nothing that is kept for a session only. */
export function partOf({ core, profile, base }: VisitorState, isClosed: boolean): Part | null {
  if (core.customer === null) return null;
  const kept = core.isMixed ? base : profile;
  const { part, version, customer, sender, receivedAt, quiet } = core;
  const told = kept === null ? null : { ...kept };
  delete told?.visits;
  const activity = quiet === undefined ? {} : { activeAt: quiet.activeAt };
  const whose = { part, version, visitorId: sender.slice(2), since: customer.since };
  return { ...whose, profile: told, at: receivedAt, ...activity, isClosed };
}

/** The events that a customer's history takes over from a visitor's. */
export function eventsToTell(events: readonly SequencedEvent[]): SequencedEvent[] {
  return events.filter((event) => event.consent === 'personal');
}

/** The events of several senders: each once, in the order in which they were received. */
export function mergeEvents(lists: readonly (readonly MergedEvent[])[]): MergedEvent[] {
  const byId = new Map<string, MergedEvent>();
  for (const event of lists.flat()) if (!byId.has(event.eventId)) byId.set(event.eventId, event);
  return [...byId.values()].sort(
    (a, b) =>
      a.receivedAt - b.receivedAt || a.sequence - b.sequence || ((a.visitorId ?? '') < (b.visitorId ?? '') ? -1 : 1),
  );
}

/**
 * Everything held, null when nothing is.
 * @param events of sealed batches, and of a customer those of the other parts
 */
export function exportOf(
  state: VisitorState,
  events: readonly MergedEvent[],
  rows: Record<string, number>,
): VisitorExport | null {
  if (!holdsAnything(state)) return null;
  const { core, profile, open, parts } = state;
  const opened = shown(open);
  return {
    profile: parts.length === 0 ? profile : mergedProfile(state, 0),
    consent: core.consent,
    consents: core.consents,
    events: parts.length === 0 ? [...events, ...opened] : mergeEvents([events, opened]),
    customer: core.customer && { customerId: core.customer.customerId, identifiedAt: core.customer.since },
    visitors: parts.map(({ visitorId, since, isClosed }) => ({ visitorId, identifiedAt: since, isClosed })),
    receivedAt: core.receivedAt,
    sessionEndsAt: core.sessionEndsAt,
    retention: core.retention,
    archivedAs: core.pseudonym,
    sampledAs: core.sampled === undefined ? null : sampleKey(core),
    rows,
    counted: core.counted ?? {},
    countedOrders: core.claimed ?? {},
    unconfirmedFlushes: core.unconfirmed.length,
    flushes: core.unconfirmed.map(({ number, at }) => ({ flushId: `${core.name}.${number}`, fixedAt: at })),
  };
}
