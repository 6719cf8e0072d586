import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkEvent } from '../../../src/events/check.ts';
import { translateSegment } from '../../../src/events/dialects/segment.ts';

const track = (event: unknown, properties: object = {}) => ({ type: 'track', event, properties, messageId: 'm1' });
const eventOf = (message: unknown) => translateSegment(message)[0]?.event;

describe('tracked events under our names', () => {
  const product = {
    product_id: 'a',
    sku: 'S',
    price: '12.50',
    quantity: 2,
    position: 3,
    brand: 'B',
    category: 'Home > Mugs',
  };
  const item = {
    itemId: 'a',
    price: 12.5,
    quantity: 2,
    index: 3,
    brand: 'B',
    item_category: 'Home',
    item_category2: 'Mugs',
  };

  test.each([
    ['Products Searched', { query: 'mug' }, { name: 'search', query: 'mug' }],
    ['Searched Products', { query: 'mug' }, { name: 'search', query: 'mug' }],
    ['Product List Viewed', { products: [product] }, { name: 'view_item_list', items: [item] }],
    ['Viewed Product Category', { category: 'Mugs' }, { name: 'view_item_list' }],
    ['Product Clicked', product, { name: 'select_item', items: [item] }],
    [
      'Product Viewed',
      { ...product, value: 12.5, currency: 'eur' },
      { name: 'view_item', items: [item], value: 12.5, currency: 'EUR' },
    ],
    ['viewed product', { id: 7 }, { name: 'view_item', items: [{ itemId: '7' }], properties: { id: 7 } }],
    ['Product Added', product, { name: 'add_to_cart', items: [item] }],
    ['Product Removed', { sku: 'S' }, { name: 'remove_from_cart', items: [{ itemId: 'S' }] }],
    ['Cart Viewed', { products: [{ product_id: 'a' }, {}] }, { name: 'view_cart', items: [{ itemId: 'a' }] }],
    [
      'Checkout Started',
      { order_id: 'o', value: 30, revenue: 25 },
      { name: 'begin_checkout', orderId: 'o', value: 30, properties: { revenue: 25 } },
    ],
    ['Checkout Step Completed', { step: 2 }, { name: 'add_shipping_info', properties: { step: 2 } }],
    ['Payment Info Entered', {}, { name: 'add_payment_info' }],
    [
      'Order Completed',
      { order_id: 1, total: 27.5, revenue: 25, value: 1, products: [product] },
      { name: 'purchase', orderId: '1', value: 27.5, items: [item], properties: { revenue: 25 } },
    ],
    [
      'Completed Order',
      { orderId: 'o', revenue: '25' },
      { name: 'purchase', orderId: 'o', value: 25, properties: { revenue: '25' } },
    ],
    ['Order Completed', { order_id: 'o' }, { name: 'purchase', orderId: 'o' }],
    ['Order Refunded', { order_id: 'o', total: 5 }, { name: 'refund', orderId: 'o', value: 5 }],
    ['Order Cancelled', { order_id: 'o' }, { name: 'refund', orderId: 'o' }],
    ['Promotion Viewed', { promotion_id: 'p' }, { name: 'view_promotion', properties: { promotion_id: 'p' } }],
    ['Product Added to Wishlist', { product_id: 'a' }, { name: 'add_to_wishlist', items: [{ itemId: 'a' }] }],
    ['Cart Shared', { share_via: 'email' }, { name: 'share', properties: { share_via: 'email' } }],
    // What lacks what our name needs, and what has no counterpart, stays under its own name.
    ['Product Viewed', { name: 'no id' }, { name: 'custom', key: 'Product Viewed', properties: { name: 'no id' } }],
    ['Order Completed', { total: 3 }, { name: 'custom', key: 'Order Completed', value: 3, properties: { total: 3 } }],
    ['Video Played', { id: 'v' }, { name: 'custom', key: 'Video Played', properties: { id: 'v' } }],
    [
      'Product Reviewed',
      { product_id: 'a' },
      { name: 'custom', key: 'Product Reviewed', items: [{ itemId: 'a' }], properties: { product_id: 'a' } },
    ],
  ])('%s %j', (event, properties, expected) => {
    expect(eventOf(track(event, properties))).toEqual({ eventId: 'm1', ...expected });
  });
});

