/** Items for tests: generators of awkward ones, and a plain large catalogue. */
import fc from 'fast-check';
import type { Catalogue } from '../../src/catalog/catalogue.ts';
import type { ItemInput, ItemPatch } from '../../src/catalog/schema.ts';

export const ODD_IDS = [
  'a',
  'A',
  '85123A',
  'b/c',
  '../up',
  '__proto__',
  'constructor',
  'ünïcode 💡',
  'e\u0301',
  'a b?c#d&e=f+g;h',
  '%2F',
  '100%',
  '"quoted"\\',
  '\u0000nul\ttab',
  "'; DROP TABLE items; --",
  'x'.repeat(200),
];

const itemId = fc.constantFrom(...ODD_IDS);
const price = fc.constantFrom(0, 0.01, 2.55, 2.95, 10, 19.99, 1_000_000);
const currency = fc.constantFrom('GBP', 'EUR');
const availability = fc.constantFrom('in_stock', 'out_of_stock', 'preorder', 'backorder');
const text = fc.constantFrom('Mug', '\ufeffmarked', 'Tasse für Tee', '杯子', '<b>', 'x'.repeat(500));
const categories = fc.uniqueArray(
  fc.constantFrom('Home > Kitchen > Mugs', 'Home>Küche & Bad', 'Gifts', ' > !!! > ', 'Сад > Цветы'),
);
const attributes = fc.dictionary(
  fc.constantFrom('color', 'size', 'price', 'a.b', 'toString'),
  fc.oneof(fc.constantFrom('red', ''), fc.integer(), fc.boolean(), fc.constant(['S', 'M'])),
  { noNullPrototype: true },
);
const createdAt = fc.constantFrom(
  '2026-01-02',
  '2026-01-02T03:04:05Z',
  '2026-01-02T03:04:05',
  '2026-01-02T03:04:05+02:00',
);
const offer = fc.oneof(
  fc.record(
    { price, currency: fc.constantFrom('EUR', 'SEK'), stock: fc.constantFrom(0, 3) },
    { requiredKeys: ['price', 'currency'], noNullPrototype: true },
  ),
  fc.record({ availability }, { noNullPrototype: true }),
);
const offers = fc.dictionary(fc.constantFrom('DE', 'SE', 'constructor'), offer, { noNullPrototype: true });
const locales = fc.dictionary(
  fc.constantFrom('de', 'de-AT', 'fr-FR'),
  fc.record({ title: text }, { noNullPrototype: true }),
  {
    noNullPrototype: true,
  },
);
const groupId = fc.constantFrom('group', 'a', '__proto__');

const optional = {
  price,
  salePrice: price,
  currency,
  availability,
  availableAt: createdAt,
  stock: fc.constantFrom(0, 1, 12.5),
  brand: fc.constantFrom('Acme', 'Österåker'),
  categories,
  attributes,
  tags: fc.uniqueArray(fc.constantFrom('clearance', 'new')),
  groupId,
  margin: fc.constantFrom(-1, 0.4),
  rating: fc.constantFrom(0, 4.5),
  createdAt,
  url: fc.constantFrom('https://shop.example/p/1', 'http://shop.example/?q=ü'),
  imageUrl: fc.constant('https://shop.example/i.png'),
  offers,
  locales,
};

export const anItem: fc.Arbitrary<ItemInput> = fc.record(
  { itemId, title: text, ...optional },
  { requiredKeys: ['itemId', 'title'], noNullPrototype: true },
) as fc.Arbitrary<ItemInput>;

const nullable = Object.fromEntries(
  Object.entries(optional).map(([field, arbitrary]) => [
    field,
    field === 'availability' ? arbitrary : fc.option(arbitrary as fc.Arbitrary<unknown>, { freq: 3 }),
  ]),
);

export const aPatch: fc.Arbitrary<ItemPatch> = fc.record(
  { itemId, title: text, ...nullable },
  { requiredKeys: ['itemId'], noNullPrototype: true },
) as fc.Arbitrary<ItemPatch>;

export type Step = { put: ItemInput[] } | { patch: ItemPatch[] } | { remove: string[] };

export const someSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ put: fc.array(anItem, { maxLength: 6 }) }, { noNullPrototype: true }) },
    { weight: 2, arbitrary: fc.record({ patch: fc.array(aPatch, { maxLength: 4 }) }, { noNullPrototype: true }) },
    { weight: 2, arbitrary: fc.record({ remove: fc.array(itemId, { maxLength: 3 }) }, { noNullPrototype: true }) },
  ),
  { maxLength: 8 },
);

/** Everything a catalogue says of the items it has, whatever slots they are in. */
export function told(catalogue: Catalogue, options: { bands: boolean }): unknown[] {
  const slots = Array.from({ length: catalogue.size }, (_, slot) => slot).filter((slot) => !catalogue.isRemoved(slot));
  const idsOf = (some: readonly number[]) => some.map((slot) => catalogue.itemId(slot)).sort();
  return slots
    .map((slot) => ({
      itemId: catalogue.itemId(slot),
      found: catalogue.indexOf(catalogue.itemId(slot)) === slot,
      titles: [undefined, 'de', 'de-CH', 'fr', 'constructor'].map((locale) => catalogue.title(slot, locale)),
      markets: [undefined, 'DE', 'SE', 'US', 'constructor', '__proto__'].map((market) => [
        catalogue.price(slot, market),
        catalogue.currency(slot, market),
        catalogue.availability(slot, market),
        catalogue.isAvailable(slot, market),
      ]),
      brand: catalogue.brand(slot),
      categories: catalogue.categories(slot),
      createdAt: catalogue.createdAt(slot),
      facts: catalogue.facts(slot),
      key: catalogue.keyOf(slot),
      members: idsOf(catalogue.membersOf(catalogue.keyOf(slot))),
      band: options.bands ? catalogue.priceBand(slot) : null,
    }))
    .sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
}

/** Item n of a large, plain catalogue: what a real one has, about 450 bytes of JSON. */
export function plainItem(n: number): ItemInput {
  return {
    itemId: `SKU-${n}`,
    title: `Enamel mug with handle, series ${n % 977}, model ${n}`,
    url: `https://shop.example/products/enamel-mug-model-${n}`,
    imageUrl: `https://cdn.shop.example/images/${n}.jpg`,
    price: 5 + (n % 400) / 4,
    currency: 'GBP',
    stock: n % 50,
    brand: `Brand ${n % 300}`,
    categories: [`Home > Kitchen > Range ${n % 80}`],
    attributes: { color: ['red', 'green', 'blue'][n % 3] ?? 'red', size: ['S', 'M'], capacityMl: 200 + (n % 5) * 50 },
    tags: n % 7 === 0 ? ['clearance'] : [],
    groupId: `G-${Math.floor(n / 4)}`,
    rating: (n % 50) / 10,
    createdAt: '2026-03-01',
  };
}
