import { describe, expect, test } from 'vitest';
import { NO_AGGREGATES } from '../../src/analytics/schema-aggregates.ts';
import { ITEM_KEYS } from '../../src/catalog/schema.ts';
import { factsWithPersona } from '../../src/decide/compiled.ts';
import { factsForMany } from '../../src/decide/facts.ts';
import { sceneOf } from '../../src/decide/scene.ts';
import { DecideRequest } from '../../src/decide/schema.ts';
import { factsOf as itemFactsOf } from '../../src/recommendations/slot-condition.ts';
import { findFact, type Vocabulary } from '../../src/targeting/find-fact.ts';
import { compilePath } from '../../src/targeting/path.ts';
import type { Facts } from '../../src/targeting/schema.ts';
import { FACTS, type Fact, ITEM_VOCABULARY } from '../../src/targeting/vocabulary.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import { item, NOW, order, profile, smallShop } from '../recommendations/shop.ts';
import { VISITOR } from './ask.ts';

const shop = smallShop([item('tea', { price: 4, brand: 'Leaf' }), item('cup', { price: 5 })], [], {
  carts: { freeShippingFrom: 50 },
  experiments: { layout: { status: 'running', variations: [{ key: 'a' }, { key: 'b' }] } },
});

const aggregates = { ...NO_AGGREGATES, exitRates: { item: { exit: 0.3, bounce: 0.5 } } };

const known = profile({
  traits: {
    ...{ age: 31, loyaltyTier: 'gold', loyaltyPoints: 1200, loyaltyStatus: 'member', loyaltyExpiresAt: '2026-12-31' },
  },
  orders: [order('a', 40, ['tea']), order('b', 4, ['tea'])],
  session: {
    ...profile().session,
    number: 4,
    views: 2,
    searches: ['gift'],
    landing: 'https://shop.example/',
    referrer: 'https://search.example/',
    items: [{ itemId: 'cup', at: NOW }],
    pages: 3,
    pageTypes: ['item'],
    categories: ['home'],
  },
  affinities: {
    category: { home: { weight: 10, at: NOW } },
    brand: { Leaf: { weight: 2, at: NOW } },
    priceBand: Object.fromEntries([1, 2, 3, 4, 5].map((band) => [band, { weight: 7, at: NOW }])),
  },
  habits: Object.fromEntries(
    ['visits', 'pages', 'views', 'searches', 'minutes', 'page item', 'page search']
      .concat(['pricedViewed', 'reducedViewed', 'pricedBought', 'reducedBought'])
      .map((name) => [name, { weight: 2, at: NOW }]),
  ),
  cart: { lines: [{ itemId: 'tea', quantity: 2, price: null }], currency: null, updatedAt: NOW },
});

/** A request that says all that it can. */
const FULL = {
  page: {
    type: 'item',
    itemId: 'tea',
    category: 'Home > Mugs',
    url: 'https://shop.example/p/tea',
    title: 'Tea',
    referrer: 'https://shop.example/',
    query: 'tea',
  },
  context: {
    country: 'DE',
    device: 'mobile',
    campaign: 'sale',
    market: 'DE',
    locale: 'de-DE',
    timeZone: 'Europe/Berlin',
    team: 'staff',
  },
};

/** Facts as conditions of messages and rules see them, all worked out. */
function factsFor(request: object, visitor: Profile | null): Facts {
  const asker = { visitorId: VISITOR, customerId: 'c-1', profile: visitor };
  const facts = factsWithPersona(sceneOf(DecideRequest.parse(request), asker, { ...shop, aggregates }));
  return factsForMany(facts, Number.POSITIVE_INFINITY);
}

/** Paths of everything that is neither an object nor absent. */
function leavesOf(value: unknown, path: string): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.keys(value).flatMap((name) => leavesOf((value as Facts)[name], path === '' ? name : `${path}.${name}`));
}

function suits(value: unknown, fact: Fact): boolean {
  if (value === null) return fact.absent !== undefined;
  const { type, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = fact;
  if (type === 'number')
    return typeof value === 'number' && value >= least && value <= most && (!fact.isWhole || Number.isInteger(value));
  if (type === 'text') return typeof value === 'string' && (fact.values?.includes(value) ?? true);
  if (type === 'list') return Array.isArray(value) && value.every((one) => typeof one === 'string');
  return type === 'any' || typeof value === type;
}

const isFamily = (path: string): boolean => path.includes('*');

describe('the vocabulary of facts', () => {
  test('lists every fact that there is', () => {
    const strangers = leavesOf(factsFor(FULL, known), '').filter((path) => findFact(FACTS, path) === null);
    expect(strangers).toEqual([]);
  });

  test('lists no fact that nothing feeds', () => {
    const facts = factsFor(FULL, known);
    const leaves = leavesOf(facts, '');
    const fed = (path: string): boolean => {
      if (!isFamily(path)) return leaves.includes(path);
      const start = path.slice(0, path.indexOf('*'));
      return leaves.some((leaf) => leaf.startsWith(start) && !Object.hasOwn(FACTS, leaf));
    };
    expect(Object.keys(FACTS).filter((path) => !fed(path))).toEqual([]);
  });

  test.each<[string, object, Profile | null]>([
    ['somebody well known', FULL, known],
    ['nobody', {}, null],
    ['a newcomer', {}, profile()],
    ['a stateless caller', { session: ['tea', 'cup'], cart: [{ itemId: 'tea', quantity: 0.5 }] }, null],
  ])('says what values the facts of %s have', (_who, request, visitor) => {
    const facts = factsFor(request, visitor);
    const wrong = Object.entries<Fact>(FACTS).flatMap(([path, fact]) => {
      if (isFamily(path)) return [];
      const value = compilePath(path)(facts);
      return suits(value, fact) ? [] : [`${path}: ${JSON.stringify(value)}`];
    });
    expect(wrong).toEqual([]);
  });

  test('lists the fields of items, and those that it says are always there are', () => {
    const roots = new Set(Object.keys(ITEM_VOCABULARY).map((path) => path.split('.')[0]));
    expect([...roots].sort()).toEqual(ITEM_KEYS.filter((key) => !['url', 'imageUrl', 'locales'].includes(key)).sort());
    const whole = item('all', {
      salePrice: 8,
      availableAt: '2026-12-01',
      stock: 3,
      brand: 'Leaf',
      categories: ['Home > Mugs'],
      attributes: { color: 'red' },
      tags: ['new'],
      groupId: 'g',
      margin: 0.4,
      rating: 4,
      createdAt: '2026-11-01',
      offers: { DE: { price: 9, salePrice: 7, currency: 'EUR', availability: 'in_stock', stock: 2 } },
    });
    const { catalogue } = smallShop([whole, item('bare')], []);
    const vocabulary: Vocabulary = ITEM_VOCABULARY;
    const facts = itemFactsOf(catalogue, catalogue.indexOf('all'), undefined);
    expect(leavesOf(facts, '').filter((path) => findFact(vocabulary, path) === null)).toEqual([]);
    const bare = itemFactsOf(catalogue, catalogue.indexOf('bare'), undefined);
    const wrong = Object.entries(vocabulary).filter(
      ([path, fact]) =>
        !isFamily(path) && !(suits(compilePath(path)(facts), fact) && suits(compilePath(path)(bare), fact)),
    );
    expect(wrong).toEqual([]);
  });
});
