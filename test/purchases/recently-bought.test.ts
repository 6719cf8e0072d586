import { describe, expect, test } from 'vitest';
import { recentlyBought } from '../../src/purchases/recently-bought.ts';
import { item, NOW, order, smallShop } from '../recommendations/shop.ts';

const DAY = 86_400_000;
const { catalogue } = smallShop(
  [item('tea', { price: 4, salePrice: 3 }), item('cup', { availability: 'out_of_stock' }), item('pot')],
  [],
);
const options = { catalogue, hidden: [], count: 100, currency: 'USD' };

describe('the recently-bought list', () => {
  test('is newest first, with counts, prices then and now, and the due date', () => {
    const orders = [order('a', 60, [['tea', 2], 'cup']), order('b', 30, [['tea', 1]])];
    expect(recentlyBought(orders, options)).toEqual([
      {
        itemId: 'tea',
        title: 'Title of tea',
        lastBoughtAt: NOW - 30 * DAY,
        times: 2,
        quantity: 3,
        lastQuantity: 1,
        paid: 10,
        paidCurrency: 'USD',
        price: 3,
        currency: 'USD',
        priceChange: -7,
        availability: 'in_stock',
        dueAt: NOW,
        dueConfidence: 0.5,
      },
      {
        itemId: 'cup',
        title: 'Title of cup',
        lastBoughtAt: NOW - 60 * DAY,
        times: 1,
        quantity: 1,
        lastQuantity: 1,
        paid: 10,
        paidCurrency: 'USD',
        price: 10,
        currency: 'USD',
        priceChange: 0,
        availability: 'out_of_stock',
        dueAt: null,
        dueConfidence: null,
      },
    ]);
  });

  test('lists what the catalogue has lost, as far as the order tells', () => {
    const [entry] = recentlyBought([order('a', 1, ['gone'])], options);
    expect(entry).toMatchObject({ itemId: 'gone', title: null, price: null, availability: null, paid: 10 });
  });

  test('leaves out what was refunded whole and what the visitor has hidden', () => {
    const orders = [order('a', 3, [['tea', 0], 'cup', 'pot'])];
    expect(recentlyBought(orders, { ...options, hidden: ['pot'] }).map((entry) => entry.itemId)).toEqual(['cup']);
  });

  test('shows gifts, but they say nothing about when the item is due', () => {
    const orders = [order('a', 60, ['tea']), order('b', 30, ['tea'], true)];
    expect(recentlyBought(orders, options)).toMatchObject([{ itemId: 'tea', times: 2, dueAt: null }]);
  });

  test('does not depend on the order in which orders are kept, and respects the count', () => {
    const orders = [order('b', 30, ['tea']), order('a', 60, ['cup']), order('c', 10, ['pot'])];
    expect(recentlyBought(orders, { ...options, count: 2 }).map((entry) => entry.itemId)).toEqual(['pot', 'tea']);
  });
});
