/** Shopify: web pixel envelopes, and what Hydrogen's `Analytics` publishes. */
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

const PIXEL_NAMES: ReadonlyMap<string, string> = new Map([
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

const HYDROGEN_NAMES: ReadonlyMap<string, string> = new Map([
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
  return text?.startsWith('gid://') ? (text.split('/').at(-1)?.split('?')[0] ?? undefined) : text;
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
  const variant = plainOf(plainOf(details.productVariant).price);
  return {
    value: numberOf(total.amount) ?? numberOf(cart.amount),
    currency:
      currencyOf(checkout.currencyCode) ??
      currencyOf(total.currencyCode) ??
      currencyOf(cart.currencyCode) ??
      currencyOf(variant.currencyCode),
  };
}

/** Shopify's customer privacy, where the sender adds it: `{analyticsProcessingAllowed, marketingAllowed, …}`. */
function privacyOf(privacy: Plain): Record<string, boolean> | undefined {
  const said = Object.entries(privacy).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean');
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}

/** One web pixel event: `{id, name, clientId, timestamp, context, data}`. */
export function translatePixel(event: Plain): Translated {
  const details = plainOf(event.data);
  const foreign = textOf(event.name) ?? '';
  const name = PIXEL_NAMES.get(foreign);
  const context = plainOf(event.context);
  const document = plainOf(context.document);
  const location = plainOf(document.location);
  const checkout = plainOf(details.checkout);
  return compact({
    visitor: textOf(event.clientId),
    customerId: idOf(plainOf(plainOf(checkout.order).customer).id) ?? idOf(plainOf(event.customer).id),
    consent: privacyOf(plainOf(event.customerPrivacy)),
    context: compact({
      page: pageOf({ url: location.href, title: document.title, referrer: document.referrer }),
      locale: textOf(plainOf(context.navigator).language, 35),
    }),
    event: eventOf(name, foreign, {
      eventId: textOf(event.id),
      timestamp: timeOf(event.timestamp),
      items: pixelItems(details),
      orderId: idOf(plainOf(checkout.order).id) ?? textOf(checkout.token),
      query: textOf(plainOf(details.searchResult).query, 500),
      ...moneyOf(details),
      properties: name === undefined ? details : undefined,
    }),
  });
}

function hydrogenProduct(product: Plain): Record<string, unknown> | undefined {
  return itemOf({
    itemId: idOf(product.id) ?? idOf(product.productGid) ?? idOf(product.variantId) ?? textOf(product.sku),
    price: isMoney(product.price) ? product.price.amount : product.price,
    quantity: product.quantity,
    brand: product.vendor,
    category: product.productType,
  });
}

function isMoney(price: unknown): price is { amount: unknown } {
  return typeof price === 'object' && price !== null && 'amount' in price;
}

/** What Hydrogen publishes: `{event, payload}` with products, a cart, a cart line or a search term. */
export function translateHydrogen(message: Plain, visitor?: string): Translated {
  const payload = { ...message, ...plainOf(message.payload) };
  const foreign = firstText(message, ['event', 'eventName', 'name']) ?? '';
  const name = HYDROGEN_NAMES.get(foreign);
  const cart = plainOf(payload.cart);
  const lines = Array.isArray(cart.lines) ? cart.lines : plainOf(cart.lines).nodes;
  const line = plainOf(payload.currentLine ?? payload.prevLine);
  const ofLine = cartLineOf(line);
  const products = itemsOf(payload.products, hydrogenProduct);
  return compact({
    visitor: visitor ?? firstText(payload, ['clientId', 'uniqueToken', 'visitorId']),
    customerId: idOf(payload.customerId),
    consent: privacyOf(plainOf(payload.customerPrivacy)),
    context: compact({ page: pageOf({ url: payload.url, title: payload.title, referrer: payload.referrer }) }),
    event: eventOf(name, foreign, {
      eventId: firstText(payload, ['eventId', 'id']),
      timestamp: timeOf(payload.timestamp),
      items: products.length > 0 ? products : ofLine && name !== 'view_cart' ? [ofLine] : itemsOf(lines, cartLineOf),
      query: firstText(payload, ['searchTerm', 'query'], 500),
      currency: currencyOf(plainOf(plainOf(cart.cost).totalAmount).currencyCode),
      properties: name === undefined ? payload : undefined,
    }),
  });
}
