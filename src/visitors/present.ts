import { weightAt } from './affinities.ts';
import type { Affinity, Profile } from './schema.ts';
import type { VisitorExport } from './schema-held.ts';

/** Plain data with its times as ISO 8601: numbers under `at` and under names that end in `At` (0: never, as null). */
function withTimes(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(withTimes);
  if (typeof plain !== 'object' || plain === null) return plain;
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => {
      if (typeof value === 'number' && (name === 'at' || name.endsWith('At'))) return [name, isoOf(value)];
      // What the sender said about itself is not ours to read as times.
      return [name, name === 'properties' || name === 'traits' ? value : withTimes(value)];
    }),
  );
}

function isoOf(at: number): string | null {
  return at === 0 ? null : new Date(at).toISOString();
}

/** A preference as it stands now. */
export interface PreferenceView {
  name: string;
  /** Decayed to now. */
  weight: number;
  /** Of all weights of its kind, 0 to 1. */
  share: number;
  lastAt: string | null;
}

function preferences(affinities: Record<string, Affinity>, now: number): PreferenceView[] {
  const weighed = Object.entries(affinities).map(([name, affinity]) => ({
    name,
    weight: weightAt(affinity, now),
    lastAt: isoOf(affinity.at),
  }));
  const sum = weighed.reduce((total, one) => total + one.weight, 0);
  return weighed
    .map(({ name, weight, lastAt }) => ({ name, weight, share: sum > 0 ? weight / sum : 0, lastAt }))
    .sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));
}

/** A profile and why it is so: what each preference weighs now, and how much there is of everything. */
export function presentProfile(held: VisitorExport, now: number) {
  const { profile } = held;
  return {
    consent: withTimes(held.consent) as { consent: string; at: string; source: string } | null,
    profile: profile === null ? null : presented(profile, now),
    counts: {
      events: profile?.events ?? 0,
      eventsHeld: held.events.length,
      orders: profile?.orders.length ?? 0,
      itemsViewed: profile?.viewed.length ?? 0,
      unconfirmedFlushes: held.unconfirmedFlushes,
    },
    receivedAt: isoOf(held.receivedAt),
    retention: held.retention,
  };
}

function presented(profile: Profile, now: number) {
  const { affinities, orders, ...rest } = profile;
  return {
    ...(withTimes(rest) as Record<string, unknown>),
    affinities: {
      category: preferences(affinities.category, now),
      brand: preferences(affinities.brand, now),
      priceBand: preferences(affinities.priceBand, now),
    },
    orders: withTimes(orders.toReversed().slice(0, 50)) as unknown[],
  };
}

/**
 * Everything held, as it is handed out: times as ISO 8601, an event's own time as `timestamp`.
 * @param names whether it may say which customer a visitor belongs to
 */
export function presentExport(held: VisitorExport, { names }: { names: boolean }) {
  const { events, customer, ...rest } = held;
  return {
    ...(withTimes(rest) as Record<string, unknown>),
    belongsToCustomer: customer !== null,
    customer: names ? withTimes(customer) : null,
    events: events.map(({ at, ...event }) => ({
      ...(withTimes(event) as Record<string, unknown>),
      timestamp: isoOf(at),
    })),
  };
}
