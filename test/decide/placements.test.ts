import { describe, expect, test } from 'vitest';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { item, NOW, order, profile, smallShop } from '../recommendations/shop.ts';
import { ask, shown } from './ask.ts';

const ITEMS = [
  item('tea', { categories: ['Food > Tea'], brand: 'Leaf' }),
  item('cup', { categories: ['Home > Mugs'], price: 5 }),
  item('pot', { categories: ['Home > Pots'], price: 30 }),
  item('spoon', { categories: ['Home > Cutlery'] }),
  item('honey', { categories: ['Food'] }),
  item('shirt-s', { groupId: 'shirt', availability: 'out_of_stock' }),
  item('shirt-m', { groupId: 'shirt' }),
  item('sold-out', { availability: 'out_of_stock' }),
];
const TEACHINGS = [
  { session: ['tea', 'cup', 'pot'] },
  { session: ['tea', 'cup', 'shirt-s'] },
  { session: ['tea', 'pot', 'sold-out'] },
  { session: ['tea', 'cup'] },
  { basket: ['tea', 'honey'] },
  { basket: ['tea', 'honey', 'spoon'] },
  { basket: ['tea', 'honey'] },
  { basket: ['cup', 'spoon'] },
];

function shopWith(placement: NonNullable<SiteConfigInput['placements']>[string], more: SiteConfigInput = {}) {
  return smallShop(ITEMS, TEACHINGS, { ...more, placements: { here: placement } });
}
const HERE = { placements: [{ placement: 'here', count: 3 }] };

