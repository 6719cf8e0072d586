import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { send } from './http.ts';

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, 0, -1, 1e308, '', '__proto__', 'constructor', [], {}, [[]]),
);

type Blur = (right: fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>;

/** Mostly what it should be, sometimes anything at all. */
const mostly: Blur = (right) => fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: anything });
const aWord = fc.stringMatching(/^[a-z]{1,12}$/);
const anId = fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme' });

type Fields = Record<string, fc.Arbitrary<unknown>>;

/** @param more fields that are right by chance only, of a request and of what it asks of a placement */
const requestOf = (blur: Blur, more: { request: Fields; placement: Fields }) =>
  fc.record(
    {
      visitorId: blur(fc.constant('visitor-of-the-fuzzer')),
      customerId: blur(anId),
      consent: blur(fc.constantFrom('none', 'session', 'personal')),
      page: blur(fc.record({ type: blur(aWord), itemId: blur(anId), category: blur(aWord) }, { requiredKeys: [] })),
      cart: blur(fc.array(fc.record({ itemId: blur(anId), quantity: blur(fc.integer({ min: 1, max: 9 })) }))),
      session: blur(fc.array(anId, { maxLength: 5 })),
      placements: blur(
        fc.uniqueArray(
          fc.record(
            {
              placement: blur(fc.constantFrom('home', 'item-page')),
              count: blur(fc.integer({ min: 1, max: 100 })),
              exclude: blur(fc.array(anId)),
              fields: blur(fc.subarray(['title', 'price', 'url', 'categories'])),
              ...more.placement,
            },
            { requiredKeys: ['placement'] },
          ),
          { maxLength: 3, selector: (one) => one.placement },
        ),
      ),
      include: blur(fc.subarray(['persona', 'recommendations', 'cart', 'recentlyBought'])),
      explain: blur(fc.constantFrom('none', 'shopper', 'merchant', 'trace')),
      dryRun: blur(fc.boolean()),
      seed: blur(aWord),
      ...more.request,
    },
    { requiredKeys: [] },
  );

const aRightRequest = requestOf((right) => right, { request: {}, placement: {} });
const aRequest = requestOf(mostly, {
  request: {
    context: mostly(fc.dictionary(fc.string(), anything)),
    events: mostly(fc.array(anything, { minLength: 1, maxLength: 3 })),
  },
  placement: { filter: fc.dictionary(fc.string({ minLength: 1 }), anything, { maxKeys: 2 }) },
});

const EXPECTED = [200, 400, 422];

describe('nothing that is sent breaks a decision', () => {
  test('any fields', async () => {
    await fc.assert(
      fc.asyncProperty(aRequest, async (body) => {
        const { status } = await send('/v1/decide', { body, key: 'sk_demo' });
        expect(EXPECTED).toContain(status);
      }),
      { numRuns: 150 },
    );
  });

  test('what is as it should be is answered', async () => {
    await fc.assert(
      fc.asyncProperty(aRightRequest, async (body) => {
        expect((await send('/v1/decide', { body, key: 'sk_demo' })).status).toBe(200);
      }),
      { numRuns: 60 },
    );
  });

  test('broken JSON', async () => {
    const text = JSON.stringify({ page: { type: 'home' }, session: ['tea'], context: { campaign: 'ü' } });
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.string({ maxLength: 3 }), async (at, more) => {
        const raw = text.slice(0, at) + more + text.slice(at + 1);
        expect(EXPECTED).toContain((await send('/v1/decide', { raw, key: 'sk_demo' })).status);
      }),
      { numRuns: 60 },
    );
  });

  test('any query', async () => {
    const parameter = fc.constantFrom(
      'visitorId',
      'customerId',
      'count',
      'itemId',
      'session',
      'cart',
      'exclude',
      'fields',
      'explain',
      'seed',
      'scope',
      'category',
      'locale',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('recommendations/home', 'recommendations/%00', 'recently-bought', 'persona', 'cart'),
        fc.array(fc.tuple(parameter, fc.string({ maxLength: 12 })), { maxLength: 4 }),
        async (path, pairs) => {
          const { status } = await send(`/v1/${path}?${new URLSearchParams(pairs)}`, { key: 'sk_demo' });
          expect([...EXPECTED, 404]).toContain(status);
        },
      ),
      { numRuns: 80 },
    );
  });
});
