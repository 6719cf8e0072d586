/** Shopify: web pixel envelopes, and what Hydrogen's `Analytics` publishes. */
import {
  compact,
  currencyOf,
  eventIdOf,
  eventOf,
  firstText,
  isPlain,
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

const PIXEL_NAMES: ReadonlyMap<string | undefined, string> = new Map([
  ['page_viewed', 'page_view'],
  ['search_submitted', 'search'],
  ['collection_viewed', 'view_item_list'],
  ['product_viewed', 'view_item'],
  ['product_added_to_cart', 'add_to_cart'],
  ['product_removed_from_cart', 'remove_from_cart'],
  ['cart_viewed', 'view_cart'],
  ['checkout_started', 'begin_checkout'],
  ['checkout_shipping_info_submitted', 'add_shipping_info'],
  ['checkout_contact_info_submitted', 'add_shipping_info'],
  ['checkout_address_info_submitted', 'add_shipping_info'],
  ['payment_info_submitted', 'add_payment_info'],
  ['checkout_completed', 'purchase'],
]);

const HYDROGEN_NAMES: ReadonlyMap<string | undefined, string> = new Map([
  ['page_viewed', 'page_view'],
  ['search_viewed', 'search'],
  ['collection_viewed', 'view_item_list'],
  ['product_viewed', 'view_item'],
  ['product_added_to_cart', 'add_to_cart'],
  ['product_removed_from_cart', 'remove_from_cart'],
  ['cart_viewed', 'view_cart'],
  ['cart_updated', 'view_cart'],
]);

/** `gid://shopify/Product/723` is 723: pixels send numbers, Hydrogen global ids. */
function idOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text?.startsWith('gid://') ? textOf(text.split('/').at(-1)?.split('?')[0]) : text;
}

function variantOf(variant: Plain, quantity?: unknown): Record<string, unknown> | undefined {
  const product = plainOf(variant.product);
  return itemOf({
    itemId: idOf(product.id) ?? idOf(variant.id) ?? textOf(variant.sku),
    price: plainOf(variant.price).amount,
    quantity,
    brand: product.vendor,
    category: product.type ?? product.productType,
  });
}

const cartLineOf = (line: Plain) => variantOf(plainOf(line.merchandise), line.quantity);
const checkoutLineOf = (line: Plain) => variantOf(plainOf(line.variant), line.quantity);

function pixelItems(details: Plain): Record<string, unknown>[] {
  const checkout = plainOf(details.checkout);
  const single = [variantOf(plainOf(details.productVariant)), cartLineOf(plainOf(details.cartLine))].filter(
    (item) => item !== undefined,
  );
  return [
    ...single,
    ...itemsOf(plainOf(details.cart).lines, cartLineOf),
    ...itemsOf(plainOf(details.collection).productVariants, (variant) => variantOf(variant)),
    ...itemsOf(checkout.lineItems, checkoutLineOf),
  ];
}

function moneyOf(details: Plain): { value: number | undefined; currency: string | undefined } {
  const checkout = plainOf(details.checkout);
  const total = plainOf(checkout.totalPrice);
  const cart = plainOf(plainOf(plainOf(details.cart).cost).totalAmount);
  const line = plainOf(plainOf(plainOf(details.cartLine).cost).totalAmount);
  const variant = plainOf(plainOf(details.productVariant).price);
  return {
    value: numberOf(total.amount) ?? numberOf(cart.amount) ?? numberOf(line.amount),
    currency: [checkout.currencyCode, total.currencyCode, cart.currencyCode, line.currencyCode, variant.currencyCode]
      .map(currencyOf)
      .find((code) => code !== undefined),
  };
}

