/** What every dialect translates into, and how foreign values are read: leniently, since a client told "no" drops its events for good. */
import { key53 } from '../../shared/hash.ts';
import { loyaltyIn } from '../loyalty.ts';
import type { Consent } from '../schema.ts';
import { isHttpUrl, parseTime } from '../wire.ts';

/** One foreign message, in our own terms. */
export interface Translated {
  /** The foreign anonymous id as it was sent; one that breaks the rule for visitor ids is hashed where it enters. */
  visitor?: string;
  /** Stated, not proven. */
  customerId?: string;
  /** The sender's clock when it sent this. */
  sentAt?: string | number;
  /** Consent by category, as the sender's consent tool names them. */
  consent?: Record<string, boolean>;
  /** Consent in our own words, which only our own way of wrapping a dialect can say. */
  given?: Consent;
  context?: { page?: Record<string, unknown>; locale?: string; campaign?: string };
  /** An event of our own dialect, to be checked like every other. */
  event: Record<string, unknown>;
  /** Plain facts about the person; the shop's config says which are kept. */
  traits?: Record<string, string | number | boolean>;
}

/** What a body says, message by message, in its order: null where one names no event, undefined where one is not meant to. */
export type Translation = (Translated | null | undefined)[];

/** Messages that one body may carry; the rest of a longer one is left out. */
export const MOST_MESSAGES = 2000;

export type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function plainOf(value: unknown): Plain {
  return isPlain(value) ? value : {};
}

/** A non-empty text of at most `most` characters, or a number as text. */
export function textOf(value: unknown, most = 200): string | undefined {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= most ? text : undefined;
}

/** The first text among several fields. */
export function firstText(from: Plain, names: readonly string[], most = 200): string | undefined {
  for (const name of names) {
    const text = textOf(from[name], most);
    if (text !== undefined) return text;
  }
  return undefined;
}

const MOST_ID = 200;

/** A sender's id of an event. One that is too long to be kept stays itself in all its repetitions. */
export function eventIdOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length <= MOST_ID) return textOf(value, MOST_ID);
  return `${value.slice(0, 180)}~${key53(value).toString(36)}`;
}

/** A number between 0 and a million millions, also one written as text ("12.50"). */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= 1e12 ? number : undefined;
}

export function currencyOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined;
}

function urlOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 2000 && isHttpUrl(value) ? value : undefined;
}

/** A time as it was sent, when it is one. */
export function timeOf(value: unknown): string | number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  return Number.isNaN(parseTime(value)) ? undefined : value;
}

const MOST_TRAITS = 100;

/** Plain facts among what an identify call says, and what it says of loyalty in objects. */
export function traitsOf(stated: Plain): Translated['traits'] {
  const plain = Object.entries(stated).filter((entry): entry is [string, string | number | boolean] => {
    const [name, value] = entry;
    const isPlainValue = typeof value === 'boolean' || textOf(value, 500) !== undefined;
    return isPlainValue && name.length <= 100;
  });
  const all = { ...Object.fromEntries(plain.slice(0, MOST_TRAITS)), ...loyaltyIn(stated) };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** A record whose fields that may be undefined may be absent instead. */
export type Compact<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };

/** The same record without its undefined fields. */
export function compact<T extends object>(record: T): Compact<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Compact<T>;
}

/** The page as our context has it, from the fields that most clients send. */
export function pageOf(page: Plain): Record<string, unknown> | undefined {
  const made = compact({
    url: urlOf(page.url),
    title: textOf(page.title, 1000),
    referrer: urlOf(page.referrer),
  });
  return Object.keys(made).length > 0 ? made : undefined;
}

const LEVELS = ['item_category', 'item_category2', 'item_category3', 'item_category4', 'item_category5'] as const;

/** A category as our items have it: a list is its levels, and so is a text such as "Home > Mugs" or "home/mugs". */
function levelsOf(category: unknown): Record<string, unknown> {
  const names = Array.isArray(category) ? category : (textOf(category, 1000) ?? '').split(/[>/]/);
  const levels = names.flatMap((name) => textOf(typeof name === 'string' ? name.trim() : name, 500) ?? []);
  return Object.fromEntries(levels.slice(0, LEVELS.length).map((name, level) => [LEVELS[level], name]));
}

