import { beforeAll, describe, expect, test } from 'vitest';
import { call } from '../support/http.ts';
import { fillShop, KEYED, knock, ROUTES, type Route, SECRET_ONLY, titleOf, withQuery } from './ground.ts';

/** A way to come without the right key, and how it is turned away. */
type Attempt = [name: string, knock: (route: Route) => Promise<Response>, status: number, slug: string];

const bearer = (text: string) => ({ key: null, headers: { Authorization: text } });
const inPath = (route: Route, key: string): Route => ({
  ...route,
  url: route.path.replace(':key', encodeURIComponent(key)),
});
const basic = (key: string) => bearer(`Basic ${btoa(`${key}:`)}`);

/** Routes whose key is part of their path carry none elsewhere. */
const BY_HEADER = KEYED.filter((route) => !route.keyInPath);
const BY_PATH = KEYED.filter((route) => route.keyInPath);

const ATTEMPTS: Attempt[] = [
  ['no key', (route) => knock(route, { key: null }), 401, 'no-key'],
  ['an empty bearer', (route) => knock(route, bearer('Bearer ')), 401, 'no-key'],
  ['an unknown key', (route) => knock(route, { key: 'pk_unknown' }), 401, 'unknown-key'],
  ['an unknown secret key', (route) => knock(route, { key: 'sk_demo_unknown' }), 401, 'unknown-key'],
  ['a key in capitals', (route) => knock(route, { key: 'SK_DEMO' }), 401, 'unknown-key'],
  ['a key that objects have by nature', (route) => knock(route, { key: '__proto__' }), 401, 'unknown-key'],
  ['the beginning of a key', (route) => knock(route, { key: 'sk_dem' }), 401, 'unknown-key'],
  ['an unknown key as Basic user', (route) => knock(route, basic('sk_unknown')), 401, ''],
  [
    'an unknown key in the address',
    (route) => knock({ ...route, url: withQuery(route.url, 'key=pk_unknown') }, { key: null }),
    401,
    'unknown-key',
  ],
  [
    'the secret key in the address',
    (route) => knock({ ...route, url: withQuery(route.url, 'key=sk_demo') }, { key: null }),
    403,
    'key-may-not',
  ],
];

const say = (routes: readonly Route[]): [string, Route][] => routes.map((route) => [titleOf(route), route]);

async function refused(answer: Response, status: number, slug: string): Promise<void> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  const body = await answer.json<{ type: string; detail: string }>();
  if (slug !== '') expect(body.type).toBe(`/problems/${slug}`);
  expect(JSON.stringify(body)).not.toContain('sk_');
}

beforeAll(fillShop);

describe('the routes', () => {
  test('there are some, and the larger part of them wants a key', () => {
    expect(ROUTES.length).toBeGreaterThan(40);
    expect(KEYED.length).toBeGreaterThan(ROUTES.length / 2);
    expect(SECRET_ONLY.length).toBeGreaterThan(15);
  });

  test('that want none: health, documents and what a page may load', () => {
    const open = ROUTES.filter(({ description }) => description.key === 'none').map(titleOf);
    for (const route of open)
      expect(route).toMatch(/^GET \/(v1\/health|openapi\.json|docs|problems\/:slug|\.well-known\/)/);
  });
});

describe.each(ATTEMPTS)('%s is turned away', (_name, attempt, status, slug) => {
  test.each(say(BY_HEADER))('%s', async (_title, route) => refused(await attempt(route), status, slug));
});

describe('the publishable key is turned away where the secret one is needed', () => {
  test.each(say(SECRET_ONLY))('%s', async (_title, route) => {
    await refused(await knock(route, { key: 'pk_demo' }), 403, 'key-may-not');
    await refused(
      await knock({ ...route, url: withQuery(route.url, 'key=pk_demo') }, { key: null }),
      403,
      'key-may-not',
    );
  });
});

describe('where the key is part of the path', () => {
  test.each(say(BY_PATH))('%s', async (_title, route) => {
    await refused(await knock(inPath(route, 'pk_unknown'), { key: null }), 401, 'unknown-key');
    await refused(await knock(inPath(route, 'sk_demo'), { key: null }), 403, 'key-may-not');
    await refused(await knock(inPath(route, '__proto__'), { key: null }), 401, 'unknown-key');
  });
});

describe('routes are found by their exact method and path', () => {
  test.each([
    ['GET', '/V1/CONFIG'],
    ['GET', '/v1//config'],
    ['GET', '/v1/config/'],
    ['GET', '/v1/config%2f'],
    ['GET', '/v1/./config'],
    ['GET', '/v1/health/../config'],
    ['GET', '/v1/health/%2e%2e/config'],
    ['GET', '/v1/config;/x'],
    ['HEAD', '/v1/config'],
    ['PUT', '/v1/visitors/me'],
  ])('%s %s opens nothing without a key', async (method, path) => {
    const answer = await call(path, { key: null, method });
    expect([401, 404]).toContain(answer.status);
  });

  test('a method override is not obeyed', async () => {
    const headers = {
      'X-HTTP-Method-Override': 'DELETE',
      'X-Original-URL': '/v1/config',
      'X-Rewrite-URL': '/v1/config',
    };
    const answer = await call('/v1/health', { key: null, headers });
    expect(await answer.json()).toEqual({ status: 'ok' });
  });
});
