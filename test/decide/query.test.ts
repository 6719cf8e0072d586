/** What callers who only GET may say, and that it means what the body of decide means. */
import { beforeAll, describe, expect, test } from 'vitest';
import { putItems, send } from './http.ts';

const ITEMS = ['tea', 'cup', 'pot', 'jar', 'pan', 'lid'].map((itemId, n) => ({
  ...{ itemId, title: `The ${itemId}`, price: 10 * (n + 1), currency: 'GBP' },
  ...{ brand: n % 2 ? 'Leaf' : 'Root', categories: [n < 3 ? 'Tea' : 'Kitchen'] },
  ...{ createdAt: `2026-11-0${n + 1}T00:00:00Z`, availability: itemId === 'lid' ? 'out_of_stock' : 'in_stock' },
}));

beforeAll(async () => {
  await putItems(ITEMS);
  const row = { strategies: [{ strategy: 'new_arrivals' }], fallback: [] };
  const rules = [
    { key: 'phone', when: { 'session.device': 'mobile' }, items: { itemId: 'tea' }, do: 'pin', at: 1 },
    {
      key: 'searched',
      when: { 'page.type': 'search', 'page.query': 'pots' },
      items: { itemId: 'pot' },
      do: 'pin',
      at: 1,
    },
    { key: 'late', when: { 'session.campaign': 'night' }, items: { itemId: 'cup' }, do: 'pin', at: 1 },
  ];
  const config = { shop: { currency: 'GBP' }, placements: { row, ruled: { ...row, rules } } };
  const { status, body } = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: config });
  if (status >= 300) throw new Error(JSON.stringify(body));
});

type Items = { itemId: string }[];
const names = (items: unknown) => (items as Items).map((one) => one.itemId);
const queryOf = (asked: Record<string, string>) => new URLSearchParams({ consent: 'none', ...asked });

