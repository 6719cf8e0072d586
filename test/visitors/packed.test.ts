import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packed, unpacked } from '../../src/visitors/packed.ts';
import type { Recalled } from '../../src/visitors/schema.ts';
import { profile } from '../recommendations/shop.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const at = fc.integer({ min: 0, max: 2 ** 45 });
const weight = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const items = fc.array(fc.record({ itemId: text, at }), { maxLength: 8 });
const shown = fc.array(fc.record({ itemId: text, at, weight }), { maxLength: 8 });
const held = fc
  .array(fc.tuple(fc.oneof(text, fc.constantFrom('3', '1')), fc.record({ weight, at })), { maxLength: 8 })
  .map((entries) => Object.fromEntries(entries));
const affinities = fc.record({ category: held, brand: held, priceBand: held });
const remembered = fc
  .tuple(
    items,
    fc.record({ viewed: items, affinities, shown, habits: held }, { requiredKeys: ['viewed', 'affinities'] }),
  )
  .map(([viewed, more]) => profile({ ...more, session: { ...profile().session, items: viewed } }));

test('what is remembered is read as it was told', () => {
  fc.assert(
    fc.property(fc.option(remembered), (memory) => {
      const told: Recalled = {
        consentUsed: 'personal',
        memory: { profile: memory, stored: null },
        standing: { customerId: null, login: null, isLinked: false },
      };
      const read = unpacked<Recalled>(packed(told));
      expect(read).toEqual(told);
      // Of equal weights the first counts.
      expect(Object.keys(read.memory.profile?.affinities.category ?? {})).toEqual(
        Object.keys(memory?.affinities.category ?? {}),
      );
    }),
  );
});
