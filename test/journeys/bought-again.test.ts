import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../support/events.ts';
import { type Journey, startJourney } from '../support/journey.ts';

const CONFIG = {
  shop: { name: 'Demo', currency: 'GBP' },
  markets: { US: { currency: 'USD', countries: ['US'] } },
  messages: {
    'buy-again': {
      placement: 'pop-up',
      type: 'popup',
      audience: { 'visitor.orders': { $gt: 0 } },
      trigger: { on: 'page', page: ['home'] },
      content: { en: { headline: 'The same as last time?', items: '{{recommendations:buy_again:2}}' } },
    },
  },
};
const item = (itemId: string, price: number, rest: object = {}) => ({
  ...{ itemId, title: `The ${itemId}`, price, currency: 'GBP', categories: ['Pantry > Coffee'], brand: 'Roast' },
  ...rest,
});

let shop: Journey;
beforeEach(async () => {
  shop = await startJourney(CONFIG, { events: ['cart.abandoned'] });
  const items = [item('beans', 8), item('filters', 2), item('decaf', 7), item('mug', 5, { categories: ['Mugs'] })];
  await shop.call('/v1/catalog/items', { key: 'sk', method: 'PUT', body: items });
});
afterEach(() => shop.end());

interface Bought {
  recentlyBought: { itemId: string; alternative: { itemId: string } | null }[];
  basket: { items: { itemId: string; quantity: number }[]; value: number | null };
}
type Lines = [itemId: string, quantity: number, price: number][];

const newcomer = (): string => crypto.randomUUID();
const idsOf = ({ recentlyBought }: Bought): string[] => recentlyBought.map((one) => one.itemId);

async function tell(whose: object, event: object): Promise<void> {
  await shop.call('/v1/events', { key: 'sk', body: { consent: 'personal', ...whose, events: [event] } });
}
const buy = (whose: object, orderId: string, lines: Lines, rest: object = {}): Promise<void> => {
  const items = lines.map(([itemId, quantity, price]) => ({ itemId, quantity, price }));
  return tell(whose, { name: 'purchase', orderId, currency: 'GBP', items, ...rest });
};
const boughtBy = (query: string, key: 'pk' | 'sk' = 'sk'): Promise<Bought> =>
  shop.call(`/v1/recently-bought?consent=personal&${query}`, { key });

describe('what was bought last', () => {
  test('comes up as the shopper returns, and fills the basket by itself', async () => {
    const visitorId = newcomer();
    await buy({ visitorId }, 'o-1', [['beans', 2, 8]]);
    await shop.pass(30 * DAY);
    await buy({ visitorId }, 'o-2', [
      ['beans', 3, 7],
      ['filters', 1, 2],
    ]);
    await shop.pass(29 * DAY);
    const body = { visitorId, consent: 'personal', page: { type: 'home' }, include: ['messages', 'recentlyBought'] };
    const page = await shop.call<Bought & { messages: object[] }>('/v1/decide', { body });
    expect(page.messages).toMatchObject([
      { messageId: 'buy-again', content: { items: [{ itemId: 'beans' }, { itemId: 'filters' }] } },
    ]);
    expect(page.recentlyBought[0]).toMatchObject({
      ...{ itemId: 'beans', title: 'The beans', times: 2, quantity: 5, lastQuantity: 3, availability: 'in_stock' },
      ...{ paid: 7, paidCurrency: 'GBP', price: 8, currency: 'GBP', priceChange: 1, dueConfidence: 0.5 },
    });
    expect(page.basket).toMatchObject({
      items: [
        { itemId: 'beans', quantity: 3 },
        { itemId: 'filters', quantity: 1 },
      ],
      value: 26,
    });
    await tell({ visitorId }, { name: 'add_to_cart', currency: 'GBP', items: page.basket.items });
    const after = await shop.call<Bought>('/v1/decide', { body: { ...body, include: ['recentlyBought', 'cart'] } });
    expect(after).toMatchObject({ cart: { quantity: 4, value: 26 }, basket: { items: [], value: 0 } });
  });

  test('is less what was given back, on whichever device the order was placed', async () => {
    const [phone, laptop, customerId] = [newcomer(), newcomer(), `customer-${newcomer()}`];
    await buy({ visitorId: phone, customerId }, 'o-1', [
      ['beans', 2, 8],
      ['mug', 1, 5],
    ]);
    await shop.pass(DAY);
    await buy({ visitorId: laptop, customerId }, 'o-2', [['filters', 1, 2]]);
    await tell({ customerId }, { name: 'refund', orderId: 'o-1', items: [{ itemId: 'mug' }] });
    await tell({ customerId }, { name: 'refund', orderId: 'o-1', items: [{ itemId: 'beans', quantity: 1 }] });
    const merged = await boughtBy(`customerId=${customerId}`);
    expect(merged.recentlyBought).toMatchObject([
      { itemId: 'filters', quantity: 1 },
      { itemId: 'beans', quantity: 1, lastQuantity: 1 },
    ]);
  });

  test('that was hidden on one device stays hidden on all, also after another purchase', async () => {
    const [phone, laptop, customerId] = [newcomer(), newcomer(), `customer-${newcomer()}`];
    await buy({ visitorId: phone }, 'o-1', [['mug', 1, 5]]);
    await shop.call(`/v1/recently-bought/mug?visitorId=${phone}`, { method: 'DELETE' });
    expect(idsOf(await boughtBy(`visitorId=${phone}`, 'pk'))).toEqual([]);
    await buy({ visitorId: phone, customerId }, 'o-2', [['beans', 1, 8]]);
    await buy({ visitorId: laptop, customerId }, 'o-3', [['mug', 1, 5]]);
    expect(idsOf(await boughtBy(`customerId=${customerId}`))).toEqual(['beans']);
    expect((await boughtBy(`customerId=${customerId}`)).basket.items).toMatchObject([{ itemId: 'beans' }]);
  });

  test('and is sold out, names what can be had instead, which is not what was hidden', async () => {
    const visitorId = newcomer();
    await buy({ visitorId }, 'o-1', [['beans', 2, 8]]);
    await shop.call('/v1/catalog/items/beans', {
      ...{ key: 'sk', method: 'PATCH' },
      body: { availability: 'out_of_stock' },
    });
    const [beans] = (await boughtBy(`visitorId=${visitorId}`)).recentlyBought;
    expect(beans?.alternative).toMatchObject({ itemId: 'decaf', title: 'The decaf', price: 7, currency: 'GBP' });
    expect((await boughtBy(`visitorId=${visitorId}`)).basket.items).toEqual([]);
    await shop.call(`/v1/recently-bought/decaf?visitorId=${visitorId}`, { method: 'DELETE' });
    const [again] = (await boughtBy(`visitorId=${visitorId}`)).recentlyBought;
    expect(again?.alternative?.itemId).not.toBe('decaf');
  });

  test('is not compared with a price in another currency', async () => {
    const visitorId = newcomer();
    await buy({ visitorId }, 'o-1', [['beans', 2, 8]]);
    const offers = { US: { price: 11, currency: 'USD' } };
    await shop.call('/v1/catalog/items/beans', { key: 'sk', method: 'PATCH', body: { offers } });
    expect((await boughtBy(`visitorId=${visitorId}&country=US`)).recentlyBought).toMatchObject([
      { paid: 8, paidCurrency: 'GBP', price: 11, currency: 'USD', priceChange: null },
    ]);
  });
});