async function got(placement: string, asked: Record<string, string>): Promise<string[]> {
  const { status, body } = await send(`/v1/recommendations/${placement}?${queryOf(asked)}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return names(body.items);
}

async function posted(request: object, steering: object): Promise<string[]> {
  const placements = [{ placement: 'row', ...steering }];
  const { body } = await send('/v1/decide', { body: { consent: 'none', ...request, placements } });
  return names((body.placements as Record<string, { items: Items }>).row?.items);
}

const HIDE = { key: 'tea-away', items: { categories: 'tea' }, do: 'hide' };
const PIN = { key: 'cup-first', items: { itemId: 'cup' }, do: 'pin', at: 1 };
const PAID = { items: { itemId: 'cup' }, share: 0.5 };

describe('GET /v1/recommendations', () => {
  const page = { itemId: 'tea' };
  const all = ['pan', 'jar', 'pot', 'cup'];
  test.each<[Record<string, string>, object, string[]]>([
    [{}, {}, all],
    [{ filter: '{"price":{"$lte":30}}' }, { filter: { price: { $lte: 30 } } }, ['pot', 'cup']],
    [{ sameAs: 'brand' }, { sameAs: ['brand'] }, ['pan', 'pot']],
    [{ differentFrom: 'brand,categories' }, { differentFrom: ['brand', 'categories'] }, ['jar']],
    [{ seen: 'hideCurrent', session: 'pan,jar' }, { seen: 'hideCurrent' }, all],
    [{ seen: 'hide', session: 'pan,jar' }, { seen: 'hide' }, ['pot', 'cup']],
    [{ outOfStock: 'allow' }, { outOfStock: 'allow' }, ['lid', ...all]],
    [{ diversity: '1', count: '2' }, { diversity: 1, count: 2 }, ['pan', 'cup']],
    [{ minimumRelevance: 'high' }, { minimumRelevance: 'high' }, []],
    [{ bought: 'allow', explore: '0' }, { bought: 'allow', explore: 0 }, all],
    [{ caps: '{"brand":1}' }, { caps: { brand: 1 } }, ['pan', 'jar']],
    [{ 'caps.category': '1' }, { caps: { category: 1 } }, ['pan', 'pot']],
    [{ caps: '{"brand":2}', 'caps.brand': '1', 'caps.group': '3' }, { caps: { brand: 1, group: 3 } }, ['pan', 'jar']],
    [{ rules: JSON.stringify([HIDE]) }, { rules: [HIDE] }, ['pan', 'jar']],
    [{ rules: JSON.stringify([PIN]) }, { rules: [PIN] }, ['cup', 'pan', 'jar', 'pot']],
    [{ rotation: '{"rate":0.5,"hours":24}' }, { rotation: { rate: 0.5, hours: 24 } }, all],
    [{ 'rotation.rate': '0.5', 'rotation.hours': '24' }, { rotation: { rate: 0.5, hours: 24 } }, all],
    [{ rotation: 'null', minimumRelevance: 'null' }, { rotation: null, minimumRelevance: null }, all],
    [{ promoted: JSON.stringify(PAID), count: '2' }, { promoted: PAID, count: 2 }, ['pan', 'cup']],
    [
      { 'promoted.items': '{"itemId":"cup"}', 'promoted.share': '0.5', count: '2' },
      { promoted: PAID, count: 2 },
      ['pan', 'cup'],
    ],
    [
      {
        strategies: '[{"strategy":"handpicked","items":["cup","jar"]}]',
        fallback: 'new_arrivals,trending',
        count: '3',
      },
      {
        strategies: [{ strategy: 'handpicked', items: ['cup', 'jar'] }],
        fallback: ['new_arrivals', 'trending'],
        count: 3,
      },
      ['cup', 'jar', 'pan'],
    ],
  ])('%j means what decide means by %j', async (asked, steering, expected) => {
    const session = asked.session?.split(',');
    const shown = await got('row', { itemId: 'tea', ...asked });
    expect(shown).toEqual(await posted({ page, ...(session && { session }) }, steering));
    expect(shown).toEqual(expected);
  });

  test.each([
    [{ device: 'mobile' }, 'tea'],
    [{ page: 'search', query: 'pots' }, 'pot'],
    [{ campaign: 'night' }, 'cup'],
    [{}, 'pan'],
  ])('%j is known to rules', async (asked, first) => {
    expect((await got('ruled', asked as Record<string, string>))[0]).toBe(first);
  });

  test.each<[Record<string, string>, string]>([
    [{ filter: '{price' }, 'filter'],
    [{ filter: '{"colour":"red"}' }, 'filter.colour'],
    [{ filter: '{"price":{"$near":3}}' }, 'filter.price.$near'],
    [{ seen: 'sometimes' }, 'seen'],
    [{ diversity: '2' }, 'diversity'],
    [{ explore: 'a lot' }, 'explore'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ sameAs: 'colour' }, 'sameAs[0]'],
    [{ caps: '{brand' }, 'caps'],
    [{ caps: '[2]' }, 'caps'],
    [{ caps: '{"brand":0}' }, 'caps.brand'],
    [{ 'caps.brand': 'two' }, 'caps.brand'],
    [{ 'caps.colour': '2' }, 'caps'],
    [{ 'rotation.rate': '0.5' }, 'rotation.hours'],
    [{ rules: '[{"key":"a","items":{"colour":"red"},"do":"hide"}]' }, 'rules[0].items.colour'],
    [{ rules: '[{"key":"a","items":{},"do":"burn"}]' }, 'rules[0].do'],
    [{ promoted: '{"items":{"colour":"red"},"share":0.5}' }, 'promoted.items.colour'],
    [{ 'promoted.share': '2', 'promoted.items': '{}' }, 'promoted.share'],
    [{ strategies: '[{"strategy":"magic"}]' }, 'strategies[0].strategy'],
    [{ fallback: 'trending,magic' }, 'fallback[1]'],
    [{ minimumRelevance: 'some' }, 'minimumRelevance'],
  ])('%j is refused', async (asked, path) => {
    const { status, body } = await send(`/v1/recommendations/row?${queryOf(asked)}`);
    expect({ status, paths: (body.issues as { path: string }[]).map((issue) => issue.path) }).toEqual({
      status: 422,
      paths: [path],
    });
  });

  test('why-not takes the same', async () => {
    const filter = '{"price":{"$lte":30}}';
    const { body } = await send(`/v1/why-not?placement=row&itemId=pan&${queryOf({ filter })}`);
    expect(body).toMatchObject({ reason: 'filter', unmet: [{ field: 'price', asked: { $lte: 30 }, found: 50 }] });
  });
});
