import type { KeptEvent } from '../events/schema.ts';
import { handedIn, seenBy } from '../messages/heard.ts';
import { noAttention } from '../messages/schema.ts';
import { dismiss, settled } from '../messages/spend.ts';
import { learnTaste } from './affinities.ts';
import { keepCart } from './cart.ts';
import { learnHabits, measureOf } from './habits.ts';
import { addOrder, correctOrder, orderOf, refundedBy, refundOrder, takeEarlierRefunds } from './orders.ts';
import { keepPaying } from './paying.ts';
import type { PastOrder, Profile } from './schema.ts';
import { keepSession, noSession, type Place, type Trail } from './session.ts';
import { keepShown } from './shown.ts';
import { uniteTold } from './told.ts';

/** A visitor of whom nothing is known yet. */
export function freshProfile(at: number): Profile {
  return {
    createdAt: at,
    seenAt: at,
    events: 0,
    session: noSession(at),
    viewed: [],
    affinities: { category: {}, brand: {}, priceBand: {} },
    cart: { lines: [], currency: null, updatedAt: 0 },
    orders: [],
    traits: {},
    hidden: [],
  };
}

/** What taking an event into a profile amounted to. */
export interface Reduced {
  place: Place;
  trails: Trail[];
  /** The order that this event was the first to state, null otherwise. */
  order: PastOrder | null;
  /** The shop's server confirmed an order that a browser had stated. */
  isConfirmed: boolean;
  /** Of a refund that the shop's server sends, or that takes off a known order: how much, null for everything. Undefined otherwise. */
  refunded: number | null | undefined;
  /** Whether past orders changed. */
  ordersChanged: boolean;
}

/**
 * Takes one event into a profile, in place. Events may arrive late: affinities and orders come out the same in any order, the current session and
 * basket are left alone by what belongs to an earlier one.
 * @param sessionMinutes of inactivity, after which a session is over
 */
export function reduce(profile: Profile, event: KeptEvent, sessionMinutes: number): Reduced {
  profile.events += 1;
  profile.createdAt = Math.min(profile.createdAt, event.at);
  profile.seenAt = Math.max(profile.seenAt, event.at);
  const before = measureOf(profile.session);
  const { place, trails } = keepSession(profile, event, sessionMinutes);
  let order: PastOrder | null = null;
  let ordersChanged = false;
  let isConfirmed = false;
  let refunded: number | null | undefined;
  if (event.name === 'purchase') {
    const stated = orderOf(event);
    ordersChanged = addOrder(profile, stated);
    if (ordersChanged) {
      order = stated;
      takeEarlierRefunds(profile, stated);
    } else {
      isConfirmed = correctOrder(profile, stated);
      ordersChanged = isConfirmed;
    }
  } else if (event.name === 'refund') {
    const amount = refundedBy(profile, event);
    ordersChanged = refundOrder(profile, event);
    if (ordersChanged || event.trusted) refunded = amount;
  }
  if (event.name === 'custom' && event.trusted && event.key !== undefined)
    profile.told = uniteTold([profile.told ?? [], [{ key: event.key, at: event.at }]]);
  const seen = seenBy(profile.handed, event);
  if (seen !== null && profile.attention !== undefined)
    profile.attention = settled(profile.attention, new Map([[seen, event.at]]));
  if (event.name === 'dismiss') {
    const key = event.messageId ?? handedIn(profile.handed ?? [], event)?.key;
    if (key !== undefined) profile.attention = dismiss(profile.attention ?? noAttention(), key, event.at);
  }
  keepPaying(profile, event);
  const isRepeat = event.name === 'purchase' && order === null;
  if (!isRepeat) {
    keepCart(profile, event, place === 'late');
    learnTaste(profile, event);
    learnHabits(profile, event, before);
    keepShown(profile, event);
  }
  return { place, trails, order, isConfirmed, refunded, ordersChanged };
}