describe('strategies', () => {
  test('also_viewed: what follows the page’s item, the strongest follower first', () => {
    const shop = shopWith({ strategies: [{ strategy: 'also_viewed' }], fallback: [] });
    const answer = ask(shop, { ...HERE, page: { type: 'item', itemId: 'tea' } });
    // The honey is food as the tea is; the shirt was viewed once, and not next.
    expect(shown(answer, 'here')).toEqual(['cup', 'pot', 'honey']);
    const here = answer.placements?.here;
    expect(here).toMatchObject({ strategy: 'also_viewed', fallback: false, dropped: {} });
    expect(here?.items[0]?.reasons).toMatchObject([{ code: 'also_viewed', detail: 'tea', text: expect.any(String) }]);
  });

  test('bought_together: companions of the page’s item, or of the basket where there is no item', () => {
    const shop = shopWith({ strategies: [{ strategy: 'bought_together' }], fallback: [] });
    expect(shown(ask(shop, { ...HERE, page: { itemId: 'tea' } }), 'here')).toEqual(['honey', 'spoon']);
    const cart = ask(shop, { ...HERE, cart: [{ itemId: 'cup' }, { itemId: 'honey' }] });
    expect(shown(cart, 'here')[0]).toBe('tea');
    expect(shown(cart, 'here')).toContain('spoon');
    expect(shown(cart, 'here')).not.toContain('cup');
  });

  test('for_you: the session that was sent decides, without any memory', () => {
    const shop = shopWith({ strategies: [{ strategy: 'for_you' }], fallback: [] });
    const answer = ask(shop, { ...HERE, session: ['tea'] });
    expect(shown(answer, 'here')[0]).toBe('cup');
    expect(answer.placements?.here?.items[0]?.reasons.map((reason) => reason.code)).toContain('session');
    expect(shown(answer, 'here')).not.toContain('tea');
  });

  test('for_you: with nothing but long-term taste, the liked category comes first', () => {
    const shop = shopWith({ strategies: [{ strategy: 'for_you' }], fallback: [] });
    const taste = profile({ affinities: { category: { mugs: { weight: 40, at: NOW } }, brand: {}, priceBand: {} } });
    const answer = ask(shop, HERE, taste);
    expect(shown(answer, 'here')[0]).toBe('cup');
    expect(answer.placements?.here?.items[0]?.reasons[0]).toMatchObject({ code: 'category_affinity', detail: 'mugs' });
  });

  test('for_you: of a stranger there is nothing to go by, and what is shown instead is said', () => {
    const shop = shopWith({ strategies: [{ strategy: 'for_you' }], fallback: ['bestsellers'] });
    expect(ask(shop, HERE).placements?.here).toMatchObject({ strategy: 'bestsellers', fallback: true });
    expect(ask(shop, { ...HERE, session: ['tea'] }).placements?.here).toMatchObject({
      strategy: 'for_you',
      fallback: false,
    });
    const none = shopWith({ strategies: [{ strategy: 'for_you' }], fallback: [] });
    expect(shown(ask(none, HERE), 'here')).toEqual([]);
  });

  test('buy_again: says when it is likely to be needed again, where there was an interval', () => {
    const shop = shopWith({ strategies: [{ strategy: 'buy_again' }], fallback: [] });
    const known = profile({
      orders: [order('a', 41, ['tea']), order('b', 21, ['tea', 'cup']), order('c', 1, ['tea'])],
    });
    const items = ask(shop, HERE, known).placements?.here?.items ?? [];
    expect(items.map((one) => [one.itemId, one.dueAt])).toEqual([
      ['tea', new Date(NOW + 19 * 86_400_000).toISOString()],
      ['cup', undefined],
    ]);
    expect(items[0]?.dueConfidence).toBeCloseTo(2 / 3, 9);
    const other = shopWith({ strategies: [{ strategy: 'recently_viewed' }], fallback: ['buy_again'] });
    expect(ask(other, HERE, known).placements?.here?.items[0]).toHaveProperty('dueAt');
  });

  test('new_arrivals: of the last days only, where the placement says so', () => {
    const ages = [1, 6, 8, 40];
    const items = ages.map((days) =>
      item(`age-${days}`, { createdAt: new Date(NOW - days * 86_400_000).toISOString() }),
    );
    const shown7 = (days?: number) => {
      const strategies = [{ strategy: 'new_arrivals' as const, ...(days === undefined ? {} : { days }) }];
      const shop = smallShop(items, [], { placements: { here: { strategies, fallback: ['handpicked'] } } });
      return shown(ask(shop, { placements: [{ placement: 'here' }] }), 'here');
    };
    expect(shown7(7)).toEqual(['age-1', 'age-6']);
    expect(shown7()).toEqual(['age-1', 'age-6', 'age-8', 'age-40']);
  });

  test('a reason that several strategies have is one reason', () => {
    const shop = shopWith({ strategies: [{ strategy: 'for_you' }, { strategy: 'trending' }], fallback: [] });
    const items = ask(shop, { ...HERE, session: ['tea'] }).placements?.here?.items ?? [];
    expect(items.length).toBeGreaterThan(0);
    for (const { reasons, score } of items) {
      const said = reasons.map((reason) => `${reason.code} ${reason.detail ?? ''}`);
      expect(new Set(said).size).toBe(said.length);
      expect(reasons.reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(score, 12);
    }
    expect(items.flatMap(({ reasons }) => reasons.map((reason) => reason.code))).toContain('trending');
  });

  test('trending and bestsellers: overall, and within the page’s category', () => {
    const shop = shopWith({ strategies: [{ strategy: 'bestsellers' }], fallback: [] });
    expect(shown(ask(shop, HERE), 'here').toSorted()).toEqual(['honey', 'spoon', 'tea'].toSorted());
    expect(shown(ask(shop, { ...HERE, page: { type: 'category', category: 'Home > Mugs' } }), 'here')).toEqual(['cup']);
    const trending = shopWith({ strategies: [{ strategy: 'trending' }], fallback: [] });
    expect(shown(ask(trending, { ...HERE, page: { category: 'food' } }), 'here')).toEqual(['tea', 'honey']);
  });

  test('an item that nobody bought is not called a bestseller', () => {
    const shop = shopWith({ strategies: [{ strategy: 'bestsellers' }], fallback: [], count: 10 });
    const items = ask(shop, { placements: [{ placement: 'here' }] }).placements?.here?.items ?? [];
    const codes = Object.fromEntries(items.map((one) => [one.itemId, one.reasons[0]?.code]));
    expect(codes).toMatchObject({ tea: 'bestseller', pot: 'popular' });
  });

  test('recently_viewed: the visitor’s views, newest first, but not the page’s own item', () => {
    const shop = shopWith({ strategies: [{ strategy: 'recently_viewed' }], fallback: [] });
    const viewed = ['cup', 'tea', 'pot'].map((itemId, i) => ({ itemId, at: NOW - i * 1000 }));
    expect(shown(ask(shop, { ...HERE, page: { itemId: 'tea' } }, profile({ viewed })), 'here')).toEqual(['cup', 'pot']);
  });

  test('buy_again: what was bought most and last; not gifts, not what was hidden', () => {
    const shop = shopWith({ strategies: [{ strategy: 'buy_again' }], fallback: [] });
    const orders = [
      order('a', 90, ['shirt-m']),
      order('b', 60, ['spoon', 'pot']),
      order('c', 30, ['spoon', 'honey']),
      order('d', 10, ['tea'], true),
    ];
    const answer = ask(shop, HERE, profile({ orders, hidden: ['honey'] }));
    expect(shown(answer, 'here')).toEqual(['spoon', 'pot', 'shirt-m']);
    expect(answer.placements?.here?.items[0]?.reasons[0]?.code).toBe('bought_before');
  });

  test('handpicked: the config’s items in its order, seen or not', () => {
    const shop = shopWith({ strategies: [{ strategy: 'handpicked', items: ['pot', 'tea', 'nothing'] }], fallback: [] });
    const answer = ask(shop, { ...HERE, session: ['tea'] });
    expect(shown(answer, 'here')).toEqual(['pot', 'tea']);
    expect(answer.placements?.here?.dropped).toEqual({ unknown: 1 });
  });

  test('new_arrivals: newest first', () => {
    const items = [item('old', { createdAt: '2026-01-01' }), item('new', { createdAt: '2026-11-01' }), item('undated')];
    const shop = smallShop(items, [], {
      placements: { here: { strategies: [{ strategy: 'new_arrivals' }], fallback: [] } },
    });
    expect(shown(ask(shop, { placements: [{ placement: 'here', count: 2 }] }), 'here')).toEqual(['new', 'old']);
  });

  test('a strategy without anything to go by finds nothing and breaks nothing', () => {
    const shop = shopWith({ strategies: [{ strategy: 'similar' }], fallback: ['alternatives', 'bestsellers'] });
    expect(ask(shop, HERE).placements?.here).toMatchObject({ strategy: 'bestsellers', fallback: true });
  });
});

describe('what is left out, and what fills the gap', () => {
  test('each candidate that was left out is counted under its reason', () => {
    const shop = shopWith({ strategies: [{ strategy: 'bestsellers' }], fallback: [] });
    const answer = ask(
      shop,
      { placements: [{ placement: 'here', exclude: ['spoon'] }], cart: [{ itemId: 'honey' }], session: ['cup'] },
      profile({ orders: [order('a', 3, ['pot'])] }),
    );
    expect(answer.placements?.here?.dropped).toEqual({ excluded: 1, in_cart: 1, seen: 1, bought: 1, out_of_stock: 1 });
    expect(shown(answer, 'here').toSorted()).toEqual(['shirt-m', 'tea']);
  });

  test('seen: "allow" shows what was seen and says so, "hideCurrent" leaves out the page’s item only', () => {
    const allow = shopWith({ strategies: [{ strategy: 'also_viewed' }], fallback: [], seen: 'allow' });
    const answer = ask(allow, { ...HERE, session: ['pot', 'tea'] });
    expect(shown(answer, 'here')).toContain('tea');
    const tea = answer.placements?.here?.items.find((one) => one.itemId === 'tea');
    expect(tea?.reasons.map((reason) => reason.code)).toContain('seen_before');
    const current = shopWith({ strategies: [{ strategy: 'also_viewed' }], fallback: [], seen: 'hideCurrent' });
    const onPage = shown(ask(current, { ...HERE, session: ['pot'], page: { itemId: 'tea' } }), 'here');
    expect(onPage).toContain('pot');
    expect(onPage).not.toContain('tea');
  });

  test('outOfStock: "allow" shows what cannot be bought, but prefers the variant that can', () => {
    const shop = shopWith({ strategies: [{ strategy: 'also_viewed' }], fallback: [], outOfStock: 'allow' });
    const answer = ask(shop, { placements: [{ placement: 'here' }], page: { itemId: 'tea' } });
    expect(shown(answer, 'here')).toContain('sold-out');
    expect(shown(answer, 'here')).toContain('shirt-m');
    expect(shown(answer, 'here')).not.toContain('shirt-s');
  });

  test('excluding one variant excludes the item', () => {
    const shop = shopWith({ strategies: [{ strategy: 'also_viewed' }], fallback: [] });
    const on = { placements: [{ placement: 'here' }], page: { itemId: 'tea' } };
    expect(shown(ask(shop, on), 'here')).toEqual(['cup', 'pot', 'honey', 'shirt-m']);
    const answer = ask(shop, { ...on, placements: [{ placement: 'here', exclude: ['shirt-s'] }] });
    expect(shown(answer, 'here')).toEqual(['cup', 'pot', 'honey']);
  });

  test('the fallback fills what is missing, is said, and never outranks', () => {
    const shop = shopWith({ strategies: [{ strategy: 'bought_together' }], fallback: ['bestsellers'] });
    const here = ask(shop, { placements: [{ placement: 'here', count: 4 }], page: { itemId: 'cup' } }).placements?.here;
    expect(here?.items.map((one) => one.itemId)[0]).toBe('spoon');
    expect(here).toMatchObject({ strategy: 'bought_together', fallback: true });
    expect(here?.items).toHaveLength(4);
    const scores = here?.items.map((one) => one.score) ?? [];
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('when nothing else was found, the strategy is the fallback’s', () => {
    const shop = shopWith({ strategies: [{ strategy: 'buy_again' }], fallback: ['trending'] });
    expect(ask(shop, HERE).placements?.here).toMatchObject({ strategy: 'trending', fallback: true });
  });

  test('filters of config and request both hold, and never empty a placement whose fallback has matching items', () => {
    const shop = shopWith({ strategies: [{ strategy: 'also_viewed' }], filter: { price: { $lt: 20 } } });
    const filtered = ask(shop, { ...HERE, page: { itemId: 'tea' } });
    expect(shown(filtered, 'here')).not.toContain('pot');
    expect(filtered.placements?.here?.dropped).toMatchObject({ filter: 1 });
    const request = {
      placements: [{ placement: 'here', count: 3, filter: { categories: 'mugs' } }],
      page: { itemId: 'tea' },
    };
    expect(shown(ask(shop, request), 'here')).toEqual(['cup']);
  });

  test('a shop without any events still shows its assortment, and says that it is that', () => {
    const shop = smallShop(ITEMS, []);
    const home = ask(shop, { page: { type: 'home' } }).placements?.home;
    expect(home?.items.length).toBe(6);
    expect(home?.items[0]?.reasons).toMatchObject([{ code: 'assortment', weight: 0.1 }]);
  });

  test('a filter that only the far end of a large shop passes finds it', () => {
    const many = Array.from({ length: 3000 }, (_, i) => item(`i${i}`, i === 2999 ? { tags: ['rare'] } : {}));
    const shop = smallShop(many, []);
    const request = { placements: [{ placement: 'home', filter: { tags: 'rare' } }] };
    expect(shown(ask(shop, request), 'home')).toEqual(['i2999']);
  });

  test('blended strategies add up, each by its weight', () => {
    const strategies = [
      { strategy: 'bought_together', weight: 3 },
      { strategy: 'also_viewed', weight: 1 },
    ] as const;
    // Of these items the catalogue says nothing that two of them share: content has nothing to add.
    const bare = ITEMS.map(({ itemId }) => item(itemId));
    const shop = smallShop(bare, TEACHINGS, { placements: { here: { strategies: [...strategies], fallback: [] } } });
    const items = ask(shop, { ...HERE, page: { itemId: 'tea' } }).placements?.here?.items ?? [];
    expect(items[0]).toMatchObject({ itemId: 'honey', score: expect.closeTo(0.75, 9) });
    expect(items.find((one) => one.itemId === 'cup')?.score).toBeCloseTo(0.25, 9);
  });
});

describe('variants learnt separately', () => {
  test('are recommended by themselves', () => {
    const shop = shopWith(
      { strategies: [{ strategy: 'also_viewed' }], fallback: [], outOfStock: 'allow' },
      { learning: { variants: 'separate' } },
    );
    const answer = ask(shop, { placements: [{ placement: 'here' }], page: { itemId: 'tea' } });
    expect(shown(answer, 'here')).toContain('shirt-s');
  });
});
