import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { VisitorObject } from '../../src/visitors/object.ts';
import { DAY, MINUTE } from '../support/events.ts';
import { type Journey, startJourney } from '../support/journey.ts';

const CONFIG = {
  shop: { name: 'Demo', currency: 'GBP' },
  identity: { traits: ['email'] },
  markets: { US: { currency: 'USD', countries: ['US'] } },
};
const ITEMS = [
  { itemId: 'pot', title: 'The pot', price: 10, availability: 'out_of_stock', url: 'https://shop.example/pot' },
  { itemId: 'tea', title: 'The tea', price: 10 },
];

let shop: Journey;
beforeEach(async () => {
  shop = await startJourney(CONFIG, { events: ['product.back_in_stock', 'product.price_dropped'] });
  await shop.call('/v1/catalog/items', { key: 'sk', method: 'PUT', body: ITEMS });
});
afterEach(() => shop.end());

const newcomer = (): string => crypto.randomUUID();
const everybody = (...visitorIds: string[]) => [
  ...visitorIds.map((one) => shop.visitor(one)),
  shop.catalog,
  shop.directory,
];

/** Looks at an item, and lets the visit be told of. */
async function look(visitorId: string, itemId: string, rest: object = {}): Promise<void> {
  const events = [{ name: 'view_item', items: [{ itemId }] }];
  await shop.call('/v1/events', { key: 'sk', body: { visitorId, consent: 'personal', events, ...rest } });
  await shop.pass(MINUTE, ...everybody(visitorId));
}
const change = (itemId: string, body: object) =>
  shop.call(`/v1/catalog/items/${itemId}`, { key: 'sk', method: 'PATCH', body });
const watching = async (visitorId: string): Promise<string[]> => {
  const path = `/v1/visitors/${visitorId}/export`;
  const { watching: items } = await shop.call<{ watching: { itemId: string }[] }>(path, { key: 'sk' });
  return items.map((one) => one.itemId);
};

describe('somebody who looked at an item', () => {
  test('hears that it is back in stock, once', async () => {
    const visitorId = newcomer();
    await look(visitorId, 'pot', { traits: { email: 'anna@shop.example' } });
    await change('pot', { availability: 'in_stock' });
    for (let times = 0; times < 3; times++) await shop.pass(MINUTE, ...everybody(visitorId));
    expect(await shop.heard()).toMatchObject([
      {
        type: 'product.back_in_stock',
        data: {
          ...{ visitorId, customerId: null, traits: { email: 'anna@shop.example' } },
          item: { itemId: 'pot', title: 'The pot', price: 10, currency: 'GBP', url: 'https://shop.example/pot' },
        },
      },
    ]);
  });

  test('hears that it is cheaper, each time that it is', async () => {
    const visitorId = newcomer();
    await look(visitorId, 'tea');
    for (const price of [8, 8, 9, 5]) {
      await change('tea', { price });
      await shop.pass(MINUTE, ...everybody(visitorId));
    }
    expect(await shop.heard()).toMatchObject([
      { type: 'product.price_dropped', data: { item: { price: 8 }, previousPrice: 10 } },
      { type: 'product.price_dropped', data: { item: { price: 5 }, previousPrice: 9 } },
    ]);
  });

  test('hears it as a customer once, whichever device it was looked at on', async () => {
    const [phone, laptop, customerId] = [newcomer(), newcomer(), `customer-${newcomer()}`];
    await look(phone, 'tea');
    await look(phone, 'tea', { customerId });
    await look(laptop, 'tea', { customerId });
    await change('tea', { price: 5 });
    await shop.pass(MINUTE, ...everybody(phone, laptop), shop.customer(customerId));
    expect(await shop.heard()).toMatchObject([{ data: { customerId, visitorId: laptop } }]);
    expect(await watching(phone)).toEqual([]);
  });

  test('hears it although objects fall asleep, or do not answer, and never twice', async () => {
    const [one, other] = [newcomer(), newcomer()];
    for (const visitorId of [one, other]) await look(visitorId, 'tea');
    await change('tea', { price: 5 });
    const broken = vi.spyOn(VisitorObject.prototype, 'hear').mockRejectedValueOnce(new Error('Out of reach.'));
    await shop.pass(MINUTE, shop.catalog, shop.directory);
    await shop.evict(shop.directory);
    await shop.pass(MINUTE, ...everybody(one, other));
    broken.mockRestore();
    for (const visitorId of [one, other]) await shop.evict(shop.visitor(visitorId));
    await shop.pass(DAY, ...everybody(one, other));
    const heard = await shop.heard();
    expect(heard.map((message) => message.data.visitorId).toSorted()).toEqual([one, other].toSorted());
    expect(new Set(heard.map((message) => message.messageId)).size).toBe(2);
  });

  test('hears of the price in the own market', async () => {
    const visitorId = newcomer();
    const events = [{ name: 'view_item', items: [{ itemId: 'tea' }] }];
    const body = { visitorId, consent: 'personal', events };
    await shop.call('/v1/events', { headers: { 'CF-IPCountry': 'US' }, body });
    await shop.pass(MINUTE, ...everybody(visitorId));
    await change('tea', { offers: { US: { price: 14, currency: 'USD' } } });
    await shop.pass(MINUTE, ...everybody(visitorId));
    await change('tea', { offers: { US: { price: 12, currency: 'USD' } } });
    await shop.pass(MINUTE, ...everybody(visitorId));
    expect(await shop.heard()).toMatchObject([{ data: { item: { price: 12, currency: 'USD' }, previousPrice: 14 } }]);
  });

  test.each<[string, (visitorId: string) => Promise<unknown>]>([
    [
      'has bought it since',
      (visitorId) => {
        const events = [
          { name: 'purchase', orderId: `o-${visitorId}`, currency: 'GBP', items: [{ itemId: 'tea', price: 10 }] },
        ];
        return shop.call('/v1/events', { body: { visitorId, consent: 'personal', events } });
      },
    ],
    [
      'has taken it out',
      (visitorId) => shop.call(`/v1/recently-bought/tea?visitorId=${visitorId}`, { method: 'DELETE' }),
    ],
    ['looked too long ago', (visitorId) => shop.pass(31 * DAY, ...everybody(visitorId))],
    ['was erased', (visitorId) => shop.call(`/v1/visitors/me?visitorId=${visitorId}`, { method: 'DELETE' })],
    [
      'does not want to be remembered any more',
      (visitorId) => shop.call('/v1/consent', { method: 'PUT', body: { visitorId, consent: 'session' } }),
    ],
  ])('hears nothing who %s', async (_name, act) => {
    const visitorId = newcomer();
    await look(visitorId, 'tea');
    expect(await watching(visitorId)).toEqual(['tea']);
    await act(visitorId);
    await change('tea', { price: 5 });
    await shop.pass(MINUTE, ...everybody(visitorId));
    expect(await shop.posted()).toEqual([]);
  });

  test('is listed only with consent to being remembered, and not any more when erased', async () => {
    const [shy, open] = [newcomer(), newcomer()];
    await look(shy, 'tea', { consent: 'session' });
    await look(open, 'tea');
    expect((await shop.directory.watchedBy([`v:${shy}`, `v:${open}`])).map((one) => one.itemId)).toEqual(['tea']);
    await shop.call(`/v1/visitors/me?visitorId=${open}`, { method: 'DELETE' });
    expect(await shop.directory.watchedBy([`v:${open}`])).toEqual([]);
  });
});
