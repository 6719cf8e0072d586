import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import type { RecommendedItem } from '../../src/recommendations/schema.ts';
import { item, NOW, order, profile, type SmallShop, smallShop, type Teaching } from '../recommendations/shop.ts';
import { ask } from './ask.ts';

type PlacementInput = NonNullable<SiteConfigInput['placements']>[string];

const SIZE = 30;
const IDS = Array.from({ length: SIZE }, (_, i) => `i${i}`);
const anId = fc.constantFrom(...IDS);

/** Thirty items of four brands in six categories; every third shares a group with its neighbour, every fifth is out of stock, every fourth tagged. */
const ITEMS = IDS.map((itemId, i) =>
  item(itemId, {
    price: i,
    categories: [`Home > Range ${i % 6}`],
    brand: `brand${i % 4}`,
    availability: i % 5 === 0 ? 'out_of_stock' : 'in_stock',
    createdAt: new Date(NOW - i * 86_400_000).toISOString(),
    ...(i % 4 === 0 ? { tags: ['tagged'] } : {}),
    ...(i % 3 === 2 ? {} : { groupId: `g${Math.floor(i / 3)}` }),
  }),
);
const itemOf = (itemId: string) => ITEMS.find((one) => one.itemId === itemId) ?? item(itemId);
const groupOf = (itemId: string): string => itemOf(itemId).groupId ?? itemId;

const aTeaching: fc.Arbitrary<Teaching> = fc.oneof(
  fc.array(anId, { minLength: 1, maxLength: 8 }).map((session) => ({ session })),
  fc.uniqueArray(anId, { minLength: 1, maxLength: 5 }).map((basket) => ({ basket })),
);

/** Conditions on items, each with what it means. */
const CONDITIONS: [condition: Record<string, unknown>, holds: (itemId: string) => boolean][] = [
  [{ tags: 'tagged' }, (id) => itemOf(id).tags !== undefined],
  [{ brand: 'brand1' }, (id) => itemOf(id).brand === 'brand1'],
  [{ price: { $gte: 15 } }, (id) => (itemOf(id).price ?? 0) >= 15],
  [{ itemId: { $in: ['i3', 'i4', 'i13'] } }, (id) => ['i3', 'i4', 'i13'].includes(id)],
];
const aCondition = fc.constantFrom(...CONDITIONS.keys());
const conditionOf = (i: number) => CONDITIONS[i] ?? [{}, () => true];

const aCap = fc.option(fc.integer({ min: 1, max: 3 }), { nil: null });
const aCase = fc.record({
  teachings: fc.array(aTeaching, { maxLength: 25 }),
  strategies: fc.uniqueArray(
    fc.constantFrom('also_viewed' as const, 'bought_together' as const, 'for_you' as const, 'trending' as const),
    { minLength: 1, maxLength: 3 },
  ),
  page: fc.option(anId, { nil: undefined }),
  session: fc.array(anId, { maxLength: 5 }),
  cart: fc.uniqueArray(anId, { maxLength: 2 }),
  exclude: fc.uniqueArray(anId, { maxLength: 4 }),
  bought: fc.uniqueArray(anId, { maxLength: 3 }),
  shown: fc.uniqueArray(anId, { maxLength: 5 }),
  count: fc.integer({ min: 1, max: 12 }),
  outOfStock: fc.constantFrom('hide' as const, 'hide' as const, 'allow' as const),
  filter: fc.option(aCondition, { nil: null }),
  hide: fc.option(aCondition, { nil: null }),
  factors: fc.array(
    fc.tuple(
      aCondition,
      fc.constantFrom('boost' as const, 'bury' as const),
      fc.double({ min: 0.2, max: 20, noNaN: true }),
    ),
    { maxLength: 3 },
  ),
  pins: fc.array(fc.tuple(anId, fc.integer({ min: 1, max: 12 })), { maxLength: 3 }),
  caps: fc.record({ brand: aCap, category: aCap }),
  diversity: fc.constantFrom(0, 0.3, 1),
  rotation: fc.constantFrom(null, { rate: 0.5, hours: 24 }),
  promoted: fc.option(fc.tuple(aCondition, fc.constantFrom(0, 0.2, 0.5, 1)), { nil: null }),
  explore: fc.constantFrom(0, 0.1, 1),
  seed: fc.string({ minLength: 1, maxLength: 5 }),
});
type Case = typeof aCase extends fc.Arbitrary<infer T> ? T : never;

