import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { PlacementInput } from '../../src/config/schema-placements.ts';
import { cardsNeeded } from '../../src/decide/place.ts';
import { rankRequest } from '../../src/decide/query.ts';
import { fieldsRanked, RANKING, rankItems } from '../../src/decide/rank.ts';
import { sceneOf } from '../../src/decide/scene.ts';
import { RankRequest } from '../../src/decide/schema-questions.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { item, NOW, order, profile, smallShop, type Teaching } from '../recommendations/shop.ts';
import { VISITOR } from './ask.ts';

const IDS = Array.from({ length: 12 }, (_, i) => `i${i}`);
const ITEMS = IDS.map((itemId, i) =>
  item(itemId, {
    price: 1 + i,
    brand: `brand${i % 3}`,
    categories: [`Home > Range ${i % 2}`],
    availability: i % 5 === 0 ? 'out_of_stock' : 'in_stock',
    ...(i % 4 === 0 ? { tags: ['tagged'] } : {}),
  }),
);

/** Everybody has seen everything, the first items more often. */
const TEACHINGS: Teaching[] = IDS.flatMap((_, i) => [{ session: IDS.slice(0, i + 1) }, { basket: [`i${i}`, 'i1'] }]);

const WHO = profile({
  orders: [order('o', 5, ['i7'])],
  shown: [{ itemId: 'i2', at: NOW - 3_600_000, weight: 3 }],
});

interface Asked {
  page?: string | undefined;
  session?: string[];
  cart?: string[];
  placement?: string;
  teachings?: readonly Teaching[];
}

function asking(config: SiteConfigInput, { page, session = [], cart = [], placement, teachings = TEACHINGS }: Asked) {
  const shop = smallShop(ITEMS, teachings, { carts: { freeShippingFrom: 8 }, ...config });
  const { items, ...asked } = RankRequest.parse({
    items: IDS,
    session,
    cart: cart.map((itemId) => ({ itemId })),
    ...(placement === undefined ? {} : { placement }),
    ...(page === undefined ? {} : { page: { itemId: page } }),
  });
  const asker = { visitorId: VISITOR, customerId: null, profile: WHO };
  return { shop, items, scene: sceneOf(rankRequest(asked), asker, shop) };
}

function ranked(config: SiteConfigInput, asked: Asked) {
  const { shop, items, scene } = asking(config, asked);
  const needed = new Set(cardsNeeded(scene, [RANKING]));
  return rankItems(
    scene,
    {
      consentUsed: 'personal',
      versions: { config: 1, catalog: 'c1', cards: 'k1' },
      degraded: false,
      notes: [],
      cards: (key) => (needed.has(key) ? shop.cards(key) : null),
      random: seededRandom(1),
    },
    items,
  ).items;
}

const placed = (here: PlacementInput) => ({ placements: { here } });

const orderIn = (here: PlacementInput, asked: Asked): string[] =>
  ranked(placed(here), { ...asked, placement: 'here' }).map((one) => one.itemId);

const fieldsIn = (here: PlacementInput): ReadonlySet<string> =>
  fieldsRanked(asking(placed(here), { placement: 'here' }).scene);

/** Every field of a placement, with values as different as there are. */
const FIELDS: { [Field in keyof PlacementInput]-?: PlacementInput[Field][] } = {
  title: ['Another'],
  count: [1, 100],
  strategies: [[{ strategy: 'handpicked', items: ['i7'] }]],
  fallback: [[], ['new_arrivals', 'bestsellers']],
  whenSoldOut: [{ strategies: [{ strategy: 'handpicked', items: ['i7'] }] }],
  seen: ['allow'],
  bought: ['allow'],
  outOfStock: ['allow'],
  differentFrom: [['brand']],
  sameAs: [['brand']],
  caps: [{ brand: 1 }],
  diversity: [0, 1],
  rotation: [{ rate: 1, hours: 240 }],
  minimumRelevance: ['high'],
  explore: [1],
  filter: [{ brand: 'brand1' }],
  alternatives: [{ hard: ['brand'] }],
  rules: [[{ key: 'up', items: { itemId: 'i9' }, do: 'boost', by: 100 }]],
  promoted: [{ items: { tags: 'tagged' }, share: 1 }],
};
const CHANGES = Object.entries(FIELDS).flatMap(([field, values]) => values.map((value) => ({ field, value })));

const STRATEGIES = ['for_you', 'bestsellers', 'similar', 'also_viewed', 'basket_filler', 'alternatives'] as const;
const by = (strategy: (typeof STRATEGIES)[number]): PlacementInput => ({ strategies: [{ strategy }] });

describe('a list is ranked', () => {
  test('by no other field than those that are said to', () => {
    expect(Object.keys(FIELDS).toSorted()).toEqual(Object.keys(PlacementInput.shape).toSorted());
    const aCase = fc.record({
      page: fc.option(fc.constantFrom(...IDS), { nil: undefined }),
      session: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 3 }),
      cart: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 1 }),
      teachings: fc.subarray(TEACHINGS),
    });
    fc.assert(
      fc.property(aCase, fc.constantFrom(...STRATEGIES), fc.constantFrom(...CHANGES), (asked, strategy, change) => {
        const here = by(strategy);
        fc.pre(!fieldsIn(here).has(change.field));
        expect(orderIn({ ...here, [change.field]: change.value }, asked)).toEqual(orderIn(here, asked));
      }),
      { numRuns: 200 },
    );
  });

  const basket = { cart: ['i1'] };
  test.each<[keyof PlacementInput, (typeof STRATEGIES)[number], Asked]>([
    ['strategies', 'bestsellers', {}],
    ['rules', 'bestsellers', {}],
    ['rotation', 'bestsellers', {}],
    ['whenSoldOut', 'bestsellers', { page: 'i0' }],
    ['seen', 'also_viewed', { session: ['i1', 'i2'] }],
    ['alternatives', 'alternatives', { page: 'i1' }],
    ['filter', 'basket_filler', basket],
    ['bought', 'basket_filler', basket],
    ['sameAs', 'basket_filler', { ...basket, page: 'i1' }],
    ['differentFrom', 'basket_filler', { ...basket, page: 'i0' }],
  ])('by %s, of %s', (field, strategy, asked) => {
    const here = by(strategy);
    expect(fieldsIn(here).has(field)).toBe(true);
    expect(orderIn({ ...here, [field]: FIELDS[field][0] }, asked)).not.toEqual(orderIn(here, asked));
  });
});

describe('whoever is held out', () => {
  const held = (placements: 'empty' | 'bestsellers' | 'unchanged'): SiteConfigInput => ({
    placements: { here: { strategies: [{ strategy: 'handpicked', items: ['i7'] }] } },
    holdouts: { global: { seed: 'h', coverage: 1, baseline: { placements } } },
  });
  const first = (config: SiteConfigInput, asked: Asked) => ranked(config, asked)[0]?.itemId;

  test('has the list as it was sent, or by what sells, with a placement and without', () => {
    const own = { session: ['i8', 'i9'] };
    const taste = first(held('unchanged'), own);
    expect(taste).not.toBe('i0');
    expect(first(held('unchanged'), { ...own, placement: 'here' })).toBe('i7');
    for (const placement of [undefined, 'here']) {
      const asked = { ...own, ...(placement === undefined ? {} : { placement }) };
      expect(ranked(held('empty'), asked).map(({ itemId, score }) => [itemId, score])).toEqual(
        IDS.map((itemId) => [itemId, null]),
      );
      expect(first(held('bestsellers'), asked)).toBe(orderIn({ strategies: [{ strategy: 'bestsellers' }] }, {})[0]);
    }
  });
});