describe('the other calls', () => {
  const page = { url: 'https://shop.example/a?b=1', title: 'A', referrer: '$direct' };

  test.each([
    [{ type: 'page', name: 'Home', context: { page } }, { name: 'page_view' }, { page: { url: page.url, title: 'A' } }],
    [
      { type: 'page', name: 'Home', properties: { url: 'https://shop.example/' } },
      { name: 'page_view' },
      { page: { url: 'https://shop.example/', title: 'Home' } },
    ],
    [{ type: 'screen', name: 'Cart' }, { name: 'page_view' }, { page: { title: 'Cart' } }],
    [{ type: 'identify', userId: 'u', traits: { email: 'a@shop.example' } }, { name: 'custom', key: 'identify' }, {}],
    [
      { type: 'group', groupId: 'g', context: { locale: 'de' } },
      { name: 'custom', key: 'group', properties: { groupId: 'g' } },
      { locale: 'de' },
    ],
    [
      { type: 'alias', previousId: 'p', context: { campaign: { source: 's' } } },
      { name: 'custom', key: 'alias' },
      { campaign: 's' },
    ],
  ])('%j', (message, event, context) => {
    expect(translateSegment(message)[0]).toMatchObject({ event, context });
    expect(JSON.stringify(translateSegment(message)[0]?.event)).not.toContain('email');
  });

  test('what an identify call says of the person stands apart, as plain facts', () => {
    const message = {
      type: 'identify',
      context: { traits: { a: 1, b: 'context' } },
      traits: { b: 'own', c: true, d: { e: 1 }, f: null },
    };
    expect(translateSegment(message)[0]?.traits).toEqual({ a: 1, b: 'own', c: true });
    expect(translateSegment({ ...message, type: 'track', event: 'X' })[0]?.traits).toBeUndefined();
  });

  test('the path says the type of a message that does not', () => {
    expect(translateSegment({ anonymousId: 'x' }, 'page')[0]?.event.name).toBe('page_view');
    expect(translateSegment({ type: 'identify' }, 'page')[0]?.event.key).toBe('identify');
    expect(translateSegment({ type: null, event: 'X' })[0]?.event.key).toBe('X');
  });
});

describe('who, when and with what consent', () => {
  test('ids, times and consent stand where clients put them', () => {
    const message = {
      ...track('Product Viewed', { product_id: 'a' }),
      anonymousId: 'anon',
      userId: 'u',
      originalTimestamp: '2026-11-22T10:00:00.000Z',
      timestamp: '2026-11-22T09:00:00.000Z',
      context: {
        consent: { categoryPreferences: { Advertising: false, Analytics: true, odd: 'x' } },
        consentManagement: { allowedConsentIds: ['C1'], deniedConsentIds: { custom: ['C2'] } },
      },
    };
    expect(translateSegment({ batch: [message], sentAt: '2026-11-22T10:00:05.000Z' })[0]).toMatchObject({
      visitor: 'anon',
      customerId: 'u',
      sentAt: '2026-11-22T10:00:05.000Z',
      consent: { Advertising: false, Analytics: true, C1: true, C2: false },
      event: { timestamp: '2026-11-22T09:00:00.000Z', eventId: 'm1' },
    });
  });

  test.each([
    ['a header', { type: 'page' }, 'from the header'],
    ['a former id', { type: 'alias', previousId: 'former' }, 'from the header'],
    ['its own id', { type: 'page', anonymousId: 'own' }, 'own'],
  ])('the anonymous id is that of %s', (_name, message, visitor) => {
    expect(translateSegment(message, undefined, 'from the header')[0]?.visitor).toBe(visitor);
  });

  test('an alias without an anonymous id is about the former one', () => {
    expect(translateSegment({ type: 'alias', previousId: 'former', userId: 'u' })[0]?.visitor).toBe('former');
  });

  test('a time that is none costs the message nothing; an id too long to keep stays the same in a resend', () => {
    const [first, second] = translateSegment(
      [0, 1].map(() => ({ ...track('X'), timestamp: 'today', messageId: 'm'.repeat(300) })),
    );
    expect(first?.event.timestamp).toBeUndefined();
    expect(String(first?.event.eventId).length).toBeLessThanOrEqual(200);
    expect(first?.event.eventId).toBe(second?.event.eventId);
    expect(translateSegment(track('X'))[0]?.event.eventId).not.toBe(first?.event.eventId);
  });

  test('what names no event is null, in its place', () => {
    expect(translateSegment({ batch: [null, {}, track(''), track('X')] }).map((one) => one?.event.key ?? one)).toEqual([
      null,
      null,
      null,
      'X',
    ]);
    expect(translateSegment('nonsense')).toEqual([null]);
  });
});

