import { describe, expect, test } from 'vitest';
import { checkEvent } from '../../../src/events/check.ts';
import { translateHydrogen, translatePixel } from '../../../src/events/dialects/shopify.ts';

const variant = {
  id: '41',
  sku: 'S',
  price: { amount: 9.5, currencyCode: 'USD' },
  product: { id: '7', vendor: 'V', type: 'mugs', title: 'Mug' },
};
const item = { itemId: '7', price: 9.5, brand: 'V', item_category: 'mugs' };
const line = { merchandise: variant, quantity: 2, cost: { totalAmount: { amount: 19, currencyCode: 'USD' } } };
const cart = { lines: [line], cost: { totalAmount: { amount: 19, currencyCode: 'USD' } } };
const checkout = {
  token: 'tok',
  currencyCode: 'EUR',
  totalPrice: { amount: 21, currencyCode: 'EUR' },
  lineItems: [{ variant, quantity: 2 }],
  order: { id: 'gid://shopify/OrderIdentity/99', customer: { id: 'gid://shopify/Customer/5' } },
};
const pixel = (name: string, data: object = {}) => ({
  id: 'sh-1',
  name,
  clientId: 'c7b3f99b-4d34-463b-835f-c879482a7750',
  timestamp: '2026-11-22T10:00:00.000Z',
  context: {
    document: { location: { href: 'https://shop.example/a?b' }, title: 'A', referrer: '' },
    navigator: { language: 'de' },
  },
  data,
});

describe('web pixel', () => {
  test.each([
    ['page_viewed', {}, { name: 'page_view' }],
    ['product_viewed', { productVariant: variant }, { name: 'view_item', items: [item], currency: 'USD' }],
    ['product_viewed', {}, { name: 'custom', key: 'product_viewed' }],
    [
      'collection_viewed',
      { collection: { productVariants: [variant, {}] } },
      { name: 'view_item_list', items: [item] },
    ],
    [
      'search_submitted',
      { searchResult: { query: 'mug', productVariants: [variant] } },
      { name: 'search', query: 'mug' },
    ],
    [
      'product_added_to_cart',
      { cartLine: line },
      { name: 'add_to_cart', items: [{ ...item, quantity: 2 }], value: 19, currency: 'USD' },
    ],
    [
      'product_removed_from_cart',
      { cartLine: line },
      { name: 'remove_from_cart', items: [{ ...item, quantity: 2 }], value: 19, currency: 'USD' },
    ],
    ['cart_viewed', { cart }, { name: 'view_cart', items: [{ ...item, quantity: 2 }], value: 19, currency: 'USD' }],
    [
      'checkout_started',
      { checkout },
      { name: 'begin_checkout', items: [{ ...item, quantity: 2 }], value: 21, currency: 'EUR' },
    ],
    ['checkout_shipping_info_submitted', {}, { name: 'add_shipping_info' }],
    ['payment_info_submitted', {}, { name: 'add_payment_info' }],
    [
      'checkout_completed',
      { checkout },
      { name: 'purchase', orderId: '99', items: [{ ...item, quantity: 2 }], value: 21, currency: 'EUR' },
    ],
    [
      'checkout_completed',
      { checkout: { ...checkout, order: null } },
      { name: 'purchase', orderId: 'tok', items: [{ ...item, quantity: 2 }], value: 21, currency: 'EUR' },
    ],
    [
      'ui_extension_errored',
      { error: 'x' },
      { name: 'custom', key: 'ui_extension_errored', properties: { error: 'x' } },
    ],
  ])('%s %j', (name, data, expected) => {
    const made = translatePixel(pixel(name, data));
    expect(made?.event).toEqual({ eventId: 'sh-1', timestamp: '2026-11-22T10:00:00.000Z', ...expected });
    expect(checkEvent(made?.event, 0, [], { isForeign: true })).not.toHaveProperty('detail');
  });

  test('says who, where and with what consent', () => {
    const made = translatePixel({
      ...pixel('checkout_completed', { checkout }),
      customerPrivacy: { analyticsProcessingAllowed: true, marketingAllowed: false },
    });
    expect(made).toMatchObject({
      visitor: 'c7b3f99b-4d34-463b-835f-c879482a7750',
      customerId: '5',
      consent: { analyticsProcessingAllowed: true, marketingAllowed: false },
      context: { page: { url: 'https://shop.example/a?b', title: 'A' }, locale: 'de' },
    });
    expect(translatePixel({})).toBeNull();
    expect(translatePixel('nonsense')).toBeNull();
  });
});