function placementOf(one: Case): PlacementInput {
  const rules: PlacementInput['rules'] = [
    ...one.factors.map(([condition, does, by], i) => ({
      key: `f${i}`,
      items: conditionOf(condition)[0],
      do: does,
      by,
    })),
    ...one.pins.map(([itemId, at], i) => ({ key: `p${i}`, items: { itemId }, do: 'pin' as const, at })),
    ...(one.hide === null ? [] : [{ key: 'hide', items: conditionOf(one.hide)[0], do: 'hide' as const }]),
  ];
  return {
    strategies: one.strategies.map((strategy) => ({ strategy })),
    fallback: ['bestsellers'],
    count: one.count,
    outOfStock: one.outOfStock,
    filter: one.filter === null ? null : conditionOf(one.filter)[0],
    rules,
    caps: one.caps,
    diversity: one.diversity,
    rotation: one.rotation,
    promoted: one.promoted === null ? null : { items: conditionOf(one.promoted[0])[0], share: one.promoted[1] },
    explore: one.explore,
  };
}

const shopOf = (one: Case): SmallShop => smallShop(ITEMS, one.teachings, { placements: { here: placementOf(one) } });

function answerTo(one: Case, next?: string) {
  const { placements } = ask(
    shopOf(one),
    {
      placements: [{ placement: 'here', exclude: one.exclude, ...(next === undefined ? {} : { next }) }],
      session: one.session,
      cart: one.cart.map((itemId) => ({ itemId })),
      seed: one.seed,
      ...(one.page === undefined ? {} : { page: { itemId: one.page } }),
    },
    profile({
      orders: one.bought.length > 0 ? [order('o', 5, one.bought)] : [],
      shown: one.shown.map((itemId, i) => ({ itemId, at: NOW - i * 3_600_000, weight: 1 + i })),
    }),
  );
  const here = placements?.here;
  if (here === undefined) throw new Error('the placement was not answered');
  return here;
}

/** What may be shown at all, by the words of the contract. `seen` does not count against pins. */
function mayBeShown(one: Case, itemId: string, { seen }: { seen: boolean }): boolean {
  const barred = new Set(
    [
      ...one.exclude,
      ...one.cart,
      ...one.bought,
      ...(seen ? one.session : []),
      ...(one.page === undefined ? [] : [one.page]),
    ].map(groupOf),
  );
  return (
    !barred.has(groupOf(itemId)) &&
    (one.outOfStock === 'allow' || itemOf(itemId).availability === 'in_stock') &&
    (one.filter === null || conditionOf(one.filter)[1](itemId)) &&
    (one.hide === null || !conditionOf(one.hide)[1](itemId))
  );
}

/** Whether one more item would break a cap. */
function breaksCap(one: Case, itemId: string, shown: readonly RecommendedItem[]): boolean {
  const alike = (same: (other: string) => boolean) => shown.filter((other) => same(other.itemId)).length;
  const brand = alike((other) => itemOf(other).brand === itemOf(itemId).brand);
  const category = alike((other) => itemOf(other).categories?.[0] === itemOf(itemId).categories?.[0]);
  return brand >= (one.caps.brand ?? SIZE) || category >= (one.caps.category ?? SIZE);
}

const check = (property: (one: Case) => void, numRuns = 120) => fc.assert(fc.property(aCase, property), { numRuns });

