/** How the catalogue looks from inside a decision: item slots by number, readable without awaiting anything. */

import type { FeatureKind } from './features.ts';

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
  /** What is paid is less than the usual price, in the shop's own market. */
  isReduced(slot: number): boolean;
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
  /** What items are alike. */
  readonly content: Content;
}

/** Slots alike, best first. */
export interface Alike {
  readonly slots: readonly number[];
  /** Cosines, above 0 and at most 1. */
  readonly similarities: readonly number[];
}

/** A feature that two items share. */
export interface SharedFeature {
  kind: FeatureKind;
  /** As it is written: a category's slug, a brand, `color=red`, a word. */
  name: string;
  /** What it adds to the similarity. */
  weight: number;
}

/**
 * How alike items are by what the catalogue says of them: the cosine of their features (categories of every level, brand, attributes, tags, price band,
 * words of the title), each weighted by how few items have it. TF-IDF as in Salton and Buckley, "Term-weighting approaches in automatic text retrieval" (1988).
 */
export interface Content {
  /** Bytes of the packed lists. */
  readonly bytes: number;
  /** 0 to 1; 1 with itself, where it has features at all. The same both ways. */
  similarity(slot: number, other: number): number;
  /** The items of other card keys that are most like it, one per card key, at most 48. */
  neighbours(slot: number, count: number): Alike;
  /** The items that a text is about: its words are taken for words of titles, categories, brands and tags. */
  about(text: string, count: number): Alike;
  /** What two items have in common, the strongest first. */
  shared(slot: number, other: number): SharedFeature[];
}
