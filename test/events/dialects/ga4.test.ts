import { describe, expect, test } from 'vitest';
import { checkEvent } from '../../../src/events/check.ts';
import { translateDataLayer, translateMeasurementProtocol } from '../../../src/events/dialects/ga4.ts';

const product = {
  item_id: 'a',
  item_name: 'Mug',
  price: '12.5',
  quantity: 2,
  index: 1,
  item_brand: 'B',
  item_category: 'Home',
  item_category2: 'Mugs',
};
const item = {
  itemId: 'a',
  price: 12.5,
  quantity: 2,
  index: 1,
  brand: 'B',
  item_category: 'Home',
  item_category2: 'Mugs',
};

describe('Measurement Protocol', () => {
  test.each([
    ['page_view', { page_location: 'https://shop.example/?q=1' }, { name: 'page_view' }],
    [
      'view_item',
      { items: [product], currency: 'eur', value: '12.5' },
      { name: 'view_item', items: [item], currency: 'EUR', value: 12.5 },
    ],
    ['view_item', { items: [{ item_name: 'Mug' }] }, { name: 'view_item', items: [{ itemId: 'Mug' }] }],
    [
      'view_item_list',
      { items: [product], item_list_id: 'l' },
      { name: 'view_item_list', items: [item], properties: { item_list_id: 'l' } },
    ],
    ['search', { search_term: 'mug' }, { name: 'search', query: 'mug' }],
    ['view_search_results', { search_term: 'mug' }, { name: 'search', query: 'mug' }],
    [
      'purchase',
      { transaction_id: 'T1', value: 25, currency: 'GBP', items: [product] },
      { name: 'purchase', orderId: 'T1', value: 25, currency: 'GBP', items: [item] },
    ],
    ['refund', { transaction_id: 'T1' }, { name: 'refund', orderId: 'T1' }],
    ['exposure', { experiment: 'e', variation: 'b' }, { name: 'exposure', experiment: 'e', variation: 'b' }],
    ['exposure', {}, { name: 'custom', key: 'exposure' }],
    ['add_to_cart', {}, { name: 'custom', key: 'add_to_cart' }],
    ['custom', { a: 1 }, { name: 'custom', key: 'custom', properties: { a: 1 } }],
    [
      'sign_up',
      { method: 'x', page_location: 'https://shop.example/?token=1' },
      { name: 'custom', key: 'sign_up', properties: { method: 'x' } },
    ],
  ])('%s %j', (name, params, expected) => {
    const [made] = translateMeasurementProtocol({ client_id: '1.2', events: [{ name, params }] });
    expect(made?.event).toEqual(expected);
    expect(checkEvent(made?.event, 0, [])).not.toHaveProperty('detail');
  });

  test('says who, when and with what consent', () => {
    const body = {
      client_id: '123.456',
      user_id: 'u',
      timestamp_micros: '1795341600123456',
      consent: { ad_user_data: 'DENIED', ad_personalization: 'GRANTED', odd: 1 },
      events: [
        { name: 'page_view', params: { language: 'de', page_title: 'A' } },
        { name: 'page_view', timestamp_micros: 1795341599000000 },
        {},
        5,
      ],
    };
    const [first, second, ...none] = translateMeasurementProtocol(body);
    expect(first).toEqual({
      visitor: '123.456',
      customerId: 'u',
      consent: { ad_user_data: false, ad_personalization: true },
      context: { page: { title: 'A' }, locale: 'de' },
      event: { name: 'page_view', timestamp: 1795341600123, properties: { language: 'de' } },
    });
    expect(second?.event.timestamp).toBe(1795341599000);
    expect(none).toEqual([null, null]);
    expect(translateMeasurementProtocol('nonsense')).toEqual([]);
  });
});

describe('dataLayer', () => {
  test('pushes are read as they are', () => {
    const pushes = [
      { ecommerce: null },
      {
        event: 'view_item',
        event_id: 'e1',
        'gtm.uniqueEventId': 5,
        ecommerce: { currency: 'GBP', value: 12.5, items: [product] },
      },
      { event: 'add_to_cart', 'gtm.uniqueEventId': 5, items: [product] },
      'nonsense',
    ];
    const [nothing, view, add, bad] = translateDataLayer(pushes, 'visitor-of-the-page');
    expect(nothing).toBeUndefined();
    expect(view).toMatchObject({
      visitor: 'visitor-of-the-page',
      event: { name: 'view_item', eventId: 'e1', items: [item], value: 12.5 },
    });
    // A counter of the page view is no id: the next page would repeat it.
    expect(add?.event).toEqual({ name: 'add_to_cart', items: [item], properties: { 'gtm.uniqueEventId': 5 } });
    expect(bad).toBeNull();
  });

  test('so are the arguments of gtag, also after JSON has made objects of them', () => {
    const calls = [
      ['js', '2026-11-22T10:00:00Z'],
      ['consent', 'default', { ad_storage: 'denied', analytics_storage: 'granted' }],
      { 0: 'config', 1: 'G-1', 2: { user_id: 'u' } },
      { 0: 'event', 1: 'purchase', 2: { transaction_id: 'T1', items: [product] } },
      ['consent', 'update', { ad_storage: 'granted' }],
      ['event', 'share'],
    ];
    const made = translateDataLayer(calls).filter((one) => one !== undefined);
    expect(made).toMatchObject([
      {
        customerId: 'u',
        consent: { ad_storage: false, analytics_storage: true },
        event: { name: 'purchase', orderId: 'T1' },
      },
      { customerId: 'u', consent: { ad_storage: true, analytics_storage: true }, event: { name: 'share' } },
    ]);
  });
});
