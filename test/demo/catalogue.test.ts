import { expect, test } from 'vitest';
import { ItemInput } from '../../src/catalog/schema.ts';
import { COMPANIONS } from '../../src/demo/catalogue/companions.ts';
import { CATEGORIES, catalogueItems, ITEMS, PRODUCTS, shelf } from '../../src/demo/catalogue/items.ts';
import { searchItems } from '../../src/demo/search.ts';
import { indexItems } from '../../src/demo/search-index.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const items = catalogueItems('http://localhost:8787', NOW);
const index = indexItems();

test('about two hundred items, in ten categories, each of them accepted by the catalogue', () => {
  expect(items.length).toBeGreaterThanOrEqual(195);
  expect(items.length).toBeLessThanOrEqual(230);
  expect(new Set(items.map((item) => item.itemId)).size).toBe(items.length);
  expect(new Set(items.flatMap((item) => item.categories)).size).toBe(10);
  const refused = items.filter((item) => !ItemInput.safeParse(item).success).map((item) => item.itemId);
  expect(refused).toEqual([]);
});

test('every category has a full shelf, with one item for each product', () => {
  for (const { slug } of CATEGORIES) {
    const ids = shelf(slug).map((item) => item.product.id);
    expect(ids.length, slug).toBeGreaterThanOrEqual(15);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('there is something of everything: sales, sold out, low stock, variants of size and of colour, new things', () => {
  expect(items.filter((item) => (item.salePrice ?? item.price) < item.price).length).toBeGreaterThanOrEqual(10);
  expect(items.filter((item) => item.availability === 'out_of_stock').length).toBeGreaterThanOrEqual(4);
  expect(items.filter((item) => item.stock > 0 && item.stock <= 5).length).toBeGreaterThanOrEqual(6);
  expect(new Set(ITEMS.flatMap((item) => item.variant?.name ?? []))).toEqual(new Set(['colour', 'size']));
  expect(items.filter((item) => item.tags.includes('new')).length).toBeGreaterThan(0);
  for (const item of items) {
    expect(item.price, item.itemId).toBeGreaterThan(0);
    expect(Date.parse(item.createdAt)).toBeLessThanOrEqual(NOW);
  }
});

test('titles and texts are each said once', () => {
  expect(new Set(PRODUCTS.map((product) => product.title)).size).toBe(PRODUCTS.length);
  expect(new Set(PRODUCTS.map((product) => product.text)).size).toBe(PRODUCTS.length);
});

test('companions are products of the shop, and belong to at least one other thing', () => {
  const known = new Set(PRODUCTS.map((product) => product.id));
  expect(COMPANIONS.flat().filter((id) => !known.has(id))).toEqual([]);
  for (const set of COMPANIONS) expect(new Set(set).size).toBe(set.length);
});

test.each([
  ['basil', 'basil-seeds'],
  ['pasta bowls', 'pasta-bowl-oat'],
  ['teapot', 'cast-teapot'],
  ['moss teapot', 'teapot-moss'],
  ['sale whisk', null],
  ['', null],
  ['<script>', null],
])('a search for "%s" finds %s', (query, expected) => {
  const found = searchItems(index, query).map(({ item }) => item.itemId);
  if (expected === null) expect(found).toEqual([]);
  else expect(found.slice(0, 3)).toContain(expected);
});

test('a search for what is on sale finds reduced things only', () => {
  const found = searchItems(index, 'sale');
  expect(found.length).toBeGreaterThanOrEqual(10);
  expect(found.filter(({ item }) => item.pays >= item.price)).toEqual([]);
});