test('whatever JSON says, each message becomes an event that the pipeline takes, or none', () => {
  const anything = fc.dictionary(
    fc.constantFrom(
      'product_id',
      'price',
      'quantity',
      'position',
      'total',
      'currency',
      'order_id',
      'query',
      'products',
      'url',
      '__proto__',
      'category',
    ),
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.double(), fc.constant('x'.repeat(3000))),
  );
  const message = fc.record({
    type: fc.constantFrom('track', 'page', 'identify', 'odd'),
    event: fc.oneof(
      fc.constantFrom('Product Viewed', 'Order Completed', 'Products Searched', 'Order Refunded', 'X'),
      fc.jsonValue({ maxDepth: 1 }),
    ),
    properties: fc.oneof(anything, fc.jsonValue({ maxDepth: 2 })),
    context: fc.oneof(
      fc.record({ page: anything, locale: fc.jsonValue(), campaign: fc.record({ name: fc.jsonValue() }) }),
      fc.jsonValue({ maxDepth: 1 }),
    ),
    timestamp: fc.jsonValue({ maxDepth: 1 }),
    messageId: fc.jsonValue({ maxDepth: 1 }),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), (batch) => {
      const translated = translateSegment(JSON.parse(JSON.stringify({ batch })));
      expect(translated).toHaveLength(batch.length);
      for (const one of translated) {
        if (!one) continue;
        const event = { ...one.event, page: one.context?.page };
        expect(checkEvent(event, 0, [], { isForeign: true })).not.toHaveProperty('detail');
      }
    }),
    { numRuns: 300 },
  );
});

interface Spec {
  events: Record<string, { examples: { event: string; properties: Record<string, unknown> }[] }>;
}
const specs = Object.values(
  import.meta.glob<Spec>('#shared/fixtures/segment/ecommerce-spec-v2.json', { eager: true, import: 'default' }),
);

/** Events of the published spec without a counterpart of ours. */
const OWN_KEY = /^(Coupon|Order Updated|Checkout Step Viewed|Product Reviewed|Product Removed from Wishlist)/;

test.skipIf(specs.length > 0)('without the published spec its examples are not read', () => {
  expect(specs).toEqual([]);
});

describe.skipIf(specs.length === 0)('the examples of the published spec', () => {
  const examples = specs
    .flatMap(({ events }) => Object.values(events).flatMap((one) => one.examples))
    .filter(({ event, properties }) => event && properties);

  test.each(examples.map((one) => [one.event, one.properties] as const))('%s', (event, properties) => {
    const made = eventOf(track(event, properties)) ?? {};
    expect(made.name === 'custom').toBe(OWN_KEY.test(event));
    const products = Array.isArray(properties.products)
      ? properties.products
      : properties.product_id
        ? [properties]
        : [];
    expect((made.items as { itemId: string }[] | undefined)?.map((item) => item.itemId) ?? []).toEqual(
      products.map((one) => one.product_id),
    );
    if (properties.order_id !== undefined) expect(made.orderId).toBe(properties.order_id);
    if (typeof properties.currency === 'string') expect(made.currency).toBe(properties.currency.toUpperCase());
    if (/^Order (Completed|Refunded|Cancelled)/.test(event)) expect(made.value).toBe(properties.total);
    expect(checkEvent(made, 0, [])).not.toHaveProperty('detail');
  });

  test('there are some', () => expect(examples.length).toBeGreaterThan(20));
});
