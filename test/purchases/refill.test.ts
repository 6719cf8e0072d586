import { expect, test } from 'vitest';
import { recentlyBought } from '../../src/purchases/recently-bought.ts';
import { refill } from '../../src/purchases/refill.ts';
import type { CartLine, PastOrder } from '../../src/visitors/schema.ts';
import { item, order, smallShop } from '../recommendations/shop.ts';

const { catalogue } = smallShop(
  [
    item('tea', { price: 4 }),
    item('cup', { availability: 'out_of_stock' }),
    item('pot', { price: 20 }),
    item('jam', { price: 3, currency: 'EUR' }),
  ],
  [],
);
const from = { catalogue, market: undefined, currency: 'USD' };

function refilled(orders: PastOrder[], rest: { hidden?: string[]; cart?: CartLine[] } = {}) {
  const { hidden = [], cart = [] } = rest;
  return refill(recentlyBought(orders, { ...from, hidden, count: 100 }), { ...from, cart });
}

test.each<[string, PastOrder[], { hidden?: string[]; cart?: CartLine[] }, [string, number][], number | null]>([
  [
    'takes the quantity of the last time',
    [order('a', 60, [['tea', 2]]), order('b', 30, [['tea', 5]])],
    {},
    [['tea', 5]],
    20,
  ],
  ['leaves out what cannot be had', [order('a', 3, ['cup', 'gone', 'pot'])], {}, [['pot', 1]], 20],
  ['leaves out gifts', [order('a', 60, [['tea', 2]]), order('b', 30, [['tea', 9], 'pot'], true)], {}, [['tea', 2]], 8],
  ['leaves out what is hidden', [order('a', 3, ['tea', 'pot'])], { hidden: ['tea'] }, [['pot', 1]], 20],
  [
    'fills up what is in the basket already',
    [order('a', 3, [['tea', 3], 'pot'])],
    { cart: ['tea', 'pot'].map((itemId) => ({ itemId, quantity: 1, price: null })) },
    [['tea', 2]],
    8,
  ],
  [
    'adds up no money of different currencies',
    [order('a', 3, ['jam', 'pot'])],
    {},
    [
      ['jam', 1],
      ['pot', 1],
    ],
    null,
  ],
  ['is empty where nothing was bought', [], {}, [], 0],
])('the basket of what was bought before %s', (_name, orders, rest, expected, value) => {
  const { items, ...sum } = refilled(orders, rest);
  expect(items.map(({ itemId, quantity }) => [itemId, quantity])).toEqual(expected);
  expect(sum).toEqual({ value, currency: 'USD' });
});
