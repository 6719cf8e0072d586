import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkItem, checkPatch, nearestKey } from '../../src/catalog/check.ts';
import { ITEM_MAXIMUM_LENGTH } from '../../src/catalog/schema.ts';
import { anItem, aPatch, ODD_IDS } from './items.ts';

const MUG = { itemId: 'mug', title: 'Mug' };

/** What is wrong, as `path: message`; empty when nothing is. */
function wrong(
  plain: unknown,
  check: (plain: unknown) => ReturnType<typeof checkItem> | ReturnType<typeof checkPatch> = checkItem,
) {
  const checked = check(plain);
  return 'issues' in checked ? checked.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

describe('an item', () => {
  test.each<[string, unknown]>([
    ['with the least there is', MUG],
    ['free of charge', { ...MUG, price: 0, currency: 'GBP' }],
    ['with all attribute types', { ...MUG, attributes: { a: 'x', b: 1, c: true, d: ['S', 'M'], e: '' } }],
    ['created on a day', { ...MUG, createdAt: '2026-11-22' }],
    ['created at a time with an offset', { ...MUG, createdAt: '2026-11-22T10:00:00.5+01:00' }],
    ['with 50 categories', { ...MUG, categories: Array.from({ length: 50 }, (_, n) => `Home > ${n}`) }],
    ['with an offer that only says it is out', { ...MUG, offers: { DE: { availability: 'out_of_stock' } } }],
    ['with a title in German', { ...MUG, locales: { de: { title: 'Tasse' }, 'de-AT': { title: 'Häferl' } } }],
    ['with a title of 500 characters', { ...MUG, title: 'x'.repeat(500) }],
    ['with an id of 200 characters', { ...MUG, itemId: 'x'.repeat(200) }],
  ])('%s is taken', (_name, plain) => {
    expect(wrong(plain)).toEqual([]);
  });

  test.each<[string, unknown, string | RegExp]>([
    ['that is no object', 5, /^: Invalid input: expected object/],
    ['that is null', null, /^: Invalid input/],
    ['without a title', { itemId: 'mug' }, /^title: /],
    ['with an empty title', { ...MUG, title: '' }, /^title: /],
    ['with a title over 500 characters', { ...MUG, title: 'x'.repeat(501) }, /^title: .*500/],
    ['without an id', { title: 'Mug' }, /^itemId: /],
    ['with a number for an id', { ...MUG, itemId: 5 }, /^itemId: /],
    ['with an id over 200 characters', { ...MUG, itemId: 'x'.repeat(201) }, /^itemId: .*200/],
    ['with an id that no path can name', { ...MUG, itemId: '..' }, /^itemId: .*path/],
    ['with half a character in its id', { ...MUG, itemId: 'a\ud800' }, /^itemId: .*surrogate/],
    ['with half a character in its title', { ...MUG, title: '\udc00' }, /^title: .*surrogate/],
    ['with a price below 0', { ...MUG, price: -0.01 }, /^price: /],
    ['with a price in words', { ...MUG, price: '2.55' }, /^price: .*number/],
    ['with a price beyond all numbers', { ...MUG, price: Number.POSITIVE_INFINITY }, /^price: /],
    ['with a script for an address', { ...MUG, url: 'javascript:alert(1)' }, /^url: .*http/],
    ['with a relative address', { ...MUG, imageUrl: '/mug.png' }, /^imageUrl: .*http/],
    ['with a currency in words', { ...MUG, currency: 'euro' }, /^currency: .*ISO 4217/],
    ['with an unknown availability', { ...MUG, availability: 'soon' }, /^availability: /],
    ['with stock below 0', { ...MUG, stock: -1 }, /^stock: /],
    ['with 51 categories', { ...MUG, categories: Array.from({ length: 51 }, () => 'Home') }, /^categories: .*50/],
    ['with a number among its tags', { ...MUG, tags: ['a', 5] }, /^tags\.1: /],
    ['with an object for an attribute', { ...MUG, attributes: { a: { b: 1 } } }, /^attributes\.a: An attribute is/],
    ['with null for an attribute', { ...MUG, attributes: { a: null } }, /^attributes\.a: /],
    [
      'with an attribute named __proto__',
      JSON.parse('{"itemId":"m","title":"M","attributes":{"__proto__":"x"}}'),
      /^attributes\.__proto__: /,
    ],
    [
      'with 101 attributes',
      { ...MUG, attributes: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`a${n}`, n])) },
      /^attributes: At most 100/,
    ],
    ['created on no day', { ...MUG, createdAt: '2026-02-30' }, /^createdAt: An ISO 8601/],
    ['with an offer price without its currency', { ...MUG, offers: { DE: { price: 5 } } }, /^offers\.DE\.currency: /],
    ['with an offer for a strange market', { ...MUG, offers: { 'D E': {} } }, /^offers\.D E: A market/],
    ['with an empty locale', { ...MUG, locales: { de: {} } }, /^locales\.de\.title: /],
    ['in no language', { ...MUG, locales: { 'not a locale': { title: 'x' } } }, /^locales\.not a locale: A locale/],
    ['with a misspelt field', { ...MUG, pricce: 5 }, 'pricce: Unknown field; did you mean "price"?'],
    [
      'with a field in another style',
      { ...MUG, image_url: 'https://a.example' },
      'image_url: Unknown field; did you mean "imageUrl"?',
    ],
    ['with a field of nobody', { ...MUG, warehouse: 1 }, 'warehouse: Unknown field'],
    [
      'with a misspelt field in an offer',
      { ...MUG, offers: { DE: { avail: 'in_stock', currencyy: 'EUR' } } },
      /^offers\.DE\.currencyy: Unknown field; did you mean "currency"\?$/m,
    ],
    [
      'with a field named __proto__',
      JSON.parse('{"itemId":"m","title":"M","__proto__":{}}'),
      /^__proto__: Unknown field/,
    ],
  ])('%s is refused', (_name, plain, expected) => {
    expect(wrong(plain).join('\n')).toMatch(expected);
  });

  test('larger than the limit is refused as a whole', () => {
    const attributes = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`a${n}`, 'x'.repeat(1_000)]));
    expect(wrong({ ...MUG, attributes })).toEqual([expect.stringContaining(`at most ${ITEM_MAXIMUM_LENGTH}`)]);
  });

  test('tells everything that is wrong with it at once', () => {
    expect(wrong({ itemId: '', title: 5, price: -1, colour: 'red' })).toHaveLength(4);
  });

  test.each(ODD_IDS)('may be called %j', (itemId) => {
    expect(wrong({ itemId, title: 'Odd' })).toEqual([]);
  });

  test('that is drawn from what the schema allows is taken, and anything at all gets an answer', () => {
    fc.assert(fc.property(anItem, (item) => wrong(item).length === 0));
    fc.assert(fc.property(fc.anything(), (plain) => Array.isArray(wrong(plain))));
    fc.assert(fc.property(fc.json(), (text) => Array.isArray(wrong(JSON.parse(text)))));
  });
});

