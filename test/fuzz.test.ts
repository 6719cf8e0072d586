import { exports } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issuedFor, signed } from './support/recommended.ts';

/** One valid request of each route that takes a body; fuzzing breaks them in one place at a time. */
const REQUESTS = [
  {
    method: 'POST',
    path: '/v1/events',
    body: {
      visitorId: 'fuzzed-visitor-0001',
      consent: 'session',
      sentAt: '2026-11-22T10:00:01Z',
      context: {
        page: { url: 'https://shop.example/p/1', type: 'item', title: 'A', referrer: 'https://elsewhere.example/' },
        locale: 'en-GB',
      },
      events: [
        { eventId: 'f-1', name: 'view_item', timestamp: '2026-11-22T10:00:00Z', items: [{ itemId: 'a', price: 2.5 }] },
        {
          eventId: 'f-2',
          name: 'purchase',
          orderId: 'o-1',
          currency: 'GBP',
          value: 5,
          items: [{ itemId: 'a', price: 2.5, quantity: 2 }],
        },
        { eventId: 'f-3', name: 'search', query: 'mug' },
        {
          event: 'add_to_cart',
          ecommerce: { currency: 'GBP', items: [{ item_id: 'a', item_name: 'A', quantity: 1 }] },
        },
      ],
    },
  },
  {
    method: 'POST',
    path: '/v1/decide',
    body: {
      visitorId: 'fuzzed-visitor-0001',
      page: { type: 'item', itemId: 'a' },
      cart: [{ itemId: 'b', quantity: 1 }],
      session: ['a', 'b'],
      placements: [
        {
          placement: 'item-page',
          count: 3,
          exclude: ['c'],
          filter: { price: { $lt: 20 } },
          fields: ['title', 'price'],
        },
      ],
      include: ['persona', 'recommendations'],
      explain: 'shopper',
      dryRun: true,
      seed: 's',
      consent: 'session',
    },
  },
  {
    method: 'POST',
    path: '/v1/replay',
    body: {
      recommendationId: await signed(issuedFor(['a'], { placement: 'item-page' })),
      request: { page: { type: 'item', itemId: 'a' }, placements: [{ placement: 'item-page', count: 3 }], seed: 's' },
      at: '2026-11-22T10:00:00Z',
    },
  },
  {
    method: 'PUT',
    path: '/v1/catalog/items',
    body: [
      {
        itemId: 'a',
        title: 'A',
        price: 3,
        currency: 'GBP',
        categories: ['Home > Mugs'],
        attributes: { color: 'red', size: ['S'] },
        tags: ['new'],
        createdAt: '2026-01-01',
      },
      {
        itemId: 'b',
        title: 'B',
        price: 4,
        salePrice: 3,
        availability: 'out_of_stock',
        offers: { DE: { price: 5, currency: 'EUR', availability: 'in_stock', stock: 1 } },
      },
    ],
  },
  {
    method: 'POST',
    path: '/v1/config/validate',
    body: {
      shop: { name: 'F', currency: 'GBP', locale: 'en-GB' },
      placements: {
        home: {
          title: { en: 'T' },
          count: 4,
          strategies: [{ strategy: 'for_you', weight: 1 }],
          filter: { price: { $lt: 9 } },
          caps: { brand: 2 },
        },
      },
      personas: { p: { name: 'P', signals: [{ condition: { 'session.views': { $gt: 3 } }, weight: 1 }] } },
      experiments: {
        e: {
          status: 'draft',
          variations: [
            { key: 'a', value: 1 },
            { key: 'b', value: 2 },
          ],
          weights: [0.5, 0.5],
        },
      },
    },
  },
  { method: 'PUT', path: '/v1/secrets/FUZZED', body: { value: 'x' } },
  { method: 'PUT', path: '/v1/consent', body: { visitorId: 'fuzzed-visitor-0001', consent: 'session' } },
  { method: 'POST', path: '/v1/config/rollback', body: { version: 99 } },
] as const;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** All places in a JSON value, as ways from its root. */
function placesIn(value: unknown, way: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return [way, ...value.flatMap((one, at) => placesIn(one, [...way, at]))];
  if (value !== null && typeof value === 'object')
    return [way, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...way, key]))];
  return [way];
}