describe('Hydrogen', () => {
  const product = {
    id: 'gid://shopify/Product/7',
    variantId: 'gid://shopify/ProductVariant/41',
    title: 'Mug',
    price: '9.5',
    vendor: 'V',
    quantity: 1,
  };
  const bare = { itemId: '7', price: 9.5, brand: 'V', quantity: 1 };
  const lineOf = (quantity: number) => ({
    merchandise: { ...variant, product: { id: 'gid://shopify/Product/7', vendor: 'V', productType: 'mugs' } },
    quantity,
  });
  const shop = { currency: 'GBP', acceptedLanguage: 'EN' };

  test.each([
    ['page_viewed', { url: 'https://shop.example/' }, { name: 'page_view' }],
    ['product_viewed', { products: [product], shop }, { name: 'view_item', items: [bare], currency: 'GBP' }],
    ['collection_viewed', { collection: { id: 'c' } }, { name: 'view_item_list' }],
    ['search_viewed', { searchTerm: 'mug' }, { name: 'search', query: 'mug' }],
    // A line that was 1 and is 3 says that 2 were added.
    [
      'product_added_to_cart',
      { prevLine: lineOf(1), currentLine: lineOf(3) },
      { name: 'add_to_cart', items: [{ ...item, quantity: 2 }] },
    ],
    ['product_added_to_cart', { currentLine: lineOf(1) }, { name: 'add_to_cart', items: [{ ...item, quantity: 1 }] }],
    [
      'product_removed_from_cart',
      { prevLine: lineOf(3), currentLine: lineOf(1) },
      { name: 'remove_from_cart', items: [{ ...item, quantity: 2 }] },
    ],
    [
      'product_removed_from_cart',
      { prevLine: lineOf(3) },
      { name: 'remove_from_cart', items: [{ ...item, quantity: 3 }] },
    ],
    [
      'cart_updated',
      { cart: { lines: { nodes: [lineOf(2)] }, cost: cart.cost } },
      { name: 'view_cart', items: [{ ...item, quantity: 2 }], value: 19, currency: 'USD' },
    ],
    [
      'custom_promo',
      { customData: { promo: 'x' } },
      { name: 'custom', key: 'custom_promo', properties: { promo: 'x' } },
    ],
  ])('%s %j', (event, payload, expected) => {
    expect(translateHydrogen({ event, payload })?.event).toEqual(expected);
    expect(translateHydrogen({ event, ...payload })?.event).toMatchObject(expected);
  });

  test('says who', () => {
    const payload = {
      uniqueToken: '9b2e6f5e-0000-4000-8000-000000000000',
      customerId: 'gid://shopify/Customer/5',
      shop,
    };
    expect(translateHydrogen({ event: 'page_viewed', payload })).toMatchObject({
      visitor: payload.uniqueToken,
      customerId: '5',
      context: { locale: 'EN' },
    });
    expect(translateHydrogen({ event: 'page_viewed', payload }, 'named')?.visitor).toBe('named');
    expect(translateHydrogen({ payload })).toBeNull();
  });
});

interface Recorded {
  payload: { type?: string; name?: string };
  expectedSegmentEvents: ({
    anonymousId: string;
    event: string;
    messageId: string;
    properties: Record<string, unknown>;
  } | null)[];
}
const found = import.meta.glob<Recorded>('#shared/fixtures/payloads/shopify/rudder/*.json', {
  eager: true,
  import: 'default',
});
const pixels = Object.entries(found)
  .map(([path, recorded]) => [path.split('/').at(-1) ?? '', recorded] as const)
  .filter(([, { payload }]) => payload.type === 'standard');

test.skipIf(pixels.length > 0)('without recorded pixel events none are read', () => {
  expect(pixels).toEqual([]);
});

const NAMES: Record<string, string> = {
  'Cart Viewed': 'view_cart',
  'Product Viewed': 'view_item',
  'Product Removed': 'remove_from_cart',
  'Order Completed': 'purchase',
  'Checkout Address Info Submitted': 'add_shipping_info',
  'Checkout Shipping Info Submitted': 'add_shipping_info',
  'Payment Info Entered': 'add_payment_info',
};

describe.skipIf(pixels.length === 0)('pixel events beside what they should become', () => {
  test.each(pixels)('%s', (_name, { payload, expectedSegmentEvents: [expected] }) => {
    const made = translatePixel(payload);
    if (!expected) return expect(made?.event).toMatchObject({ name: 'custom', key: payload.name });
    const { properties } = expected;
    const products = Array.isArray(properties.products) ? properties.products : [properties];
    const lines = products
      .filter(({ product_id }) => product_id !== undefined)
      .map(({ product_id, price, quantity }) => ({ itemId: product_id, price, ...(quantity ? { quantity } : {}) }));
    expect(made).toMatchObject({ visitor: expected.anonymousId, event: { eventId: expected.messageId } });
    // Steps of a checkout say more here than they are turned into there: the lines that are bought.
    if (lines.length > 0) expect(made?.event.items).toMatchObject(lines);
    expect(made?.event.name).toBe(NAMES[expected.event]);
    if (expected.event === 'Order Completed') expect(made?.event.orderId).toBe(properties.checkout_id);
    if (properties.total !== undefined) expect(made?.event.value).toBe(properties.total);
  });
});
