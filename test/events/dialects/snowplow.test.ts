import { describe, expect, test } from 'vitest';
import { checkEvent } from '../../../src/events/check.ts';
import { translateSnowplow } from '../../../src/events/dialects/snowplow.ts';

const ECOMMERCE = 'iglu:com.snowplowanalytics.snowplow.ecommerce';
const described = (schema: string, data: object) =>
  JSON.stringify({ schema: 'iglu:x/unstruct_event/jsonschema/1-0-0', data: { schema, data } });
const contexts = (entities: Record<string, object>) =>
  JSON.stringify({
    data: Object.entries(entities).map(([name, data]) => ({ schema: `${ECOMMERCE}/${name}/jsonschema/1-0-0`, data })),
  });
const base64url = (text: string) => btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const action = (type: string, entities: Record<string, object> = {}) => ({
  e: 'ue',
  ue_pr: described(`${ECOMMERCE}/snowplow_ecommerce_action/jsonschema/1-0-2`, { type }),
  co: contexts(entities),
});

const product = { id: 'a', price: 5, quantity: 2, currency: 'EUR', brand: 'B', category: 'home/mugs', position: 4 };
const item = {
  itemId: 'a',
  price: 5,
  quantity: 2,
  index: 4,
  brand: 'B',
  item_category: 'home',
  item_category2: 'mugs',
};

describe('events of the tracker', () => {
  test.each([
    ['a page view', { e: 'pv' }, { name: 'page_view' }],
    ['a page ping', { e: 'pp' }, { name: 'custom', key: 'page_ping' }],
    [
      'a structured event',
      { e: 'se', se_ca: 'c', se_ac: 'a', se_va: '3' },
      { name: 'custom', key: 'struct', value: 3, properties: { category: 'c', action: 'a' } },
    ],
    ['a product view', action('product_view', { product }), { name: 'view_item', items: [item], currency: 'EUR' }],
    ['a view of nothing', action('product_view'), { name: 'custom', key: 'product_view' }],
    ['a click in a list', action('list_click', { product }), { name: 'select_item', items: [item], currency: 'EUR' }],
    ['a first step', action('checkout_step', { checkout_step: { step: 1 } }), { name: 'begin_checkout' }],
    ['a second step', action('checkout_step', { checkout_step: { step: 2 } }), { name: 'add_shipping_info' }],
    [
      'a step with a payment',
      action('checkout_step', { checkout_step: { step: 3, payment_method: 'card' } }),
      { name: 'add_payment_info' },
    ],
    [
      'a transaction',
      action('transaction', { product, transaction: { transaction_id: 'o', revenue: 10, currency: 'GBP' } }),
      { name: 'purchase', items: [item], orderId: 'o', value: 10, currency: 'GBP' },
    ],
    [
      'a refund',
      action('refund', { refund: { transaction_id: 'o', refund_amount: 5, currency: 'GBP' } }),
      { name: 'refund', orderId: 'o', value: 5, currency: 'GBP' },
    ],
    [
      'a promotion',
      action('promo_click', { promotion: { id: 'p', name: 'Sale' } }),
      { name: 'select_promotion', properties: { promotionId: 'p', promotion: 'Sale' } },
    ],
    [
      'a search',
      {
        e: 'ue',
        ue_pr: described('iglu:com.snowplowanalytics.snowplow/site_search/jsonschema/1-0-0', {
          terms: ['blue', 'mug'],
        }),
      },
      { name: 'search', query: 'blue mug' },
    ],
    [
      'an event of the shop’s own',
      { e: 'ue', ue_pr: described('iglu:shop/played/jsonschema/1-0-0', { a: 1 }) },
      { name: 'custom', key: 'played', properties: { a: 1 } },
    ],
  ])('%s', (_name, event, expected) => {
    const [made] = translateSnowplow({ data: [{ ...event, eid: 'e1', dtm: '1795310631360' }] });
    expect(made?.event).toEqual({ eventId: 'e1', timestamp: 1795310631360, ...expected });
    expect(checkEvent(made?.event, 0, [])).not.toHaveProperty('detail');
  });

  test('JSON may be encoded, and broken JSON costs the event its details', () => {
    const { ue_pr, co } = action('product_view', { product: { ...product, id: 'ü' } });
    const utf8 = (text: string) => base64url(String.fromCharCode(...new TextEncoder().encode(text)));
    const [encoded, broken] = translateSnowplow({
      data: [
        { e: 'ue', ue_px: utf8(ue_pr), cx: utf8(co) },
        { e: 'ue', ue_pr, co: '{' },
      ],
    });
    expect(encoded?.event).toMatchObject({ name: 'view_item', items: [{ itemId: 'ü' }] });
    expect(broken?.event).toMatchObject({ name: 'custom', key: 'product_view' });
  });

  test('says who, when and where', () => {
    const event = {
      e: 'pv',
      duid: 'd',
      uid: 'u',
      stm: '1795310631379',
      url: 'https://shop.example/',
      page: 'Shop',
      refr: 'https://x.example/',
      lang: 'en',
    };
    expect(translateSnowplow({ data: [event] })[0]).toMatchObject({
      visitor: 'd',
      customerId: 'u',
      sentAt: 1795310631379,
      context: { page: { url: 'https://shop.example/', title: 'Shop', referrer: 'https://x.example/' }, locale: 'en' },
    });
    expect(translateSnowplow({ data: [null, { e: 'ue', ue_pr: '{' }] })).toEqual([null, null]);
    expect(translateSnowplow([])).toEqual([]);
  });
});
