/** Segment's tracking API and its Ecommerce Spec v2 with the aliases of v1; RudderStack and Jitsu speak the same. */
import {
  compact,
  currencyOf,
  eventOf,
  firstText,
  itemOf,
  itemsOf,
  numberOf,
  type Plain,
  pageOf,
  plainOf,
  type Translated,
  textOf,
  timeOf,
} from './translated.ts';

/** Our name by theirs, in lower case. Both word orders occur: v2 says "Product Viewed", v1 said "Viewed Product". */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['products searched', 'search'],
  ['product searched', 'search'],
  ['searched products', 'search'],
  ['product list viewed', 'view_item_list'],
  ['product list filtered', 'view_item_list'],
  ['product category viewed', 'view_item_list'],
  ['viewed product category', 'view_item_list'],
  ['viewed product list', 'view_item_list'],
  ['filtered product list', 'view_item_list'],
  ['product clicked', 'select_item'],
  ['clicked product', 'select_item'],
  ['product viewed', 'view_item'],
  ['viewed product', 'view_item'],
  ['product added', 'add_to_cart'],
  ['added product', 'add_to_cart'],
  ['wishlist product added to cart', 'add_to_cart'],
  ['product removed', 'remove_from_cart'],
  ['removed product', 'remove_from_cart'],
  ['cart viewed', 'view_cart'],
  ['viewed cart', 'view_cart'],
  ['checkout started', 'begin_checkout'],
  ['started checkout', 'begin_checkout'],
  ['started order', 'begin_checkout'],
  ['checkout step completed', 'add_shipping_info'],
  ['completed checkout step', 'add_shipping_info'],
  ['payment info entered', 'add_payment_info'],
  ['entered payment info', 'add_payment_info'],
  ['order completed', 'purchase'],
  ['completed order', 'purchase'],
  ['order refunded', 'refund'],
  ['refunded order', 'refund'],
  ['order cancelled', 'refund'],
  ['cancelled order', 'refund'],
  ['promotion viewed', 'view_promotion'],
  ['viewed promotion', 'view_promotion'],
  ['promotion clicked', 'select_promotion'],
  ['clicked promotion', 'select_promotion'],
  ['product added to wishlist', 'add_to_wishlist'],
  ['added product to wishlist', 'add_to_wishlist'],
  ['product shared', 'share'],
  ['shared product', 'share'],
  ['cart shared', 'share'],
  ['shared cart', 'share'],
]);

/** `total` on orders, `value` on checkouts and views, `revenue` where neither is there. */
const MONEY: Record<string, readonly string[]> = {
  purchase: ['total', 'value', 'revenue'],
  refund: ['total', 'value', 'revenue'],
};

function productOf(product: Plain): Record<string, unknown> | undefined {
  return itemOf({
    itemId: firstText(product, ['product_id', 'productId', 'sku', 'id', 'item_id']),
    price: product.price,
    quantity: product.quantity,
    index: product.position ?? product.index,
    brand: product.brand,
    category: product.category,
    recommendationId: product.recommendationId ?? product.recommendation_id,
  });
}

function trackOf(message: Plain): Record<string, unknown> {
  const properties = plainOf(message.properties);
  const foreign = textOf(message.event, 1000) ?? '';
  const name = NAMES.get(foreign.trim().toLowerCase());
  const listed = itemsOf(properties.products, productOf);
  const own = productOf(properties);
  const money = (MONEY[name ?? ''] ?? ['value'])
    .map((field) => numberOf(properties[field]))
    .find((value) => value !== undefined);
  return eventOf(name, foreign, {
    items: listed.length > 0 ? listed : own ? [own] : undefined,
    orderId: firstText(properties, ['order_id', 'orderId']),
    currency: currencyOf(properties.currency),
    value: money,
    query: firstText(properties, ['query', 'search_term'], 500),
    gift: properties.gift === true ? true : undefined,
    messageId: undefined,
    properties: name === undefined ? properties : undefined,
  });
}

/** The other calls: a page or screen is a view of a page, the rest is kept under its own name. */
function eventFor(type: string, message: Plain): Record<string, unknown> {
  if (type === 'track') return trackOf(message);
  if (type === 'page' || type === 'screen') return { name: 'page_view' };
  return eventOf(undefined, type, compact({ properties: type === 'group' ? { groupId: message.groupId } : undefined }));
}

function consentOf(context: Plain): Record<string, boolean> | undefined {
  const preferences = plainOf(plainOf(context.consent).categoryPreferences);
  const management = plainOf(context.consentManagement);
  const granted: [string, boolean][] = Object.entries(preferences).filter(
    (entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
  );
  for (const id of listOf(management.allowedConsentIds)) granted.push([id, true]);
  for (const id of listOf(management.deniedConsentIds)) granted.push([id, false]);
  return granted.length > 0 ? Object.fromEntries(granted) : undefined;
}

/** RudderStack lists consent ids either flat or by provider. */
function listOf(ids: unknown): string[] {
  const flat = Array.isArray(ids) ? ids : Object.values(plainOf(ids)).flat();
  return flat.filter((id): id is string => typeof id === 'string').slice(0, 100);
}

function contextOf(message: Plain, context: Plain): Translated['context'] {
  const properties = plainOf(message.properties);
  const page = pageOf({
    ...plainOf(context.page),
    ...(message.type === 'page' ? compact({ url: properties.url, title: properties.title }) : {}),
  });
  return compact({
    page,
    locale: textOf(context.locale, 35),
    campaign: textOf(plainOf(context.campaign).name),
  });
}

/**
 * One message of the tracking API.
 * @param message a call (`type`, `event`, `properties`, `context`, …)
 * @param shared what its batch says for all: `sentAt`, `context`, and RudderStack's anonymous id of the header
 */
export function translateSegment(message: Plain, shared: Plain = {}): Translated {
  const context = { ...plainOf(shared.context), ...plainOf(message.context) };
  const type = textOf(message.type) ?? 'track';
  const traits = type === 'identify' ? { ...plainOf(context.traits), ...plainOf(message.traits) } : undefined;
  const at = timeOf(message.originalTimestamp) ?? timeOf(message.timestamp);
  return compact({
    visitor: textOf(message.anonymousId) ?? textOf(shared.anonymousId) ?? textOf(message.previousId),
    customerId: textOf(message.userId),
    sentAt: timeOf(message.sentAt) ?? timeOf(shared.sentAt),
    consent: consentOf(context),
    context: contextOf(message, context),
    event: compact({ ...eventFor(type, message), eventId: textOf(message.messageId), timestamp: at }),
    traits,
  });
}

/** A body of the tracking API: one message (its type may be in the path), or a batch of them. */
export function translateSegmentBody(body: Plain, type?: string): Translated[] {
  if (Array.isArray(body.batch))
    return body.batch.slice(0, 500).map((message) => translateSegment(plainOf(message), body));
  return [translateSegment(type === undefined ? body : { ...body, type: textOf(body.type) ?? type })];
}
