import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STRATEGIES } from '../../src/recommendations/schema.ts';
import { item, NOW, order, profile, smallShop, type Teaching } from '../recommendations/shop.ts';
import { ask } from './ask.ts';

const SIZE = 30;
const IDS = Array.from({ length: SIZE }, (_, i) => `i${i}`);
const anId = fc.constantFrom(...IDS);
const aSession = fc.array(anId, { minLength: 1, maxLength: 8 });

/** A shop of 30 items, every third in a group with its neighbour, every fifth out of stock. */
const items = IDS.map((itemId, i) =>
  item(itemId, {
    price: i,
    categories: [`Category ${i % 4}`],
    brand: `brand${i % 3}`,
    availability: i % 5 === 0 ? 'out_of_stock' : 'in_stock',
    ...(i % 3 === 2 ? {} : { groupId: `g${Math.floor(i / 3)}` }),
  }),
);
const groupOf = (itemId: string): string => items.find((one) => one.itemId === itemId)?.groupId ?? itemId;

const aTeaching: fc.Arbitrary<Teaching> = fc.oneof(
  aSession.map((session) => ({ session })),
  fc.uniqueArray(anId, { minLength: 1, maxLength: 5 }).map((basket) => ({ basket })),
);

const aCase = fc.record({
  teachings: fc.array(aTeaching, { maxLength: 25 }),
  strategies: fc.uniqueArray(fc.constantFrom(...STRATEGIES.filter((name) => name !== 'handpicked')), {
    minLength: 1,
    maxLength: 3,
  }),
  weights: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  fallback: fc.uniqueArray(fc.constantFrom('bestsellers' as const, 'trending' as const, 'recently_viewed' as const), {
    maxLength: 2,
  }),
  page: fc.option(anId, { nil: undefined }),
  session: fc.array(anId, { maxLength: 6 }),
  cart: fc.uniqueArray(anId, { maxLength: 3 }),
  exclude: fc.uniqueArray(anId, { maxLength: 5 }),
  bought: fc.uniqueArray(anId, { maxLength: 4 }),
  count: fc.integer({ min: 1, max: 12 }),
  below: fc.option(fc.integer({ min: 1, max: SIZE }), { nil: undefined }),
});
type Case = typeof aCase extends fc.Arbitrary<infer T> ? T : never;

function answerTo(one: Case) {
  const strategies = one.strategies.map((strategy, i) => ({ strategy, weight: one.weights[i] ?? 1 }));
  const shop = smallShop(items, one.teachings, { placements: { here: { strategies, fallback: one.fallback } } });
  const filter = one.below === undefined ? {} : { filter: { price: { $lt: one.below } } };
  return ask(
    shop,
    {
      placements: [{ placement: 'here', count: one.count, exclude: one.exclude, fields: ['price'], ...filter }],
      session: one.session,
      cart: one.cart.map((itemId) => ({ itemId })),
      ...(one.page === undefined ? {} : { page: { itemId: one.page } }),
    },
    profile({
      orders: one.bought.length > 0 ? [order('o', 5, one.bought)] : [],
      viewed: one.session.map((itemId) => ({ itemId, at: NOW })),
    }),
  );
}

const here = (one: Case) => answerTo(one).placements?.here ?? { items: [], dropped: {}, strategy: '', fallback: false };

describe('whatever a shop has learnt and a request asks', () => {
  test('nothing is shown that is out of stock, excluded, in the basket, the page’s own, or filtered out', () => {
    fc.assert(
      fc.property(aCase, (one) => {
        const barred = new Set(
          [...one.exclude, ...one.cart, ...(one.page === undefined ? [] : [one.page])].map(groupOf),
        );
        for (const { itemId } of here(one).items) {
          const shown = items.find((candidate) => candidate.itemId === itemId);
          expect(shown?.availability).toBe('in_stock');
          expect(barred.has(groupOf(itemId))).toBe(false);
          if (one.below !== undefined) expect(shown?.price).toBeLessThan(one.below);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('nothing seen or bought is shown, but by the strategies that are about that', () => {
    const own = new Set(['recently_viewed', 'buy_again']);
    fc.assert(
      fc.property(aCase, (one) => {
        fc.pre(!one.strategies.some((name) => own.has(name)) && !one.fallback.includes('recently_viewed'));
        const known = new Set([...one.session, ...one.bought].map(groupOf));
        for (const { itemId } of here(one).items) expect(known.has(groupOf(itemId))).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  test('at most as many as asked for, one per group, best first', () => {
    fc.assert(
      fc.property(aCase, (one) => {
        const shown = here(one).items;
        expect(shown.length).toBeLessThanOrEqual(one.count);
        expect(new Set(shown.map(({ itemId }) => groupOf(itemId))).size).toBe(shown.length);
        shown.forEach((entry, i) => {
          expect(entry.score).toBeLessThanOrEqual((shown[i - 1]?.score ?? 1) + 1e-12);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('reasons add up to the score', () => {
    fc.assert(
      fc.property(aCase, (one) => {
        for (const { score, reasons } of here(one).items) {
          expect(reasons.length).toBeGreaterThan(0);
          expect(Math.abs(reasons.reduce((sum, reason) => sum + reason.weight, 0) - score)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('a fallback over the assortment fills the placement as far as anything fits', () => {
    fc.assert(
      fc.property(aCase, (one) => {
        fc.pre(one.fallback.includes('bestsellers'));
        const barred = new Set(
          [
            ...one.exclude,
            ...one.cart,
            ...one.session,
            ...one.bought,
            ...(one.page === undefined ? [] : [one.page]),
          ].map(groupOf),
        );
        const fitting = new Set(
          items
            .filter((candidate) => candidate.availability === 'in_stock' && !barred.has(groupOf(candidate.itemId)))
            .filter((candidate) => one.below === undefined || (candidate.price ?? 0) < one.below)
            .map((candidate) => groupOf(candidate.itemId)),
        );
        expect(here(one).items.length).toBeGreaterThanOrEqual(Math.min(one.count, fitting.size));
      }),
      { numRuns: 100 },
    );
  });

  test('the same again is the same answer', () => {
    fc.assert(
      fc.property(aCase, (one) => {
        expect(answerTo(one)).toEqual(answerTo(one));
      }),
      { numRuns: 25 },
    );
  });
});
