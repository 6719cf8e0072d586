import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { send } from './http.ts';

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, 0, -1, 1e308, '', '__proto__', 'constructor', [], {}, [[]]),
);

/** A request in which any field may be anything. */
const aRequest = fc.record(
  {
    visitorId: fc.oneof(anything, fc.constant('visitor-of-the-fuzzer')),
    customerId: anything,
    consent: fc.oneof(anything, fc.constantFrom('none', 'session', 'personal')),
    page: fc.oneof(anything, fc.record({ type: anything, itemId: anything, category: anything }, { requiredKeys: [] })),
    context: fc.oneof(anything, fc.dictionary(fc.string(), anything)),
    cart: fc.oneof(anything, fc.array(fc.record({ itemId: anything, quantity: anything }))),
    session: fc.oneof(anything, fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 5 })),
    placements: fc.oneof(
      anything,
      fc.array(
        fc.record(
          {
            placement: fc.constantFrom('home', 'item-page', '__proto__', 'toString'),
            count: anything,
            exclude: anything,
            filter: anything,
            fields: anything,
          },
          { requiredKeys: ['placement'] },
        ),
        { maxLength: 3 },
      ),
    ),
    include: anything,
    events: anything,
    explain: anything,
    dryRun: anything,
    seed: fc.oneof(anything, fc.string({ minLength: 1 })),
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
    expect(answered).toBeGreaterThan(0);
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
