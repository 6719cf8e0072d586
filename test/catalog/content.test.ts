import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeColumns } from '../../src/catalog/columns.ts';
import { emptyCatalogue, type LiveCatalogue, openColumns } from '../../src/catalog/memory.ts';
import { settle } from '../../src/catalog/merge.ts';
import type { ItemInput } from '../../src/catalog/schema.ts';
import { anItem } from './items.ts';

const GROUP = { variants: 'group' } as const;
const distinct = (inputs: readonly ItemInput[]) => [
  ...new Map(inputs.map((one) => [one.itemId, settle(one)])).values(),
];

function packed(inputs: readonly ItemInput[]): LiveCatalogue {
  return openColumns(encodeColumns(distinct(inputs), 1).buffer as ArrayBuffer, GROUP);
}

function applied(inputs: readonly ItemInput[], to: LiveCatalogue = emptyCatalogue(GROUP)): LiveCatalogue {
  to.apply(
    distinct(inputs).map((item) => ({ itemId: item.itemId, item })),
    to.version + 1,
  );
  return to;
}

function alike(catalogue: LiveCatalogue, itemId: string, count = 10): string[] {
  const { slots } = catalogue.content.neighbours(catalogue.indexOf(itemId), count);
  return [...slots].map((slot) => catalogue.itemId(slot));
}

const SHOP: ItemInput[] = [
  { itemId: 'mug-red', title: 'Enamel mug', categories: ['Home > Mugs'], attributes: { color: 'red' }, price: 9 },
  { itemId: 'mug-blue', title: 'Enamel mug', categories: ['Home > Mugs'], attributes: { color: 'blue' }, price: 9 },
  { itemId: 'cup', title: 'Porcelain cup', categories: ['Home > Mugs'], brand: 'Leaf', price: 19 },
  { itemId: 'pot', title: 'Tea pot', categories: ['Home > Pots'], brand: 'Leaf', price: 39 },
  { itemId: 'tea', title: 'Green tea', categories: ['Food > Tea'], price: 4 },
  { itemId: 'honey', title: 'Forest honey', categories: ['Food > Honey'], price: 6 },
  { itemId: 'shirt-s', title: 'Linen shirt', categories: ['Clothing'], groupId: 'shirt', attributes: { size: 'S' } },
  { itemId: 'shirt-m', title: 'Linen shirt', categories: ['Clothing'], groupId: 'shirt', attributes: { size: 'M' } },
  { itemId: 'towel', title: 'Linen towel', categories: ['Home > Bath'] },
];

describe.each([
  ['packed with the columns', packed],
  ['of a catalogue that only knows changes', (inputs: readonly ItemInput[]) => applied(inputs)],
])('content %s', (_, open) => {
  test('names what is most alike first, and nothing that shares nothing', () => {
    const shop = open(SHOP);
    expect(alike(shop, 'mug-red').slice(0, 2)).toEqual(['mug-blue', 'cup']);
    expect(alike(shop, 'pot')).toContain('cup');
    expect(alike(shop, 'pot')).not.toContain('honey');
    expect(alike(shop, 'shirt-s')).toEqual(['towel']);
  });

  test('says what two items have in common, in parts that add up', () => {
    const shop = open(SHOP);
    const [red, blue] = [shop.indexOf('mug-red'), shop.indexOf('mug-blue')];
    const shared = shop.content.shared(red, blue);
    expect(shared.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
      'category home',
      'category mugs',
      'leaf mugs',
      expect.stringMatching(/^price \d$/),
      'word enamel',
      'word mug',
    ]);
    expect(shared.reduce((sum, one) => sum + one.weight, 0)).toBeCloseTo(shop.content.similarity(red, blue), 6);
  });

  test('finds what a text is about, by title, category, brand or tag', () => {
    const shop = open(SHOP);
    const about = (text: string) => [...shop.content.about(text, 3).slots].map((slot) => shop.itemId(slot));
    expect(about('enamel mugs').slice(0, 2).toSorted()).toEqual(['mug-blue', 'mug-red']);
    expect(about('LEAF').toSorted()).toEqual(['cup', 'pot']);
    expect(about('something else entirely')).toEqual([]);
    expect(about('')).toEqual([]);
  });
});

