/** Segment's tracking API and its Ecommerce Spec v2 with the aliases of v1; RudderStack and Jitsu speak the same. */
import {
  compact,
  currencyOf,
  eventIdOf,
  eventOf,
  firstText,
  isPlain,
  itemOf,
  itemsOf,
  MOST_MESSAGES,
  NEEDS_ITEM,
  numberOf,
  type Plain,
  pageOf,
  plainOf,
  type Translated,
  type Translation,
  textOf,
  timeOf,
  traitsOf,
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
const MONEY: ReadonlyMap<string | undefined, readonly string[]> = new Map([
  ['purchase', ['total', 'value', 'revenue']],
  ['refund', ['total', 'value', 'revenue']],
  ['begin_checkout', ['value', 'total', 'revenue']],
]);

/** The names of the product in a list, and of a product on its own; the latter's looser names would be something else's on an event of another kind. */
const ID_FIELDS = ['product_id', 'productId', 'sku'];
const LOOSE_ID_FIELDS = [...ID_FIELDS, 'item_id', 'itemId', 'id'];

function productOf(product: Plain, idFields = LOOSE_ID_FIELDS): Record<string, unknown> | undefined {
  return itemOf({
    itemId: firstText(product, idFields),
    price: product.price,
    quantity: product.quantity,
    index: product.position ?? product.index,
    brand: product.brand,
    category: product.category,
    recommendationId: product.recommendationId ?? product.recommendation_id,
  });
}

function trackOf(message: Plain): Record<string, unknown> | null {
  const properties = plainOf(message.properties);
  const foreign = textOf(message.event, 1000);
  const name = NAMES.get((foreign ?? '').trim().toLowerCase());
  const listed = itemsOf(properties.products, productOf);
  const own = productOf(properties, name !== undefined && NEEDS_ITEM.has(name) ? LOOSE_ID_FIELDS : ID_FIELDS);
  const money = (MONEY.get(name) ?? ['value'])
    .map((field) => numberOf(properties[field]))
    .find((value) => value !== undefined);
  return eventOf(name, foreign, {
    items: listed.length > 0 ? listed : own ? [own] : undefined,
    orderId: firstText(properties, ['order_id', 'orderId']),
    currency: currencyOf(properties.currency),
    value: money,
    query: firstText(properties, ['query', 'search_term'], 500),
    gift: properties.gift === true ? true : undefined,
    recommendationId: textOf(properties.recommendationId ?? properties.recommendation_id, 512),
    properties,
  });
}

/** The other calls: a page or screen is a view of a page, the rest is kept under its own name. */
function eventFor(type: string, message: Plain): Record<string, unknown> | null {
  if (type === 'track') return trackOf(message);
  if (type === 'page' || type === 'screen') return { name: 'page_view' };
  const groupId = type === 'group' ? textOf(message.groupId) : undefined;
  return eventOf(undefined, type, { properties: groupId === undefined ? undefined : { groupId } });
}

function consentOf(context: Plain): Record<string, boolean> | undefined {
  const preferences = plainOf(plainOf(context.consent).categoryPreferences);
  const management = plainOf(context.consentManagement);
  const said: [string, boolean][] = Object.entries(preferences).filter(
    (entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
  );
  for (const id of listOf(management.allowedConsentIds)) said.push([id, true]);
  for (const id of listOf(management.deniedConsentIds)) said.push([id, false]);
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}

/** RudderStack lists consent ids either flat or by provider. */
function listOf(ids: unknown): string[] {
  const flat = Array.isArray(ids) ? ids : Object.values(plainOf(ids)).flat();
  return flat.filter((id): id is string => typeof id === 'string').slice(0, 100);
}

/** A page call says which page in its properties, everything else in the context. */
function contextOf(message: Plain, context: Plain, type: string): Translated['context'] {
  const properties = type === 'page' ? plainOf(message.properties) : {};
  const page = plainOf(context.page);
  const campaign = plainOf(context.campaign);
  const name = type === 'page' || type === 'screen' ? message.name : undefined;
  return compact({
    page: pageOf({
      url: properties.url ?? page.url,
      title: properties.title ?? page.title ?? name,
      referrer: properties.referrer ?? page.referrer,
    }),
    locale: textOf(context.locale, 35),
    campaign: textOf(campaign.name) ?? textOf(campaign.source),
  });
}

/**
 * One message of the tracking API.
 * @param message a call (`type`, `event`, `properties`, `context`, …)
 * @param shared what its batch says for all: `sentAt`, `context`, and RudderStack's anonymous id of the header
 */
function translateMessage(message: Plain, shared: Plain): Translated | null {
  const context = { ...plainOf(shared.context), ...plainOf(message.context) };
  const type = textOf(message.type) ?? (message.event === undefined ? undefined : 'track');
  const event = type === undefined ? null : eventFor(type, message);
  if (type === undefined || event === null) return null;
  // RudderStack's libraries write when they were called beside a time that the shop has given them.
  const at = timeOf(message.timestamp) ?? timeOf(message.originalTimestamp);
  return compact({
    visitor: firstText({ ...shared, ...message }, ['anonymousId', 'previousId'], 1000),
    customerId: textOf(message.userId),
    sentAt: timeOf(message.sentAt) ?? timeOf(shared.sentAt),
    consent: consentOf(context),
    context: contextOf(message, context, type),
    event: compact({ ...event, eventId: eventIdOf(message.messageId), timestamp: at }),
    traits: type === 'identify' ? traitsOf({ ...plainOf(context.traits), ...plainOf(message.traits) }) : undefined,
  });
}

/**
 * A body of the tracking API: one message (its type may be in the path), a batch of them, or a bare list.
 * @param type from the path; a message's own comes first
 * @param anonymousId from a header, where a message has none
 */
export function translateSegment(body: unknown, type?: string, anonymousId?: string): Translation {
  const whole = plainOf(body);
  const messages = Array.isArray(body) ? body : Array.isArray(whole.batch) ? whole.batch : [body];
  const { sentAt, context } = messages[0] === body ? {} : whole;
  const shared = compact({ sentAt, context, anonymousId });
  return messages
    .slice(0, MOST_MESSAGES)
    .map((message) =>
      isPlain(message) ? translateMessage({ ...message, type: textOf(message.type) ?? type }, shared) : null,
    );
}
