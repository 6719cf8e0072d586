import { uniteBuckets, uniteExposures, uniteTracked } from '../experiments/exposures.ts';
import type { Experienced } from '../experiments/schema-exposures.ts';
import { uniteHanded } from '../messages/heard.ts';
import { mergeAttention } from '../messages/spend.ts';
import { uniteReached } from '../purchases/attribution.ts';
import { fade } from '../shared/decay.ts';
import { AFFINITY_HALF_LIFE_MS } from './affinities.ts';
import { mergeCarts } from './merge-carts.ts';
import { giveBack } from './orders.ts';
import { unitePaying } from './paying.ts';
import type { Affinity, PastOrder, Profile, Session, SessionItem } from './schema.ts';
import { uniteShown } from './shown.ts';
import { uniteTold } from './told.ts';

const MOST_VIEWED = 100;

/** What one visitor, or the shop's server, has sent of a customer. */
export interface MergePart {
  /** Names the part; '' is what was sent of the customer without naming a visitor. */
  part: string;
  profile: Profile;
}

type Affinities = Record<string, Affinity>;

/** The sum of decayed weights, as of the newer time. */
function addAffinities(all: readonly Affinities[]): Affinities {
  const sums = new Map<string, Affinity>();
  for (const [name, { weight, at }] of all.flatMap((one) => Object.entries(one))) {
    const known = sums.get(name);
    if (known === undefined) sums.set(name, { weight, at });
    else if (at >= known.at)
      sums.set(name, { weight: known.weight * fade(at, known.at, AFFINITY_HALF_LIFE_MS) + weight, at });
    else known.weight += weight * fade(known.at, at, AFFINITY_HALF_LIFE_MS);
  }
  return Object.fromEntries(sums);
}

function uniteViewed(all: readonly (readonly SessionItem[])[]): SessionItem[] {
  const newest = new Map<string, number>();
  for (const { itemId, at } of all.flat()) newest.set(itemId, Math.max(at, newest.get(itemId) ?? at));
  return [...newest]
    .map(([itemId, at]) => ({ itemId, at }))
    .sort((a, b) => b.at - a.at || (a.itemId < b.itemId ? -1 : 1))
    .slice(0, MOST_VIEWED);
}

/** Parts are named by chance: where times do not decide, what is said does, so that the same parts amount to the same whatever their names. */
function comesFirst(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) < JSON.stringify(other);
}

/** Whether a report of an order counts before another one of the same order. */
function counts(one: PastOrder, other: PastOrder): boolean {
  if ((one.trusted === true) !== (other.trusted === true)) return one.trusted === true;
  return one.at < other.at || (one.at === other.at && comesFirst(one, other));
}

/** Whether a session goes on rather than another one. */
function goesOn(one: Session, other: Session): boolean {
  if (one.number > 0 !== other.number > 0) return one.number > 0;
  if (one.lastAt !== other.lastAt) return one.lastAt > other.lastAt;
  return one.startedAt < other.startedAt || (one.startedAt === other.startedAt && comesFirst(one, other));
}

/** When the visit before the one that goes on ended, on whichever device: one that goes on at the same time elsewhere is the same visit. */
function previousVisit(current: Session, sessions: readonly Session[]): number | undefined {
  const real = sessions.filter((one) => one.number > 0);
  const begins = (from: number): number =>
    real.reduce((start, one) => (one.lastAt >= from && one.startedAt < start ? one.startedAt : start), from);
  let start = current.startedAt;
  for (let earlier = begins(start); earlier < start; earlier = begins(start)) start = earlier;
  const ends = real.flatMap(({ lastAt, previousAt }) => [lastAt, previousAt ?? Number.NEGATIVE_INFINITY]);
  const last = Math.max(...ends.filter((at) => at < start));
  return Number.isFinite(last) ? last : undefined;
}

function uniteSessions(sessions: readonly Session[], first: Session): Session {
  const current = sessions.reduce((going, one) => (goesOn(one, going) ? one : going), first);
  const previousAt = previousVisit(current, sessions);
  const number = sessions.reduce((sum, one) => sum + one.number, 0);
  return { ...current, number, ...(previousAt === undefined ? {} : { previousAt }) };
}

function uniteOrders(parts: readonly MergePart[]): PastOrder[] {
  const reports = new Map<string, { part: string; order: PastOrder }>();
  for (const { part, profile } of parts) {
    for (const order of profile.orders) {
      const known = reports.get(order.orderId);
      if (known === undefined || counts(order, known.order)) reports.set(order.orderId, { part, order });
    }
  }
  for (const { part, profile } of parts) {
    for (const refund of profile.refunds ?? []) {
      const report = reports.get(refund.orderId);
      if (report === undefined || report.part === part) continue;
      report.order = structuredClone(report.order);
      giveBack(report.order, refund);
    }
  }
  const orders = [...reports.values()].map(({ order }) => order);
  return orders.sort((a, b) => a.at - b.at || (a.orderId < b.orderId ? -1 : 1));
}

