/** How a visitor's memory keeps what was met of experiments, and what of that has been counted. Pure; the state is changed in place. */
import {
  countedOrders,
  countUnit,
  difference,
  freezeCovariates,
  type UnitPast,
  withoutOrders,
} from '../experiments/count-unit.ts';
import { exposureOf, noteExposures } from '../experiments/exposures.ts';
import type { Counting } from '../experiments/metrics.ts';
import type { Buckets, CountedUnits, Experienced, Met } from '../experiments/schema-exposures.ts';
import { adopt } from './adopt.ts';
import { mergedProfile } from './read.ts';
import { freshProfile } from './reduce.ts';
import type { ConsentAsked, Observation, Profile, Proof } from './schema.ts';
import { type Core, noteReceipt, type VisitorState } from './state.ts';

const MINUTE_MS = 60_000;
const LATELY_MS = 10 * MINUTE_MS;

/** What somebody meets with a decision, as whoever has decided tells the object that remembers it. */
export interface ExposeRequest
  extends Pick<Observation, 'shop' | 'sender' | 'network' | 'sessionMinutes' | 'retention' | 'flushSeconds'> {
  met: Met[];
  /** Version of the config by which it was decided. */
  config: number;
  /** Variations that are to stay, by `<experiment>__<bucketVersion>`. */
  buckets: Record<string, string>;
  /** Epoch milliseconds. */
  now: number;
  consent: ConsentAsked;
  proof: Proof | null;
}

/** The profiles in which something is to be noted under a consent: what is kept for a session only never reaches the other one. */
export function profilesFor(state: VisitorState, consent: 'session' | 'personal', now: number): Profile[] {
  const { core } = state;
  if (consent === 'session' && !core.isMixed) {
    core.isMixed = true;
    state.base = state.profile === null ? null : structuredClone(state.profile);
  }
  state.profile ??= freshProfile(now);
  if (core.isMixed && consent === 'personal') state.base ??= freshProfile(now);
  return consent === 'personal' && state.base !== null ? [state.profile, state.base] : [state.profile];
}

/** Whether a unit was there before the visit that goes on at a time. */
function isKnownAt({ session, createdAt }: Profile, at: number, sessionMinutes: number): boolean {
  if (session.number > 1 || createdAt < session.startedAt) return true;
  return session.number > 0 && at - session.lastAt > sessionMinutes * MINUTE_MS;
}

/** Notes what was met, by the time at which it was. */
export function meet(
  profile: Profile,
  met: readonly Met[],
  { at, sessionMinutes }: { at: number; sessionMinutes: number },
): void {
  noteExposures(profile, met, { at, isKnown: isKnownAt(profile, at, sessionMinutes) });
}

function keepBuckets(profile: Experienced, given: ExposeRequest['buckets'], at: number): void {
  const kept: Buckets = Object.fromEntries(Object.entries(given).map(([key, variation]) => [key, { variation, at }]));
  profile.buckets = { ...kept, ...profile.buckets };
}

/** Notes what somebody met, and that it is to be counted. */
export function keepMet(state: VisitorState, asked: ExposeRequest, consent: 'session' | 'personal'): void {
  const { now, sessionMinutes, met, buckets } = asked;
  adopt(state, asked);
  for (const profile of profilesFor(state, consent, now)) {
    if (met.length > 0) meet(profile, met, { at: now, sessionMinutes });
    if (Object.keys(buckets).length > 0) keepBuckets(profile, buckets, now);
  }
  noteReceipt(state.core, now);
  if (met.length > 0) countBy(state, now + asked.flushSeconds * 1000);
}

/** Sees to it that what has changed is counted by a time. */
export function countBy({ core }: VisitorState, at: number): void {
  core.countAt = core.countAt ? Math.min(core.countAt, at) : at;
}

const metAnything = (profile: Profile | null): boolean => (profile?.exposures?.length ?? 0) > 0;

/** Whether this object holds anything that experiments count. */
export const hasMet = ({ profile, base, parts }: VisitorState): boolean =>
  metAnything(profile) || metAnything(base) || parts.some((part) => metAnything(part.profile));

/** Whether something was met lately that the config as it is known here does not count. */
export function hasUnplanned({ profile }: VisitorState, counting: Counting, now: number): boolean {
  return (profile?.exposures ?? []).some(
    ({ experiment, phase, at }) => now - at < LATELY_MS && counting.plan(experiment, phase) === null,
  );
}

function pastOf(profile: Profile | null): UnitPast | null {
  if (profile === null || !metAnything(profile)) return null;
  return { exposures: profile.exposures ?? [], orders: profile.orders, tracked: profile.tracked ?? {} };
}

/**
 * What the unit has done that this object counts; nothing of a visitor who belongs to a customer, whose object counts them. What is kept for the session only
 * counts for what was met under no more consent than that: a window that outlives the session holds nothing that does not.
 */