function replaced(value: unknown, way: readonly (string | number)[], by: unknown): unknown {
  const [step, ...rest] = way;
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((one, at) => (at === step ? replaced(one, rest, by) : one));
  const entries = Object.entries(value as Record<string, unknown>).map(([key, one]) => [
    key,
    key === step ? replaced(one, rest, by) : one,
  ]);
  return Object.fromEntries(entries);
}

const NASTY: Json[] = [
  '',
  ' ',
  '__proto__',
  '\u0000',
  '💥'.repeat(50),
  'x'.repeat(5000),
  -1,
  0,
  1e308,
  -1e308,
  1.5,
  2 ** 53,
  [],
  {},
  null,
  true,
  { $regex: '(a+)+$' },
  [[[[]]]],
  '2026-13-45',
  '../../etc/passwd',
  'https://',
  { constructor: { prototype: 1 } },
];

const anything = fc.oneof(fc.constantFrom(...NASTY), fc.jsonValue());

async function send(
  method: string,
  path: string,
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<Response> {
  return exports.default.fetch(`http://shop.test${path}`, {
    method,
    body,
    headers: { Authorization: 'Bearer sk_demo', ...headers },
  });
}

async function expectNoFault(answer: Response): Promise<void> {
  const text = await answer.text();
  expect(answer.status, text).toBeLessThan(500);
  expect(text).not.toMatch(/\bat .*\.ts:\d+/);
  if (answer.status >= 400) {
    expect(answer.headers.get('Content-Type')).toContain('application/problem+json');
    const problem: { type: string; status: number; requestId: string } = JSON.parse(text);
    expect(problem.type).toMatch(/^\/problems\/[a-z-]+$/);
    expect(problem.status).toBe(answer.status);
    expect(problem.requestId).not.toBe('');
  }
}

describe.each(REQUESTS.map((request) => [`${request.method} ${request.path}`, request] as const))(
  '%s',
  (_name, request) => {
    test('its valid body is taken', async () => {
      const answer = await send(request.method, request.path, JSON.stringify(request.body));
      expect([200, 202, 204, 404], await answer.clone().text()).toContain(answer.status);
    });

    test('no value in any place makes it fail on our side', async () => {
      const ways = placesIn(request.body);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...ways), anything, async (way, value) => {
          await expectNoFault(
            await send(request.method, request.path, JSON.stringify(replaced(request.body, way, value)) ?? ''),
          );
        }),
        { numRuns: 60 },
      );
    });

    test('no broken document makes it fail on our side', async () => {
      const text = JSON.stringify(request.body);
      await fc.assert(
        fc.asyncProperty(fc.nat(text.length - 1), fc.string({ maxLength: 4 }), async (at, noise) => {
          await expectNoFault(await send(request.method, request.path, text.slice(0, at) + noise));
          await expectNoFault(await send(request.method, request.path, text.slice(0, at) + noise + text.slice(at)));
        }),
        { numRuns: 20 },
      );
    });

    test('bytes that are no text, and gzip that is none, are malformed', async () => {
      const noText = await send(request.method, request.path, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]));
      expect(noText.status).toBe(400);
      const noGzip = await send(request.method, request.path, new Uint8Array([1, 2, 3]), {
        'Content-Encoding': 'gzip',
      });
      expect(noGzip.status).toBe(400);
      const odd = await send(request.method, request.path, '{}', { 'Content-Encoding': 'br' });
      expect(odd.status).toBe(415);
      await Promise.all([noText, noGzip, odd].map(expectNoFault));
    });
  },
);
