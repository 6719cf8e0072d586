import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeptEvent } from '../../src/events/schema.ts';
import { AFFINITY_HALF_LIFE_MS, weightAt } from '../../src/visitors/affinities.ts';
import { freshProfile, reduce } from '../../src/visitors/reduce.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import { DAY, kept, MINUTE, NOON, purchaseOf, SECOND, viewOf } from '../support/events.ts';

function profileOf(events: readonly KeptEvent[]): Profile {
  const profile = freshProfile(events[0]?.at ?? NOON);
  for (const event of events) reduce(profile, event, 30);
  return profile;
}

const viewedIn = (profile: Profile) => profile.session.items.map((item) => item.itemId);
const mug = { itemId: 'mug', categories: ['home', 'mugs'], brand: 'Clay', priceBand: 2 };

describe('what was shown', () => {
  const impression = (at: number, ...itemIds: string[]): KeptEvent =>
    kept('impression', at, { items: itemIds.map((itemId) => ({ itemId })) });

  test('is counted by item, half as much a day later, in any order of arrival', () => {
    const events = [impression(NOON, 'a', 'b', 'a'), impression(NOON + DAY, 'a'), impression(NOON + DAY / 2, 'c')];
    const expected = [
      { itemId: 'a', at: NOON + DAY, weight: 1.5 },
      { itemId: 'c', at: NOON + DAY / 2, weight: 1 },
      { itemId: 'b', at: NOON, weight: 1 },
    ];
    expect(profileOf(events).shown).toEqual(expected);
    expect(profileOf(events.toReversed()).shown).toEqual(expected);
  });

  test('is what our own impressions say, and lists that carry a recommendation, a hundred items at most', () => {
    const list = kept('view_item_list', NOON, { items: [{ itemId: 'a' }] });
    expect(profileOf([list]).shown).toBeUndefined();
    expect(profileOf([{ ...list, recommendationId: 'r' }]).shown).toHaveLength(1);
    const many = Array.from({ length: 150 }, (_, i) => impression(NOON + i, `item-${i}`));
    expect(profileOf(many).shown).toHaveLength(100);
    expect(profileOf(many).shown?.[0]?.itemId).toBe('item-149');
  });
});

describe('sessions', () => {
  test.each([
    ['thirty minutes apart are one session', 30 * MINUTE, 1, ['a', 'b']],
    ['a millisecond more begins another', 30 * MINUTE + 1, 2, ['b']],
  ])('%s', (_name, pause, number, items) => {
    const profile = profileOf([viewOf('a', NOON), viewOf('b', NOON + pause)]);
    expect(profile.session.number).toBe(number);
    expect(viewedIn(profile)).toEqual(items);
  });

  test('a late event of the same session finds its place by time', () => {
    const profile = profileOf([viewOf('a', NOON), viewOf('c', NOON + 20 * SECOND), viewOf('b', NOON + 10 * SECOND)]);
    expect(viewedIn(profile)).toEqual(['a', 'b', 'c']);
    expect(profile.viewed.map((item) => item.itemId)).toEqual(['c', 'b', 'a']);
  });

  test('of views in the same millisecond the last one heard of is the newest', () => {
    const profile = profileOf(['a', 'b', 'a'].map((itemId) => viewOf(itemId, NOON)));
    expect(profile.viewed.map((item) => item.itemId)).toEqual(['a', 'b']);
  });

  test('a late event of an earlier session leaves the current one alone', () => {
    const profile = profileOf([viewOf('today', NOON), viewOf('yesterday', NOON - DAY)]);
    expect(profile.session).toMatchObject({ number: 2, startedAt: NOON, lastAt: NOON, views: 1 });
    expect(viewedIn(profile)).toEqual(['today']);
    expect(profile.viewed.map((item) => item.itemId)).toEqual(['today', 'yesterday']);
  });

  test('views carry what came before them, nearest first, ten at most', () => {
    const profile = freshProfile(NOON);
    const ids = Array.from({ length: 13 }, (_, i) => `i${i}`);
    const trails = ids.map((id, i) => reduce(profile, viewOf(id, NOON + i), 30).trails[0]);
    expect(trails[0]).toEqual({ itemId: 'i0', previous: [], length: 1 });
    expect(trails[2]).toEqual({ itemId: 'i2', previous: ['i1', 'i0'], length: 3 });
    expect(trails[12]?.previous).toEqual(ids.slice(2, 12).toReversed());
    expect(trails[12]?.length).toBe(13);
  });

  test('only the last two hundred views are kept, but all are counted', () => {
    const profile = profileOf(Array.from({ length: 230 }, (_, i) => viewOf(`i${i}`, NOON + i)));
    expect(profile.session.items).toHaveLength(200);
    expect(profile.session.views).toBe(230);
    expect(viewedIn(profile)[0]).toBe('i30');
    expect(profile.viewed).toHaveLength(100);
  });

  test('the first page says where the visit came from', () => {
    const page = { url: 'https://shop.example/', referrer: 'https://search.example/', campaign: 'christmas' };
    const profile = profileOf([
      kept('page_view', NOON, { page, country: 'DE' }),
      kept('page_view', NOON + 1, { page: { url: 'https://shop.example/b' } }),
    ]);
    expect(profile.session).toMatchObject({
      landing: page.url,
      referrer: page.referrer,
      campaign: 'christmas',
      country: 'DE',
    });
  });
});

