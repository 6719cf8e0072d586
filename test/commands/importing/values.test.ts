import { describe, expect, test } from 'vitest';
import { countryOf, listOf, momentOf, numberOf } from '../../../src/commands/importing/values.ts';

describe('numbers as people write them', () => {
  test.each([
    ['2.55', 2.55],
    ['-3', -3],
    ['1,234.50', 1234.5],
    ['1.234,50', 1234.5],
    ['12,5', 12.5],
    ['12,345', 12345],
    ['£12.50', 12.5],
    ['12.50 GBP', 12.5],
    ['1e3', 1000],
    [7, 7],
    ['', null],
    [undefined, null],
    ['twelve', Number.NaN],
    ['12-5', Number.NaN],
  ])('%j', (cell, number) => {
    expect(numberOf(cell)).toEqual(number);
  });
});

describe('times in several clocks', () => {
  const at = Date.UTC(2011, 10, 9, 17, 47);
  test.each([
    [String(at / 1000), at],
    [at / 1000, at],
    [String(at), at],
    [String(at * 1000), at],
    ['1320860820.0', at],
    ['2011-11-09T17:47:00Z', at],
    ['2011-11-09T18:47:00+01:00', at],
    ['2011-11-09 17:47:00', at],
    ['2011-11-09 17:47', at],
    ['2011/11/09 17:47:00', at],
    ['2011-11-09', Date.UTC(2011, 10, 9)],
    ['20111109', Date.UTC(2011, 10, 9)],
    ['11/9/2011 17:47', Number.NaN],
    ['yesterday', Number.NaN],
    ['', Number.NaN],
  ])('%j', (cell, expected) => {
    expect(momentOf(cell)).toEqual(expected);
  });
});

test.each([
  ['a|b c | d', false, ['a', 'b c', 'd']],
  ['a;b', false, ['a', 'b']],
  ['a, b', true, ['a', 'b']],
  ['Plates, bowls > Deep', false, ['Plates, bowls > Deep']],
  ['["a","b"]', false, ['a', 'b']],
  [['a', ''], false, ['a']],
  ['', true, []],
])('the list %j', (cell, commas, expected) => {
  expect(listOf(cell, commas)).toEqual(expected);
});

test.each<[unknown, string | null]>([
  ['DE', 'DE'],
  ['de', 'DE'],
  ['UK', 'GB'],
  [' United Kingdom ', 'GB'],
  ['EIRE', 'IE'],
  ['Czech Republic', 'CZ'],
  ['Unspecified', null],
  ['European Community', null],
  ['QQ', null],
  ['', null],
  [undefined, null],
])('the country %j is %j', (cell, country) => {
  expect(countryOf(cell)).toBe(country);
});