describe('however a placement is steered', () => {
  test('nothing is shown that is excluded, hidden, filtered out, bought, seen or out of stock', () => {
    check((one) => {
      const pins = new Set(one.pins.map(([itemId]) => itemId));
      for (const { itemId } of answerTo(one).items)
        expect(mayBeShown(one, itemId, { seen: !pins.has(itemId) }), itemId).toBe(true);
    });
  });

  test('caps hold, pinned, promoted and explored items included', () => {
    check((one) => {
      const { items } = answerTo(one);
      for (const [i, entry] of items.entries()) expect(breaksCap(one, entry.itemId, items.slice(0, i))).toBe(false);
      expect(new Set(items.map((entry) => groupOf(entry.itemId))).size).toBe(items.length);
      expect(items.length).toBeLessThanOrEqual(one.count);
    });
  });

  test('the first pin that may be shown has its place, or is among the last of a shorter list', () => {
    check((one) => {
      const [first] = one.pins.toSorted(([, a], [, b]) => a - b);
      fc.pre(first !== undefined && first[1] <= one.count && mayBeShown(one, first[0], { seen: false }));
      // Where a variant in stock stands for one that is not, the pin is not about what would be shown.
      fc.pre(itemOf(first?.[0] ?? '').availability === 'in_stock');
      const { items } = answerTo(one);
      const [itemId = '', at = 1] = first ?? [];
      const place = items.findIndex((entry) => entry.itemId === itemId && entry.rule?.startsWith('p')) + 1;
      if (items.length === one.count) expect(place).toBe(at);
      // In a list too short for their places pins come last, in their order.
      else expect(place).toBeGreaterThanOrEqual(Math.min(at, items.length - one.pins.length + 1));
    }, 200);
  });

  test('reasons add up to the score, whatever changed it', () => {
    check((one) => {
      for (const { score, reasons } of answerTo(one).items)
        expect(Math.abs(reasons.reduce((sum, reason) => sum + reason.weight, 0) - score)).toBeLessThan(1e-9);
    });
  });

  test('no place stays empty that something could have had', () => {
    check((one) => {
      const { items } = answerTo(one);
      const shown = new Set(items.map((entry) => groupOf(entry.itemId)));
      fc.pre(items.length < one.count);
      const isPromoted = (id: string) => one.promoted !== null && conditionOf(one.promoted[0])[1](id);
      for (const itemId of IDS) {
        const variants = IDS.filter((id) => groupOf(id) === groupOf(itemId));
        const fitting = variants.filter((id) => mayBeShown(one, id, { seen: true }));
        // Of a group, it is the first variant that can be had which counts for caps and promotion.
        const standing = fitting.find((id) => itemOf(id).availability === 'in_stock') ?? fitting[0];
        if (standing !== itemId || shown.has(groupOf(itemId)) || isPromoted(itemId)) continue;
        expect(breaksCap(one, itemId, items), itemId).toBe(true);
      }
    }, 200);
  });

  test('a filter that anything passes leaves something to show', () => {
    check((one) => {
      const plain = { ...one, caps: { brand: null, category: null }, promoted: null };
      fc.pre(IDS.some((itemId) => mayBeShown(plain, itemId, { seen: true })));
      expect(answerTo(plain).items.length).toBeGreaterThan(0);
    });
  });

  test('promoted items take their share at most, and are marked', () => {
    check((one) => {
      const { items } = answerTo({ ...one, pins: [], explore: 0 });
      const isPromoted = (id: string) => one.promoted !== null && conditionOf(one.promoted[0])[1](id);
      for (const { itemId, promoted } of items) expect(promoted === true).toBe(isPromoted(itemId));
      const share = one.promoted?.[1] ?? 1;
      expect(items.filter(({ itemId }) => isPromoted(itemId)).length).toBeLessThanOrEqual(
        Math.floor(share * one.count + 1e-9),
      );
    });
  });

  test('at most one place is left to chance, and its probability is one', () => {
    check((one) => {
      const explored = answerTo(one).items.flatMap((entry, i) => (entry.explored ? [{ ...entry.explored, i }] : []));
      expect(explored.length).toBeLessThanOrEqual(one.explore === 0 ? 0 : 1);
      for (const { i, position, probability } of explored) {
        expect(position).toBe(i + 1);
        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThanOrEqual(1);
      }
    });
  });

  test('pages follow each other without a repeat until there is nothing more', () => {
    check((one) => {
      const shown: string[] = [];
      for (let page = 0, next: string | null | undefined; next !== null && page < SIZE + 1; page++) {
        const answer = answerTo(one, next ?? undefined);
        shown.push(...answer.items.map((entry) => groupOf(entry.itemId)));
        next = answer.next;
      }
      expect(new Set(shown).size).toBe(shown.length);
    }, 60);
  });

  test('the same again is the same answer', () => {
    check((one) => {
      expect(answerTo(one)).toEqual(answerTo(one));
    }, 40);
  });
});