function unitPasts(state: VisitorState): UnitPast[] {
  if (state.core.customer !== null || !hasMet(state)) return [];
  const current = pastOf(mergedProfile(state, 0));
  const lasting = state.core.isMixed ? pastOf(mergedProfile(state, Number.POSITIVE_INFINITY)) : null;
  if (current === null || lasting === null) return [current ?? lasting].filter((past) => past !== null);
  const passing = current.exposures.filter((one) => exposureOf(lasting.exposures, one) === undefined);
  return [lasting, { ...current, exposures: passing }];
}

/** What the unit comes to. */
function unitOf({ core, parts }: VisitorState, pasts: readonly UnitPast[], counting: Counting): CountedUnits {
  const { claimed = {}, counted = {} } = core;
  const names = new Set(['', core.part, ...parts.map((one) => one.part)]);
  const units = pasts.map((past) => {
    const own = withoutOrders(past, (orderId) => !names.has(claimed[orderId] ?? ''));
    freezeCovariates(own, counting);
    return countUnit(own, counting, counted);
  });
  return Object.assign({}, ...units);
}

/** Asks for the orders that the unit begins to count, in place: who asks first counts an order, whoever else reports it. */
function claimOrders({ core, profile, parts }: VisitorState, pasts: readonly UnitPast[], counting: Counting): void {
  const { claimed = {}, claims = [] } = core;
  const counted = new Set(pasts.flatMap((past) => countedOrders(past, counting)));
  const fresh = [...counted].filter((orderId) => !Object.hasOwn(claimed, orderId));
  if (fresh.length === 0) return;
  const histories = [...parts, { part: core.part, profile }];
  const asked = fresh.map((orderId) => {
    const holders = histories.filter((one) => one.profile?.orders.some((order) => order.orderId === orderId));
    return { orderId, parts: holders.map((one) => one.part) };
  });
  core.claims = [...claims, ...asked];
  core.claimed = { ...claimed, ...Object.fromEntries(fresh.map((orderId) => [orderId, ''])) };
}

/** Lets go, in place, of what is known of orders that are not held any more. */
function dropClaimed(core: Core, pasts: readonly UnitPast[]): void {
  if (core.claimed === undefined) return;
  const held = Object.fromEntries(pasts.flatMap((past) => past.orders.map(({ orderId }) => [orderId, true])));
  const claimed = only(core.claimed, held);
  if (Object.keys(claimed).length > 0) core.claimed = claimed;
  else delete core.claimed;
}

/**
 * Notes that orders are counted by another unit, which asked for them first, in place.
 * @param owners by orderId the part of its history @returns whether that is news
 */
export function noteElsewhere({ core }: VisitorState, owners: Readonly<Record<string, string>>): boolean {
  const { claimed = {} } = core;
  const news = Object.entries(owners).filter(([orderId]) => claimed[orderId] === '');
  for (const [orderId, owner] of news) claimed[orderId] = owner;
  return news.length > 0;
}

function only<T>(of: Readonly<Record<string, T>>, names: Readonly<Record<string, unknown>>): Record<string, T> {
  return Object.fromEntries(Object.entries(of).filter(([name]) => Object.hasOwn(names, name)));
}

/**
 * Brings what was counted up to what is held; the increments wait for the next flush. A visitor who belongs to a customer from now on is taken back.
 * @param counting null: not known at the moment; then nothing is counted, but later
 */
export function settle(state: VisitorState, counting: Counting | null): void {
  const { core, profile, base } = state;
  const before = core.counted ?? {};
  const isLinked = core.customer !== null;
  if (counting === null && !isLinked) return;
  for (const own of [profile, base]) {
    const past = pastOf(own);
    if (past !== null && counting !== null) freezeCovariates(past, counting);
  }
  const pasts = unitPasts(state);
  dropClaimed(core, pasts);
  if (counting !== null) claimOrders(state, pasts, counting);
  const after = counting === null ? {} : unitOf(state, pasts, counting);
  // What is not held any more was forgotten: its sums stay, and belong to nobody.
  const increments = difference(isLinked ? before : only(before, after), after);
  if (increments.length > 0) core.increments = [...(core.increments ?? []), ...increments];
  if (Object.keys(after).length > 0) core.counted = after;
  else delete core.counted;
}

/**
 * Lets something be forgotten whose sums stay: what had been counted of it is neither taken back, nor counted again.
 * @param forget changes the state
 */
export function forgetting<T>(state: VisitorState, counting: Counting | null, forget: () => T): T {
  settle(state, counting);
  const wasLinked = state.core.customer !== null;
  const made = forget();
  const pasts = unitPasts(state);
  dropClaimed(state.core, pasts);
  if (counting === null || state.core.customer !== null) return made;
  const left = unitOf(state, pasts, counting);
  // On leaving a customer, what was counted there as the customer's is not counted again as the visitor's.
  const counted = wasLinked ? left : only(left, state.core.counted ?? {});
  if (Object.keys(counted).length > 0) state.core.counted = counted;
  else delete state.core.counted;
  return made;
}
