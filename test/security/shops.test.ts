import { beforeAll, describe, expect, test } from 'vitest';
import { call, post } from '../support/http.ts';
import {
  CUSTOMER,
  fillShop,
  ITEM,
  inventory,
  KEYED,
  knock,
  MARK,
  ORDER,
  SECRET_VALUE,
  titleOf,
  VISITOR,
} from './ground.ts';

beforeAll(fillShop);

/** Bodies that do something, by the path they go to; `{}` elsewhere. */
const BODIES: Record<string, unknown> = {
  'POST /v1/events': { visitorId: VISITOR, customerId: CUSTOMER, consent: 'personal', events: [{ name: 'page_view' }] },
  'POST /v1/decide': {
    visitorId: VISITOR,
    customerId: CUSTOMER,
    page: { type: 'item', itemId: ITEM },
    placements: [{ placement: 'home' }],
    explain: 'trace',
  },
  'PUT /v1/config': { shop: { name: 'taken over' } },
  'POST /v1/config/rollback': { version: 1 },
  'PUT /v1/catalog/items': [{ itemId: ITEM, title: 'taken over' }],
  'PATCH /v1/catalog/items': [{ itemId: ITEM, price: 0 }],
  'PATCH /v1/catalog/items/:itemId': { price: 0 },
  'PUT /v1/secrets/:name': { value: 'taken over, and long enough to be one' },
  'PUT /v1/consent': { visitorId: VISITOR, consent: 'none' },
};

const queryOf = (path: string): string =>
  path.includes('/me') || path.startsWith('/v1/recently') ? `?visitorId=${VISITOR}` : '';

describe.each([['sk_other'], ['pk_other']])('with %s nothing of another shop is seen', (key) => {
  test.each(KEYED.map((route) => [titleOf(route), route] as const))('%s', async (title, route) => {
    const body = BODIES[title];
    const url = route.url + queryOf(route.path);
    const answer = await knock(
      { ...route, url },
      { key, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    );
    expect(answer.status).toBeLessThan(500);
    const text = await answer.text();
    // Ids that the caller has sent itself may come back.
    const echoless = [VISITOR, CUSTOMER, ITEM].reduce(
      (left, id) => left.replaceAll(id, '').replaceAll(encodeURIComponent(id), ''),
      text,
    );
    expect(echoless).not.toContain(MARK);
    expect(text).not.toContain(ORDER);
  });
});

test('after all that, the shop holds what it held', async () => {
  const held = JSON.stringify(await inventory());
  expect(held).toContain(`Demo ${MARK}`);
  expect(held).toContain(`Title ${MARK}`);
  expect(held).toContain(ORDER);
  expect(held).not.toContain('taken over');
});

test('a secret is nowhere to be read, not even with the secret key', async () => {
  const answers = await Promise.all(
    KEYED.filter(({ method }) => method === 'GET').map(async (route) =>
      (await knock(route, { key: 'sk_demo' })).text(),
    ),
  );
  for (const text of answers) expect(text).not.toContain(SECRET_VALUE);
});

describe('somebody else’s history is not read', () => {
  /** Everything that the answers to a visitor's own questions say. */
  async function seenBy(visitorId: string, extra: Record<string, unknown> = {}): Promise<string> {
    const include = ['persona', 'recentlyBought', 'recentlyViewed'];
    const decided = await post('/v1/decide', { visitorId, include, ...extra });
    const asked = ['recently-bought', 'recently-viewed', 'persona', 'cart', 'visitors/me/export'];
    const rest = await Promise.all(
      asked.map(async (path) => (await call(`/v1/${path}?visitorId=${visitorId}`)).text()),
    );
    return [await decided.text(), ...rest].join('\n').replaceAll(CUSTOMER, '');
  }

  test('the customer and the visitor themselves see it: the search does find something', async () => {
    const mine = await call(`/v1/visitors/me/export?visitorId=${VISITOR}`);
    expect(await mine.text()).toContain(MARK);
    const served = await call(`/v1/recently-bought?customerId=${CUSTOMER}`, { key: 'sk_demo' });
    expect(await served.text()).toContain(ITEM);
  });

  test('by a customerId that is only stated, in body, event, query or trait', async () => {
    const visitorId = crypto.randomUUID();
    const event = { name: 'page_view', customerId: CUSTOMER };
    await post('/v1/events', { visitorId, customerId: CUSTOMER, consent: 'personal', events: [event] });
    expect(await seenBy(visitorId, { customerId: CUSTOMER, consent: 'personal' })).not.toContain(MARK);
    const byQuery = await call(`/v1/recently-bought?visitorId=${visitorId}&customerId=${CUSTOMER}`);
    expect((await byQuery.text()).replaceAll(CUSTOMER, '')).not.toContain(MARK);
  });

  test('by identify and alias of the tracking API', async () => {
    const anonymousId = crypto.randomUUID();
    const consented = { context: { consent: { categoryPreferences: { Advertising: true } } } };
    await post('/v1/identify', { anonymousId, userId: CUSTOMER, traits: { email: 'a@b.example' }, ...consented });
    await post('/v1/alias', { previousId: CUSTOMER, userId: anonymousId, ...consented });
    await post('/v1/alias', { previousId: VISITOR, userId: anonymousId, anonymousId, ...consented });
    await post('/v1/track', {
      anonymousId,
      userId: CUSTOMER,
      event: 'Product Viewed',
      properties: { product_id: 'x' },
      ...consented,
    });
    expect(await seenBy(anonymousId)).not.toContain(MARK);
  });

  test.each([
    ['the name of a customer’s object', `c:${CUSTOMER}`],
    ['the name of a visitor’s object', `v:${VISITOR}`],
    ['the name with the shop', `demo:v:${VISITOR}`],
    ['a path', `../customers/${CUSTOMER}`],
    ['a wildcard', '*'.repeat(20)],
    ['nothing', ''],
  ])('by a visitorId that is %s', async (_name, visitorId) => {
    const answer = await post('/v1/decide', { visitorId, include: ['recentlyBought'] });
    expect(answer.status).toBe(422);
    const exported = await call(`/v1/visitors/me/export?visitorId=${encodeURIComponent(visitorId)}`);
    expect(exported.status).toBe(422);
  });

  test('by an event that a browser sends in another visitor’s name', async () => {
    const visitorId = crypto.randomUUID();
    const answer = await post('/v1/events', { visitorId, events: [{ name: 'page_view', visitorId: VISITOR }] });
    expect(await answer.json()).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] });
  });

  test('by an id that was made from another tool’s: those can be computed', async () => {
    const derived = `h_${'0'.repeat(32)}`;
    expect((await post('/v1/decide', { visitorId: derived })).status).toBe(403);
    expect((await call(`/v1/visitors/me/export?visitorId=${derived}`)).status).toBe(403);
    expect((await call(`/v1/visitors/me?visitorId=${derived}`, { method: 'DELETE' })).status).toBe(403);
  });

  test('nor is it erased or refused in the customer’s name by a browser', async () => {
    const refusal = { customerId: CUSTOMER, consent: 'none' };
    const answer = await call('/v1/consent', { method: 'PUT', body: JSON.stringify(refusal) });
    expect(answer.status).toBe(403);
    expect(JSON.stringify(await inventory())).toContain(ORDER);
  });
});

