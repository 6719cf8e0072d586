import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyOf, checkEvent } from '../../src/events/check.ts';
import { EVENT_NAMES } from '../../src/events/schema.ts';
import { EventBatch, EventEnvelope, parseTime } from '../../src/events/wire.ts';

const item = { itemId: 'a', price: 2.5 };

function detailOf(event: unknown): string | null {
  const checked = checkEvent(event, 3, ['events', 3]);
  return 'detail' in checked ? checked.detail : null;
}

describe('an event is rejected with the place and the reason', () => {
  const cases: [string, unknown, string][] = [
    ['no object', 7, 'events[3]: an event is an object'],
    ['a list', [], 'events[3]: an event is an object'],
    ['no name', {}, 'events[3].name: is required'],
    ['an unknown name', { name: 'view_itm' }, 'events[3].name: "view_itm" is no event name'],
    ['an unknown name of a dataLayer push', { event: 'gtm.js' }, 'events[3].event: "gtm.js" is no event name'],
    ['a name that is none', { name: { a: 1 } }, 'events[3].name: is no event name'],
    [
      'a negative price',
      { name: 'view_item', items: [{ itemId: 'a', price: -1 }] },
      'events[3].items[0].price: is 0 or more',
    ],
    [
      'a price as text',
      { name: 'view_item', items: [item, { itemId: 'a', price: '2' }] },
      'events[3].items[1].price: is a number',
    ],
    [
      'a quantity of 0',
      { name: 'add_to_cart', items: [{ itemId: 'a', quantity: 0 }] },
      'events[3].items[0].quantity: is above 0',
    ],
    ['an item without its id', { name: 'view_item', items: [{}] }, 'events[3].items[0].itemId: is required'],
    [
      'an itemId that is too long',
      { name: 'view_item', items: [{ item_id: 'x'.repeat(201) }] },
      'events[3].items[0].item_id: an itemId has at most 200 characters',
    ],
    ['no items to view', { name: 'view_item' }, 'events[3].items: is required for view_item'],
    [
      'an empty list to buy',
      { name: 'purchase', orderId: 'o', items: [] },
      'events[3].items: is required for purchase',
    ],
    [
      'a purchase without its order',
      { name: 'purchase', items: [item] },
      'events[3].orderId: is required for purchase',
    ],
    [
      'a purchase without anything',
      { name: 'purchase' },
      'events[3].orderId: is required for purchase; events[3].items: is required for purchase',
    ],
    ['a refund of nothing', { name: 'refund' }, 'events[3].orderId: is required for refund'],
    ['a custom event without a key', { name: 'custom' }, 'events[3].key: is required for custom'],
    ['a time that is none', { name: 'page_view', timestamp: '2026-13-45' }, 'events[3].timestamp: is an ISO 8601 time'],
    [
      'a script as an address',
      { name: 'page_view', page: { url: 'javascript:alert(1)' } },
      'events[3].page.url: is an http or https URL',
    ],
    [
      'a currency that is none',
      { name: 'purchase', orderId: 'o', currency: 'pounds', items: [item] },
      'events[3].currency: is an ISO 4217 code',
    ],
    [
      'a place within ecommerce',
      { event: 'view_item', ecommerce: { items: [{ item_id: 'a', price: -1 }] } },
      'events[3].ecommerce.items[0].price: is 0 or more',
    ],
    [
      'an eventId that is too long',
      { name: 'page_view', eventId: 'x'.repeat(201) },
      'events[3].eventId: has at most 200 characters',
    ],
  ];
  test.each(cases)('%s', (_name, event, detail) => {
    expect(detailOf(event)).toContain(detail);
  });
});

