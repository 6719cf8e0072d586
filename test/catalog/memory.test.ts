import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkWhole } from '../../src/catalog/check.ts';
import { encodeColumns, readHeader } from '../../src/catalog/columns.ts';
import { emptyCatalogue, openColumns } from '../../src/catalog/memory.ts';
import { mergePatch, settle } from '../../src/catalog/merge.ts';
import type { CatalogChange, Item, ItemInput } from '../../src/catalog/schema.ts';
import { key53 } from '../../src/shared/hash.ts';
import { anItem, ODD_IDS, type Step, someSteps, told } from './items.ts';

const GROUP = { variants: 'group' } as const;

function open(inputs: ItemInput[], options: { variants: 'group' | 'separate' } = GROUP) {
  const items = [...new Map(inputs.map((input) => [input.itemId, settle(input)])).values()];
  return openColumns(encodeColumns(items, 7).buffer as ArrayBuffer, options);
}

/** What a step does to the items, and the change that the log tells of it. */
function take(items: Map<string, Item>, step: Step): CatalogChange[] {
  const touched = new Set<string>();
  const keep = (item: Item) => {
    items.set(item.itemId, item);
    touched.add(item.itemId);
  };
  if ('put' in step) for (const input of step.put) keep(settle(input));
  if ('patch' in step) {
    for (const patch of step.patch) {
      const current = items.get(patch.itemId);
      const checked = current ? checkWhole(mergePatch(current, patch)) : null;
      if (checked && 'value' in checked) keep(settle(checked.value));
    }
  }
  if ('remove' in step) for (const itemId of step.remove) if (items.delete(itemId)) touched.add(itemId);
  return [...touched].map((itemId) => ({ itemId, item: items.get(itemId) ?? null }));
}

describe('changes over columns', () => {
  test.each(['group', 'separate'] as const)('tell the same as columns made anew (variants: %s)', (variants) => {
    fc.assert(
      fc.property(fc.array(anItem, { maxLength: 8 }), someSteps, (first, steps) => {
        const items = new Map(first.map((input) => [input.itemId, settle(input)]));
        const live = openColumns(encodeColumns(items.values(), 1).buffer as ArrayBuffer, { variants });
        const slots = new Map<string, number>();
        for (const [n, step] of steps.entries()) {
          live.apply(take(items, step), n + 2);
          for (const itemId of items.keys()) {
            const slot = live.indexOf(itemId);
            expect(slots.get(itemId) ?? slot).toBe(slot);
            slots.set(itemId, slot);
          }
        }
        const fresh = openColumns(encodeColumns(items.values(), 1).buffer as ArrayBuffer, { variants });
        const bands = first.length === 0;
        expect(told(live, { bands })).toEqual(told(fresh, { bands }));
        for (const itemId of ODD_IDS) expect(live.indexOf(itemId) >= 0).toBe(items.has(itemId));
      }),
      { numRuns: 200 },
    );
  });

  test('leave removed items their slot and their name, and bring them back into it', () => {
    const live = open([{ itemId: 'mug', title: 'Mug', price: 5 }]);
    live.apply([{ itemId: 'cup', item: settle({ itemId: 'cup', title: 'Cup' }) }], 8);
    live.apply(
      [
        { itemId: 'mug', item: null },
        { itemId: 'never', item: null },
      ],
      9,
    );
    expect([live.indexOf('mug'), live.isRemoved(0), live.itemId(0), live.title(0), live.isAvailable(0)]).toEqual([
      -1,
      true,
      'mug',
      'Mug',
      false,
    ]);
    expect(live.membersOf(key53('mug'))).toEqual([]);
    expect([live.changed('mug'), live.changed('cup')?.title, live.changed('never')]).toEqual([null, 'Cup', undefined]);
    live.apply([{ itemId: 'mug', item: settle({ itemId: 'mug', title: 'Mug again' }) }], 10);
    expect([live.indexOf('mug'), live.title(0), live.isRemoved(0), live.version, live.size]).toEqual([
      0,
      'Mug again',
      false,
      10,
      2,
    ]);
  });

  test('move an item from one group to another', () => {
    const live = open([
      { itemId: 's', title: 'Shirt S', groupId: 'shirt' },
      { itemId: 'm', title: 'Shirt M', groupId: 'shirt' },
    ]);
    live.apply([{ itemId: 's', item: settle({ itemId: 's', title: 'Vest S', groupId: 'vest' }) }], 8);
    expect(live.membersOf(key53('shirt'))).toEqual([1]);
    expect(live.membersOf(key53('vest'))).toEqual([0]);
    live.apply([{ itemId: 's', item: settle({ itemId: 's', title: 'Shirt S', groupId: 'shirt' }) }], 9);
    expect(live.membersOf(key53('shirt'))).toEqual([0, 1]);
    expect(live.membersOf(key53('vest'))).toEqual([]);
  });
});

