import type { Consent } from '../events/schema.ts';
import type { Profile, SequencedEvent, VisitorExport } from './schema.ts';
import { holdsAnything, type VisitorState } from './state.ts';

/** What a profile says about the session that goes on, and nothing that was remembered from before it. */
export function sessionOnly(profile: Profile): Profile {
  const { startedAt, items } = profile.session;
  const seen = new Set(items.map((item) => item.itemId));
  return {
    ...profile,
    createdAt: startedAt,
    viewed: profile.viewed.filter((one) => one.at >= startedAt && seen.has(one.itemId)),
    affinities: { category: {}, brand: {}, priceBand: {} },
    orders: profile.orders.filter((order) => order.at >= startedAt),
    traits: {},
    hidden: [],
  };
}

/**
 * The profile as far as consent lets it be read: all of it, or no more than the session that goes on; null when nothing may be read.
 * @param options.orders whether past orders come along: there may be many
 */
export function readable(
  state: VisitorState,
  now: number,
  { consent, orders }: { consent: Consent; orders: boolean },
): Profile | null {
  const { core } = state;
  const isOver = now >= core.sessionEndsAt;
  const profile = core.isMixed && isOver ? state.base : state.profile;
  if (consent === 'none' || profile === null || (consent === 'session' && isOver)) return null;
  const isAllSession = consent === 'session' && core.isMixed && state.base === null;
  const read = consent === 'personal' || isAllSession ? profile : sessionOnly(profile);
  return { ...read, orders: orders ? read.orders : [] };
}

/** Everything held, null when nothing is. @param sealed the events of sealed batches, in the visitor's order */
export function exportOf(
  state: VisitorState,
  sealed: readonly SequencedEvent[],
  rows: Record<string, number>,
): VisitorExport | null {
  if (!holdsAnything(state)) return null;
  const { core, profile, open } = state;
  return {
    profile,
    consent: core.consent,
    events: [...sealed, ...open.map((entry) => entry.event)],
    receivedAt: core.receivedAt,
    sessionEndsAt: core.sessionEndsAt,
    retention: core.retention,
    archivedAs: core.pseudonym,
    rows,
    unconfirmedFlushes: core.unconfirmed.length,
  };
}
