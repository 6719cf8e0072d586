import type { PastOrder } from '../visitors/schema.ts';
import { shoppingDays } from './due.ts';
import { type Purchase, purchasesOf } from './recently-bought.ts';

/** What one basket further back takes away. */
const FADE_PER_BASKET = 0.9;

/** An item that was bought, and how strongly it recurs: `Σ 0.9^(baskets since)` over the baskets that have it, baskets being shopping days. */
export interface Recurrence {
  purchase: Purchase;
  weight: number;
}

/** What a visitor's own orders say of each item, the latest purchase first. Gifts stay out, and so does what the visitor has hidden. */
export function recurrencesOf(orders: readonly PastOrder[], hidden: readonly string[]): Recurrence[] {
  const own = orders.filter((order) => !order.gift);
  const days = shoppingDays(own.map((order) => order.at));
  const placeOf = new Map(days.map((day, i) => [day, i]));
  const since = (day: number): number => days.length - 1 - (placeOf.get(day) ?? 0);
  return purchasesOf(own, { hidden, gifts: false }).map((purchase) => {
    const daysOfIt = shoppingDays(purchase.boughtAt);
    return { purchase, weight: daysOfIt.reduce((sum, day) => sum + FADE_PER_BASKET ** since(day), 0) };
  });
}