describe('an item in memory', () => {
  const live = open([
    {
      itemId: 'mug',
      title: 'Mug',
      price: 5,
      salePrice: 4,
      currency: 'GBP',
      stock: 3,
      categories: ['Home > Küche & Bad > Mugs', 'Home > Gifts'],
      attributes: { color: 'red' },
      offers: {
        DE: { price: 6, currency: 'EUR' },
        SE: { price: 70, salePrice: 50, currency: 'SEK', stock: 0 },
        FR: { availability: 'preorder' },
      },
      locales: { de: { title: 'Tasse' }, 'fr-CA': { title: 'Tasse à café' } },
      url: 'https://shop.example/mug',
      createdAt: '2026-01-02T03:04:05',
    },
    { itemId: 'bare', title: 'Bare' },
  ]);

  test.each<[string | undefined, number, string, string]>([
    [undefined, 4, 'GBP', 'in_stock'],
    ['DE', 6, 'EUR', 'in_stock'],
    ['SE', 50, 'SEK', 'out_of_stock'],
    ['FR', 4, 'GBP', 'preorder'],
    ['US', 4, 'GBP', 'in_stock'],
  ])('costs in market %s %d %s and is %s', (market, price, currency, availability) => {
    expect([live.price(0, market), live.currency(0, market), live.availability(0, market)]).toEqual([
      price,
      currency,
      availability,
    ]);
  });

  test.each([
    [undefined, 'Mug'],
    ['de', 'Tasse'],
    ['de-CH', 'Tasse'],
    ['DE', 'Tasse'],
    ['fr', 'Tasse à café'],
    ['es', 'Mug'],
  ])('is called for locale %s %s', (locale, title) => {
    expect(live.title(0, locale)).toBe(title);
  });

  test('has the slugs of its categories, its time in UTC, and facts without texts by locale and addresses', () => {
    expect(live.categories(0)).toEqual(['home', 'kuche-bad', 'mugs', 'gifts']);
    expect(live.createdAt(0)).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
    expect(live.facts(0)).toMatchObject({
      itemId: 'mug',
      price: 5,
      salePrice: 4,
      stock: 3,
      attributes: { color: 'red' },
    });
    expect(Object.keys(live.facts(0))).not.toEqual(expect.arrayContaining(['url']));
    expect(live.facts(0)).not.toHaveProperty('locales');
    expect(live.facts(1)).toEqual({ itemId: 'bare', title: 'Bare', availability: 'in_stock' });
  });

  test('without a price says so', () => {
    expect([live.price(1), live.currency(1), live.priceBand(1), live.brand(1), live.createdAt(1)]).toEqual([
      Number.NaN,
      '',
      0,
      '',
      0,
    ]);
  });
});

describe('price bands', () => {
  const prices = Array.from({ length: 10 }, (_, n) => ({
    itemId: `p${n}`,
    title: 'P',
    price: 10 * (n + 1),
    currency: 'GBP',
  }));
  const bandsOf = (catalogue: ReturnType<typeof open>) =>
    Array.from({ length: catalogue.size }, (_, slot) => catalogue.priceBand(slot));

  test('are fifths of the prices in the currency of most items', () => {
    const foreign = { itemId: 'f', title: 'F', price: 1, currency: 'JPY' };
    const unsaid = { itemId: 'u', title: 'U', price: 95 };
    expect(bandsOf(open([...prices, foreign, unsaid]))).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 0, 5]);
  });

  test('are made from what is there where there are no columns', () => {
    const live = emptyCatalogue(GROUP);
    live.apply(
      prices.map((input) => ({ itemId: input.itemId, item: settle(input) })),
      1,
    );
    expect(bandsOf(live)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    live.apply(
      prices.slice(5).map(({ itemId }) => ({ itemId, item: null })),
      2,
    );
    expect(bandsOf(live).slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
  });
});

test('an empty catalogue is one', () => {
  const empty = emptyCatalogue(GROUP);
  expect([empty.size, empty.version, empty.indexOf('a'), empty.membersOf(5), empty.changed('a')]).toEqual([
    0,
    0,
    -1,
    [],
    undefined,
  ]);
});

test('bytes that are no columns are told from those that are', () => {
  expect(readHeader(new ArrayBuffer(0))).toBeNull();
  expect(readHeader(new TextEncoder().encode('not columns at all').buffer as ArrayBuffer)).toBeNull();
  expect(() => openColumns(new ArrayBuffer(64), GROUP)).toThrow(RangeError);
  expect(readHeader(encodeColumns([], 3).buffer as ArrayBuffer)?.version).toBe(3);
});

test('odd ids are found, and only they', () => {
  const live = open(
    ODD_IDS.map((itemId) => ({ itemId, title: itemId.slice(0, 50) })),
    { variants: 'separate' },
  );
  expect(ODD_IDS.map((itemId) => live.itemId(live.indexOf(itemId)))).toEqual(ODD_IDS);
  expect(ODD_IDS.map((itemId) => live.membersOf(key53(itemId)).length)).toEqual(ODD_IDS.map(() => 1));
  expect(['b', '', 'toString', 'é'].map((itemId) => live.indexOf(itemId))).toEqual([-1, -1, -1, -1]);
});
