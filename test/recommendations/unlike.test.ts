import { describe, expect, test } from 'vitest';
import { sceneOf } from '../../src/decide/scene.ts';
import { DecideRequest } from '../../src/decide/schema.ts';
import { explainItem } from '../../src/decide/why-not.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { item, smallShop } from './shop.ts';

const shirt = (itemId: string, size: string, more: object = {}) =>
  item(itemId, { title: 'Linen shirt', categories: ['Clothing > Shirts'], attributes: { size }, price: 40, ...more });

const SHOP = smallShop(
  [
    shirt('wanted', 'M'),
    shirt('small', 'S'),
    shirt('sold-out', 'M', { availability: 'out_of_stock' }),
    ...Array.from({ length: 60 }, (_, i) => shirt(`twin-${String(i).padStart(2, '0')}`, 'M')),
    shirt('cousin', 'M', { title: 'Linen', categories: ['Clothing > Curtains'], price: 400 }),
    item('mug', { title: 'Enamel mug', categories: ['Home > Mugs'], attributes: { size: 'M' }, price: 40 }),
    ...['pot', 'cup', 'jar', 'pan', 'lid'].map((name) => item(name, { title: name, categories: ['Home > Kitchen'] })),
  ],
  [],
  {
    placements: Object.fromEntries(
      (['similar', 'alternatives', 'because_you_viewed'] as const).map((strategy) => [
        strategy,
        { strategies: [{ strategy, weight: 1 }], fallback: [], outOfStock: 'allow' },
      ]),
    ),
  },
);

/** What the one strategy of the placement says of an item. */
function told(strategy: string, itemId: string, request: object) {
  const scene = sceneOf(
    DecideRequest.parse({ placements: [{ placement: strategy }], ...request }),
    { visitorId: 'visitor-0123456789', customerId: null, profile: null },
    SHOP,
  );
  const answer = explainItem(
    scene,
    {
      ...{ consentUsed: 'none', versions: { config: 1, catalog: 'c1', cards: 'k1' }, degraded: false, notes: [] },
      cards: SHOP.cards,
      random: seededRandom(1),
    },
    itemId,
  );
  return answer?.strategies[0];
}

const ON_SHIRT = { page: { itemId: 'wanted' } };
const SEEN_SHIRT = { session: ['wanted'] };

describe('why an item is not among those alike', () => {
  test.each<[string, string, string, object, object]>([
    [
      'how much alike it is, and would have to be',
      ...(['similar', 'pot', ON_SHIRT] as const),
      { why: 'not_alike', unmet: { field: 'similarity', asked: { $gte: 0.15 }, found: expect.closeTo(0, 3) } },
    ],
    ['others are more alike', 'similar', 'twin-59', ON_SHIRT, { why: 'not_among_the_first' }],
    ['there is no item to start from', 'similar', 'pot', {}, { why: 'nothing_to_start_from' }],
    [
      'the hard constraint that it breaks',
      ...(['alternatives', 'small', ON_SHIRT] as const),
      { why: 'hard_constraint', unmet: { field: 'attributes.size', asked: 'M', found: 'S' } },
    ],
    [
      'that it does not state what must be the same',
      ...(['alternatives', 'pot', ON_SHIRT] as const),
      { why: 'hard_constraint', unmet: { field: 'attributes.size', asked: 'M', found: null } },
    ],
    ['it cannot be had itself', 'alternatives', 'sold-out', ON_SHIRT, { why: 'not_available' }],
    ['there is no page with an item', 'alternatives', 'small', SEEN_SHIRT, { why: 'nothing_to_start_from' }],
    [
      'it is not like what the row is about',
      ...(['because_you_viewed', 'pot', SEEN_SHIRT] as const),
      { why: 'not_alike', unmet: { field: 'similarity', asked: { $gte: 0.15 }, found: expect.closeTo(0, 3) } },
    ],
    ['nothing was viewed', 'because_you_viewed', 'pot', {}, { why: 'nothing_to_start_from' }],
  ])('%s (%s, %s)', (_, strategy, itemId, request, expected) => {
    expect(told(strategy, itemId, request)).toEqual({ strategy, list: 'strategies', rank: null, ...expected });
  });

  test('a faint likeness is said as it is', () => {
    const { unmet } = told('similar', 'mug', ON_SHIRT) ?? {};
    expect(unmet?.found).toBeGreaterThan(0);
    expect(unmet?.found).toBeLessThan(0.15);
    const { catalogue } = SHOP;
    expect(unmet?.found).toBe(catalogue.content.similarity(catalogue.indexOf('wanted'), catalogue.indexOf('mug')));
  });
});
