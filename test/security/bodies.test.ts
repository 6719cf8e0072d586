import { beforeAll, describe, expect, test } from 'vitest';
import { call, post } from '../support/http.ts';
import { CONFIG, fillShop, HANDLERS_WITH_BODY, ITEM, knock, MARK, type Route, titleOf, WITH_BODY } from './ground.ts';

beforeAll(fillShop);

const ROUTES = WITH_BODY.map((route): [string, Route] => [titleOf(route), route]);
const MEGABYTE = 1_000_000;

async function gzip(chunks: Iterable<Uint8Array>): Promise<Uint8Array> {
  const { readable, writable } = new CompressionStream('gzip');
  const whole = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  for (const chunk of chunks) await writer.write(chunk);
  await writer.close();
  return new Uint8Array(await whole);
}

function* times<T>(count: number, one: T): Generator<T> {
  for (let i = 0; i < count; i++) yield one;
}

/** Sends a body as it is, and says what came of it and how long that took. */
async function send(route: Pick<Route, 'method' | 'url'>, body: BodyInit, headers: Record<string, string> = {}) {
  const from = performance.now();
  const answer = await knock(route, { key: 'sk_demo', body, headers });
  const text = await answer.text();
  return { status: answer.status, text, headers: answer.headers, milliseconds: performance.now() - from };
}

describe('inflation', () => {
  let bomb: Uint8Array;
  let nested: Uint8Array;
  beforeAll(async () => {
    bomb = await gzip(times(50, new Uint8Array(MEGABYTE)));
    nested = await gzip([await gzip([new TextEncoder().encode('{"events":[]}')])]);
  });

  test('the bomb is one: fifty megabytes in fifty kilobytes', () => {
    expect(bomb.byteLength).toBeLessThan(60_000);
  });

  test.each(ROUTES)('fifty megabytes of zeros: %s', async (_title, route) => {
    const { status, milliseconds } = await send(route, bomb, { 'Content-Encoding': 'gzip' });
    expect(status).toBe(413);
    expect(milliseconds).toBeLessThan(2_000);
  });

  test('two hundred megabytes of zeros as cards, which may be larger than other bodies', async () => {
    const cards = { method: 'PUT', url: '/v1/cards?importId=an-import-of-zeros&chunk=0&chunks=1' };
    const zeros = await gzip(times(200, new Uint8Array(MEGABYTE)));
    expect((await send(cards, zeros, { 'Content-Encoding': 'gzip' })).status).toBe(413);
  });

  test.each(ROUTES)('gzip within gzip, said once: %s', async (_title, route) => {
    expect((await send(route, nested, { 'Content-Encoding': 'gzip' })).status).toBe(400);
  });

  test.each([
    ['gzip said twice', 'gzip, gzip', 415],
    ['deflate', 'deflate', 415],
    ['brotli', 'br', 415],
    ['an encoding with markup', '<script>', 415],
    ['gzip in capitals', 'GZIP', 413],
    ['not said at all', 'identity', 400],
  ])('%s', async (_name, encoding, status) => {
    const route = { method: 'POST', url: '/v1/events' };
    const answer = await send(route, bomb, { 'Content-Encoding': encoding });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  });

  test('broken gzip, and gzip with something behind it', async () => {
    const whole = await gzip([new TextEncoder().encode('{"events":[{"name":"page_view"}]}')]);
    const route = { method: 'POST', url: '/v1/events' };
    const encoded = { 'Content-Encoding': 'gzip' };
    expect((await send(route, whole.slice(0, -9), encoded)).status).toBe(400);
    expect((await send(route, new Blob([whole, 'rest']), encoded)).status).toBe(400);
    expect((await send(route, 'not gzip', encoded)).status).toBe(400);
    expect((await send(route, whole, encoded)).status).toBe(202);
  });
});