/** An item from its parts; undefined without an id. */
export function itemOf(parts: {
  itemId: string | undefined;
  price?: unknown;
  quantity?: unknown;
  index?: unknown;
  brand?: unknown;
  category?: unknown;
  recommendationId?: unknown;
}): Record<string, unknown> | undefined {
  if (parts.itemId === undefined) return undefined;
  const index = numberOf(parts.index);
  const quantity = numberOf(parts.quantity);
  return compact({
    itemId: parts.itemId,
    price: numberOf(parts.price),
    quantity: quantity !== undefined && quantity > 0 && quantity <= 1e9 ? quantity : undefined,
    index: index !== undefined && Number.isInteger(index) && index <= 1e6 ? index : undefined,
    brand: textOf(parts.brand),
    ...levelsOf(parts.category),
    recommendationId: textOf(parts.recommendationId, 512),
  });
}

/** The items of a list, without those that name no item. */
export function itemsOf(
  list: unknown,
  read: (product: Plain) => Record<string, unknown> | undefined,
): Record<string, unknown>[] {
  if (!Array.isArray(list)) return [];
  return list
    .slice(0, 500)
    .map((product) => read(plainOf(product)))
    .filter((item) => item !== undefined);
}

/** Of our events, those that mean nothing without an item, so far as a foreign one may lack it: an order without lines still is an order. */
export const NEEDS_ITEM: ReadonlySet<string> = new Set([
  'view_item',
  'select_item',
  'add_to_cart',
  'remove_from_cart',
  'add_to_wishlist',
]);

/** What has a place of its own on every event; addresses, above all, whose queries may carry tokens. */
const PLACED = new Set([
  ...['items', 'products', 'page_location', 'page_title', 'page_referrer', 'client_id', 'user_id', 'event_id'],
  ...['eventId', 'timestamp', 'consent', 'visitorId'],
]);
/** What also has one on an event whose name we know. */
const PLACED_IF_KNOWN = new Set([
  ...['product_id', 'productId', 'sku', 'item_id', 'itemId', 'name', 'price', 'quantity', 'position', 'index', 'brand'],
  ...['category', 'url', 'image_url', 'order_id', 'orderId', 'transaction_id', 'currency', 'value', 'total', 'query'],
  ...['search_term', 'gift', 'experiment', 'variation', 'recommendationId', 'recommendation_id'],
]);

/** What else a message says about an event: its properties without what has a place of its own. */
function othersOf(properties: unknown, isKnown: boolean): Record<string, unknown> | undefined {
  const others = Object.entries(plainOf(properties)).filter(
    ([name, value]) => value !== undefined && !PLACED.has(name) && !(isKnown && PLACED_IF_KNOWN.has(name)),
  );
  return others.length > 0 ? Object.fromEntries(others) : undefined;
}

/**
 * An event of our own under its canonical name, or, where what that name needs is missing or there is no such name, kept as `custom` under the foreign one.
 * @param name our name, undefined when the foreign name has no counterpart
 * @param foreign the foreign name
 * @returns null when the message names no event at all
 */
export function eventOf(
  name: string | undefined,
  foreign: string | undefined,
  fields: Record<string, unknown>,
): Record<string, unknown> | null {
  if (foreign === undefined) return null;
  const hasItems = Array.isArray(fields.items) && fields.items.length > 0;
  const lacks =
    name === undefined ||
    (NEEDS_ITEM.has(name) && !hasItems) ||
    ((name === 'purchase' || name === 'refund') && fields.orderId === undefined) ||
    (name === 'search' && fields.query === undefined) ||
    (name === 'exposure' && fields.experiment === undefined);
  const said = {
    ...fields,
    items: hasItems ? fields.items : undefined,
    properties: othersOf(fields.properties, !lacks),
  };
  return compact(lacks ? { ...said, name: 'custom', key: foreign.slice(0, 200) } : { ...said, name });
}
