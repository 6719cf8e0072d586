import type { Availability, Catalogue } from '../catalog/catalogue.ts';
import type { PastOrder } from '../visitors/schema.ts';
import { dueOf } from './due.ts';

/** What a visitor bought of one item. Times are epoch milliseconds. */
export interface Purchase {
  itemId: string;
  /** Of each order that has it, ascending. */
  boughtAt: number[];
  /** Pieces, over all orders, refunds taken off. */
  quantity: number;
  /** Pieces of the last order that has it. */
  lastQuantity: number;
  /** Paid for one piece the last time; null when the shop did not say. */
  paid: number | null;
  paidCurrency: string;
}

export interface PurchaseOptions {
  /** Items the visitor has taken out. */
  hidden: readonly string[];
  /** Whether orders marked as gifts count. */
  gifts: boolean;
}

/** What was bought, item by item, the latest purchase first. Lines that were refunded whole are not there. */
export function purchasesOf(orders: readonly PastOrder[], options: PurchaseOptions): Purchase[] {
  const hidden = new Set(options.hidden);
  const byItem = new Map<string, Purchase>();
  for (const order of orders.toSorted((a, b) => a.at - b.at)) {
    if (order.gift && !options.gifts) continue;
    for (const line of order.lines) {
      if (!(line.quantity > 0) || hidden.has(line.itemId)) continue;
      let purchase = byItem.get(line.itemId);
      if (purchase === undefined) {
        purchase = {
          itemId: line.itemId,
          boughtAt: [],
          quantity: 0,
          lastQuantity: 0,
          paid: null,
          paidCurrency: order.currency,
        };
        byItem.set(line.itemId, purchase);
      }
      purchase.boughtAt.push(order.at);
      purchase.quantity += line.quantity;
      purchase.lastQuantity = line.quantity;
      if (line.price !== null) {
        purchase.paid = line.price;
        purchase.paidCurrency = order.currency;
      }
    }
  }
  return [...byItem.values()].sort(
    (a, b) => lastOf(b) - lastOf(a) || (a.itemId < b.itemId ? -1 : a.itemId > b.itemId ? 1 : 0),
  );
}

/** When it was bought last. */
export function lastOf(purchase: Purchase): number {
  return purchase.boughtAt.at(-1) ?? 0;
}

/** An entry of the recently-bought list: then against now. */
export interface BoughtItem {
  itemId: string;
  /** Null when the catalogue does not know the item any more. */
  title: string | null;
  lastBoughtAt: number;
  /** In how many orders. */
  times: number;
  quantity: number;
  /** Pieces the last time that it was not bought as a gift; 0 when it always was. */
  lastQuantity: number;
  paid: number | null;
  paidCurrency: string;
  /** Today's price; null when unknown. */
  price: number | null;
  currency: string | null;
  /** By how much it is dearer today than it was paid for; null when that cannot be said, be it that the currencies differ. */
  priceChange: number | null;
  availability: Availability | null;
  dueAt: number | null;
  dueConfidence: number | null;
}

export interface BoughtOptions {
  catalogue: Catalogue;
  hidden: readonly string[];
  /** At most this many entries. */
  count: number;
  locale?: string | undefined;
  market?: string | undefined;
  /** Of prices that name none. */
  currency: string;
}

/** The visitor's own purchases, newest first, against today's catalogue. */
export function recentlyBought(orders: readonly PastOrder[], options: BoughtOptions): BoughtItem[] {
  const { catalogue, locale, market } = options;
  const own = new Map(purchasesOf(orders, { hidden: options.hidden, gifts: false }).map((p) => [p.itemId, p]));
  return purchasesOf(orders, { hidden: options.hidden, gifts: true })
    .slice(0, options.count)
    .map((purchase) => {
      const slot = catalogue.indexOf(purchase.itemId);
      const known = slot >= 0 && !catalogue.isRemoved(slot);
      const currency = known ? catalogue.currency(slot, market) || options.currency : null;
      const price = known ? catalogue.price(slot, market) : Number.NaN;
      // A gift says nothing about when its giver needs the item again.
      const bought = own.get(purchase.itemId);
      const due = dueOf(bought?.boughtAt ?? []);
      const { paid, paidCurrency } = purchase;
      const isComparable = paid !== null && paidCurrency === currency && !Number.isNaN(price);
      return {
        itemId: purchase.itemId,
        title: known ? catalogue.title(slot, locale) : null,
        lastBoughtAt: lastOf(purchase),
        times: purchase.boughtAt.length,
        quantity: purchase.quantity,
        lastQuantity: bought?.lastQuantity ?? 0,
        paid,
        paidCurrency,
        price: Number.isNaN(price) ? null : price,
        currency: Number.isNaN(price) ? null : currency,
        priceChange: isComparable ? Math.round((price - paid) * 100) / 100 : null,
        availability: known ? catalogue.availability(slot, market) : null,
        dueAt: due?.dueAt ?? null,
        dueConfidence: due?.confidence ?? null,
      };
    });
}
