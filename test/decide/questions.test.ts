import { beforeAll, describe, expect, test } from 'vitest';
import { putItems, send, visitor } from './http.ts';

const KEY = 'sk_demo';
const placements = {
  here: {
    strategies: [{ strategy: 'handpicked', items: ['a', 'b', 'c', 'd', 'e', 'sold-out', 'dear', 'rude'] }],
    fallback: ['bought_together', 'bestsellers'],
    count: 3,
    filter: { price: { $lt: 100 }, availability: 'in_stock' },
    outOfStock: 'allow',
    caps: { brand: 2 },
    rules: [
      { key: 'no-rude', items: { tags: 'rude' }, do: 'hide' },
      { key: 'push', items: { itemId: 'e' }, do: 'boost', by: 10 },
    ],
  },
  stocked: { strategies: [{ strategy: 'handpicked', items: ['sold-out', 'red-s'] }], fallback: [] },
};
const ITEMS = [
  ...['a', 'b', 'c', 'd', 'e'].map((itemId) => ({
    itemId,
    title: itemId,
    price: 10,
    brand: itemId < 'd' ? 'ABC' : 'DE',
  })),
  { itemId: 'sold-out', title: 'Sold out', price: 10, availability: 'out_of_stock' },
  { itemId: 'dear', title: 'Dear', price: 500 },
  { itemId: 'rude', title: 'Rude', price: 5, tags: ['rude'] },
  { itemId: 'lonely', title: 'Lonely', price: 5 },
  { itemId: 'red-s', title: 'Red, small', price: 5, groupId: 'red', availability: 'out_of_stock' },
  { itemId: 'red-m', title: 'Red, medium', price: 5, groupId: 'red' },
];

beforeAll(async () => {
  await putItems(ITEMS);
  const published = await send('/v1/config', {
    key: KEY,
    method: 'PUT',
    body: { placements, texts: { reasons: { handpicked: { en: 'Our choice', de: 'Unsere Wahl' } } } },
  });
  if (published.status !== 200) throw new Error(JSON.stringify(published.body));
});

const whyNot = async (query: string) => (await send(`/v1/why-not?placement=here&${query}`)).body;
const here = async (more: object, key = 'pk_demo') => {
  const { body } = await send('/v1/decide', { key, body: { placements: [{ placement: 'here' }], ...more } });
  const answered = (body.placements as Record<string, Record<string, unknown>>).here ?? {};
  return { ...answered, items: answered.items as Record<string, unknown>[], notes: body.notes };
};

describe('why not', () => {
  test('what is shown: its position, score and reasons', async () => {
    expect(await whyNot('itemId=e')).toMatchObject({
      shown: true,
      reason: 'shown',
      position: 1,
      rule: 'push',
      items: [{ itemId: 'e' }, { itemId: 'a' }, { itemId: 'b' }],
      lastShown: { itemId: 'b' },
    });
  });

  test.each<[string, string, object]>([
    ['a rule hides', 'itemId=rude', { reason: 'rule:no-rude', rule: 'no-rude' }],
    [
      'the filter leaves out',
      'itemId=dear',
      { reason: 'filter', unmet: [{ field: 'price', asked: { $lt: 100 }, found: 500 }] },
    ],
    ['the request excludes', 'itemId=a&exclude=a', { reason: 'excluded' }],
    ['is in the basket', 'itemId=a&cart=a', { reason: 'in_cart' }],
    ['is the page’s own', 'itemId=a&pageItemId=a', { reason: 'current' }],
    ['breaks a cap', 'itemId=c', { reason: 'cap:brand', rank: 3 }],
    ['is outranked', 'itemId=d', { reason: 'rank', rank: 4, outrankedBy: 3 }],
    ['nobody knows', 'itemId=nothing', { reason: 'unknown', strategies: [] }],
  ])('what %s', async (_, query, expected) => {
    expect(await whyNot(query)).toMatchObject({ shown: false, position: null, ...expected });
  });

  test('what no strategy names, and why each does not', async () => {
    expect(await whyNot('itemId=lonely&pageItemId=a')).toMatchObject({
      reason: 'not_found',
      strategies: [
        { strategy: 'handpicked', list: 'strategies', rank: null, why: 'not_picked' },
        { strategy: 'bought_together', list: 'fallback', why: 'no_card' },
        { strategy: 'bestsellers', list: 'fallback', why: 'no_views' },
      ],
    });
    expect((await whyNot('itemId=lonely')).strategies).toMatchObject([{}, { why: 'nothing_to_start_from' }, {}]);
  });

  test('what is out of stock, and which variant stands for it', async () => {
    const stocked = async (itemId: string) => (await send(`/v1/why-not?placement=stocked&itemId=${itemId}`)).body;
    expect(await stocked('sold-out')).toMatchObject({ reason: 'out_of_stock' });
    expect(await stocked('red-s')).toMatchObject({ shown: false, reason: 'variant', instead: 'red-m' });
  });

  test('an unknown placement is 422 and names those there are; so is a question without an item', async () => {
    const answer = await send('/v1/why-not?placement=never&itemId=a');
    expect(answer).toMatchObject({ status: 422, body: { type: '/problems/unknown-placement' } });
    expect(answer.body.detail).toContain('stocked');
    expect((await send('/v1/why-not?placement=here')).status).toBe(422);
  });
});

