/** What every dialect translates into, and how foreign values are read: leniently, since a client told "no" drops its events for good. */

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
  context?: { page?: Record<string, unknown>; locale?: string; campaign?: string };
  /** An event of our own dialect, to be checked like every other. */
  event: Record<string, unknown>;
  /** What an identify call says about the person; an allow-list decides what is kept. */
  traits?: Record<string, unknown>;
}

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

/** A number, also one written as text ("12.50"); undefined below `least`. */
export function numberOf(value: unknown, least = 0): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= least ? number : undefined;
}

export function currencyOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined;
}

function urlOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 2000 && /^https?:\/\//i.test(value) && URL.canParse(value)
    ? value
    : undefined;
}

/** A time as it was sent, when it is one. */
export function timeOf(value: unknown): string | number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
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
    quantity: quantity !== undefined && quantity > 0 ? quantity : undefined,
    index: index !== undefined && Number.isInteger(index) ? index : undefined,
    brand: textOf(parts.brand),
    item_category: textOf(parts.category, 500),
    recommendationId: textOf(parts.recommendationId),
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

const NEEDS_ITEMS: ReadonlySet<string> = new Set([
  'view_item',
  'select_item',
  'add_to_cart',
  'remove_from_cart',
  'add_to_wishlist',
]);

/**
 * An event of our own under its canonical name, or, where what that name needs is missing or there is no such name, kept as `custom` under the foreign one.
 * @param name our name, undefined when the foreign name has no counterpart
 * @param foreign the foreign name
 */
export function eventOf(
  name: string | undefined,
  foreign: string,
  fields: Record<string, unknown>,
): Record<string, unknown> {
  const items = Array.isArray(fields.items) ? fields.items : [];
  const lacks =
    name === undefined ||
    (NEEDS_ITEMS.has(name) && items.length === 0) ||
    ((name === 'purchase' || name === 'refund') && fields.orderId === undefined) ||
    (name === 'search' && fields.query === undefined);
  if (lacks) return compact({ ...fields, name: 'custom', key: foreign.slice(0, 200) || 'unnamed' });
  return compact({ ...fields, name });
}
