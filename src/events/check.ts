import { EVENT_NAMES, type EventName } from './schema.ts';
import { Event, type EventDetails, type Rejection, type WireItem } from './wire.ts';

/** An event whose own fields and GA4's have been brought together. */
export interface CheckedEvent {
  index: number;
  name: EventName;
  wire: Event;
  details: EventDetails;
  items: WireItem[] | undefined;
}

const NEEDS_ITEMS: ReadonlySet<EventName> = new Set([
  'view_item',
  'select_item',
  'add_to_cart',
  'remove_from_cart',
  'add_to_wishlist',
  'purchase',
]);
const NAMES: ReadonlySet<string> = new Set(EVENT_NAMES);

/** The body in the one form that is checked, and the way to an event in the form that was sent. */
export interface Body {
  envelope: unknown;
  pathTo(index: number): PropertyKey[];
}

function isRecord(plain: unknown): plain is Record<string, unknown> {
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain);
}

/** Accepts an envelope, a bare list of events, or one event (which then says what an envelope would). */
export function bodyOf(plain: unknown): Body {
  if (Array.isArray(plain)) return { envelope: { events: plain }, pathTo: (index) => [index] };
  if (
    isRecord(plain) &&
    !Object.hasOwn(plain, 'events') &&
    (Object.hasOwn(plain, 'name') || Object.hasOwn(plain, 'event'))
  ) {
    const { visitorId, customerId, identityToken, traits, consent, sentAt, context } = plain;
    const envelope = { visitorId, customerId, identityToken, traits, consent, sentAt, context, events: [plain] };
    return { envelope, pathTo: () => [] };
  }
  return { envelope: plain, pathTo: (index) => ['events', index] };
}

interface Said {
  path: readonly PropertyKey[];
  message: string;
}

/** Complaints that one answer repeats; the rest show up once these are mended. */
const MOST_SAID = 5;

function placeOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) => text + (typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`),
    '',
  );
}

function reject(index: number, path: readonly PropertyKey[], said: readonly Said[]): Rejection {
  const detail = said
    .slice(0, MOST_SAID)
    .map((issue) => {
      const place = placeOf([...path, ...issue.path]);
      return place === '' ? issue.message : `${place}: ${issue.message}`;
    })
    .join('; ');
  return { index, type: '/problems/invalid', detail: detail.slice(0, 1000) };
}

/** What is wrong with the name, null when it is one of ours. Said first: a misspelt name makes every other complaint misleading. */
function nameIssue(plain: Record<string, unknown>): Said | null {
  const field = plain.name === undefined && plain.event !== undefined ? 'event' : 'name';
  const name = plain[field];
  if (name === undefined) return { path: ['name'], message: 'is required' };
  if (typeof name === 'string' && NAMES.has(name)) return null;
  const said = typeof name === 'string' ? `"${name.slice(0, 50)}" ` : '';
  return { path: [field], message: `${said}is no event name; one of your own is "custom" with a "key"` };
}

export interface CheckOptions {
  /** Translated from a foreign dialect, whose clients leave the lines of an order to the shop's server at times. */
  isForeign?: boolean;
}

/** What an event of this name lacks, as issues; empty when nothing. */
function missing(event: CheckedEvent, { isForeign = false }: CheckOptions): Said[] {
  const lacks: string[] = [];
  const { name, wire, details } = event;
  const needsItems = NEEDS_ITEMS.has(name) && !(isForeign && name === 'purchase');
  if ((name === 'purchase' || name === 'refund') && orderIdOf(details) === undefined) lacks.push('orderId');
  if (needsItems && (event.items === undefined || event.items.length === 0)) lacks.push('items');
  if (name === 'custom' && wire.key === undefined) lacks.push('key');
  return lacks.map((field) => ({ path: [field], message: `is required for ${name}` }));
}

export function orderIdOf(details: EventDetails): string | undefined {
  return details.orderId ?? details.transaction_id;
}

export function queryOf(details: EventDetails): string | undefined {
  return details.query ?? details.search_term;
}

function itemsOf(wire: Event, details: EventDetails): WireItem[] | undefined {
  if (details.items !== undefined) return details.items;
  const itemId = wire.itemId ?? wire.item_id;
  if (itemId === undefined) return undefined;
  const { price, quantity, index, recommendationId } = wire;
  return [{ itemId, price, quantity, index, recommendationId }];
}

const DETAILS = [
  'items',
  'orderId',
  'transaction_id',
  'currency',
  'value',
  'query',
  'search_term',
  'gift',
  'recommendationId',
  'page_location',
  'page_title',
  'page_referrer',
] as const satisfies readonly (keyof EventDetails)[];

/** The event's own fields, then `ecommerce`'s, then `params`'. */
function detailsOf(wire: Event): EventDetails {
  if (!wire.ecommerce && !wire.params) return wire;
  const merged: Record<string, unknown> = {};
  for (const field of DETAILS) merged[field] = wire[field] ?? wire.ecommerce?.[field] ?? wire.params?.[field];
  return merged as EventDetails;
}

/** Checks one event by itself. @param path the way to it in the body */
export function checkEvent(
  plain: unknown,
  index: number,
  path: readonly PropertyKey[],
  options: CheckOptions = {},
): CheckedEvent | Rejection {
  if (!isRecord(plain)) return reject(index, path, [{ path: [], message: 'an event is an object' }]);
  const misnamed = nameIssue(plain);
  if (misnamed !== null) return reject(index, path, [misnamed]);
  const parsed = Event.safeParse(plain);
  if (!parsed.success) return reject(index, path, parsed.error.issues);
  const wire = parsed.data;
  const details = detailsOf(wire);
  const name = (wire.name ?? wire.event) as EventName;
  const event: CheckedEvent = { index, name, wire, details, items: itemsOf(wire, details) };
  const lacks = missing(event, options);
  return lacks.length > 0 ? reject(index, path, lacks) : event;
}

/** Checks every event of a list: those that hold, and why the others do not, both in the body's order. */
export function checkEvents(
  plain: readonly unknown[],
  pathTo: Body['pathTo'],
  options: CheckOptions = {},
): { events: CheckedEvent[]; rejected: Rejection[] } {
  const events: CheckedEvent[] = [];
  const rejected: Rejection[] = [];
  plain.forEach((one, index) => {
    const checked = checkEvent(one, index, pathTo(index), options);
    if ('detail' in checked) rejected.push(checked);
    else events.push(checked);
  });
  return { events, rejected };
}

/** Rejects an event for a reason that its schema does not know. */
export function refuse(index: number, path: readonly PropertyKey[], message: string): Rejection {
  return reject(index, path, [{ path: [], message }]);
}
