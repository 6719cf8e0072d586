import { beforeAll, describe, expect, test } from 'vitest';
import { putItems, send, visitor } from './http.ts';

const ITEMS = [
  {
    itemId: 'tea',
    title: 'Tea',
    price: 4,
    currency: 'USD',
    categories: ['Food > Tea'],
    url: 'https://shop.example/tea',
  },
  { itemId: 'cup', title: 'Cup', price: 5, currency: 'USD', categories: ['Home > Mugs'], brand: 'Clay' },
  { itemId: 'pot', title: 'Pot', price: 30, currency: 'USD', categories: ['Home > Pots'] },
];

beforeAll(() => putItems(ITEMS));

const issuesOf = (body: Record<string, unknown>) =>
  (body.issues as { path: string; message: string }[] | undefined) ?? [];

describe('a request that is wrong', () => {
  test.each<[string, unknown, string]>([
    ['a short visitorId', { visitorId: 'short' }, 'visitorId'],
    [
      'too many placements',
      { placements: Array.from({ length: 21 }, (_, i) => ({ placement: `p${i}` })) },
      'placements',
    ],
    ['the same placement twice', { placements: [{ placement: 'home' }, { placement: 'home' }] }, 'placements'],
    ['a placement without a name', { placements: [{}] }, 'placements[0].placement'],
    ['count 0', { placements: [{ placement: 'home', count: 0 }] }, 'placements[0].count'],
    ['count 101', { placements: [{ placement: 'home', count: 101 }] }, 'placements[0].count'],
    ['half a count', { placements: [{ placement: 'home', count: 1.5 }] }, 'placements[0].count'],
    ['a session of 201', { session: Array.from({ length: 201 }, () => 'tea') }, 'session'],
    ['an empty itemId in the session', { session: ['tea', ''] }, 'session[1]'],
    ['an itemId of 201 characters', { page: { itemId: 'x'.repeat(201) } }, 'page.itemId'],
    ['a negative price', { cart: [{ itemId: 'tea', price: -1 }] }, 'cart[0].price'],
    ['no pieces', { cart: [{ itemId: 'tea', quantity: 0 }] }, 'cart[0].quantity'],
    ['an unknown part', { include: ['persona', 'weather'] }, 'include[1]'],
    [
      'an unknown field',
      { placements: [{ placement: 'home', fields: ['title', 'margin'] }] },
      'placements[0].fields[1]',
    ],
    ['an unknown consent', { consent: 'maybe' }, 'consent'],
    ['an unknown explanation', { explain: 'everything' }, 'explain'],
    ['more than 500 events', { events: Array(501).fill({ name: 'page_view' }) }, 'events'],
    [
      'an operator that is none',
      { placements: [{ placement: 'home', filter: { price: { $lss: 3 } } }] },
      'placements[0].filter.price.$lss',
    ],
    ['a filter that is a text', { placements: [{ placement: 'home', filter: 'cheap' }] }, 'placements[0].filter'],
    ['a list as body', [], ''],
  ])('%s is 422 and names the place', async (_, body, path) => {
    const answer = await send('/v1/decide', { body });
    expect(answer.status).toBe(422);
    expect(answer.body.type).toBe('/problems/invalid');
    expect(issuesOf(answer.body).map((issue) => issue.path)).toContain(path);
  });

  test('an unknown placement is said, and those that exist', async () => {
    const answer = await send('/v1/decide', { body: { placements: [{ placement: 'home' }, { placement: 'hme' }] } });
    expect(answer).toMatchObject({ status: 422, body: { type: '/problems/unknown-placement' } });
    expect(answer.body.detail).toContain('item-page');
    expect(issuesOf(answer.body)[0]?.path).toBe('placements[1].placement');
    expect((await send('/v1/recommendations/hme')).status).toBe(422);
    expect((await send('/v1/recommendations/constructor')).status).toBe(422);
  });

  test('broken JSON is 400, a large body 413, no key 401, a token that cannot be checked 401', async () => {
    expect((await send('/v1/decide', { raw: '{"visitorId":' })).status).toBe(400);
    const large = JSON.stringify({ context: { filler: 'x'.repeat(1_000_001) } });
    expect((await send('/v1/decide', { raw: large })).status).toBe(413);
    expect((await send('/v1/decide', { body: {}, key: 'pk_nobody' })).status).toBe(401);
    expect(await send('/v1/decide', { body: { identityToken: 'x.y.z' } })).toMatchObject({
      status: 401,
      body: { type: '/problems/invalid-identity-token' },
    });
  });

  test.each([
    ['count=0', 'count'],
    ['count=101', 'count'],
    ['count=ten', 'count'],
    ['visitorId=short', 'visitorId'],
    ['fields=title,secret', 'fields[1]'],
    [`session=${Array.from({ length: 201 }, () => 'a').join(',')}`, 'session'],
  ])('a query with %s names %s', async (query, path) => {
    const answer = await send(`/v1/recommendations/home?${query}`);
    expect(answer.status).toBe(422);
    expect(issuesOf(answer.body).map((issue) => issue.path)).toContain(path);
  });
});

