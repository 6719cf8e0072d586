/** How the catalogue looks from inside a decision: item slots by number, readable without awaiting anything. */

export type Availability = 'in_stock' | 'out_of_stock' | 'preorder' | 'backorder';

/**
 * The catalogue in an isolate's memory. Slots are numbered from 0 and keep their number for the life of this value; a removed item keeps its slot and
 * `isRemoved` says so. Card keys (see `shared/hash.ts` `key53`) are of `groupId ?? itemId`, or of the itemId where the shop learns variants separately.
 */
export interface Catalogue {
  /** Of the change log: everything up to here is in. */
  readonly version: number;
  /** Number of slots. */
  readonly size: number;
  /** The slot of an item, -1 when there is none. */
  indexOf(itemId: string): number;
  /** The slots that share a card key: the variants of a group, or one item; empty when unknown. */
  membersOf(key: number): readonly number[];
  keyOf(slot: number): number;
  itemId(slot: number): string;
  title(slot: number, locale?: string): string;
  /** What is paid now (`salePrice ?? price`) in the market, NaN when unknown. */
  price(slot: number, market?: string): number;
  /** ISO 4217, '' when unknown. */
  currency(slot: number, market?: string): string;
  availability(slot: number, market?: string): Availability;
  /** Anything but out of stock, and not removed. */
  isAvailable(slot: number, market?: string): boolean;
  isRemoved(slot: number): boolean;
  /** '' when unknown. */
  brand(slot: number): string;
  /** Slugs of every level of every category, outermost first: `["home", "kitchen", "mugs"]`. */
  categories(slot: number): readonly string[];
  /** 1 (cheapest fifth of the shop's prices) to 5, 0 when the price is unknown. */
  priceBand(slot: number): number;
  /** Epoch milliseconds, 0 when unknown. */
  createdAt(slot: number): number;
  /** The item's own fields, as conditions name them: all of `Item` but texts by locale, url and imageUrl. */
  facts(slot: number): Readonly<Record<string, unknown>>;
}