describe('the basket', () => {
  const add = (itemId: string, at: number, quantity = 1) =>
    kept('add_to_cart', at, { currency: 'GBP', items: [{ itemId, quantity, price: 2 }] });
  const steps: [string, KeptEvent[], [string, number][]][] = [
    ['adding twice adds up', [add('a', NOON), add('a', NOON + 1, 2)], [['a', 3]]],
    [
      'removing takes one piece',
      [add('a', NOON, 3), kept('remove_from_cart', NOON + 1, { items: [{ itemId: 'a' }] })],
      [['a', 2]],
    ],
    [
      'removing the last piece removes the line',
      [add('a', NOON), kept('remove_from_cart', NOON + 1, { items: [{ itemId: 'a', quantity: 5 }] })],
      [],
    ],
    [
      'view_cart states the whole of it',
      [add('a', NOON), kept('view_cart', NOON + 1, { items: [{ itemId: 'b', quantity: 4 }] })],
      [['b', 4]],
    ],
    [
      'a late view_cart says nothing about now',
      [add('a', NOON), kept('view_cart', NOON - 1, { items: [] })],
      [['a', 1]],
    ],
    ['view_cart without items says nothing', [add('a', NOON), kept('view_cart', NOON + 1)], [['a', 1]]],
    [
      'a purchase takes out what was bought',
      [add('a', NOON), add('b', NOON), purchaseOf('o1', ['a'], NOON + 1)],
      [['b', 1]],
    ],
    [
      'what was added before it was bought, but arrives later, stays out',
      [purchaseOf('o1', ['a'], NOON + 1), add('a', NOON)],
      [],
    ],
    ['an event of last week leaves it alone', [add('a', NOON), add('b', NOON - 7 * DAY)], [['a', 1]]],
  ];
  test.each(steps)('%s', (_name, events, lines) => {
    expect(profileOf(events).cart.lines.map((line) => [line.itemId, line.quantity])).toEqual(lines);
  });

  test('prices of another currency are forgotten, never added up', () => {
    const profile = profileOf([
      add('a', NOON),
      kept('add_to_cart', NOON + 1, { currency: 'EUR', items: [{ itemId: 'b', price: 3 }] }),
    ]);
    expect(profile.cart).toMatchObject({
      currency: 'EUR',
      lines: [
        { itemId: 'a', price: null },
        { itemId: 'b', price: 3 },
      ],
    });
  });
});

