import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucket, bucketOf, fnv1a32 } from '../../src/shared/hash.ts';

test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('FNV-1a of "%s" is as published', (text, expected) => {
  expect(fnv1a32(text)).toBe(expected);
});

test('a bucket is the FNV-1a of the FNV-1a, in ten-thousandths', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (seed, unit, other) => {
      const expected = (fnv1a32(String(fnv1a32(seed + unit))) % 10_000) / 10_000;
      const prepared = bucketOf(seed);
      const others = bucket(seed, other);
      expect([bucket(seed, unit), prepared(unit), prepared(other), prepared(unit), prepared(unit)]).toEqual([
        expected,
        expected,
        others,
        expected,
        expected,
      ]);
    }),
  );
});
