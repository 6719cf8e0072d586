import { reset } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, expect, test } from 'vitest';
import { configStore } from '../../src/config/store.ts';
import { configObject } from '../../src/env.ts';

afterEach(reset);

interface Sent {
  method?: string;
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

async function send(path: string, { method = 'GET', key = 'sk_demo', body, headers = {} }: Sent = {}) {
  const answer = await exports.default.fetch(`http://shop.test${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  // What the tests read of it, they state.
  return { status: answer.status, etag: answer.headers.get('ETag'), text, json: text === '' ? null : JSON.parse(text) };
}

const publish = (body: unknown, headers: Record<string, string> = {}) =>
  send('/v1/config', { method: 'PUT', body, headers });

test('before anything is published there is version 0', async () => {
  const answer = await send('/v1/config');
  expect(answer).toMatchObject({ status: 200, etag: '"0"', json: { version: 0, publishedAt: null, config: {} } });
  expect(await configStore(env.CONFIG).read('demo')).toBeNull();
  expect((await send('/v1/config/versions')).json).toEqual({ versions: [], cursor: null });
});

test('a config is handed out exactly as it was published, and stands in KV', async () => {
  const config = { placements: { cart: { count: 3, strategies: [{ strategy: 'bought_together' }] } }, origins: [] };
  const published = await publish(config);
  expect(published).toMatchObject({ status: 200, etag: '"1"', json: { version: 1, inactive: [], warnings: [] } });
  const got = await send('/v1/config');
  expect(got.text).toContain(JSON.stringify(config));
  expect(got.json).toEqual({ version: 1, publishedAt: published.json.publishedAt, config });
  expect(await configStore(env.CONFIG).read('demo')).toEqual({
    version: 1,
    publishedAt: Date.parse(published.json.publishedAt),
    config,
  });
  expect((await send('/v1/config', { key: 'sk_other' })).json.version).toBe(0);
});

test('who knows the version is told that nothing is new', async () => {
  await publish({});
  expect(await send('/v1/config', { headers: { 'If-None-Match': 'W/"9", "1"' } })).toMatchObject({
    status: 304,
    text: '',
    etag: '"1"',
  });
  expect(await send('/v1/config', { headers: { 'If-None-Match': '"0"' } })).toMatchObject({ status: 200 });
});

test('a stale If-Match is refused and changes nothing', async () => {
  expect(await publish({}, { 'If-Match': '"0"' })).toMatchObject({ status: 200, json: { version: 1 } });
  for (const stale of ['"0"', '"2"', '"x"', 'W/"0"']) {
    const refused = await publish({ origins: [] }, { 'If-Match': stale });
    expect(refused).toMatchObject({ status: 412, etag: '"1"', json: { type: '/problems/stale-version' } });
  }
  expect((await send('/v1/config')).json).toMatchObject({ version: 1, config: {} });
  expect(await publish({}, { 'If-Match': '"1"' })).toMatchObject({ status: 200, json: { version: 2 } });
  expect(await publish({}, { 'If-Match': '*' })).toMatchObject({ status: 200, json: { version: 3 } });
});

test('of many who publish over the same version, one does', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => publish({ shop: { name: `shop ${i}` } }, { 'If-Match': '"0"' })),
  );
  expect(answers.map((one) => one.status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 412)]);
});

test('the newest of many versions is the one in KV', async () => {
  await Promise.all(Array.from({ length: 10 }, (_, i) => publish({ shop: { name: `shop ${i}` } })));
  const { version, config } = (await send('/v1/config')).json;
  expect(version).toBe(10);
  expect(await configStore(env.CONFIG).read('demo')).toMatchObject({ version, config });
});

test('a bad config is refused with every path, and can be validated without publishing', async () => {
  const config = { placments: {}, placements: { home: { count: 500, filter: { price: { $lss: 3 } } } } };
  const refused = await publish(config);
  expect(refused).toMatchObject({ status: 422, json: { type: '/problems/invalid' } });
  expect(refused.json.issues.map((issue: { path: string }) => issue.path)).toEqual(
    expect.arrayContaining(['placments', 'placements.home.count']),
  );
  expect((await send('/v1/config')).json.version).toBe(0);
  const validated = await send('/v1/config/validate', { method: 'POST', body: config });
  expect(validated).toMatchObject({ status: 200, json: { valid: false, problems: refused.json.issues } });
  const fine = await send('/v1/config/validate', {
    method: 'POST',
    body: { surveys: { nps: {} }, placements: { home: {} } },
  });
  expect(fine.json).toMatchObject({
    valid: true,
    problems: [],
    inactive: ['surveys'],
    warnings: [{ path: 'placements.home.strategies' }],
  });
});

test.each([
  ['no JSON', '{', 400, 'malformed'],
  ['nothing', ' ', 400, 'malformed'],
  ['a list', '[]', 422, 'invalid'],
  ['more than a megabyte', `"${'x'.repeat(1_000_001)}"`, 413, 'too-large'],
])('%s is refused', async (_what, body, status, slug) => {
  expect(await publish(body)).toMatchObject({ status, json: { type: `/problems/${slug}` } });
});

test('a rollback publishes an old version as a new one', async () => {
  await publish({ shop: { name: 'one' } });
  await publish({ shop: { name: 'two' } });
  const rollback = (version: unknown, headers = {}) =>
    send('/v1/config/rollback', { method: 'POST', body: { version }, headers });
  expect(await rollback(1, { 'If-Match': '"1"' })).toMatchObject({ status: 412 });
  expect(await rollback(1)).toMatchObject({ status: 200, json: { version: 3 } });
  expect((await send('/v1/config')).json).toMatchObject({ version: 3, config: { shop: { name: 'one' } } });
  expect(await configStore(env.CONFIG).read('demo')).toMatchObject({ version: 3, config: { shop: { name: 'one' } } });
  expect(await rollback(9)).toMatchObject({ status: 404, json: { type: '/problems/unknown-version' } });
  expect(await rollback('1')).toMatchObject({ status: 422, json: { issues: [{ path: 'version' }] } });
  const { versions } = (await send('/v1/config/versions')).json;
  expect(versions).toMatchObject([
    { version: 3, rollbackOf: 1 },
    { version: 2, rollbackOf: null },
    { version: 1, rollbackOf: null },
  ]);
  expect(versions[0].by).toMatch(/^secret key [0-9a-f]{8}$/);
  const page = (await send('/v1/config/versions?limit=2')).json;
  expect(page).toMatchObject({ versions: [{ version: 3 }, { version: 2 }], cursor: '2' });
  expect((await send(`/v1/config/versions?limit=2&cursor=${page.cursor}`)).json).toMatchObject({
    versions: [{ version: 1 }],
    cursor: null,
  });
});

test('a secret can be set and replaced, but is in no answer', async () => {
  const value = 'a very secret value';
  const set = (name: string, body: unknown) => send(`/v1/secrets/${name}`, { method: 'PUT', body });
  expect(await set('IDENTITY', { value: 'older' })).toMatchObject({ status: 200 });
  const receipt = await set('IDENTITY', { value });
  expect(receipt.json).toEqual({ name: 'IDENTITY', updatedAt: expect.any(String) });
  expect(await configObject(env, 'demo').secret('IDENTITY')).toBe(value);
  expect(await configObject(env, 'other').secret('IDENTITY')).toBeNull();
  await publish({ identity: { secret: { secret: 'IDENTITY' } } });
  const seen = await Promise.all(
    ['/v1/config', '/v1/config/versions', '/v1/secrets', '/v1/secrets/IDENTITY'].map((path) => send(path)),
  );
  expect(seen.map((one) => one.status)).toEqual([200, 200, 404, 404]);
  for (const { text } of [receipt, ...seen]) expect(text).not.toContain(value);
  expect(JSON.stringify(await configStore(env.CONFIG).read('demo'))).not.toContain(value);
  expect(await set('identity', { value })).toMatchObject({ status: 422, json: { issues: [{ path: 'name' }] } });
  const wrong = await set('IDENTITY', { value: 5, velue: value });
  expect(wrong.status).toBe(422);
  expect(wrong.text).not.toContain(value);
  for (const broken of [value, `{"value": "a" ${value}`, `{"value": ${value}}`]) {
    const answer = await set('IDENTITY', broken);
    expect(answer).toMatchObject({ status: 400, json: { type: '/problems/malformed' } });
    expect(answer.text).not.toMatch(/very|secret value/);
  }
});

test.each([
  ['GET', '/v1/config'],
  ['PUT', '/v1/config'],
  ['POST', '/v1/config/validate'],
  ['GET', '/v1/config/versions'],
  ['POST', '/v1/config/rollback'],
  ['PUT', '/v1/secrets/A'],
])('%s %s needs the secret key', async (method, path) => {
  const body = method === 'GET' ? undefined : {};
  expect(await send(path, { method, body, key: 'pk_demo' })).toMatchObject({ status: 403 });
  expect(await send(path, { method, body, key: 'sk_nobody' })).toMatchObject({ status: 401 });
});