function uniteTraits(parts: readonly MergePart[]): Profile['traits'] {
  const bySeen = parts.toSorted(
    ({ profile: a }, { profile: b }) => a.seenAt - b.seenAt || (comesFirst(a.traits, b.traits) ? -1 : 1),
  );
  const ordered = [...bySeen.filter((one) => one.part !== ''), ...bySeen.filter((one) => one.part === '')];
  const stated = ordered.flatMap(({ profile }) => Object.entries(profile.traits));
  // A customerId that was once stated without proof says nothing beside the one that is proven.
  return Object.fromEntries(stated.filter(([name]) => name !== 'customerId'));
}

function mergedExperience(profiles: readonly Profile[]): Experienced {
  const merged: Experienced = {};
  if (profiles.some((one) => one.exposures)) merged.exposures = uniteExposures(profiles.map((one) => one.exposures));
  if (profiles.some((one) => one.tracked)) merged.tracked = uniteTracked(profiles.map((one) => one.tracked));
  if (profiles.some((one) => one.buckets)) merged.buckets = uniteBuckets(profiles.map((one) => one.buckets));
  return merged;
}

/**
 * The profile that the parts of a customer's history amount to; null when there is none. Computed from all parts whenever it is read, so that it does not
 * matter in which order visitors were identified, nor whether an event arrived before or after: each visitor's events change that visitor's part alone.
 *
 * - orders: the union by `orderId`; of several reports the server's, otherwise the earliest. A refund that reached another part is taken off
 * - affinities, habits: the sum of the decayed weights
 * - viewed: the newest view of each item, the last 100
 * - shown: the sum of the decayed showings of each item, the last 100
 * - basket: see {@link mergeCarts}
 * - session: the one that was last active goes on; sessions are numbered through, so that the number is that of all visits; the one before it is the last of
 *   any part
 * - traits: what was stated of the customer, then what the visitor seen last stated
 * - reached: of each way by which a recommendation led to an item the newest, the last 50
 * - exposures, tracked, buckets: of each experiment the first exposure stands, another variation beside it is noted; all that was tracked; what was given first
 * - attention: offers and totals of all parts add up, of dismissals the latest
 * - told: of all parts the newest 20
 * - handed: the messages that all parts were handed, the last 50
 * - paying: who pays on one of the devices is paying
 * - hidden: the union; events: the sum; created at the earliest, seen at the latest time
 */
export function mergeProfiles(given: readonly MergePart[]): Profile | null {
  const parts = given.toSorted((a, b) => (a.part < b.part ? -1 : 1));
  const first = parts[0]?.profile;
  if (first === undefined) return null;
  const profiles = parts.map((one) => one.profile);
  const sessions = profiles.map((one) => one.session);
  const orders = uniteOrders(parts);
  const reached = uniteReached(profiles.map((one) => one.reached));
  const told = uniteTold(profiles.map((one) => one.told ?? []));
  const spent = profiles.flatMap((one) => one.attention ?? []);
  const attention = spent.length === 0 ? undefined : spent.reduce(mergeAttention);
  const handed = uniteHanded(profiles.map((one) => one.handed));
  const paying = unitePaying(profiles.map((one) => one.paying));
  return {
    createdAt: Math.min(...profiles.map((one) => one.createdAt)),
    seenAt: Math.max(...profiles.map((one) => one.seenAt)),
    events: profiles.reduce((sum, one) => sum + one.events, 0),
    session: uniteSessions(sessions, first.session),
    viewed: uniteViewed(profiles.map((one) => one.viewed)),
    ...(profiles.some((one) => one.shown) ? { shown: uniteShown(profiles.map((one) => one.shown ?? [])) } : {}),
    affinities: {
      category: addAffinities(profiles.map((one) => one.affinities.category)),
      brand: addAffinities(profiles.map((one) => one.affinities.brand)),
      priceBand: addAffinities(profiles.map((one) => one.affinities.priceBand)),
    },
    ...(profiles.some((one) => one.habits) ? { habits: addAffinities(profiles.map((one) => one.habits ?? {})) } : {}),
    cart: mergeCarts(profiles.map(({ cart, orders }) => ({ cart, orders }))),
    orders,
    ...(reached.length > 0 ? { reached } : {}),
    ...(attention === undefined ? {} : { attention }),
    ...(paying === undefined ? {} : { paying }),
    ...(handed.length > 0 ? { handed } : {}),
    ...(told.length > 0 ? { told } : {}),
    ...mergedExperience(profiles),
    traits: uniteTraits(parts),
    hidden: [...new Set(profiles.flatMap((one) => one.hidden))].sort(),
  };
}