describe('what is answered', () => {
  test('everything, parts without a capability being empty', async () => {
    const answer = await send('/v1/decide', { body: { page: { type: 'home' } } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Cache-Control')).toBe('private, no-store');
    expect(answer.body).toMatchObject({
      visitorId: expect.stringMatching(/^[A-Za-z0-9_-]{16,64}$/),
      consentUsed: 'session',
      decisionId: expect.stringMatching(/^d_/),
      versions: { config: 0, catalog: expect.stringMatching(/^c[0-9a-f]+$/), cards: expect.stringMatching(/^k/) },
      degraded: false,
      persona: { key: 'unknown', reasons: [] },
      placements: {
        home: {
          recommendationId: expect.stringMatching(/^r_/),
          strategy: expect.any(String),
          items: expect.any(Array),
        },
      },
      messages: [],
      experiments: {},
      recentlyBought: [],
      recentlyViewed: [],
      surveys: [],
      guides: [],
      loyalty: null,
    });
  });

  test.each([
    ['home', 'home'],
    ['item', 'item-page'],
    ['category', 'category-page'],
    ['search', 'search'],
    ['cart', 'cart'],
  ])('a page of type %s gets the placement %s', async (type, placement) => {
    const { body } = await send('/v1/decide', { body: { page: { type } } });
    expect(Object.keys(body.placements as object)).toEqual([placement]);
  });

  test('only what is included', async () => {
    const { body } = await send('/v1/decide', { body: { include: ['persona'], page: { type: 'home' } } });
    expect(Object.keys(body).toSorted()).toEqual([
      'consentUsed',
      'decisionId',
      'degraded',
      'persona',
      'versions',
      'visitorId',
    ]);
  });

  test('the fields that were asked for, from the catalogue in memory and from the item’s details', async () => {
    const placement = {
      placement: 'home',
      count: 1,
      fields: ['price', 'brand', 'url'],
      filter: { itemId: { $in: ['tea'] } },
    };
    const { body } = await send('/v1/decide', { body: { placements: [placement] } });
    const [first] = (body.placements as { home: { items: Record<string, unknown>[] } }).home.items;
    expect(first).toMatchObject({ itemId: 'tea', title: 'Tea', price: 4, url: 'https://shop.example/tea' });
    expect(Object.hasOwn(first ?? {}, 'availability')).toBe(false);
  });

  test('unknown items are named, and the rest is answered', async () => {
    const request = { page: { type: 'item', itemId: 'nothing' }, session: ['tea', 'never'], cart: [{ itemId: 'cup' }] };
    const { status, body } = await send('/v1/decide', { body: request });
    expect(status).toBe(200);
    expect((body.missing as string[]).toSorted()).toEqual(['never', 'nothing']);
  });

  test('the same input and seed give the same answer, another seed other ids', async () => {
    const request = {
      visitorId: visitor('seeded'),
      session: ['tea'],
      placements: [{ placement: 'home' }],
      seed: 'one',
    };
    const first = await send('/v1/decide', { body: request });
    expect((await send('/v1/decide', { body: request })).body).toEqual(first.body);
    expect((await send('/v1/decide', { body: { ...request, seed: 'two' } })).body.decisionId).not.toBe(
      first.body.decisionId,
    );
  });

  test('explain: none gives no reasons; the visitor’s language gives theirs', async () => {
    const items = async (more: object) => {
      const { body } = await send('/v1/decide', { body: { placements: [{ placement: 'home' }], ...more } });
      return (body.placements as { home: { items: { reasons: { text: string }[] }[] } }).home.items;
    };
    for (const item of await items({ explain: 'none' })) expect(item.reasons).toEqual([]);
    expect((await items({ context: { locale: 'de-AT' } }))[0]?.reasons[0]?.text).toBe('Aus unserem Sortiment');
  });

  test('a catalogue change is seen by the very next request', async () => {
    await putItems([{ itemId: 'fresh', title: 'Fresh', price: 1, tags: ['fresh'] }]);
    const ask = () => send('/v1/decide', { body: { placements: [{ placement: 'home', filter: { tags: 'fresh' } }] } });
    const shown = async () =>
      ((await ask()).body.placements as { home: { items: { itemId: string }[] } }).home.items.map((one) => one.itemId);
    expect(await shown()).toEqual(['fresh']);
    await send('/v1/catalog/items/fresh', { key: 'sk_demo', method: 'DELETE' });
    expect(await shown()).toEqual([]);
  });

  test('a shop sees its own catalogue only', async () => {
    const { body } = await send('/v1/decide', { key: 'pk_other', body: { page: { type: 'home' } } });
    expect((body.placements as { home: { items: unknown[] } }).home.items).toEqual([]);
  });

  test('consent none is answered in context, and sets no cookie', async () => {
    const answer = await send('/v1/decide', {
      body: { consent: 'none', page: { type: 'item', itemId: 'tea' } },
      headers: { Origin: 'http://shop.test', 'Sec-Fetch-Site': 'same-origin' },
    });
    expect(answer.body).toMatchObject({ consentUsed: 'none', recentlyBought: [], degraded: false });
    expect(answer.headers.get('Set-Cookie')).toBeNull();
  });

  test('a customerId without proof reads nothing, and that is said', async () => {
    const { body } = await send('/v1/decide', { body: { customerId: 'customer-1', include: ['recentlyBought'] } });
    expect(body.notes).toEqual([expect.stringContaining('without proof')]);
  });
});
