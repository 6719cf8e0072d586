import { describe, expect, test } from 'vitest';
import { checkEvent } from '../../src/events/check.ts';
import { enrich } from '../../src/events/enrich.ts';
import { keptEvent, type Receipt } from '../../src/events/normalize.ts';
import { bareUrl, campaignOf, deviceOf } from '../../src/events/page.ts';
import type { KeptEvent } from '../../src/events/schema.ts';
import { DAY, NOON, SECOND } from '../support/events.ts';

const RECEIPT: Receipt = {
  receivedAt: NOON,
  sentAt: null,
  trusted: false,
  consent: 'personal',
  learn: true,
  context: undefined,
  country: 'DE',
  device: 'mobile',
  currency: 'GBP',
  issueId: () => 'issued',
};

function keptOf(event: Record<string, unknown>, receipt: Partial<Receipt> = {}): KeptEvent {
  const checked = checkEvent(event, 0, ['events', 0]);
  if ('detail' in checked) throw new Error(checked.detail);
  return keptEvent(checked, { ...RECEIPT, ...receipt });
}

describe('the time an event counts at', () => {
  const iso = (at: number): string => new Date(at).toISOString();
  const cases: [string, number | null, Partial<Receipt>, number][] = [
    ['none: when it was received', null, {}, NOON],
    ['a minute ago', NOON - 60 * SECOND, {}, NOON - 60 * SECOND],
    ['the future is now', NOON + DAY, {}, NOON],
    ['a browser’s past ends a week ago', NOON - 30 * DAY, {}, NOON - 7 * DAY],
    ['a server’s past does not', NOON - 4000 * DAY, { trusted: true }, NOON - 4000 * DAY],
    ['a server’s future is now', NOON + DAY, { trusted: true }, NOON],
    ['a clock an hour fast is set right', NOON + 3590 * SECOND, { sentAt: NOON + 3600 * SECOND }, NOON - 10 * SECOND],
    ['a clock a day slow is set right', NOON - DAY - 10 * SECOND, { sentAt: NOON - DAY }, NOON - 10 * SECOND],
  ];
  test.each(cases)('%s', (_name, said, receipt, at) => {
    const timestamp = said === null ? {} : { timestamp: iso(said) };
    expect(keptOf({ name: 'page_view', ...timestamp }, receipt).at).toBe(at);
  });
});

test('whatever names the sender used, the same is kept', () => {
  const ours = {
    name: 'purchase',
    orderId: 'o',
    currency: 'gbp',
    value: 5,
    items: [{ itemId: 'a', price: 2.5, quantity: 2, brand: 'B' }],
  };
  const ga4 = {
    event: 'purchase',
    ecommerce: {
      transaction_id: 'o',
      currency: 'GBP',
      value: 5,
      items: [{ item_id: 'a', item_brand: 'B', price: 2.5, quantity: 2 }],
    },
  };
  const params = { name: 'purchase', params: ga4.ecommerce };
  expect(keptOf(ga4)).toEqual(keptOf(ours));
  expect(keptOf(params)).toEqual(keptOf(ours));
  expect(keptOf(ours)).toMatchObject({
    eventId: 'issued',
    orderId: 'o',
    currency: 'GBP',
    value: 5,
    country: 'DE',
    device: 'mobile',
  });
});

test('money without a currency is in the shop’s', () => {
  expect(keptOf({ name: 'purchase', orderId: 'o', items: [{ itemId: 'a' }] }).currency).toBe('GBP');
  expect(keptOf({ name: 'view_item', items: [{ itemId: 'a' }] }).currency).toBeUndefined();
});

describe('pages', () => {
  test('lose their query, fragment and credentials, but name the campaign', () => {
    const page = {
      url: 'https://me:secret@shop.example/p/1?utm_campaign=christmas&email=a@b.c#top',
      referrer: 'https://mail.example/inbox?token=1',
    };
    expect(keptOf({ name: 'page_view' }, { context: { page } }).page).toEqual({
      url: 'https://shop.example/p/1',
      campaign: 'christmas',
      referrer: 'https://mail.example/inbox',
    });
  });

  test.each([
    ['https://s.example/?utm_source=news', 'news'],
    ['https://s.example/?gclid=abc', 'gclid'],
    ['https://s.example/?q=shoes', null],
    ['https://s.example/#?utm_source=x', null],
  ])('campaign of %s', (url, campaign) => {
    expect(campaignOf(url)).toBe(campaign);
  });

  test.each(['javascript:alert(1)', 'not a url', 'android-app://x', ''])('%s is no address', (url) => {
    expect(bareUrl(url)).toBeNull();
  });

  test('GA4’s page fields say the same', () => {
    expect(
      keptOf({ name: 'page_view', params: { page_location: 'https://s.example/a?x=1', page_title: 'A' } }).page,
    ).toEqual({
      url: 'https://s.example/a',
      title: 'A',
    });
  });
});

describe('everything else the sender said', () => {
  test('is kept up to 2 KB, as much as fits', () => {
    const kept = keptOf({ name: 'page_view', plan: 'gold', big: 'x'.repeat(3000), small: 1 });
    expect(kept.properties).toEqual({ plan: 'gold', small: 1 });
  });

  test('does not reach into prototypes, and does not go on for ever', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i++) deep = [deep];
    const event = JSON.parse(
      '{"name":"page_view","__proto__":{"trusted":true},"properties":{"__proto__":{"x":1},"ok":1}}',
    );
    const kept = keptOf({ ...event, deep });
    expect(kept.properties).toEqual({ ok: 1 });
    expect(kept.trusted).toBe(false);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test('never carries an address of the network', () => {
    expect(JSON.stringify(keptOf({ name: 'page_view' }, { country: 'DE' }))).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
  });
});

test('the catalogue knows better than the sender, and the sender better than nobody', () => {
  const event = keptOf({
    name: 'view_item',
    items: [
      { itemId: 'known', item_brand: 'Said', item_category: 'Said' },
      { itemId: 'unknown', item_brand: 'Said', item_category: 'Küche & Bad', item_category2: 'Tassen' },
    ],
  });
  enrich([event], {
    indexOf: (itemId) => (itemId === 'known' ? 0 : -1),
    brand: () => 'Clay',
    categories: () => ['home', 'mugs'],
    priceBand: () => 2,
    isReduced: () => true,
  });
  expect(event.items).toEqual([
    { itemId: 'known', brand: 'Clay', categories: ['home', 'mugs'], priceBand: 2, reduced: true },
    { itemId: 'unknown', brand: 'Said', categories: ['kuche-bad', 'tassen'] },
  ]);
});

test.each([
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148', 'mobile'],
  ['Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130 Mobile Safari/537.36', 'mobile'],
  ['Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/130 Safari/537.36', 'tablet'],
  ['Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)', 'tablet'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130', 'desktop'],
  ['', undefined],
])('device of %s', (agent, device) => {
  expect(deviceOf(agent)).toBe(device);
});
