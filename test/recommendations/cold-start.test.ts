import { describe, expect, test } from 'vitest';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { ask, shown } from '../decide/ask.ts';
import { item, NOW, profile, smallShop } from './shop.ts';

const ITEMS = [
  item('mug-red', { title: 'Enamel mug red', categories: ['Home > Mugs'], createdAt: '2026-01-01' }),
  item('mug-blue', { title: 'Enamel mug blue', categories: ['Home > Mugs'], createdAt: '2026-02-01' }),
  item('cup', { title: 'Porcelain cup', categories: ['Home > Mugs'], createdAt: '2026-03-01' }),
  item('pot', { title: 'Tea pot', categories: ['Home > Pots'], createdAt: '2026-04-01' }),
  item('green-tea', { title: 'Green tea', categories: ['Food > Tea'], createdAt: '2026-05-01' }),
  item('black-tea', { title: 'Black tea', categories: ['Food > Tea'], createdAt: '2026-06-01' }),
  item('shears', { title: 'Garden shears', categories: ['Garden > Tools'], createdAt: '2026-07-01' }),
  item('spade', { title: 'Garden spade', categories: ['Garden > Tools'], createdAt: '2026-08-01' }),
];

const shopOf = (config: SiteConfigInput = {}) => smallShop(ITEMS, [], config);
const here = (strategy: string, more: object = {}): SiteConfigInput =>
  ({ placements: { here: { strategies: [{ strategy }], fallback: ['bestsellers'], ...more } } }) as SiteConfigInput;
const HERE = { placements: [{ placement: 'here', count: 3 }] };

describe('a catalogue and no event at all', () => {
  const pages = {
    home: { type: 'home' },
    'item-page': { type: 'item', itemId: 'mug-red' },
    'category-page': { type: 'category', category: 'Home > Mugs' },
    search: { type: 'search', query: 'tea' },
    cart: { type: 'cart' },
  };

  test.each(Object.entries(pages))('%s is filled, and says how', (placement, page) => {
    const answer = ask(shopOf(), { page, cart: [{ itemId: 'green-tea' }] }).placements?.[placement];
    expect(answer?.items.length).toBeGreaterThan(0);
    const strategies = ['similar', 'new_arrivals', 'for_you'];
    expect(strategies).toContain(answer?.strategy);
    for (const one of answer?.items ?? []) {
      expect(one.reasons.length).toBeGreaterThan(0);
      expect(['also_viewed', 'bought_together', 'session', 'trending', 'bestseller', 'popular']).not.toContain(
        one.reasons[0]?.code,
      );
    }
  });

  test('on an item’s page what is like it comes first, as a fallback for what nobody has bought yet', () => {
    const answer = ask(shopOf(), { page: pages['item-page'], placements: [{ placement: 'item-page', count: 2 }] });
    expect(answer.placements?.['item-page']).toMatchObject({ strategy: 'similar', fallback: true });
    expect(shown(answer, 'item-page')).toEqual(['mug-blue', 'cup']);
  });

  test('elsewhere the newest, in the category of the page where there is one', () => {
    const shop = shopOf(here('trending'));
    expect(shown(ask(shop, HERE), 'here')).toEqual(['spade', 'shears', 'black-tea']);
    expect(ask(shop, HERE).placements?.here).toMatchObject({ strategy: 'new_arrivals', fallback: true });
    const category = ask(shop, { ...HERE, page: { category: 'Home > Mugs' } });
    expect(shown(category, 'here')).toEqual(['cup', 'mug-blue', 'mug-red']);
  });

  test('similar: the page’s item, otherwise the session’s; with what both visibly share', () => {
    const shop = shopOf(here('similar', { fallback: [] }));
    const answer = ask(shop, { ...HERE, page: { itemId: 'mug-red' } });
    expect(shown(answer, 'here').slice(0, 2)).toEqual(['mug-blue', 'cup']);
    const codes = answer.placements?.here?.items[0]?.reasons.map(({ code, detail }) => `${code} ${detail}`);
    expect(codes).toEqual(['similar mug-red', 'same_category mugs']);
    expect(shown(ask(shop, { ...HERE, session: ['spade'] }), 'here')).toEqual(['shears']);
    expect(shown(ask(shop, HERE), 'here')).toEqual([]);
  });
});

