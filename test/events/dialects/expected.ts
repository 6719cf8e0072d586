import type { RecordedRequest } from './recorded.ts';

/** What is to be found in an export for one recorded message. */
export interface Expected {
  eventId: string;
  /** Where to look: the anonymous id or user id as it was sent. */
  visitor: string;
  customer: string | null;
  name: string;
  key?: string;
  items?: Record<string, unknown>[];
  orderId?: string;
  value?: number;
  currency?: string;
  /** How long before it was sent it happened, in milliseconds. */
  age: number;
  at: number;
}

type Plain = Record<string, unknown>;
const plain = (value: unknown): Plain => (typeof value === 'object' && value !== null ? (value as Plain) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const TRACKED: Record<string, string> = {
  'Product Viewed': 'view_item',
  'Product Added': 'add_to_cart',
  'Product Clicked': 'select_item',
  'Order Completed': 'purchase',
};

function lineOf(product: Plain): Plain {
  const { product_id, price, quantity } = product;
  return {
    itemId: product_id,
    ...(price === undefined ? {} : { price }),
    ...(quantity === undefined ? {} : { quantity }),
  };
}

function trackingOf(message: Plain, sent: unknown): Expected {
  const properties = plain(message.properties);
  const type = text(message.type);
  const event = text(message.event);
  const products = Array.isArray(properties.products) ? properties.products.map(plain) : [];
  const lines = properties.product_id === undefined ? products : [properties];
  const at = Date.parse(text(message.timestamp) || text(message.originalTimestamp));
  const name =
    type === 'track' ? (TRACKED[event] ?? 'custom') : ['page', 'screen'].includes(type) ? 'page_view' : 'custom';
  return {
    eventId: text(message.messageId),
    visitor: text(message.anonymousId) || text(message.previousId) || text(message.userId),
    customer: text(message.userId) || null,
    name,
    ...(name === 'custom' ? { key: type === 'track' ? event : type } : {}),
    ...(type === 'track' && lines.length > 0 ? { items: lines.map(lineOf) } : {}),
    ...(properties.order_id === undefined ? {} : { orderId: text(properties.order_id) }),
    ...(properties.total === undefined ? {} : { value: Number(properties.total) }),
    ...(properties.currency === undefined ? {} : { currency: text(properties.currency) }),
    age: Date.parse(text(sent)) - at,
    at,
  };
}

const MUG = { itemId: 'p1', price: 12.5, quantity: 1 };
/** By the recorded tracker's own action. */
const SNOWPLOW: Record<string, Partial<Expected>> = {
  product_view: { name: 'view_item', items: [MUG], currency: 'EUR' },
  list_view: { name: 'view_item_list', items: [{ ...MUG, index: 1 }], currency: 'EUR' },
  add_to_cart: { name: 'add_to_cart', items: [MUG], currency: 'EUR' },
  remove_from_cart: { name: 'remove_from_cart', items: [MUG], currency: 'EUR' },
  checkout_step: { name: 'begin_checkout' },
  transaction: { name: 'purchase', items: [MUG], orderId: 'o1', value: 12.5, currency: 'EUR' },
  refund: { name: 'refund', items: [MUG], orderId: 'o1', value: 12.5, currency: 'EUR' },
  promo_view: { name: 'view_promotion' },
};

function snowplowOf(event: Plain): Expected {
  const action = /"type":"(\w+)"/.exec(text(event.ue_pr))?.[1] ?? '';
  const known = event.e === 'pv' ? { name: 'page_view' } : SNOWPLOW[action];
  const at = Number(event.dtm);
  return {
    eventId: text(event.eid),
    visitor: text(event.duid),
    customer: null,
    name: `unforeseen ${action}`,
    ...known,
    age: Number(event.stm) - at,
    at,
  };
}

/** What a recorded request must leave behind, read from it by hand. */
export function expectedOf({ body = {} }: RecordedRequest): Expected[] {
  if (Array.isArray(body.data)) return body.data.map((event) => snowplowOf(plain(event)));
  const messages = Array.isArray(body.batch) ? body.batch.map(plain) : [body];
  return messages.map((message) => trackingOf(message, message.sentAt ?? body.sentAt));
}
