/** Who comes back for an item: how many customers bought it, and how many on a second day. Counted without knowing who: the sender says what an order changes. */

/** What an order changes for an item: 0, it is the customer's first purchase of it; 1, the first on a second day; 2, neither. */
export type Repeat = 0 | 1 | 2;

/** @param days on which the customer bought it before */
export function repeatOf(days: ReadonlySet<number> | undefined, day: number): Repeat {
  if (days === undefined || days.size === 0) return 0;
  return days.size === 1 && !days.has(day) ? 1 : 2;
}

/** How much a bestseller's popularity counts beside a customer's own purchases: where most items are bought once, and where customers come back for some. */
export const POPULARITY = { once: 1, again: 2 } as const;

/** The days whose orders make an item popular: a season changes what is bought again, and a half-life of months is too slow to see it. */
export const DEMAND_DAYS = 31;

/** Customers of the shop's average that every item is counted with. */
const PRIOR = 10;

/** How likely an item is bought again beside the shop's average item; above 0, 1 for an item that nobody bought. */
export function repeatRatio(
  item: { buyers: number; repeaters: number },
  shop: { buyers: number; repeaters: number },
): number {
  if (!(shop.repeaters > 0)) return 1;
  const share = shop.repeaters / shop.buyers;
  return (item.repeaters + PRIOR * share) / ((item.buyers + PRIOR) * share);
}
