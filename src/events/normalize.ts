import { type CheckedEvent, orderIdOf, queryOf } from './check.ts';
import { keptPage } from './page.ts';
import type { Consent, EventItem, KeptEvent } from './schema.ts';
import { type Clock, settleTime } from './time.ts';
import type { Context, Event, Page, WireItem } from './wire.ts';

const MOST_PROPERTY_BYTES = 2048;
const DEEPEST_PROPERTY = 6;
const ENCODER = new TextEncoder();

/** What holds for all the events of a request. */
export interface Receipt extends Clock {
  /** Until the visitor's object knows better. */
  consent: Consent;
  learn: boolean;
  context: Context | undefined;
  /** ISO 3166-1, from where the request came in. */
  country: string | undefined;
  device: string | undefined;
  /** What money without a currency is in. */
  currency: string;
  /** An id for an event that brought none. */
  issueId(): string;
}

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

/** The sender's own words about an item: they count where the catalogue does not know it. */
function itemOf(wire: WireItem): EventItem {
  const item: EventItem = { itemId: wire.itemId ?? wire.item_id ?? '' };
  if (wire.price !== undefined) item.price = wire.price;
  if (wire.quantity !== undefined) item.quantity = wire.quantity;
  if (wire.recommendationId !== undefined) item.recommendationId = wire.recommendationId;
  if (wire.index !== undefined) item.index = wire.index;
  const brand = wire.brand ?? wire.item_brand;
  if (brand) item.brand = brand;
  const categories = [
    wire.item_category,
    wire.item_category2,
    wire.item_category3,
    wire.item_category4,
    wire.item_category5,
  ]
    .flatMap((name) => (name ? slugOf(name) : []))
    .filter((slug) => slug !== '');
  if (categories.length > 0) item.categories = categories;
  return item;
}

const TAKEN: ReadonlySet<string> = new Set([
  ...['eventId', 'name', 'event', 'timestamp', 'key', 'visitorId', 'customerId', 'consent', 'sentAt', 'context'],
  ...['identityToken', 'traits'],
  ...[
    'itemId',
    'item_id',
    'price',
    'quantity',
    'index',
    'page',
    'items',
    'orderId',
    'transaction_id',
    'currency',
    'value',
  ],
  ...['query', 'search_term', 'gift', 'recommendationId', 'page_location', 'page_title', 'page_referrer', 'ecommerce'],
  ...[
    'params',
    'learn',
    'messageId',
    'impressionId',
    'experiment',
    'variation',
    'properties',
    '__proto__',
    'constructor',
    'prototype',
  ],
]);

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

/** What else the sender said, in its order, as far as 2 KB go; what is nested deeper than six levels is left out. */
function propertiesOf(wire: Event): Record<string, unknown> | undefined {
  const kept: Record<string, unknown> = {};
  let room = MOST_PROPERTY_BYTES;
  const sources: (Record<string, unknown> | null | undefined)[] = [wire, wire.ecommerce, wire.params, wire.properties];
  for (const source of sources) {
    for (const key of Object.keys(source ?? {})) {
      const value = source?.[key];
      if ((source !== wire.properties && TAKEN.has(key)) || key === '__proto__') continue;
      if (value === undefined || Object.hasOwn(kept, key) || !isShallow(value, DEEPEST_PROPERTY)) continue;
      const size = ENCODER.encode(JSON.stringify({ [key]: value })).byteLength;
      if (size > room) continue;
      kept[key] = value;
      room -= size;
    }
  }
  return room < MOST_PROPERTY_BYTES ? kept : undefined;
}

function pageOf(event: CheckedEvent, context: Context | undefined): Page | undefined {
  const { details, wire } = event;
  const said = { ...context?.page, ...wire.page };
  if (details.page_location !== undefined) said.url ??= details.page_location;
  if (details.page_title !== undefined) said.title ??= details.page_title;
  if (details.page_referrer !== undefined) said.referrer ??= details.page_referrer;
  return said;
}

/**
 * An event as it is kept: whatever names the sender used, times corrected and clamped, addresses without their queries, nothing that names a network
 * address.
 */
export function keptEvent(event: CheckedEvent, receipt: Receipt): KeptEvent {
  const { wire, details, name } = event;
  const { at, flags } = settleTime(wire.timestamp, receipt);
  const kept: KeptEvent = {
    eventId: wire.eventId ?? receipt.issueId(),
    name,
    at,
    receivedAt: receipt.receivedAt,
    learn: receipt.learn && (wire.learn ?? true),
    trusted: receipt.trusted,
    consent: receipt.consent === 'personal' ? 'personal' : 'session',
  };
  if (flags.length > 0) kept.flags = [...flags];
  if (event.items !== undefined) kept.items = event.items.map(itemOf);
  if (wire.key !== undefined) kept.key = wire.key;
  keepMoney(kept, event, receipt);
  const query = queryOf(details);
  if (query !== undefined) kept.query = query;
  const page = keptPage(pageOf(event, receipt.context), receipt.context?.campaign);
  if (page !== undefined) kept.page = page;
  if (receipt.context?.locale) kept.locale = receipt.context.locale;
  if (receipt.country !== undefined) kept.country = receipt.country;
  if (receipt.device !== undefined) kept.device = receipt.device;
  if (details.recommendationId !== undefined) kept.recommendationId = details.recommendationId;
  if (wire.messageId !== undefined) kept.messageId = wire.messageId;
  if (wire.impressionId !== undefined) kept.impressionId = wire.impressionId;
  if (wire.experiment !== undefined) kept.experiment = wire.experiment;
  if (wire.variation !== undefined) kept.variation = wire.variation;
  const properties = propertiesOf(wire);
  if (properties !== undefined) kept.properties = properties;
  return kept;
}

function keepMoney(kept: KeptEvent, { details, name }: CheckedEvent, receipt: Receipt): void {
  const orderId = orderIdOf(details);
  if (orderId !== undefined) kept.orderId = orderId;
  if (details.value !== undefined) kept.value = details.value;
  if (details.gift !== undefined) kept.gift = details.gift;
  const currency = details.currency ?? (name === 'purchase' || name === 'refund' ? receipt.currency : undefined);
  if (currency !== undefined) kept.currency = currency;
}
