import { beforeAll, describe, expect, test } from 'vitest';
import { call, post, SHOP } from '../support/http.ts';
import { fillShop, KEYED, knock, MARK, ROUTES, type Route, titleOf } from './ground.ts';

beforeAll(fillShop);

/** Texts that mean something to somebody: to a header, a terminal, a page, a database, a file system, a spreadsheet. */
const TEXTS: [string, string][] = [
  ['a line break and a header', 'a\r\nSet-Cookie: fw_visitor=injected-visitor-id'],
  ['a line break alone', 'a\nX-Injected: yes'],
  ['a separator of lines', 'a\u2028X-Injected: yes'],
  ['a zero', 'a\u0000b'],
  ['a terminal’s escape', '\u001b[31mred'],
  ['markup', '<script>alert(1)</script>'],
  ['an attribute’s end', '"><img src=x onerror=alert(1)>'],
  ['SQL', `'; DROP TABLE kept; --`],
  ['more SQL', `" OR 1=1 UNION SELECT body FROM kept`],
  ['a path', '../../../../etc/passwd'],
  ['another object', 'demo:c:someone'],
  ['a key of KV', 'demo/current'],
  ['a formula', '=HYPERLINK("https://evil.example")'],
  ['a template', '{{constructor.constructor("return 1")()}}'],
  ['half a character', 'a\ud800b'],
  ['right to left', 'a\u202eb'],
];

function isHarmless(answer: Response): void {
  expect(answer.headers.get('X-Injected')).toBeNull();
  expect(answer.headers.get('Set-Cookie') ?? '').not.toContain('injected');
  expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(answer.headers.get('X-Request-Id')).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
}

describe('ids of items, orders and events are texts and nothing else', () => {
  test.each(TEXTS)('%s', async (_name, text) => {
    const visitorId = crypto.randomUUID();
    const events = [
      { eventId: text, name: 'view_item', items: [{ itemId: text, brand: text, item_category: text }] },
      { name: 'purchase', orderId: text, currency: 'GBP', items: [{ itemId: text }] },
      { name: 'search', query: text, page: { title: text, type: text } },
      { name: 'custom', key: text, properties: { [text]: text } },
    ];
    const taken = await post('/v1/events', {
      visitorId,
      consent: 'personal',
      context: { locale: text.slice(0, 35), campaign: text },
      events,
    });
    isHarmless(taken);
    expect(await taken.json()).toMatchObject({ accepted: 4, rejected: [] });
    const exported = await call(`/v1/visitors/me/export?visitorId=${visitorId}`);
    isHarmless(exported);
    const plain = text.toWellFormed();
    const { profile } = await exported.json<{
      profile: { orders: { orderId: string }[]; viewed: { itemId: string }[] };
    }>();
    expect(profile.orders[0]?.orderId.toWellFormed()).toBe(plain);
    expect(profile.viewed[0]?.itemId.toWellFormed()).toBe(plain);
    const decided = await post('/v1/decide', {
      visitorId,
      page: { type: 'item', itemId: text },
      session: [text],
      include: ['recommendations', 'recentlyBought', 'recentlyViewed', 'persona'],
    });
    expect(decided.status).toBe(200);
    isHarmless(decided);
  });
});

describe('ids in paths and queries', () => {
  test.each(TEXTS)('%s', async (_name, text) => {
    const encoded = encodeURIComponent(text.toWellFormed());
    const secret = { key: 'sk_demo' };
    const paths = [
      '/v1/catalog/items/',
      '/v1/customers/',
      '/v1/visitors/',
      '/v1/recommendations/',
      '/problems/',
      '/docs/',
      '/v1/projects/',
    ];
    for (const path of paths) {
      const answer = await call(`${path}${encoded}`, secret);
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.status, path).toBeLessThan(500);
      isHarmless(answer);
      expect(await answer.text(), path).not.toContain(MARK);
    }
    const queried = await call(`/v1/recommendations/home?visitorId=${encoded}&itemId=${encoded}&count=${encoded}`);
    expect(queried.status).toBe(422);
    isHarmless(queried);
  });
});

describe('a visitorId is sixteen to sixty-four plain characters', () => {
  test.each([...TEXTS, ['too short', 'a'], ['too long', 'a'.repeat(65)], ['very long', 'a'.repeat(100_000)]])(
    '%s is none',
    async (_name, text) => {
      const visitorId = `${text}${'x'.repeat(Math.max(0, text.length < 16 && text.length > 1 ? 16 - text.length : 0))}`;
      const answer = await post('/v1/events', { visitorId, events: [{ name: 'page_view' }] });
      expect(answer.status).toBe(422);
      isHarmless(answer);
      const consent = await call('/v1/consent', {
        method: 'PUT',
        body: JSON.stringify({ visitorId, consent: 'personal' }),
      });
      expect(text.length > 10_000 ? 413 : 422).toBe(consent.status);
    },
  );
});

describe('a request id', () => {
  test.each([
    ['that fits is taken', 'a-fitting-request-id', true],
    ['with markup is not', '<script>alert(1)</script>', false],
    ['that is too long is not', 'a'.repeat(65), false],
    ['of fifty kilobytes is not', 'a'.repeat(50_000), false],
    ['with a space is not', 'request id with spaces', false],
    ['that is empty is not', '', false],
  ])('%s', async (_name, sent, isTaken) => {
    const answer = await call('/v1/config', { key: null, headers: { 'X-Request-Id': sent } });
    isHarmless(answer);
    const { requestId } = await answer.json<{ requestId: string }>();
    expect(requestId === sent).toBe(isTaken);
    expect(answer.headers.get('X-Request-Id')).toBe(requestId);
  });
});

