import type { Catalogue } from '../catalog/catalogue.ts';
import { priceIn } from '../recommendations/situation.ts';
import type { CartLine } from '../visitors/schema.ts';
import type { BoughtItem } from './recently-bought.ts';

/** What goes into the basket at once when somebody wants the same again. */
export interface Refill {
  /** What can be had today and is not in the basket yet, with the quantity of the last time. */
  items: { itemId: string; title: string; quantity: number; price: number | null }[];
  /** Of all items, in `currency`; null where the price of one is not known in it: money of different currencies is never added up. */
  value: number | null;
  currency: string;
}

/**
 * The basket of what was bought before. Gifts stay out, and so does what is hidden or cannot be had.
 * @param bought with titles where the catalogue has the item
 */
export function refill(
  bought: readonly BoughtItem[],
  from: { catalogue: Catalogue; market: string | undefined; currency: string; cart: readonly CartLine[] },
): Refill {
  const { catalogue, market, currency } = from;
  const inCart = new Map(from.cart.map((line) => [line.itemId, line.quantity]));
  const items: Refill['items'] = [];
  let value = 0;
  for (const { itemId, title, lastQuantity } of bought) {
    const slot = catalogue.indexOf(itemId);
    const quantity = lastQuantity - (inCart.get(itemId) ?? 0);
    if (title === null || quantity <= 0 || !catalogue.isAvailable(slot, market)) continue;
    const price = priceIn(from, slot);
    items.push({ itemId, title, quantity, price: Number.isNaN(price) ? null : price });
    value += price * quantity;
  }
  return { items, value: Number.isNaN(value) ? null : Math.round(value * 100) / 100, currency };
}