describe('orders', () => {
  test('an order counts once, by its id', () => {
    const profile = profileOf([purchaseOf('o1', ['a', 'b'], NOON), purchaseOf('o1', ['a', 'b', 'c'], NOON + 1)]);
    expect(profile.orders).toEqual([
      {
        orderId: 'o1',
        at: NOON,
        currency: 'GBP',
        value: 5,
        gift: false,
        lines: [
          { itemId: 'a', quantity: 1, price: 2.5 },
          { itemId: 'b', quantity: 1, price: 2.5 },
        ],
      },
    ]);
  });

  test('repeated items become one line', () => {
    expect(profileOf([purchaseOf('o1', ['a', 'a', 'b'], NOON)]).orders[0]?.lines.map((line) => line.quantity)).toEqual([
      2, 1,
    ]);
  });

  test('a refund takes off what it names, and everything when it names nothing', () => {
    const some = kept('refund', NOON + 1, { orderId: 'o1', items: [{ itemId: 'a', quantity: 1 }] });
    const all = kept('refund', NOON + 2, { orderId: 'o1' });
    const partly = profileOf([purchaseOf('o1', ['a', 'a', 'b'], NOON), some]);
    expect(partly.orders[0]).toMatchObject({
      value: 5,
      lines: [
        { itemId: 'a', quantity: 1 },
        { itemId: 'b', quantity: 1 },
      ],
    });
    reduce(partly, all, 30);
    expect(partly.orders[0]).toMatchObject({ orderId: 'o1', value: 0, lines: [] });
    expect(profileOf([kept('refund', NOON, { orderId: 'unknown' })]).orders).toEqual([]);
  });

  test('orders come out by time, whatever the order of arrival', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 12 }), (days) => {
        const profile = profileOf(days.map((day) => purchaseOf(`o${day}`, ['a'], NOON - day * DAY)));
        const times = profile.orders.map((order) => order.at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times).toHaveLength(days.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('affinities', () => {
  test.each([
    ['a view', 'view_item', 1],
    ['putting in the basket', 'add_to_cart', 3],
    ['a wish', 'add_to_wishlist', 3],
    ['a purchase', 'purchase', 5],
    ['a look at a list', 'view_item_list', 0],
    ['taking out of the basket', 'remove_from_cart', 0],
  ] as const)('%s weighs what it should', (_name, name, weight) => {
    const { affinities } = profileOf([kept(name, NOON, { items: [mug], orderId: 'o1' })]);
    expect(weightAt(affinities.category.mugs, NOON)).toBe(weight);
    expect(weightAt(affinities.category.home, NOON)).toBe(weight);
    expect(weightAt(affinities.brand.Clay, NOON)).toBe(weight);
    expect(weightAt(affinities.priceBand['2'], NOON)).toBe(weight);
  });

  test('half is left after thirty days', () => {
    const { affinities } = profileOf([kept('view_item', NOON, { items: [mug] })]);
    expect(weightAt(affinities.category.mugs, NOON + AFFINITY_HALF_LIFE_MS)).toBe(0.5);
  });

  test('gifts say nothing about who buys them', () => {
    const { affinities, orders } = profileOf([purchaseOf('o1', ['mug'], NOON, { items: [mug], gift: true })]);
    expect(affinities).toEqual({ category: {}, brand: {}, priceBand: {} });
    expect(orders[0]?.gift).toBe(true);
  });

  test('a purchase that was counted before adds nothing', () => {
    const once = profileOf([purchaseOf('o1', [], NOON, { items: [mug] })]);
    const twice = profileOf([
      purchaseOf('o1', [], NOON, { items: [mug] }),
      purchaseOf('o1', [], NOON + 1, { items: [mug] }),
    ]);
    expect(twice.affinities).toEqual(once.affinities);
  });

  test('names that objects have by nature are names like others, except one', () => {
    const brand = (name: string) => kept('view_item', NOON, { items: [{ itemId: 'x', brand: name }] });
    const { affinities } = profileOf([brand('constructor'), brand('constructor'), brand('__proto__')]);
    expect(weightAt(affinities.brand.constructor as never, NOON)).toBe(2);
    expect(Object.keys(affinities.brand)).toEqual(['constructor']);
  });

  test('they come out the same in any order of arrival', () => {
    const steps = fc.record({
      name: fc.constantFrom('view_item', 'add_to_cart', 'purchase'),
      day: fc.nat(200),
      brand: fc.constantFrom('A', 'B'),
    });
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.nat()), (list, keys) => {
        const events = list.map(({ name, day, brand }, i) =>
          kept(name as 'view_item', NOON - day * DAY, { orderId: `o${i}`, items: [{ itemId: 'x', brand }] }),
        );
        const shuffled = events.map((event) => ({ event, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key);
        const one = profileOf(events);
        const other = profileOf(shuffled.map(({ event }) => event));
        for (const brand of ['A', 'B'])
          expect(weightAt(other.affinities.brand[brand], NOON)).toBeCloseTo(
            weightAt(one.affinities.brand[brand], NOON),
            8,
          );
      }),
      { numRuns: 100 },
    );
  });

  test('a thousand brands stay a hundred or so', () => {
    const many = Array.from({ length: 1000 }, (_, i) =>
      kept('view_item', NOON + i, { items: [{ itemId: 'x', brand: `b${i}` }] }),
    );
    expect(Object.keys(profileOf(many).affinities.brand).length).toBeLessThanOrEqual(120);
  });
});
