import * as fc from 'fast-check';
import type { KeyedBasket, KeyedView } from '../../src/learning/learn.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { key53 } from '../../src/shared/hash.ts';

export const key = (item: number) => key53(`item-${item}`);

const at = fc.integer({ min: 0, max: 400 * DAY_MS });

// What travels to an object must have an ordinary prototype.
const plain = { noNullPrototype: true };

/** Half of them had one of three personas. */
const persona = fc.constantFrom({}, {}, {}, { persona: 11 }, { persona: 22 }, { persona: 4_000_000_000 });

const view: fc.Arbitrary<KeyedView> = fc
  .record(
    {
      key: fc.integer({ min: 0, max: 40 }).map(key),
      at,
      previous: fc.array(fc.integer({ min: 0, max: 40 }).map(key), { maxLength: 10 }),
      length: fc.integer({ min: 1, max: 50 }),
      own: fc.boolean(),
    },
    plain,
  )
  .chain((one) => persona.map((had) => ({ ...one, ...had })));

const basket: fc.Arbitrary<KeyedBasket> = fc
  .record(
    {
      keys: fc.array(fc.integer({ min: 0, max: 40 }).map(key), { minLength: 1, maxLength: 6 }),
      at,
      learn: fc.boolean(),
    },
    plain,
  )
  .chain((one) => persona.map((had) => ({ ...one, ...had })));

/** Batches of a shop with forty items, in any order of time. */
export const batches: fc.Arbitrary<LearnBatch[]> = fc
  .array(fc.record({ views: fc.array(view, { maxLength: 6 }), baskets: fc.array(basket, { maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((list) =>
    // The first view makes sure that there is a card.
    [{ views: [{ key: key(0), at: 0, previous: [key(1)], length: 2, own: false }], baskets: [] }, ...list].map(
      (one, i) => ({ ...one, flushId: `sender.${i + 1}`, events: one.views.length + one.baskets.length }),
    ),
  );
