/** Buy again: what each customer bought on the next shopping day, looked for among the first ten that the strategy finds for them. */
import { buyAgain } from '../../recommendations/strategies/buy-again.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { key53 } from '../../shared/hash.ts';
import type { PastOrder } from '../../visitors/schema.ts';
import { type DatedBasket, keyedBasket } from './baskets.ts';
import { createNames, learnBaskets, OWN_CLICKS, publishCards } from './model.ts';

const FIRST = 10;

export interface BuyAgainReport {
  /** At 10, percent. */
  recall: number;
  ndcg: number;
  /** Customers with orders before and after. */
  n: number;
}

/** No catalogue: every item stands for itself. */
const NO_CATALOGUE = { indexOf: () => -1, keyOf: () => Number.NaN };

function orderOf({ id, at, items }: DatedBasket): PastOrder {
  const lines = [...new Set(items)].map((itemId) => ({ itemId, quantity: 1, price: null }));
  return { orderId: id, at, currency: '', value: 0, gift: false, lines };
}

/** Card keys of what each customer bought on the first day that they shopped. */
function nextDays(test: readonly DatedBasket[]): Map<string, Set<number>> {
  const found = new Map<string, { day: number; keys: Set<number> }>();
  for (const { customer, at, items } of test) {
    if (!customer) continue;
    const day = Math.floor(at / DAY_MS);
    const next = found.get(customer) ?? { day, keys: new Set() };
    found.set(customer, next);
    if (next.day === day) for (const item of items) next.keys.add(key53(item));
  }
  return new Map([...found].map(([customer, { keys }]) => [customer, keys]));
}

/** Learns the training baskets, oldest first; every customer has their own orders among them. Baskets are oldest first in both. */
export function evaluateBuyAgain(train: readonly DatedBasket[], test: readonly DatedBasket[]): BuyAgainReport {
  const names = createNames();
  const { counts } = publishCards(learnBaskets(train.map((basket) => keyedBasket(basket, names))), OWN_CLICKS);
  const histories = new Map<string, PastOrder[]>();
  for (const basket of train) {
    if (!basket.customer) continue;
    const orders = histories.get(basket.customer) ?? [];
    histories.set(basket.customer, orders);
    orders.push(orderOf(basket));
  }
  const sums = { recall: 0, ndcg: 0, n: 0 };
  for (const [customer, wanted] of nextDays(test)) {
    const orders = histories.get(customer);
    if (orders === undefined) continue;
    const found = buyAgain({ profile: { orders, hidden: [] }, catalogue: NO_CATALOGUE, counts });
    let hits = 0;
    let gain = 0;
    let ideal = 0;
    for (let place = 0; place < FIRST; place++) {
      const worth = 1 / Math.log2(place + 2);
      if (place < wanted.size) ideal += worth;
      if (place >= found.size || !wanted.has(found.key(place))) continue;
      hits++;
      gain += worth;
    }
    sums.recall += hits / wanted.size;
    sums.ndcg += gain / ideal;
    sums.n++;
  }
  const percent = (sum: number) => (100 * sum) / Math.max(1, sums.n);
  return { recall: percent(sums.recall), ndcg: percent(sums.ndcg), n: sums.n };
}