describe('what is large as it is', () => {
  test.each(ROUTES)('thirty megabytes that come in pieces: %s', async (_title, route) => {
    let sent = 0;
    const pieces = new ReadableStream({
      pull(controller) {
        if (sent >= 30) return controller.close();
        sent += 1;
        controller.enqueue(new Uint8Array(MEGABYTE).fill(32));
      },
    });
    expect((await send(route, pieces)).status).toBe(413);
  });

  const DEEP = 100_000;
  const SHAPES: [string, string][] = [
    ['lists within lists', '['.repeat(DEEP) + ']'.repeat(DEEP)],
    ['objects within objects', `${'{"a":'.repeat(DEEP / 2)}1${'}'.repeat(DEEP / 2)}`],
    [
      'events within properties',
      `{"events":[{"name":"custom","key":"k","properties":${'{"a":'.repeat(DEEP / 2)}1${'}'.repeat(DEEP / 2)}}]}`,
    ],
    [
      'a condition of a hundred thousand not',
      `{"placements":[{"placement":"home","filter":${'{"$not":'.repeat(20_000)}{}${'}'.repeat(20_000)}}]}`,
    ],
    ['twenty thousand fields', `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join(',')}}`],
    [
      'numbers beyond all numbers',
      '{"events":[{"name":"view_item","items":[{"itemId":"a","price":1e999}]}],"count":1e999}',
    ],
    ['a stranger to JSON', '{"a":NaN}'],
    ['a text that is no UTF-8 text', '"\\ud800"'],
    ['nothing', ''],
    ['null', 'null'],
  ];
  test.each(SHAPES)('%s break no route', async (_name, body) => {
    for (const route of HANDLERS_WITH_BODY) {
      const { status, milliseconds } = await send(route, body);
      expect(status, titleOf(route)).toBeLessThan(500);
      expect(milliseconds, titleOf(route)).toBeLessThan(3_000);
    }
  });

  test('bytes that are no UTF-8 are refused', async () => {
    for (const route of HANDLERS_WITH_BODY)
      expect((await send(route, new Uint8Array([123, 34, 255, 254, 34, 125]))).status, titleOf(route)).toBe(400);
  });
});

