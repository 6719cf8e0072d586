import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item } from '../../src/catalog/schema.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { isKept } from '../../src/recommendations/strategies/alternatives.ts';
import { ask, shown } from '../decide/ask.ts';
import { item, smallShop } from './shop.ts';

const shirt = (itemId: string, size: string | string[], more: Partial<Item> & { color?: string } = {}): Item => {
  const { color = 'white', ...rest } = more;
  return item(itemId, {
    title: 'Linen shirt',
    categories: ['Clothing > Shirts'],
    brand: 'Loom',
    attributes: { size, color },
    price: 40,
    ...rest,
  });
};

const ITEMS = [
  shirt('gone-m', 'M', { groupId: 'gone', availability: 'out_of_stock' }),
  shirt('gone-s', 'S', { groupId: 'gone' }),
  shirt('dearer', 'M', { price: 44 }),
  shirt('small', 'S'),
  shirt('both-s', 'S', { groupId: 'both', color: 'blue' }),
  shirt('both-m', 'M', { groupId: 'both', color: 'blue' }),
  shirt('sold-out', 'M', { availability: 'out_of_stock' }),
  item('no-size', { title: 'Linen shirt', categories: ['Clothing > Shirts'], brand: 'Loom', price: 40 }),
  item('mug', { title: 'Enamel mug', categories: ['Home > Mugs'] }),
  item('pot', { title: 'Tea pot', categories: ['Home > Pots'] }),
];
const CONFIG: SiteConfigInput = {
  placements: { here: { strategies: [{ strategy: 'alternatives' }], fallback: [] } },
};
const on = (itemId: string, more: object = {}) => ({ placements: [{ placement: 'here' }], page: { itemId }, ...more });

describe('alternatives to an item that cannot be had', () => {
  const shop = smallShop(ITEMS, [], CONFIG);

  test('keep the size, as the very variant that has it, and are in stock', () => {
    expect(shown(ask(shop, on('gone-m')), 'here').toSorted()).toEqual(['both-m', 'dearer']);
  });

  test('say what is traded, as an amount in the visitor’s language', () => {
    const texts = (locale: string) => {
      const items = ask(shop, on('gone-m', { context: { locale } })).placements?.here?.items ?? [];
      return items.find((one) => one.itemId === 'dearer')?.reasons.map((reason) => reason.text);
    };
    expect(texts('en')).toEqual([
      'An alternative to what is sold out',
      '$4.00 more',
      'Same brand',
      'Same color',
      'Same size',
      'In stock',
    ]);
    expect(texts('de')).toContain('4,00\u00a0$ teurer');
    expect(texts('de')).toContain('Größe: gleich');
    const other = ask(shop, on('gone-m')).placements?.here?.items.find((one) => one.itemId === 'both-m');
    expect(other?.reasons.map(({ code, detail }) => `${code} ${detail ?? ''}`)).toContain('differs color');
  });

  test('of an item that can be had are called similar', () => {
    const answer = ask(shop, on('small')).placements?.here;
    expect(answer?.items[0]?.reasons[0]?.code).toBe('similar');
    expect(answer?.items.map((one) => one.itemId)).not.toContain('dearer');
  });

  test('need a page with an item that the catalogue knows', () => {
    expect(shown(ask(shop, { placements: [{ placement: 'here' }] }), 'here')).toEqual([]);
    expect(shown(ask(shop, on('unknown')), 'here')).toEqual([]);
  });

  test('are cheaper first where the price counts and nothing else does', () => {
    const items = [100, 130, 101, 150].map((price, i) => shirt(`s${i}`, 'M', { price }));
    const cheap = smallShop(items, [], { ...CONFIG, alternatives: { hard: [], soft: ['price'] } });
    expect(shown(ask(cheap, on('s0')), 'here')).toEqual(['s2', 's1', 's3']);
  });
});

test.each<[string, 'same' | 'within' | 'covers', unknown, unknown, boolean]>([
  ['the same size', 'same', 'M', 'M', true],
  ['another size', 'same', 'M', 'S', false],
  ['a size among several', 'same', 'M', ['S', 'M'], true],
  ['no size stated', 'same', 'M', undefined, false],
  ['nothing asked for', 'same', undefined, 'S', true],
  ['no more allergens', 'within', ['nuts', 'milk'], ['nuts'], true],
  ['another allergen', 'within', ['nuts'], ['nuts', 'milk'], false],
  ['allergens where there were none', 'within', [], ['nuts'], false],
  ['none where there were some', 'within', ['nuts'], [], true],
  ['allergens unknown', 'within', ['nuts'], undefined, false],
  ['fits all of them and more', 'covers', ['A', 'B'], ['A', 'B', 'C'], true],
  ['fits some of them', 'covers', ['A', 'B'], ['A'], false],
])('a hard constraint and %s', (_, as, original, other, kept) => {
  expect(isKept(as, original, other)).toBe(kept);
});

test('whatever the catalogue, a hard constraint never gives way', () => {
  const anItem = fc.record({
    size: fc.constantFrom('S', 'M', 'L', null),
    group: fc.constantFrom('a', 'b', null),
    isGone: fc.boolean(),
    color: fc.constantFrom('red', 'blue'),
  });
  fc.assert(
    fc.property(fc.array(anItem, { minLength: 2, maxLength: 14 }), (drawn) => {
      const items = drawn.map(({ size, group, isGone, color }, i) =>
        item(`i${i}`, {
          title: 'Linen shirt',
          categories: ['Shirts'],
          availability: isGone ? 'out_of_stock' : 'in_stock',
          attributes: { color, ...(size === null ? {} : { size }) },
          ...(group === null ? {} : { groupId: group }),
        }),
      );
      const shop = smallShop(items, [], CONFIG);
      const wanted = drawn[0]?.size ?? null;
      for (const itemId of shown(
        ask(shop, on('i0', { placements: [{ placement: 'here', outOfStock: 'allow' }] })),
        'here',
      )) {
        const shownItem = drawn[Number(itemId.slice(1))];
        if (wanted !== null) expect(shownItem?.size).toBe(wanted);
        expect(shownItem?.isGone).toBe(false);
      }
    }),
    { numRuns: 150 },
  );
});
