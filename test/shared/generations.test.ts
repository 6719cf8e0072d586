import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { generations } from '../../src/shared/generations.ts';

test('what was asked for last is still there, and never more than two generations are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 })), fc.integer({ min: 1, max: 8 }), (asked, kept) => {
      let made = 0;
      const held = generations(kept, () => ({ number: ++made }));
      const last = new Map<number, { number: number }>();
      for (const [at, key] of asked.entries()) {
        const known = last.get(key);
        const recent = new Set(asked.slice(0, at).toReversed().slice(0, kept));
        const value = held.of(key);
        if (known !== undefined && recent.has(key)) expect(value).toBe(known);
        last.set(key, value);
      }
    }),
  );
});

test('what does not fit is made anew, and so is what was dropped', () => {
  let made = 0;
  const held = generations(2, () => ({ number: ++made }));
  for (const key of [1, 2, 3, 4, 5]) held.of(key);
  expect(held.of(1).number).toBe(6);
  held.drop(1);
  expect(held.of(1).number).toBe(7);
});
