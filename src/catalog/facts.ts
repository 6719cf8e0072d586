import { key53 } from '../shared/hash.ts';
import type { Item, Offer } from './schema.ts';
import { categorySlugs } from './slug.ts';

export type Variants = 'group' | 'separate';

/** The part of an item that decisions read seldom: kept as JSON beside the columns, and parsed when asked for. */
export type Rest = Partial<
  Pick<Item, 'availableAt' | 'stock' | 'attributes' | 'tags' | 'groupId' | 'margin' | 'rating' | 'createdAt' | 'offers'>
> & { titles?: Record<string, string> };

const REST_FIELDS = [
  'availableAt',
  'stock',
  'attributes',
  'tags',
  'groupId',
  'margin',
  'rating',
  'createdAt',
  'offers',
] as const;

/** @returns null when there is nothing beside the columns */
export function restOf(item: Item): Rest | null {
  const rest: Record<string, unknown> = {};
  for (const field of REST_FIELDS) if (item[field] !== undefined) rest[field] = item[field];
  if (item.locales && Object.keys(item.locales).length > 0) {
    rest.titles = Object.fromEntries(Object.entries(item.locales).map(([locale, texts]) => [locale, texts.title]));
  }
  return Object.keys(rest).length === 0 ? null : rest;
}

/** What the columns say of an item, numbers as they are kept: NaN for no price, 0 for no time, '' for no text. */
export interface Row {
  itemId: string;
  title: string;
  itemKey: number;
  /** Of `groupId ?? itemId`. */
  groupKey: number;
  price: number;
  salePrice: number;
  currency: string;
  availability: Item['availability'];
  brand: string;
  categories: readonly string[];
  createdAt: number;
}

const HAS_OFFSET = /(Z|[+-]\d\d:\d\d)$/;

/** Epoch milliseconds of an ISO time; without an offset it is UTC. 0 when there is none. */
export function timeOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const at = Date.parse(text.includes('T') && !HAS_OFFSET.test(text) ? `${text}Z` : text);
  return Number.isNaN(at) ? 0 : at;
}

export function rowOf(item: Item): Row {
  const itemKey = key53(item.itemId);
  return {
    itemId: item.itemId,
    title: item.title,
    itemKey,
    groupKey: item.groupId === undefined ? itemKey : key53(item.groupId),
    price: item.price ?? Number.NaN,
    salePrice: item.salePrice ?? Number.NaN,
    currency: item.currency ?? '',
    availability: item.availability,
    brand: item.brand ?? '',
    categories: categorySlugs(item.categories),
    createdAt: timeOf(item.createdAt),
  };
}

/** What is paid now. */
export function paidPrice(row: { price: number; salePrice: number }): number {
  return Number.isNaN(row.salePrice) ? row.price : row.salePrice;
}

/**
 * An item's own fields as conditions name them; what it does not state is absent. `categories` are slugs of every level, as everywhere in facts.
 */
export function factsOf(row: Row, rest: Rest | null): Readonly<Record<string, unknown>> {
  const facts: Record<string, unknown> = { itemId: row.itemId, title: row.title };
  if (!Number.isNaN(row.price)) facts.price = row.price;
  if (!Number.isNaN(row.salePrice)) facts.salePrice = row.salePrice;
  if (row.currency !== '') facts.currency = row.currency;
  facts.availability = row.availability;
  if (row.brand !== '') facts.brand = row.brand;
  if (row.categories.length > 0) facts.categories = row.categories;
  for (const field of REST_FIELDS) if (rest?.[field] !== undefined) facts[field] = rest[field];
  return facts;
}

/** The offer of a market, undefined when the item makes none there. */
export function offerOf(rest: Rest | null, market: string): Offer | undefined {
  return rest?.offers && Object.hasOwn(rest.offers, market) ? rest.offers[market] : undefined;
}

/** The title for a locale: its own, else that of the same language (`de` for `de-AT`, and the other way round), else undefined. */
export function titleFor(rest: Rest | null, locale: string): string | undefined {
  if (!rest?.titles) return undefined;
  const asked = locale.toLowerCase();
  const language = asked.split('-', 1)[0];
  let found: string | undefined;
  for (const [name, title] of Object.entries(rest.titles)) {
    const stated = name.toLowerCase();
    if (stated === asked) return title;
    if (stated.split('-', 1)[0] === language && (found === undefined || stated === language)) found = title;
  }
  return found;
}
