import { expect, test } from 'vitest';
import { isNews, newsIn } from '../../src/catalog/news.ts';
import type { Item } from '../../src/catalog/schema.ts';

const item = (rest: Partial<Item>): Item => ({ itemId: 'tea', title: 'Tea', availability: 'in_stock', ...rest });
const back = { what: 'product.back_in_stock' };
const dropped = (previousPrice: number) => ({ what: 'product.price_dropped', previousPrice });
const us = (price: number, rest: object = {}) => ({ US: { price, currency: 'USD', ...rest } });

test.each<[string, Partial<Item>, Partial<Item>, string | undefined, object | null]>([
  ['back in stock', { availability: 'out_of_stock' }, {}, undefined, back],
  ['back in stock and cheaper', { availability: 'out_of_stock', price: 10 }, { price: 5 }, undefined, back],
  ['to be ordered', { availability: 'out_of_stock' }, { availability: 'preorder' }, undefined, null],
  ['sold out', {}, { availability: 'out_of_stock' }, undefined, null],
  ['cheaper', { price: 10 }, { price: 8 }, undefined, dropped(10)],
  ['on sale', { price: 10 }, { price: 10, salePrice: 7 }, undefined, dropped(10)],
  ['cheaper by next to nothing', { price: 10 }, { price: 9.95 }, undefined, null],
  ['dearer', { price: 10 }, { price: 12 }, undefined, null],
  ['cheaper and sold out', { price: 10 }, { price: 5, availability: 'out_of_stock' }, undefined, null],
  ['in another currency', { price: 10, currency: 'GBP' }, { price: 8, currency: 'EUR' }, undefined, null],
  ['priced for the first time', {}, { price: 8 }, undefined, null],
  ['cheaper elsewhere', { price: 10, offers: us(12) }, { price: 10, offers: us(9) }, undefined, null],
  ['cheaper there', { price: 10, offers: us(12) }, { price: 10, offers: us(9) }, 'US', dropped(12)],
  ['in stock there', { offers: us(9, { stock: 0 }) }, { offers: us(9, { stock: 4 }) }, 'US', back],
  ['cheaper where no offer says otherwise', { price: 10 }, { price: 8 }, 'US', dropped(10)],
])('an item that is %s', (_name, before, after, market, expected) => {
  expect(newsIn({ before: item(before), after: item(after) }, market)).toEqual(expected);
});

test('is news if it is in any market', () => {
  expect(isNews(item({ price: 10, offers: us(12) }), item({ price: 10, offers: us(9) }))).toBe(true);
  expect(isNews(item({ price: 10 }), item({ price: 10 }))).toBe(false);
});
