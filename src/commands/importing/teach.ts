/** What past orders and sessions teach, by the same functions that the stream learns with. */

import { hourIn } from '../../decide/hour.ts';
import { HELD_OUT, tryHeldOut } from '../../learning/basket-trials.ts';
import type { Cards } from '../../learning/cards.ts';
import { contextOf } from '../../learning/contexts.ts';
import type { TrialCounts } from '../../learning/holdout.ts';
import { BASKET_LINES, DISTANCE, type KeyedBasket, type KeyedView, learnBasket } from '../../learning/learn.ts';
import { learnVisit, tryVisits } from '../../learning/session-trials.ts';
import type { Sessions } from '../../learning/sessions.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { fnv1a32, key53 } from '../../shared/hash.ts';
import { sample, seededRandom } from '../../shared/random.ts';
import { type NthOrder, rememberCustomers } from './customers.ts';
import type { ImportedOrder } from './orders.ts';
import type { ImportedSession } from './sessions.ts';

/** The card key of an item. */
export type KeyOf = (itemId: string) => number;

/**
 * @param groups groupId by itemId, of items that have one; empty where the shop learns variants separately
 */
export function keysBy(groups: ReadonlyMap<string, string>): KeyOf {
  return (itemId) => key53(groups.get(itemId) ?? itemId);
}

/** How an order is read: the keys of its items, and the time zone of the shop. */
interface Reading {
  keyOf: KeyOf;
  timeZone: string;
}

/** Where it was ordered from, and at what time of day; a time at midnight sharp is a date, and says nothing of the latter. */
function contextIn({ country, at }: ImportedOrder, timeZone: string): { context?: number } {
  const context = contextOf({ country, hour: at % DAY_MS === 0 ? undefined : hourIn(at, timeZone) });
  return context === 0 ? {} : { context };
}

/** The basket of a purchase. Of a larger one the same sample is drawn as the stream draws. */
function basketOf(order: ImportedOrder, { keyOf, timeZone }: Reading): KeyedBasket {
  const lines =
    order.lines.length > BASKET_LINES
      ? sample(order.lines, BASKET_LINES, seededRandom(fnv1a32(order.orderId)))
      : order.lines;
  const keys = lines.map((line) => keyOf(line.itemId));
  return { keys, at: order.at, learn: true, ...contextIn(order, timeZone) };
}

/** A teacher of orders that tries the latest of them before they are learnt: they bring what the shop's past says of itself. */
export interface OrderTeacher {
  /** Oldest first. */
  teach(order: ImportedOrder): void;
  /** Learns what still waits. @returns how the trials went, of baskets and of what is bought again */
  finish(): { trials: TrialCounts; again: TrialCounts };
}

/** What waits to be learnt: the latest of all that came, a share of them, so that at the end those are left by which is chosen. */
function latestOf<T>(learn: (one: T) => void): { add(one: T): void; rest(): T[] } {
  let waiting: T[] = [];
  let first = 0;
  let added = 0;
  return {
    add(one) {
      waiting.push(one);
      added++;
      for (; waiting.length - first > HELD_OUT * added; first++) learn(waiting[first] as T);
      if (first < waiting.length / 2) return;
      waiting = waiting.slice(first);
      first = 0;
    },
    rest: () => waiting.slice(first),
  };
}

/** The model that is asked for the latest orders is almost the one that the shop begins with. */
export function orderTeacher(cards: Cards, reading: Reading): OrderTeacher {
  const customers = rememberCustomers();
  const latest = latestOf(({ basket }: Waiting) => learnBasket(cards, basket));
  return {
    teach(order) {
      if (order.refund) return;
      const { customerId, gift } = order;
      const basket = basketOf(order, reading);
      const noted = customerId === null || gift ? null : customers.note(customerId, basket);
      if (noted === null || customerId === null) latest.add({ basket, order: null });
      else latest.add({ basket: { ...basket, repeats: noted.repeats }, order: { customerId, nth: noted.nth } });
    },
    finish() {
      const rest = latest.rest();
      const again = customers.tryAgain(
        rest.flatMap(({ order }) => order ?? []),
        cards,
      );
      const trials = tryHeldOut(
        rest.map(({ basket }) => basket),
        cards,
      );
      for (const { basket } of rest) learnBasket(cards, basket);
      return { trials, again };
    },
  };
}

/** An order that is not learnt yet, and whose it is where that is known. */
interface Waiting {
  basket: KeyedBasket;
  order: NthOrder | null;
}

function viewsOf(session: ImportedSession, keyOf: KeyOf): KeyedView[] {
  const keys = session.views.map((view) => keyOf(view.itemId));
  return session.views.map(({ at }, i) => ({
    key: keys[i] as number,
    at,
    previous: keys.slice(Math.max(0, i - DISTANCE), i).reverse(),
    length: i + 1,
    own: false,
  }));
}

/** A teacher of sessions, likewise: the latest are tried with the cards alone and with the recent sessions beside them. */
export interface SessionTeacher {
  /** Oldest first. */
  teach(session: ImportedSession): void;
  finish(): TrialCounts;
}

/** @param sessions get the recent ones */
export function sessionTeacher(cards: Cards, sessions: Sessions, keyOf: KeyOf): SessionTeacher {
  // Nothing of the past came from recommendations of ours.
  const past = { cards, sessions, ownClicks: 0 };
  const latest = latestOf((views: KeyedView[]) => learnVisit(views, past));
  return {
    teach: (session) => latest.add(viewsOf(session, keyOf)),
    finish: () => tryVisits(latest.rest(), past),
  };
}
