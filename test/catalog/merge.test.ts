import { describe, expect, test } from 'vitest';
import { detailsDiffer, mergePatch, settle } from '../../src/catalog/merge.ts';
import type { Item, ItemInput, ItemPatch } from '../../src/catalog/schema.ts';

const MUG: ItemInput = { itemId: 'mug', title: 'Mug' };

test.each<[Partial<ItemInput>, Item['availability']]>([
  [{}, 'in_stock'],
  [{ stock: 0 }, 'out_of_stock'],
  [{ stock: 3 }, 'in_stock'],
  [{ stock: 0, availability: 'backorder' }, 'backorder'],
  [{ stock: 0, availability: 'in_stock' }, 'in_stock'],
])('an item put with %j is %s', (stated, expected) => {
  expect(settle({ ...MUG, ...stated }).availability).toBe(expected);
});

test.each<[Partial<ItemInput>, Omit<ItemPatch, 'itemId'>, Record<string, unknown>]>([
  [{ price: 5 }, { price: 4 }, { price: 4 }],
  [{ price: 5, salePrice: 4 }, { salePrice: null }, { price: 5, salePrice: undefined }],
  [{ stock: 3 }, { stock: 0 }, { stock: 0, availability: 'out_of_stock' }],
  [{ stock: 0 }, { stock: 3 }, { stock: 3, availability: 'in_stock' }],
  [{ availability: 'preorder' }, { stock: 0 }, { stock: 0, availability: 'preorder' }],
  [{ stock: 3 }, { stock: 0, availability: 'backorder' }, { stock: 0, availability: 'backorder' }],
  [{ stock: 0 }, { stock: null }, { stock: undefined, availability: 'out_of_stock' }],
  [{ attributes: { a: 1, b: 2 } }, { attributes: { b: null, c: 3 } }, { attributes: { a: 1, c: 3 } }],
  [{ attributes: { a: 1 } }, { attributes: null }, { attributes: undefined }],
  [{ tags: ['a', 'b'] }, { tags: ['c'] }, { tags: ['c'] }],
  [
    { offers: { DE: { price: 5, currency: 'EUR', stock: 2 }, SE: { stock: 1 } } },
    { offers: { DE: { stock: 0 } } },
    { offers: { DE: { price: 5, currency: 'EUR', stock: 0, availability: 'out_of_stock' }, SE: { stock: 1 } } },
  ],
  [{ offers: { DE: { stock: 2 }, SE: { stock: 1 } } }, { offers: { DE: null } }, { offers: { SE: { stock: 1 } } }],
  [
    { locales: { de: { title: 'Tasse' } } },
    { locales: { fr: { title: 'Tasse' } } },
    { locales: { de: { title: 'Tasse' }, fr: { title: 'Tasse' } } },
  ],
])('%j patched with %j has %j', (stated, patch, expected) => {
  const before = settle({ ...MUG, ...stated });
  const kept = JSON.stringify(before);
  const merged = mergePatch(before, { itemId: 'mug', ...patch });
  for (const [field, value] of Object.entries(expected)) expect(merged[field]).toEqual(value);
  expect(JSON.stringify(before)).toBe(kept);
});

describe('what is kept', () => {
  test('is the same text whatever order the fields came in', () => {
    const one = settle({
      itemId: 'mug',
      title: 'Mug',
      price: 5,
      attributes: { a: 1, b: ['x'] },
      offers: { SE: {}, DE: {} },
    });
    const other = settle({
      offers: { DE: {}, SE: {} },
      attributes: { b: ['x'], a: 1 },
      price: 5,
      title: 'Mug',
      itemId: 'mug',
    });
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  test.each<[Partial<ItemInput>, boolean]>([
    [{ price: 6 }, false],
    [{ stock: 0 }, false],
    [{ offers: { DE: { stock: 1 } } }, false],
    [{ title: 'Cup' }, true],
    [{ attributes: { price: 6 } }, true],
  ])('has other details after %j: %s', (stated, expected) => {
    const before = settle({ ...MUG, price: 5, attributes: { price: 5 } });
    expect(detailsDiffer(before, settle({ ...before, ...stated }))).toBe(expected);
  });
});
