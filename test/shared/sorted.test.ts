import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeIn } from '../../src/shared/sorted.ts';

test('a value is found at its place, and nowhere when it is not there', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 40 }), fc.nat(60), (values, value) => {
      const sorted = values.sort((a, b) => a - b);
      expect(placeIn(Float64Array.from(sorted), value)).toBe(sorted.indexOf(value));
      expect(placeIn(Uint32Array.from(sorted), value)).toBe(sorted.indexOf(value));
    }),
  );
});
