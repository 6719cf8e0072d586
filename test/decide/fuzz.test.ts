import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { send } from './http.ts';

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, 0, -1, 1e308, '', '__proto__', 'constructor', [], {}, [[]]),
);

/** Mostly what it should be, sometimes anything at all. */
const mostly = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: anything });
const anId = fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme' });

const aRequest = fc.record(
  {
    visitorId: mostly(fc.constant('visitor-of-the-fuzzer')),
    customerId: mostly(anId),
    consent: mostly(fc.constantFrom('none', 'session', 'personal')),
    page: mostly(
      fc.record(
        { type: mostly(fc.string()), itemId: mostly(anId), category: mostly(fc.string()) },
        { requiredKeys: [] },
      ),
    ),
    context: mostly(fc.dictionary(fc.string(), anything)),
    cart: mostly(fc.array(fc.record({ itemId: mostly(anId), quantity: mostly(fc.integer({ min: 1, max: 9 })) }))),
    session: mostly(fc.array(anId, { maxLength: 5 })),
    placements: mostly(
      fc.uniqueArray(
        fc.record(
          {
            placement: mostly(fc.constantFrom('home', 'item-page')),
            count: mostly(fc.integer({ min: 1, max: 100 })),
            exclude: mostly(fc.array(anId)),
            filter: fc.dictionary(fc.string({ minLength: 1 }), anything, { maxKeys: 2 }),
            fields: mostly(fc.subarray(['title', 'price', 'url', 'categories'])),
          },
          { requiredKeys: ['placement'] },
        ),
        { maxLength: 3, selector: (one) => one.placement },
      ),
    ),
    include: mostly(fc.subarray(['persona', 'recommendations', 'cart', 'recentlyBought'])),
    events: mostly(fc.array(anything, { minLength: 1, maxLength: 3 })),
    explain: mostly(fc.constantFrom('none', 'shopper', 'merchant', 'trace')),
    dryRun: mostly(fc.boolean()),
    seed: mostly(fc.string({ minLength: 1 })),
  },
  { requiredKeys: [] },
);

const EXPECTED = [200, 400, 422];

describe('nothing that is sent breaks a decision', () => {
  test('any fields', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(aRequest, async (body) => {
        const { status } = await send('/v1/decide', { body, key: 'sk_demo' });
        expect(EXPECTED).toContain(status);
        if (status === 200) answered++;
      }),
      { numRuns: 150 },
    );
    expect(answered).toBeGreaterThan(15);
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