describe('an event is taken', () => {
  const cases: [string, Record<string, unknown>][] = [
    ['by our own names', { name: 'purchase', orderId: 'o', currency: 'GBP', value: 5, items: [item] }],
    [
      'by GA4’s',
      { name: 'purchase', transaction_id: 'o', items: [{ item_id: 'a', item_name: 'A', item_category2: 'B' }] },
    ],
    ['as a dataLayer push', { event: 'purchase', ecommerce: { transaction_id: 'o', items: [{ item_id: 'a' }] } }],
    ['as GA4’s measurement protocol says it', { name: 'search', params: { search_term: 'mug' } }],
    ['with numbers as ids', { event: 'purchase', ecommerce: { transaction_id: 77, items: [{ item_id: 12345 }] } }],
    ['with one item beside its name', { name: 'view_item', itemId: 'a', price: 2 }],
    ['with ecommerce null, as a push that clears it', { event: 'page_view', ecommerce: null }],
    ['with anything else it says', { name: 'page_view', plan: 'gold', properties: { a: 1 } }],
  ];
  test.each(cases)('%s', (_name, event) => {
    expect(detailOf(event)).toBeNull();
  });

  test('under every name, with no more than items, an order and a key', () => {
    for (const name of EVENT_NAMES) expect(detailOf({ name, items: [item], orderId: 'o', key: 'k' })).toBeNull();
  });

  test('exactly as the documentation shows it', () => {
    const body = {
      visitorId: '9b2e4c1a-0000-4000-8000-000000000000',
      consent: 'personal',
      sentAt: '2026-11-22T10:00:01Z',
      context: {
        page: { url: 'https://shop.example/p/85123A', type: 'item', title: '…', referrer: 'https://search.example/' },
        locale: 'en-GB',
      },
      events: [
        {
          eventId: 'c1',
          name: 'view_item',
          timestamp: '2026-11-22T10:00:00Z',
          items: [{ itemId: '85123A', price: 2.55 }],
        },
      ],
    };
    expect(EventEnvelope.safeParse(body).success).toBe(true);
    expect(EventBatch.safeParse(body).success).toBe(true);
  });
});

describe('bodies', () => {
  const event = { name: 'page_view' };
  test.each([
    ['an envelope', { events: [event] }, { events: [event] }, ['events', 0]],
    ['a bare list', [event], { events: [event] }, [0]],
    ['one event', { ...event, visitorId: 'v' }, { visitorId: 'v', events: [{ ...event, visitorId: 'v' }] }, []],
  ])('%s', (_name, plain, envelope, path) => {
    const body = bodyOf(plain);
    expect(JSON.parse(JSON.stringify(body.envelope))).toEqual(envelope);
    expect(body.pathTo(0)).toEqual(path);
  });

  test.each([[Array.from({ length: 501 }, () => event)], ['x'], [{}], [null]])(
    'events that are no list of at most 500 are refused',
    (events) => {
      expect(EventEnvelope.safeParse({ events }).success).toBe(false);
    },
  );

  test('an empty list is none of them', () => {
    expect(EventEnvelope.safeParse({ events: [] }).success).toBe(true);
  });
});

describe('times', () => {
  test.each([
    ['2026-11-22T10:00:00Z', Date.UTC(2026, 10, 22, 10)],
    ['2026-11-22T10:00:00.250+01:00', Date.UTC(2026, 10, 22, 9, 0, 0, 250)],
    ['2026-11-22T10:00', Date.UTC(2026, 10, 22, 10)],
    ['2026-11-22 10:00:00', Date.UTC(2026, 10, 22, 10)],
    ['2026-11-22', Date.UTC(2026, 10, 22)],
    [1763805600000, 1763805600000],
    ['22/11/2026', Number.NaN],
    ['2026-02-30T99:00:00Z', Number.NaN],
    ['1930-01-01', Number.NaN],
    [-1, Number.NaN],
    [1e300, Number.NaN],
    ['', Number.NaN],
  ])('%s', (time, at) => {
    expect(parseTime(time)).toBe(at);
  });
});

test('nothing that JSON can say breaks the check', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(...EVENT_NAMES), (plain, name) => {
      checkEvent(plain, 0, ['events', 0]);
      const event =
        typeof plain === 'object' ? { ...plain, name } : { name, items: plain, page: plain, ecommerce: plain };
      const checked = checkEvent(event, 0, ['events', 0]);
      if ('detail' in checked) expect(checked.detail).toMatch(/^events\[0\]/);
    }),
    { numRuns: 500 },
  );
});
