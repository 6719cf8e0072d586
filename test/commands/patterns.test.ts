import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPattern, compilePattern } from '../../src/targeting/patterns.ts';

/** Measured in Node: workerd's clock stands still while code runs. */
function slowest(source: string, texts: readonly string[]): number {
  const matches = compilePattern(source, true);
  return Math.max(
    ...texts.map((text) => {
      const started = performance.now();
      matches(text);
      return performance.now() - started;
    }),
  );
}

const TEXTS = ['a', 'b', 'ab', 'aab', 'a-', ' a'].map((text) => text.repeat(100_000));

describe('a regular expression that is accepted', () => {
  test.each([
    '^.*a.*c',
    '^[a-z0-9-]+@[a-z.]+$',
    '^a*a*c',
    `${'a?'.repeat(12)}c`,
    '^(?:ab)*(?:ab)*c',
    '^(?:\\w+-)*x',
    'a+c|a+b|a+-',
    '(?:a|a)(?:a|a).*c',
  ])('is quick on the worst text: %s', (source) => {
    expect(checkPattern(source)).toBeNull();
    expect(slowest(source, TEXTS)).toBeLessThan(500);
  });

  test('is quick on the worst text, however it is put together', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      'ab',
      '.',
      '[ab]',
      '\\w',
      '(?:a|b)',
      '(?:a|ab)',
      '(a)',
      '(?:a+)',
      '(?:ab)',
      '(?:a+b)',
      '(?:\\w+-)',
      '(?=a)',
      '-',
    );
    const times = fc.constantFrom('', '', '', '*', '+', '?', '{2,9}', '{3}', '*?');
    const pattern = fc
      .array(fc.tuple(atom, times), { minLength: 1, maxLength: 10 })
      .map((parts) => `${parts.map(([one, count]) => one + count).join('')}c`);
    let accepted = 0;
    fc.assert(
      fc.property(pattern, (source) => {
        if (checkPattern(source) !== null) return;
        accepted++;
        expect(slowest(source, TEXTS)).toBeLessThan(500);
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});
