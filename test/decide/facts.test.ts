import { describe, expect, test } from 'vitest';
import { affinitiesOf } from '../../src/decide/facts.ts';
import { sceneOf } from '../../src/decide/scene.ts';
import { DecideRequest } from '../../src/decide/schema.ts';
import { compileCondition } from '../../src/targeting/compile.ts';
import type { Condition } from '../../src/targeting/schema.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import { item, NOW, order, profile, smallShop } from '../recommendations/shop.ts';
import { ask, VISITOR } from './ask.ts';

const DAY = 86_400_000;
const pot = item('pot', { price: 33, offers: { DE: { price: 30, currency: 'EUR' } } });
const shop = smallShop([item('tea', { price: 4 }), item('cup', { price: 5 }), pot], [], {
  carts: { freeShippingFrom: 50 },
  markets: { DE: { currency: 'EUR', countries: ['DE', 'AT'], freeShippingFrom: 35 } },
});

function facts(request: object, known: Profile | null) {
  const asker = { visitorId: VISITOR, customerId: null, profile: known };
  return sceneOf(DecideRequest.parse(request), asker, shop).facts;
}

describe('affinities as shares', () => {
  test('a category’s share is of all interactions, at every level', () => {
    const known = profile({
      affinities: {
        category: { home: { weight: 10, at: NOW }, mugs: { weight: 4, at: NOW } },
        brand: { Leaf: { weight: 2, at: NOW }, Root: { weight: 6, at: NOW } },
        priceBand: { 1: { weight: 7, at: NOW }, 5: { weight: 3, at: NOW } },
      },
    });
    const shares = affinitiesOf(known, NOW);
    expect(shares.category).toEqual({ home: 1, mugs: 0.4 });
    expect(shares.brand).toEqual({ Leaf: 0.25, Root: 0.75 });
    expect(shares.priceBand).toEqual({ 1: 0.7, 5: 0.3 });
    expect(shares.evidence).toBe(10);
  });

  test('older interactions weigh less; the passing of time alone changes no share', () => {
    const known = profile({
      affinities: {
        category: { old: { weight: 4, at: NOW - 30 * DAY }, new: { weight: 2, at: NOW } },
        brand: { A: { weight: 4, at: NOW - 30 * DAY }, B: { weight: 2, at: NOW } },
        priceBand: {},
      },
    });
    expect(affinitiesOf(known, NOW).brand).toEqual({ A: 0.5, B: 0.5 });
    expect(affinitiesOf(known, NOW + 90 * DAY).brand.A).toBeCloseTo(0.5, 12);
  });

  test('of nobody nothing is known', () => {
    expect(affinitiesOf(null, NOW)).toEqual({ category: {}, brand: {}, priceBand: {}, evidence: 0 });
  });
});

