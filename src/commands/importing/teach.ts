/** What past orders and sessions teach, by the same functions that the stream learns with. */
import { basketQuestions, modelsNow, tryBaskets } from '../../learning/basket-trials.ts';
import type { Cards } from '../../learning/cards.ts';
import { NO_TRIALS, type TrialCounts } from '../../learning/holdout.ts';
import { BASKET_LINES, DISTANCE, type KeyedBasket, learnBasket, learnView } from '../../learning/learn.ts';
import { fnv1a32, key53 } from '../../shared/hash.ts';
import { sample, seededRandom } from '../../shared/random.ts';
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

/** The basket of a purchase. Of a larger one the same sample is drawn as the stream draws. */
function basketOf(order: ImportedOrder, keyOf: KeyOf): KeyedBasket {
  const lines =
    order.lines.length > BASKET_LINES
      ? sample(order.lines, BASKET_LINES, seededRandom(fnv1a32(order.orderId)))
      : order.lines;
  return { keys: lines.map((line) => keyOf(line.itemId)), at: order.at, learn: true };
}

/** Orders between trials: the fewest, and as a share of those learnt already, so that the trials of a million orders take a minute and not an hour. */
const LEAST_BETWEEN = 16;
const SHARE_BETWEEN = 1 / 500;

/** A teacher of orders that tries some of them before they are learnt, as the stream does with each delivery: it brings what the shop's past says of itself. */
export interface OrderTeacher {
  teach(order: ImportedOrder): void;
  /** Learns what still waits. @returns how the trials went */
  finish(): TrialCounts;
}

export function orderTeacher(cards: Cards, keyOf: KeyOf): OrderTeacher {
  const sum = { ...NO_TRIALS };
  let waiting: KeyedBasket[] = [];
  let learnt = 0;
  const learnAll = () => {
    const questions = basketQuestions(waiting);
    const found = tryBaskets(questions, modelsNow(questions, cards));
    for (const name of ['n', 'gained', 'lost', 'both'] as const) sum[name] += found[name];
    for (const basket of waiting) learnBasket(cards, basket);
    learnt += waiting.length;
    waiting = [];
  };
  return {
    teach(order) {
      if (order.refund) return;
      waiting.push(basketOf(order, keyOf));
      if (waiting.length >= Math.max(LEAST_BETWEEN, learnt * SHARE_BETWEEN)) learnAll();
    },
    finish() {
      learnAll();
      return sum;
    },
  };
}

/** Learns the views of a session. */
export function teachSession(cards: Cards, session: ImportedSession, keyOf: KeyOf): void {
  let previous: number[] = [];
  for (const [index, view] of session.views.entries()) {
    const key = keyOf(view.itemId);
    learnView(cards, { key, at: view.at, previous, length: index + 1, own: false });
    previous = [key, ...previous.slice(0, DISTANCE - 1)];
  }
}