describe('a patch', () => {
  test('removes by null what is optional', () => {
    expect(
      wrong(
        { itemId: 'mug', price: null, offers: { DE: null, SE: { stock: null } }, attributes: { a: null } },
        checkPatch,
      ),
    ).toEqual([]);
  });

  test.each<[string, object, RegExp]>([
    ['the title', { title: null }, /^title: /],
    ['the availability', { availability: null }, /^availability: /],
    ['what it does not name', { itemId: undefined, price: 5 }, /^itemId: /],
    ['a field that there is not', { prize: 5 }, /^prize: Unknown field; did you mean "price"\?/],
  ])('cannot take away or touch %s', (_name, patch, expected) => {
    expect(wrong({ itemId: 'mug', ...patch }, checkPatch).join('\n')).toMatch(expected);
  });

  test('that is drawn from what the schema allows is taken', () => {
    fc.assert(fc.property(aPatch, (patch) => wrong(patch, checkPatch).length === 0));
  });
});

test.each([
  ['availabilty', 'availability'],
  ['Title', 'title'],
  ['item_id', 'itemId'],
  ['sale_price', 'salePrice'],
  ['xyz', null],
  ['', null],
])('the key nearest to %j is %j', (misspelt, expected) => {
  expect(nearestKey(misspelt, ['itemId', 'title', 'price', 'salePrice', 'availability'])).toBe(expected);
});
