import { describe, expect, test } from 'vitest';
import { checkPattern } from '../../src/targeting/patterns.ts';

describe('a regular expression', () => {
  test.each([
    '^https://shop\\.example/(?:de|at)/.*$',
    '-12-25$',
    '(Mobile|Tablet)',
    '^[a-z0-9-]+@[a-z.]+$',
    '\\d{3}-\\d{4}',
    '(?:ab|cd)*',
    '(?:[a-c]|[d-f]x)+',
    '(?:\\d{3}-){4}',
    '^(?=.*sale).{3,40}$',
    '(?<year>\\d{4})',
    'a?b?c?',
    'utm_\\w+=\\w+&',
    '^(?:\\w+,)*x',
    '\\d+-\\d+-\\d+-\\d+',
    '^.*a.*c',
    '^\\w+\\s*=\\s*\\w+$',
    '(iphone|ipad|android).*mobile',
    '[\\]^-]',
    '\\u00e9|\\x41',
    'x{,3}',
    '',
  ])('is accepted: %s', (source) => {
    expect(checkPattern(source)).toBeNull();
  });

  test.each([
    '(a+)+$',
    '(a*)*b',
    '(?:a|ab)*c',
    '(?:a|a)+$',
    '(?:\\w|\\d)+$',
    '(?:.|x)*y',
    '(?:é|à)+',
    '(?:a|)+b',
    '(a?){20}a{20}',
    '(?:\\w+\\s?)*$',
    `${'(a?)?b'.repeat(25)}c`,
    '([a-z]+)*$',
    '((a{1,9}){1,9}){1,9}',
    '.*.*.*x',
    '.*a.*c',
    'a*?(a)*c',
    '(?:\\w+,)*x',
    '^.*a.*b.*c',
    '(?:^|a).*b.*c',
    '(?:\\w+,?)*x',
    '(?:,\\w+)*x',
    `${'a?'.repeat(25)}b`,
    `${'(?:a|a)'.repeat(25)}b`,
    '(a)\\1',
    '(?<x>a)\\k<x>',
    '((x{100}){100}){100}',
    'a{5000}',
    '[a',
    '(',
    'a'.repeat(201),
  ])('is refused: %s', (source) => {
    expect(checkPattern(source)).toEqual(expect.any(String));
  });
});