describe('a new visitor', () => {
  const shop = shopOf(here('for_you', { fallback: [] }));

  test.each<[string, object]>([
    ['a search', { page: { type: 'search', query: 'garden' } }],
    ['the campaign that brought them', { context: { campaign: 'garden-sale' } }],
    ['what they searched for before they came', { page: { referrer: 'https://search.example/?q=garden+tools' } }],
    ['the page they came from', { page: { referrer: 'https://blog.example/posts/best-garden-spades.html' } }],
    ['a page whose item the catalogue does not know yet', { page: { itemId: 'unknown', title: 'Garden fork' } }],
  ])('is answered by %s', (_, asked) => {
    const answer = ask(shop, { ...HERE, ...asked });
    expect(shown(answer, 'here').toSorted()).toEqual(['shears', 'spade']);
    expect(answer.placements?.here).toMatchObject({ strategy: 'for_you', fallback: false });
    expect(answer.placements?.here?.items[0]?.reasons[0]?.code).toBe('context');
  });

  test('of whom nothing is known gets nothing that is called personal', () => {
    for (const asked of [{}, { page: { referrer: 'https://search.example/' } }, { context: { country: 'DE' } }])
      expect(shown(ask(shop, { ...HERE, ...asked }), 'here')).toEqual([]);
  });

  test('what they looked at counts more than where they came from', () => {
    const answer = ask(shop, { ...HERE, session: ['green-tea'], context: { campaign: 'garden-sale' } });
    expect(shown(answer, 'here')[0]).toBe('black-tea');
    expect(shown(answer, 'here')).toContain('spade');
  });
});

