import fc from 'fast-check';
import { expect, test } from 'vitest';
import { iso } from '../../src/shared/iso.ts';

test('times are written as Date writes them', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), fc.integer({ min: -90_000_000, max: 90_000_000 }), (date, later) => {
      for (const at of [date.getTime(), Math.max(-8.64e15, Math.min(8.64e15, date.getTime() + later)) + 0.5]) {
        expect(iso(at)).toBe(new Date(at).toISOString());
      }
    }),
  );
});

test('what is no time is refused as Date refuses it', () => {
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) expect(() => iso(at)).toThrow(RangeError);
});