describe('an item that has just been added', () => {
  const HUNDRED = Array.from({ length: 100 }, (_, n) => ({
    itemId: `i${n}`,
    title: `${['Enamel mug', 'Tea pot', 'Garden shears', 'Linen towel'][n % 4]} number${n % 10}`,
    categories: [`Range > ${['Mugs', 'Pots', 'Tools', 'Bath'][n % 4]}`],
    price: n + 1,
  }));

  test('has neighbours at once, and is one', () => {
    const shop = packed(HUNDRED);
    expect(alike(shop, 'i0')).not.toContain('new');
    applied([{ itemId: 'new', title: 'Enamel mug number0', categories: ['Range > Mugs'], price: 1 }], shop);
    expect(alike(shop, 'new', 1)).toEqual(['i0']);
    expect(alike(shop, 'i0', 1)).toEqual(['new']);
  });

  test('finds others that share what nobody had before', () => {
    const shop = packed(HUNDRED);
    applied([{ itemId: 'first', title: 'Samovar' }], shop);
    expect(alike(shop, 'first')).toEqual([]);
    applied([{ itemId: 'second', title: 'Samovar' }], shop);
    expect(alike(shop, 'first')).toEqual(['second']);
    expect(alike(shop, 'second')).toEqual(['first']);
  });

  test('is nobody’s neighbour any more when it is removed or has become something else', () => {
    const shop = applied(
      [{ itemId: 'new', title: 'Enamel mug number0', categories: ['Range > Mugs'] }],
      packed(HUNDRED),
    );
    expect(alike(shop, 'i0')).toContain('new');
    applied([{ itemId: 'new', title: 'Garden shears', categories: ['Range > Tools'] }], shop);
    expect(alike(shop, 'i0', 20)).not.toContain('new');
    expect(alike(shop, 'i2', 30)).toContain('new');
    shop.apply([{ itemId: 'new', item: null }], 9);
    expect(alike(shop, 'i2', 30)).not.toContain('new');
  });
});

test('however many changes there were, it says nearly the same as content made anew', () => {
  const words = ['red', 'mug', 'tea', 'pot', 'linen', 'oak', 'glass', 'tin'];
  const some = fc.array(
    fc.record({
      itemId: fc.integer({ min: 0, max: 30 }).map((n) => `i${n}`),
      title: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((title) => title.join(' ')),
      categories: fc.constantFrom('A > B', 'A > C', 'D').map((path) => [path]),
    }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(some, fc.array(some, { maxLength: 4 }), (first, steps) => {
      const items = new Map(distinct(first).map((item) => [item.itemId, item]));
      const live = packed(first);
      for (const step of steps) {
        // Asked in between, so that it has to follow change by change.
        live.content.neighbours(0, 5);
        applied(step, live);
        for (const item of distinct(step)) items.set(item.itemId, item);
      }
      const fresh = packed([...items.values()]);
      for (const one of items.keys())
        for (const other of items.keys()) {
          const [a, b] = [live.indexOf(one), live.indexOf(other)];
          const anew = fresh.content.similarity(fresh.indexOf(one), fresh.indexOf(other));
          // Weights follow the shop only when the index is made anew: a quarter of it may be younger.
          expect(live.content.similarity(a, b) > 0).toBe(anew > 0);
          if (anew === 1) expect(live.content.similarity(a, b)).toBeGreaterThan(0.9);
        }
    }),
    { numRuns: 100 },
  );
});

test('similarity is the same both ways, from 0 to 1, and 1 with itself; neighbours are other card keys, best first', () => {
  fc.assert(
    fc.property(fc.array(anItem, { minLength: 1, maxLength: 12 }), fc.boolean(), (inputs, columns) => {
      const shop = columns ? packed(inputs) : applied(inputs);
      const { content } = shop;
      for (let slot = 0; slot < shop.size; slot++) {
        const near = content.neighbours(slot, 64);
        expect([0, 1]).toContain(content.similarity(slot, slot));
        expect([...near.similarities]).toEqual([...near.similarities].toSorted((a, b) => b - a));
        const keys = [...near.slots].map((other) => shop.keyOf(other));
        expect(new Set([shop.keyOf(slot), ...keys]).size).toBe(keys.length + 1);
        for (let other = 0; other < shop.size; other++) {
          const similarity = content.similarity(slot, other);
          expect(similarity).toBe(content.similarity(other, slot));
          expect(similarity).toBeGreaterThanOrEqual(0);
          expect(similarity).toBeLessThanOrEqual(1);
          if (other === slot) continue;
          const parts = content.shared(slot, other).reduce((sum, one) => sum + one.weight, 0);
          expect(parts).toBeCloseTo(similarity, 5);
        }
      }
    }),
    { numRuns: 100 },
  );
});
