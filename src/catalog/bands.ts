/** A price band is a fifth of the shop's prices: 1 the cheapest, 5 the dearest. Bands are of one currency only. */

/**
 * The upper bounds of the first four fifths.
 * @param prices in one currency; sorted in place
 * @returns four ascending prices, or none without prices
 */
function quintiles(prices: Float64Array): number[] {
  if (prices.length === 0) return [];
  prices.sort();
  return [1, 2, 3, 4].map((fifth) => prices[Math.ceil((prices.length * fifth) / 5) - 1] ?? 0);
}

/** @returns 1 to 5, or 0 when there is no price (NaN) or there are no bounds */
export function bandOf(price: number, bounds: readonly number[]): number {
  if (Number.isNaN(price) || bounds.length === 0) return 0;
  let band = 1;
  for (const bound of bounds) if (price > bound) band++;
  return band;
}

/** A price and its currency, '' where the item leaves it to the shop. */
export interface Priced {
  price: number;
  currency: string;
}

/**
 * What the bands of a shop are made of: the currency that most of its items state, and the bounds over the items in it. Items that state none belong to
 * it; items in another currency have no band, since money of different currencies is not compared.
 */
export function bandsOf(priced: () => Iterable<Priced>): { currency: string; bounds: number[] } {
  const counts = new Map<string, number>();
  let total = 0;
  for (const one of priced()) {
    if (Number.isNaN(one.price)) continue;
    total++;
    if (one.currency !== '') counts.set(one.currency, (counts.get(one.currency) ?? 0) + 1);
  }
  let currency = '';
  let most = 0;
  for (const [name, count] of counts) {
    if (count > most || (count === most && name < currency)) [currency, most] = [name, count];
  }
  const prices = new Float64Array(total);
  let size = 0;
  for (const one of priced()) {
    if (!Number.isNaN(one.price) && inBands(one.currency, currency)) prices[size++] = one.price;
  }
  return { currency, bounds: quintiles(prices.subarray(0, size)) };
}

/** Whether an item's currency is the one that the bands are of. */
export function inBands(currency: string, of: string): boolean {
  return currency === '' || currency === of;
}