describe('a new visitor of a shop that has many', () => {
  // Germans look at tea, the British at pots; in the morning and at night, everybody looks at all of it.
  const coming = Array.from({ length: 3_000 }, (_, n) => ({
    session: [n % 4 > 1 ? (['mug-red', 'cup', 'spade'][n % 3] ?? '') : n % 2 === 0 ? 'green-tea' : 'pot'],
    from: { country: n % 2 === 0 ? 'DE' : 'GB', hour: n % 8 < 4 ? 8 : 20 },
  }));
  const shop = smallShop(ITEMS, coming, here('for_you', { fallback: [] }));
  const from = (country: string, more: object = {}) => ask(shop, { ...HERE, context: { country }, ...more });

  test.each([
    ['DE', 'green-tea'],
    ['GB', 'pot'],
  ])('from %s is shown first what is popular there, which says so', (country, first) => {
    const row = from(country).placements?.here;
    expect(row?.items.map((one) => one.itemId)).toEqual([first]);
    expect(row).toMatchObject({ strategy: 'for_you', fallback: false });
    const [one] = row?.items ?? [];
    expect(one?.reasons.map(({ code, detail }) => [code, detail])).toEqual([
      ['trending', undefined],
      ['popular_in_context', country],
    ]);
    expect(one?.reasons.reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(one?.score ?? 0, 12);
  });

  test('has the country of the visit that is remembered, where the request says none', () => {
    const { session } = profile();
    const remembered = profile({ session: { ...session, country: 'DE' } });
    expect(shown(ask(shop, HERE, remembered), 'here')).toEqual(['green-tea']);
    expect(shown(ask(shop, HERE, profile()), 'here')).toEqual([]);
    expect(shown(from('FR'), 'here')).toEqual([]);
  });

  test('finds the bestsellers and what is popular now leaning towards where they are', () => {
    const strategies = (strategy: string) => ({ placements: [{ placement: 'here', strategies: [{ strategy }] }] });
    for (const strategy of ['trending', 'bestsellers']) {
      expect(shown(from('DE', strategies(strategy)), 'here')[0]).toBe('green-tea');
      expect(shown(from('GB', strategies(strategy)), 'here')[0]).toBe('pot');
    }
  });

  test('is shown the same where it tells nothing: by the hour nothing differs here', () => {
    const lists = [6, 20].map((hour) =>
      shown(ask({ ...shop, now: Date.UTC(2026, 10, 22, hour) }, { ...HERE, context: { country: 'DE' } }), 'here'),
    );
    expect(lists).toEqual([['green-tea'], ['green-tea']]);
  });
});

describe('behaviour and content', () => {
  const sessions = (times: number) => Array.from({ length: times }, () => ({ session: ['mug-red', 'spade'] }));
  const config = here('also_viewed', { fallback: [] });
  const scores = (times: number) => {
    const answer = ask(smallShop(ITEMS, sessions(times), config), { ...HERE, page: { itemId: 'mug-red' } });
    const items = answer.placements?.here?.items ?? [];
    const weightOf = (code: string) =>
      items
        .flatMap(({ reasons }) => reasons.filter((one) => one.code === code))
        .reduce((sum, one) => sum + one.weight, 0);
    return { first: items[0]?.itemId, similar: weightOf('similar'), viewed: weightOf('also_viewed') };
  };

  test('are mixed by how much is known: content yields view by view, and never at once', () => {
    const course = [0, 1, 2, 4, 8, 10].map(scores);
    expect(course[0]).toMatchObject({ first: 'mug-blue', viewed: 0 });
    expect(course.at(-1)).toMatchObject({ first: 'spade' });
    for (let i = 1; i < course.length; i++) {
      expect(course[i]?.similar).toBeLessThan(course[i - 1]?.similar ?? 0);
      expect(course[i]?.viewed).toBeGreaterThan(course[i - 1]?.viewed ?? 1);
    }
    // Where the whole say is behaviour's, content still fills the places that it leaves empty.
    expect(scores(32).first).toBe('spade');
    expect(scores(32).similar).toBeGreaterThan(0);
    expect(scores(32).similar).toBeLessThan(0.05);
  });

  test('what was found by what others did is said to be; what content adds has its own reason', () => {
    const shop = smallShop(ITEMS, sessions(2), config);
    const answer = ask(shop, { ...HERE, page: { itemId: 'mug-red' } }).placements?.here;
    expect(answer).toMatchObject({ strategy: 'also_viewed', fallback: false });
    expect(answer?.items.map((one) => one.reasons[0]?.code)).toEqual(['also_viewed', 'similar', 'similar']);
  });
});

describe('because_you_viewed', () => {
  const viewed = ['mug-red', 'mug-blue', 'spade'].map((itemId, i) => ({ itemId, at: NOW - i * 1_000 }));
  const row = { strategies: [{ strategy: 'because_you_viewed' as const }], fallback: ['bestsellers' as const] };
  const items = [...ITEMS, item('fork', { title: 'Garden fork', categories: ['Garden > Tools'] })];
  const more = [...items, item('rake', { title: 'Garden rake', categories: ['Garden > Tools'] })];
  const shop = smallShop(more, [], {
    placements: { a: row, b: row, c: { ...row, title: { en: 'More like {{item}}', de: 'Mehr wie {{item}}' } } },
  });

  test('rows of a page are about different items, none about one that is like an earlier one', () => {
    const answer = ask(
      shop,
      {
        placements: [
          { placement: 'a', count: 2 },
          { placement: 'b', count: 2 },
        ],
      },
      profile({ viewed }),
    );
    expect(answer.placements?.a).toMatchObject({
      strategy: 'because_you_viewed',
      title: 'Because you viewed Enamel mug red',
    });
    expect(answer.placements?.b).toMatchObject({
      strategy: 'because_you_viewed',
      title: 'Because you viewed Garden spade',
    });
    expect(
      shown(answer, 'b')
        .toSorted()
        .every((itemId) => ['shears', 'fork', 'rake'].includes(itemId)),
    ).toBe(true);
  });

  test('carry the item in the title that the config gives them, in the language asked for', () => {
    const asked = { placements: [{ placement: 'c', count: 2 }], context: { locale: 'de-AT' } };
    expect(ask(shop, asked, profile({ viewed })).placements?.c?.title).toBe('Mehr wie Enamel mug red');
  });

  test('are about nothing without a past, and then do not say so', () => {
    const answer = ask(shop, { placements: [{ placement: 'c', count: 2 }] });
    expect(answer.placements?.c).toMatchObject({
      strategy: 'new_arrivals',
      fallback: true,
      title: 'You may like these',
    });
  });

  test('are not about the item of the page', () => {
    const asked = { placements: [{ placement: 'a', count: 2 }], page: { itemId: 'mug-red' } };
    expect(ask(shop, asked, profile({ viewed })).placements?.a?.title).toContain('Enamel mug blue');
  });
});