describe('prototype pollution', () => {
  const asked = {
    visitorId: crypto.randomUUID(),
    page: { type: 'item', itemId: ITEM },
    placements: [{ placement: 'home' }],
    seed: 's',
  };
  const decided = async () => {
    const {
      decisionId: _id,
      versions: _versions,
      ...answer
    } = await (await post('/v1/decide', asked)).json<Record<string, unknown>>();
    return JSON.stringify(answer, (name, value: unknown) => (name === 'recommendationId' ? '' : value));
  };

  function isClean(): void {
    const bare: Record<string, unknown> = {};
    expect(bare.polluted).toBeUndefined();
    expect(Reflect.get([], 'polluted')).toBeUndefined();
    expect(Reflect.get(() => undefined, 'polluted')).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  }

  const ways: [string, string][] = [
    ['__proto__', '"__proto__":{"polluted":"yes","visitorId":"polluted-visitor-id","admin":true}'],
    ['constructor.prototype', '"constructor":{"prototype":{"polluted":"yes"}}'],
    [
      'a path that is taken apart',
      '"__proto__.polluted":"yes","constructor.prototype.polluted":"yes","a[__proto__][polluted]":"yes"',
    ],
  ];
  describe.each(ways)('by %s', (_name, poison) => {
    const bodies: [string, string][] = [
      ['at the top', `{${poison}}`],
      ['in a list', `[{${poison}},{"itemId":"clean","title":"Clean",${poison}}]`],
      [
        'in every corner of events',
        `{"visitorId":"${crypto.randomUUID()}","consent":"personal","context":{"page":{${poison}},${poison}},"events":[{"name":"custom","key":"__proto__","properties":{${poison}},"items":[{"itemId":"__proto__",${poison}}],"params":{${poison}},"ecommerce":{${poison}},${poison}}],${poison}}`,
      ],
      [
        'in a message of the tracking API',
        `{"type":"track","event":"__proto__","anonymousId":"${crypto.randomUUID()}","properties":{"products":[{"product_id":"constructor",${poison}}],${poison}},"traits":{${poison}},"context":{"traits":{${poison}},"consent":{"categoryPreferences":{${poison}}},${poison}},${poison}}`,
      ],
      [
        'in a decision',
        `{"placements":[{"placement":"home","filter":{${poison}},"exclude":["__proto__"],${poison}}],"session":["__proto__","constructor"],"context":{"market":"__proto__",${poison}},${poison}}`,
      ],
      [
        'in a config',
        `{"personas":{${poison}},"placements":{${poison}},"markets":{${poison}},"consent":{"categories":{${poison}}},${poison}}`,
      ],
    ];
    test.each(bodies)('%s', async (_where, body) => {
      const before = await decided();
      for (const route of HANDLERS_WITH_BODY) {
        // A config that says {} is a config; this test is not about that.
        if (titleOf(route) === 'PUT /v1/config' && !body.includes('placements')) continue;
        const { status, text } = await send(route, body);
        expect(status, `${titleOf(route)} ${text.slice(0, 200)}`).toBeLessThan(500);
        isClean();
      }
      await call('/v1/config', { key: 'sk_demo', method: 'PUT', body: JSON.stringify(CONFIG) });
      expect(await decided()).toBe(before);
    });
  });

  const NATURAL = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
  ];
  test.each(NATURAL)('a name that objects have by nature is a name like others: %s', async (name) => {
    const visitorId = crypto.randomUUID();
    const item = { itemId: name, title: name, brand: name, categories: [name], price: 1, attributes: { name } };
    const secret = { key: 'sk_demo' };
    const put = await call('/v1/catalog/items', { ...secret, method: 'PUT', body: JSON.stringify([item]) });
    expect(put.status).toBe(200);
    const events = [
      { name: 'view_item', items: [item] },
      { name: 'add_to_cart', items: [item] },
      { name: 'custom', key: name, properties: { a: name } },
      { name: 'purchase', orderId: name, currency: 'GBP', items: [item] },
      { name: 'refund', orderId: name },
    ];
    const taken = await post('/v1/events', { visitorId, consent: 'personal', context: { campaign: name }, events });
    expect(await taken.json()).toMatchObject({ accepted: 5, rejected: [] });
    const unknown = await post('/v1/decide', { visitorId, placements: [{ placement: name }] });
    expect(unknown.status).toBe(422);
    expect((await call(`/v1/recommendations/${name}`)).status).toBe(422);
    const market = {
      page: { type: 'category', category: name },
      context: { market: name, country: name, campaign: name, locale: name },
    };
    const answer = await post('/v1/decide', {
      visitorId,
      ...market,
      include: ['persona', 'recommendations', 'recentlyViewed'],
      placements: [{ placement: 'home', filter: { brand: name } }],
    });
    expect(answer.status, await answer.clone().text()).toBeLessThan(500);
    const exported = await call(`/v1/visitors/me/export?visitorId=${visitorId}`);
    expect(await exported.json()).toMatchObject({ profile: { events: 5, orders: [{ orderId: name, value: 0 }] } });
    expect((await call(`/v1/catalog/items/${encodeURIComponent(name)}`, secret)).status).toBe(200);
    expect((await call(`/v1/customers/${name}`, secret)).status).toBe(404);
    expect((await call(`/v1/dialects/${name}`, { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await call(`/problems/${name}`, { key: null })).status).toBe(404);
    isClean();
  });

  test('the marked shop is still the one it was', async () => {
    const answer = await call('/v1/config', { key: 'sk_demo' });
    expect(await answer.json()).toMatchObject({ config: { shop: { name: `Demo ${MARK}` } } });
  });
});