describe('problems', () => {
  const MARKUP = '<img src=x onerror=alert(1)>';
  const encoded = encodeURIComponent(MARKUP);
  test.each([
    ['an unknown path', () => call(`/${encoded}`, { key: null })],
    ['an unknown key', () => call('/v1/config', { key: MARKUP.replaceAll(' ', '') })],
    ['a consent', () => post('/v1/events', { consent: MARKUP, events: [] })],
    ['a placement', () => post('/v1/decide', { placements: [{ placement: MARKUP }] })],
    ['broken JSON', () => call('/v1/decide', { method: 'POST', body: MARKUP })],
    [
      'a field of a config',
      () => call('/v1/config', { key: 'sk_demo', method: 'PUT', body: JSON.stringify({ [MARKUP]: 1 }) }),
    ],
    ['an item', () => call(`/v1/catalog/items/${encoded}`, { key: 'sk_demo' })],
    ['an encoding', () => call('/v1/events', { method: 'POST', body: '{}', headers: { 'Content-Encoding': MARKUP } })],
  ])('repeat markup of %s as JSON only, whatever the caller accepts', async (_name, send) => {
    const answer = await send();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    isHarmless(answer);
    expect(await answer.json()).toMatchObject({ type: expect.stringMatching(/^\/problems\/[a-z-]+$/) });
  });

  test('say nothing of what failed inside', async () => {
    const answers = await Promise.all(KEYED.map(async (route) => (await knock(route, { key: 'sk_demo' })).text()));
    for (const text of answers)
      expect(text).not.toMatch(/\bat \S+ \(|\.ts:\d+|SQLITE|TypeError|undefined is not|node_modules/);
  });

  test('never repeat the key', async () => {
    const key = 'sk_demo_very-secret-looking-key';
    const bodies = await Promise.all([
      ...KEYED.slice(0, 5).map((route) => knock(route, { key })),
      call(`/v1/decide?key=${key}`, { key: null }),
      call(`/v1/unknown?key=${key}`, { key: null }),
    ]);
    for (const answer of bodies) expect(await answer.text()).not.toContain(key);
  });
});

describe('files that are served', () => {
  const WAYS = [
    '..%2f..%2fwrangler.toml',
    '..%2F..%2F.dev.vars',
    '%2e%2e%2f%2e%2e%2fpackage.json',
    '..%5c..%5cpackage.json',
    '%252e%252e%252fpackage.json',
    '....//package.json',
    '..;/package.json',
    '%00',
    'package.json%00.html',
    '%c0%ae%c0%ae%2fpackage.json',
    '/etc/passwd',
    'http:%2f%2fevil.example%2f',
    '%2f%2fevil.example',
    '~root',
  ];
  const ROOTS = ['/docs/', '/problems/', '/demo/assets/', '/demo/pictures/', '/.well-known/', '/'];
  /** The demo is closed here: it has its own way of saying so. */
  const CLOSED = 503;
  test.each(WAYS)('%s leads nowhere', async (way) => {
    for (const root of ROOTS) {
      const answer = await call(`${root}${way}`, { key: null, redirect: 'manual' });
      const text = await answer.text();
      expect(answer.status, root).toBeGreaterThanOrEqual(300);
      if (answer.status !== CLOSED) expect(answer.status, root).toBeLessThan(500);
      expect(text, root).not.toMatch(/compatibility_date|"devDependencies"|root:x:|SHOP_KEYS/);
      const location = answer.headers.get('Location');
      if (location !== null) expect(new URL(location, SHOP).origin, root).toBe(SHOP);
    }
  });
});

describe('headers of a hundred kilobytes are survived', () => {
  const LONG = 100_000;
  test.each([
    ['Authorization', `Bearer ${'a'.repeat(LONG)}`],
    ['Authorization', `Bearer${' '.repeat(LONG)}`],
    ['User-Agent', 'Android'.repeat(LONG / 7)],
    ['User-Agent', 'Mozilla/5.0 ('.repeat(LONG / 13)],
    ['Cookie', 'fw_visitor='.repeat(LONG / 11)],
    ['Cookie', `;${' '.repeat(LONG)}`],
    ['Origin', `https://${'a'.repeat(LONG)}`],
    ['Accept-Language', 'en,'.repeat(LONG / 3)],
    ['AnonymousId', btoa('a'.repeat(LONG / 2))],
    ['X-Write-Key', 'p'.repeat(LONG)],
    ['Access-Control-Request-Headers', 'x,'.repeat(LONG / 2)],
    ['CF-Connecting-IP', `${':'.repeat(LONG)}`],
  ])('%s', async (name, value) => {
    const from = performance.now();
    const routes = ROUTES.filter((route) =>
      ['POST /v1/events', 'POST /v1/decide', 'POST /v1/track', 'GET /v1/health'].includes(titleOf(route)),
    );
    expect(routes).toHaveLength(4);
    const send = (route: Route) => knock(route, { headers: { [name]: value } });
    for (const answer of await Promise.all(routes.map(send))) expect(answer.status).toBeLessThan(500);
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});