describe('a cookie with another visitor’s id', () => {
  const cookie = `fw_visitor=${VISITOR}`;
  const cases: [string, Record<string, string>, number][] = [
    ['counts from the shop’s own page', { Origin: 'https://shop.example' }, 200],
    ['does not count without an origin', {}, 422],
    ['does not count from another site', { Origin: 'https://evil.example' }, 422],
    ['does not count from a site that ends like the shop', { Origin: 'https://evil-shop.example' }, 422],
    ['does not count from a site that begins like the shop', { Origin: 'https://shop.example.evil.example' }, 422],
    ['does not count from the shop without encryption', { Origin: 'http://shop.example' }, 422],
    ['does not count from a sandbox', { Origin: 'null' }, 422],
    ['does not count across sites', { 'Sec-Fetch-Site': 'cross-site' }, 422],
    ['does not count by the referrer', { Referer: 'https://shop.example/' }, 422],
  ];
  test.each(cases)('%s', async (_name, headers, status) => {
    const answer = await call('/v1/visitors/me/export', { headers: { Cookie: cookie, ...headers } });
    expect(answer.status).toBe(status);
    const erased = await call('/v1/visitors/me', {
      method: 'DELETE',
      headers: { Cookie: 'fw_visitor=another-visitor-id-here', ...headers },
    });
    expect(erased.status).toBe(status === 200 ? 404 : 422);
  });

  test.each([
    ['two ids', `fw_visitor=short; fw_visitor=${VISITOR}x`],
    ['a quoted id', `fw_visitor="${VISITOR}"`],
    ['an id with a path', 'fw_visitor=../../customers/someone'],
    ['another cookie that ends like ours', `not_fw_visitor=${VISITOR}`],
  ])('is none that holds %s', async (_name, value) => {
    const answer = await call('/v1/visitors/me/export', { headers: { Cookie: value, Origin: 'https://shop.example' } });
    expect(answer.status).toBe(422);
  });

  test('answers are shown to pages of allowed origins only', async () => {
    const allowed = async (origin: string) =>
      (await call('/v1/health', { key: 'pk_demo', headers: { Origin: origin } })).headers.get(
        'Access-Control-Allow-Origin',
      );
    expect(await allowed('https://shop.example')).toBe('https://shop.example');
    for (const origin of [
      'https://evil.example',
      'null',
      'https://shop.example.evil.example',
      'http://shop.example',
      '*',
    ])
      expect(await allowed(origin)).toBeNull();
  });
});
