import { beforeAll, describe, expect, test } from 'vitest';
import { putItems, send, visitor } from '../decide/http.ts';

const CONFIG = {
  consent: { default: 'personal' },
  placements: { home: { strategies: [{ strategy: 'handpicked', items: ['tea', 'cup', 'pot'] }] } },
  holdouts: { global: { seed: 'h', coverage: 0.1 } },
  experiments: {
    layout: {
      status: 'running',
      holdout: 'global',
      variations: [
        { key: 'control', value: { columns: 2 } },
        { key: 'b', value: { columns: 3 }, changes: { 'placements.home.count': 1 } },
      ],
    },
    banner: {
      status: 'running',
      audience: { 'context.country': 'DE' },
      rules: [{ condition: { 'context.staff': true }, variation: 'blue' }],
      weights: [0, 1],
      variations: [
        { key: 'red', value: 'red' },
        { key: 'blue', value: 'blue' },
      ],
    },
    soon: { status: 'draft', variations: [{ key: 'a' }, { key: 'b' }] },
  },
};

beforeAll(async () => {
  await putItems(['tea', 'cup', 'pot'].map((itemId) => ({ itemId, title: itemId, price: 1 })));
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
});

interface Decided {
  experiments: Record<string, { variation: string; value: unknown; reason: string }>;
  placements: { home: { items: object[] } };
}

const decide = async (visitorId: string, context: object = {}): Promise<Decided> =>
  (await send('/v1/decide', { body: { visitorId, context, placements: [{ placement: 'home' }] } }))
    .body as unknown as Decided;

const flag = async (targetingKey: string, more: object = {}, key = 'layout') =>
  send(`/ofrep/v1/evaluate/flags/${key}`, { body: { context: { targetingKey, ...more } } });

describe('decisions', () => {
  test('give each visitor one variation for good, with its value and what it changes', async () => {
    const found = new Set<string>();
    for (let i = 0; i < 30; i++) {
      const visitorId = visitor(`layout-${i}`);
      const first = await decide(visitorId);
      expect((await decide(visitorId)).experiments).toEqual(first.experiments);
      const { variation, reason } = first.experiments.layout ?? { variation: 'held out', reason: '' };
      found.add(variation);
      expect(reason === 'SPLIT' || variation === 'held out').toBe(true);
      expect(first.placements.home.items).toHaveLength(variation === 'b' ? 1 : 3);
      expect(Object.keys(first.experiments)).not.toContain('soon');
    }
    expect(found.has('control') && found.has('b')).toBe(true);
  });

  test('are for their audience', async () => {
    const visitorId = visitor('banner');
    expect((await decide(visitorId, { country: 'FR' })).experiments.banner).toBeUndefined();
    expect((await decide(visitorId, { country: 'DE' })).experiments.banner).toEqual({
      variation: 'blue',
      value: 'blue',
      reason: 'STATIC',
    });
    const byRule = { variation: 'blue', value: 'blue', reason: 'TARGETING_MATCH' };
    expect((await decide(visitorId, { staff: true })).experiments.banner).toEqual(byRule);
    const { body } = await send(`/v1/experiments?visitorId=${visitorId}&country=DE`);
    expect(body.experiments).toMatchObject({ banner: { variation: 'blue' } });
  });
});

