/** What past orders and sessions teach, by the same functions that the stream learns with. */
import type { Cards } from '../../learning/cards.ts';
import { BASKET_LINES, DISTANCE, learnBasket, learnView } from '../../learning/learn.ts';
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

/** Learns the basket of a purchase. Of a larger one the same sample is drawn as the stream draws. */
export function teachOrder(cards: Cards, order: ImportedOrder, keyOf: KeyOf): void {
  if (order.refund) return;
  const lines =
    order.lines.length > BASKET_LINES
      ? sample(order.lines, BASKET_LINES, seededRandom(fnv1a32(order.orderId)))
      : order.lines;
  learnBasket(cards, { keys: lines.map((line) => keyOf(line.itemId)), at: order.at, learn: true });
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