describe('facts that conditions ask about', () => {
  const known = profile({
    traits: { age: 31 },
    orders: [order('a', 40, ['tea']), order('b', 4, ['tea'])],
    viewed: [{ itemId: 'cup', at: NOW }],
    session: {
      ...profile().session,
      number: 4,
      views: 2,
      searches: ['gift'],
      campaign: 'sale',
      items: [{ itemId: 'cup', at: NOW }],
      pages: 3,
      pageTypes: ['item', 'search'],
      categories: ['home', 'mugs'],
    },
    cart: { lines: [{ itemId: 'pot', quantity: 1, price: null }], currency: null, updatedAt: NOW },
    affinities: {
      category: {},
      brand: {},
      priceBand: { 1: { weight: 3, at: NOW }, 5: { weight: 1, at: NOW } },
    },
    habits: {
      visits: { weight: 4, at: NOW },
      views: { weight: 10, at: NOW },
      searches: { weight: 1, at: NOW },
      pages: { weight: 12, at: NOW },
      minutes: { weight: 30, at: NOW },
      pricedViewed: { weight: 8, at: NOW },
      reducedViewed: { weight: 2, at: NOW },
      'page item': { weight: 9, at: NOW },
      'page search': { weight: 3, at: NOW },
    },
  });
  test.each<[Condition, boolean]>([
    [{ 'visitor.visits': 4, 'visitor.orders': 2, 'visitor.isNew': false }, true],
    [{ 'trait.age': { $gte: 25, $lt: 45 } }, true],
    [{ lifecycle: 'active' }, true],
    [{ 'rfm.recencyDays': { $lt: 5 }, 'rfm.frequency': 2, 'rfm.monetary': 20 }, true],
    [{ 'session.searches': 'gift', 'session.views': 2, 'session.campaign': 'sale' }, true],
    [{ 'session.items': 'cup' }, true],
    [{ 'session.pages': 3, 'session.pageTypes': 'search', 'session.categories': 'mugs' }, true],
    [{ 'visitor.viewsPerVisit': 2.5, 'visitor.pagesPerVisit': 3, 'visitor.searchesPerVisit': 0.25 }, true],
    [{ 'visitor.minutesPerVisit': 7.5, 'visitor.evidence': 14 }, true],
    [{ 'affinity.discount.viewed': 0.25, 'affinity.discount.bought': null, 'affinity.priceLevel': 2 }, true],
    [{ 'affinity.pageType.item': 0.75, 'affinity.priceBand.1': 0.75 }, true],
    [{ 'page.type': 'item', 'page.itemId': 'tea' }, true],
    [{ 'cart.count': 1, 'cart.value': 30, 'cart.toFreeShipping': 5 }, true],
    [{ 'context.market': 'DE', 'context.anything': 'else' }, true],
    [{ 'cart.value': { $gt: 30 } }, false],
  ])('%j', (condition, holds) => {
    const request = { page: { type: 'item', itemId: 'tea' }, context: { country: 'AT', anything: 'else' } };
    expect(compileCondition(condition)(facts(request, known))).toBe(holds);
  });

  test.each<[string, number, number]>([
    ['UTC', 10, 7],
    ['America/Los_Angeles', 2, 7],
    ['Pacific/Kiritimati', 0, 1],
  ])('the hour and the day of the week are those of the visitor’s own clock: %s', (timeZone, hour, weekday) => {
    const there = facts({ context: { timeZone } }, null);
    expect(compileCondition({ 'session.hour': hour, 'session.weekday': weekday })(there)).toBe(true);
    expect(compileCondition({ 'session.hour': { $ne: hour } })(there)).toBe(false);
  });

  test('money of another currency is neither added nor compared', () => {
    const asked = (cart: object[]) => facts({ cart, context: { market: 'DE' } }, null);
    const dollars = asked([{ itemId: 'pot' }, { itemId: 'tea' }]);
    expect(compileCondition({ 'cart.value': 30, 'cart.currency': 'EUR' })(dollars)).toBe(true);
    const none = smallShop([pot], [], { carts: { freeShippingFrom: 50 }, markets: { DE: { currency: 'EUR' } } });
    const asker = { visitorId: VISITOR, customerId: null, profile: null };
    const scene = sceneOf(DecideRequest.parse({ context: { market: 'DE' } }), asker, none);
    expect(compileCondition({ 'cart.toFreeShipping': null })(scene.facts)).toBe(true);
  });

  test('who never bought anything did not buy lately', () => {
    expect(compileCondition({ 'rfm.recencyDays': { $lte: 60 } })(facts({}, null))).toBe(false);
  });

  test('what the caller sends counts instead of what is remembered', () => {
    const sent = facts({ session: ['tea', 'pot', 'tea'], cart: [{ itemId: 'tea', quantity: 3 }] }, known);
    const condition = { 'session.views': 3, 'session.distinctItems': 2, 'cart.quantity': 3, 'cart.value': 12 };
    expect(compileCondition(condition)(sent)).toBe(true);
  });

  test('a session that is over says nothing about this one', () => {
    const over = { ...known, session: { ...known.session, lastAt: NOW - DAY } };
    expect(compileCondition({ 'session.views': 0, 'session.searches': { $size: 0 } })(facts({}, over))).toBe(true);
    // What was viewed in it still says where to go on.
    expect(
      sceneOf(DecideRequest.parse({}), { visitorId: VISITOR, customerId: null, profile: over }, shop).situation.recent,
    ).toHaveLength(1);
  });
});

describe('the default personas', () => {
  test.each<[string, Profile | null]>([
    ['unknown', null],
    [
      'regular',
      profile({
        orders: [order('a', 40, ['tea']), order('b', 20, ['tea']), order('c', 3, ['tea']), order('d', 1, ['cup'])],
      }),
    ],
    ['explorer', profile({ session: { ...profile().session, number: 2, views: 11, searches: ['a', 'b'] } })],
    ['bargain-hunter', profile({ affinities: { category: {}, brand: {}, priceBand: { 1: { weight: 9, at: NOW } } } })],
  ])('%s', (key, known) => {
    expect(ask(shop, {}, known).persona?.key).toBe(key);
  });
});