describe('rank', () => {
  const rank = (body: object) => send('/v1/rank', { body });

  test('best first, what has no score as it was sent, unknown ones last and named', async () => {
    const { status, body } = await rank({
      visitorId: visitor('rank'),
      placement: 'here',
      items: ['nothing', 'lonely', 'c', 'dear', 'red-m', 'a', 'e', 'never'],
    });
    expect(status).toBe(200);
    const items = body.items as { itemId: string; score: number | null; reasons: { weight: number }[]; rule: string }[];
    expect(items.map((one) => one.itemId)).toEqual(['e', 'a', 'c', 'dear', 'lonely', 'red-m', 'nothing', 'never']);
    expect(items[0]?.rule).toBe('push');
    for (const { score, reasons } of items)
      expect(reasons.reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(score ?? 0, 9);
    expect(items.at(-1)).toMatchObject({ score: null, reasons: [] });
    expect(body.missing).toEqual(['nothing', 'never']);
  });

  test('without anything to go by, the list stays as it is', async () => {
    const items = ['c', 'a', 'lonely'];
    const { body } = await rank({ visitorId: visitor('rank'), items });
    expect((body.items as { itemId: string }[]).map((one) => one.itemId)).toEqual(items);
  });

  test.each<[string, object]>([
    ['nothing', { items: [] }],
    ['too much', { items: Array.from({ length: 1_001 }, (_, i) => `i${i}`) }],
    ['for a placement that is none', { items: ['a'], placement: 'never' }],
  ])('%s is 422', async (_, body) => {
    expect((await rank(body)).status).toBe(422);
  });
});

describe('three audiences', () => {
  test('shoppers read the shop’s own sentences in their language', async () => {
    const sentence = async (locale: string) =>
      ((await here({ context: { locale } })).items[1] as { reasons: { text?: string }[] }).reasons[0]?.text;
    expect(await sentence('de-AT')).toBe('Unsere Wahl');
    expect(await sentence('en-GB')).toBe('Our choice');
  });

  test('merchants read codes, weights and the strategy', async () => {
    const [first] = (await here({ explain: 'merchant' })).items;
    expect(first).toMatchObject({
      strategy: 'handpicked',
      rule: 'push',
      reasons: [{ code: 'handpicked' }, { code: 'rule', detail: 'push' }],
    });
    expect((await here({ explain: 'shopper' })).items[0]).not.toHaveProperty('strategy');
  });

  test('a trace tells of every candidate where it fell, to the secret key alone', async () => {
    const traced = await here({ explain: 'trace' }, KEY);
    const fell =
      (traced as { trace?: { itemId: string; fell: string; score: number; reasons: { weight: number }[] }[] }).trace ??
      [];
    expect(Object.fromEntries(fell.map((one) => [one.itemId, one.fell]))).toEqual({
      a: 'shown',
      b: 'shown',
      c: 'cap:brand',
      d: 'rank',
      e: 'shown',
      'sold-out': 'filter',
      dear: 'filter',
      rude: 'rule:no-rude',
    });
    for (const { score, reasons } of fell)
      expect(reasons.reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(score, 9);
    const open = await here({ explain: 'trace' });
    expect(open).not.toHaveProperty('trace');
    expect(open.items[0]).toHaveProperty('strategy');
    expect(open.notes).toEqual([expect.stringContaining('secret key')]);
  });
});

describe('bad steering is 422 and says what there is', () => {
  test.each<[string, object, string, string]>([
    ['an unknown strategy', { strategies: [{ strategy: 'magic' }] }, 'strategies[0].strategy', 'also_viewed'],
    ['an unknown fallback', { fallback: ['magic'] }, 'fallback[0]', 'bestsellers'],
    ['an unknown field beside the page’s item', { sameAs: ['colour'] }, 'sameAs[0]', 'attributes'],
    ['an unknown field of the filter', { filter: { $or: [{ pirce: 3 }] } }, 'filter.$or[0].pirce', 'price'],
    ['an unknown operator', { filter: { price: { $lss: 3 } } }, 'filter.price.$lss', '$lte'],
    [
      'an unknown field of a rule',
      { rules: [{ key: 'r', items: { pirce: 3 }, do: 'hide' }] },
      'rules[0].items.pirce',
      'price',
    ],
    ['a cap of something else', { caps: { colour: 2 } }, 'caps', 'colour'],
    ['a token that is none', { next: 'abc' }, 'next', 'token'],
    ['a share above 1', { diversity: 1.5 }, 'diversity', '0 to 1'],
  ])('%s', async (_, more, path, says) => {
    const answer = await send('/v1/decide', { body: { placements: [{ placement: 'here', ...more }] } });
    expect(answer.status).toBe(422);
    const issues = answer.body.issues as { path: string; message: string }[];
    expect(issues).toContainEqual({ path: `placements[0].${path}`, message: expect.stringContaining(says) });
  });

  test('an unknown item is answered from context, and named', async () => {
    const { body } = await send('/v1/recommendations/here?itemId=nothing');
    expect(body).toMatchObject({ items: [{}, {}, {}], missing: ['nothing'] });
  });
});

test('the next page by GET repeats nothing', async () => {
  const first = (await send('/v1/recommendations/stocked?count=1')).body;
  const next = (await send(`/v1/recommendations/here?count=2&next=${first.next}`)).body;
  const idsOf = (body: Record<string, unknown>) => (body.items as { itemId: string }[]).map((one) => one.itemId);
  expect(idsOf(first)).toEqual(['red-m']);
  expect(idsOf(next)).not.toContain('red-m');
  const after = (await send(`/v1/recommendations/here?count=2&next=${next.next}`)).body;
  expect(idsOf(after).filter((id) => idsOf(next).includes(id))).toEqual([]);
});