describe('flags for OpenFeature', () => {
  test('are what decisions give', async () => {
    for (let i = 0; i < 20; i++) {
      const visitorId = visitor(`flag-${i}`);
      const { layout } = (await decide(visitorId)).experiments;
      const { body } = await flag(visitorId);
      expect([body.variant, body.value]).toEqual([layout?.variation, layout?.value]);
    }
  });

  test('know what decisions know: what is remembered of the visitor, who they seem to be, and the page', async () => {
    const certain = { status: 'running', weights: [0, 1], variations: [{ key: 'a' }, { key: 'b', value: 'yes' }] };
    const experiments = {
      buyers: { ...certain, audience: { 'visitor.orders': { $gte: 1 }, lifecycle: { $ne: 'new' } } },
      newcomers: { ...certain, audience: { 'visitor.isNew': true, 'visitor.orders': 0 } },
      hunters: { ...certain, audience: { persona: 'hunter' } },
      sale: { ...certain, urlPatterns: ['/sale*'] },
      german: { ...certain, audience: { 'context.country': 'DE', 'context.market': 'DE' } },
    };
    const personas = { hunter: { signals: [{ condition: { 'visitor.orders': { $gte: 1 } }, weight: 5 }] } };
    const markets = { DE: { currency: 'EUR', countries: ['DE'] } };
    const body = { consent: { default: 'personal' }, personas, markets, experiments };
    expect((await send('/v1/config', { key: 'sk_demo', method: 'PUT', body })).status).toBe(200);
    const buyer = visitor('buyer');
    const purchase = { name: 'purchase', orderId: buyer, currency: 'USD', value: 2, items: [{ itemId: 'tea' }] };
    expect((await send('/v1/events', { body: { visitorId: buyer, events: [purchase] } })).status).toBe(202);
    const given = async (visitorId: string, more: object): Promise<string[]> => {
      const { context, page } = { context: {}, page: {}, ...more };
      const decided = await send('/v1/decide', { body: { visitorId, context, page, include: ['experiments'] } });
      const answer = await send('/ofrep/v1/evaluate/flags', {
        body: { context: { targetingKey: visitorId, page, ...context } },
      });
      const flags = answer.body.flags as { key: string; variant?: string }[];
      const keys = flags.filter((one) => one.variant !== undefined).map((one) => one.key);
      expect(keys).toEqual(Object.keys(decided.body.experiments as object));
      return keys;
    };
    expect(await given(buyer, { context: { country: 'DE' } })).toEqual(['buyers', 'hunters', 'german']);
    expect(await given(visitor('new'), { page: { url: 'https://shop.example/sale/1' } })).toEqual([
      'newcomers',
      'sale',
    ]);
    // What is no visitorId is nobody who could be remembered; facts of any shape are no reason to refuse.
    const odd = { targetingKey: 'anybody', page: 'home', country: 49, locale: null, nested: { deep: [1] } };
    const { status, body: odds } = await send('/ofrep/v1/evaluate/flags', { body: { context: odd } });
    expect([status, (odds.flags as { variant?: string }[]).map((one) => one.variant ?? null)]).toEqual([
      200,
      [null, 'b', null, null, null],
    ]);
    expect((await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG })).status).toBe(200);
  });

  test('come all at once, with an ETag of the result', async () => {
    const ask = (context: object, headers: Record<string, string> = {}) =>
      send('/ofrep/v1/evaluate/flags', { body: { context }, headers });
    const first = await ask({ targetingKey: 'anybody', country: 'DE' });
    expect(first.body).toMatchObject({
      flags: [
        { key: 'layout' },
        { key: 'banner', variant: 'blue', value: 'blue', reason: 'STATIC' },
        { key: 'soon', reason: 'DISABLED' },
      ],
    });
    const etag = first.headers.get('ETag') ?? '';
    expect(etag).toMatch(/^".+"$/);
    const same = await ask({ targetingKey: 'anybody', country: 'DE' }, { 'If-None-Match': etag });
    expect(same.status).toBe(304);
    const other = await ask({ targetingKey: 'anybody', country: 'FR' }, { 'If-None-Match': etag });
    expect([other.status, other.headers.get('ETag') === etag]).toEqual([200, false]);
  });

  test.each([
    ['no context', {}, 400, 'INVALID_CONTEXT'],
    ['no targetingKey', { context: {} }, 400, 'TARGETING_KEY_MISSING'],
    ['an empty one', { context: { targetingKey: '' } }, 400, 'TARGETING_KEY_MISSING'],
    ['one that is too long', { context: { targetingKey: 'x'.repeat(257) } }, 400, 'TARGETING_KEY_MISSING'],
  ])('say what is wrong with %s', async (_what, body, status, errorCode) => {
    for (const path of ['/ofrep/v1/evaluate/flags', '/ofrep/v1/evaluate/flags/layout'])
      expect(await send(path, { body })).toMatchObject({ status, body: { errorCode } });
  });

  test('say what is wrong with broken JSON and unknown flags, and take the key in X-API-Key', async () => {
    expect(await send('/ofrep/v1/evaluate/flags', { raw: '{' })).toMatchObject({
      status: 400,
      body: { errorCode: 'PARSE_ERROR' },
    });
    expect(await flag('anybody', {}, 'nope')).toMatchObject({
      status: 404,
      body: { key: 'nope', errorCode: 'FLAG_NOT_FOUND' },
    });
    const body = { context: { targetingKey: 'anybody' } };
    const withKey = (key: string) =>
      send('/ofrep/v1/evaluate/flags', { body, headers: { 'X-API-Key': key, Authorization: '' } });
    expect((await withKey('pk_demo')).status).toBe(200);
    expect((await withKey('pk_wrong')).status).toBe(401);
  });
});

test('GrowthBook’s SDKs are given features', async () => {
  const { body } = await send('/v1/experiments/growthbook.json');
  expect(body).toMatchObject({
    status: 200,
    features: {
      layout: { rules: [{ seed: 'h' }, { key: 'layout', hashAttribute: 'visitorId', hashVersion: 2 }] },
      soon: {},
    },
  });
});