/** Shopify's customer privacy, where the sender adds it: `{analyticsProcessingAllowed, marketingAllowed, …}`. */
export function privacyOf(privacy: unknown): Record<string, boolean> | undefined {
  const said = Object.entries(plainOf(privacy)).filter(
    (entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
  );
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}

/** One web pixel event: `{id, name, clientId, timestamp, context, data}`. Null when it is none. */
export function translatePixel(event: unknown, visitor?: string): Translated | null {
  if (!isPlain(event)) return null;
  const details = plainOf(event.data);
  const foreign = textOf(event.name);
  const name = PIXEL_NAMES.get(foreign);
  const context = plainOf(event.context);
  const document = plainOf(context.document);
  const checkout = plainOf(details.checkout);
  const order = plainOf(checkout.order);
  const made = eventOf(name, foreign, {
    eventId: eventIdOf(event.id),
    timestamp: timeOf(event.timestamp),
    items: pixelItems(details),
    orderId: name === 'purchase' ? (idOf(order.id) ?? textOf(checkout.token)) : undefined,
    query: textOf(plainOf(details.searchResult).query, 500),
    ...moneyOf(details),
    properties: name === undefined ? (event.customData ?? details) : undefined,
  });
  if (made === null) return null;
  return compact({
    visitor: visitor ?? textOf(event.clientId, 1000),
    customerId: idOf(plainOf(order.customer).id) ?? idOf(plainOf(event.customer).id),
    consent: privacyOf(event.customerPrivacy),
    context: compact({
      page: pageOf({ url: plainOf(document.location).href, title: document.title, referrer: document.referrer }),
      locale: textOf(plainOf(context.navigator).language, 35),
    }),
    event: made,
  });
}

function hydrogenProduct(product: Plain): Record<string, unknown> | undefined {
  return itemOf({
    itemId: idOf(product.id) ?? idOf(product.productGid) ?? idOf(product.variantId) ?? textOf(product.sku),
    price: isPlain(product.price) ? product.price.amount : product.price,
    quantity: product.quantity,
    brand: product.vendor,
    category: product.productType,
  });
}

/** What a change of a cart line put in or took out: Hydrogen says how the line was and how it is. */
function changedLine(payload: Plain): Record<string, unknown>[] {
  const { currentLine, prevLine } = payload;
  const now = plainOf(currentLine ?? prevLine);
  const quantityOf = (line: unknown): number => numberOf(plainOf(line).quantity) ?? 0;
  const changed = Math.abs(quantityOf(currentLine) - quantityOf(prevLine));
  const item = cartLineOf({ ...now, quantity: changed > 0 ? changed : now.quantity });
  return item === undefined ? [] : [item];
}

function hydrogenItems(name: string | undefined, payload: Plain): Record<string, unknown>[] {
  const products = itemsOf(payload.products, hydrogenProduct);
  if (products.length > 0) return products;
  if (name === 'add_to_cart' || name === 'remove_from_cart') return changedLine(payload);
  const { lines } = plainOf(payload.cart);
  return itemsOf(Array.isArray(lines) ? lines : plainOf(lines).nodes, cartLineOf);
}

/** What Hydrogen publishes: `{event, payload}` with products, a cart, a cart line or a search term. Null when it names no event. */
export function translateHydrogen(message: unknown, visitor?: string): Translated | null {
  if (!isPlain(message)) return null;
  const payload = { ...message, ...plainOf(message.payload) };
  const foreign = firstText(message, ['event', 'eventName', 'name']);
  const name = HYDROGEN_NAMES.get(foreign);
  const shop = plainOf(payload.shop);
  const total = plainOf(plainOf(plainOf(payload.cart).cost).totalAmount);
  const event = eventOf(name, foreign, {
    eventId: eventIdOf(payload.eventId),
    timestamp: timeOf(payload.timestamp),
    items: hydrogenItems(name, payload),
    query: firstText(payload, ['searchTerm', 'query'], 500),
    value: name === 'view_cart' ? numberOf(total.amount) : undefined,
    currency: currencyOf(total.currencyCode) ?? currencyOf(shop.currency),
    properties: name === undefined ? (payload.customData ?? message.payload) : undefined,
  });
  if (event === null) return null;
  return compact({
    visitor: visitor ?? firstText(payload, ['clientId', 'uniqueToken', 'visitorId'], 1000),
    customerId: idOf(payload.customerId),
    consent: privacyOf(payload.customerPrivacy),
    context: compact({
      page: pageOf({ url: payload.url, title: payload.title, referrer: payload.referrer }),
      locale: textOf(payload.locale ?? shop.acceptedLanguage, 35),
    }),
    event,
  });
}
