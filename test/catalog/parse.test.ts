import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPosted } from '../../src/catalog/parse.ts';

const A = { itemId: 'a', title: 'A' };
const B = { itemId: 'b', title: 'B' };
const line = JSON.stringify;

test.each<[string, string, string, [number, string][]]>([
  [
    'an array',
    line([A, B]),
    'application/json',
    [
      [0, '0'],
      [1, '1'],
    ],
  ],
  [
    'an object with items',
    line({ items: [A, B] }),
    '',
    [
      [0, 'items.0'],
      [1, 'items.1'],
    ],
  ],
  ['one item', line(A), '', [[0, '']]],
  [
    'lines that say so',
    `${line(A)}\n${line(B)}\n`,
    'application/x-ndjson; charset=utf-8',
    [
      [0, '0'],
      [1, '1'],
    ],
  ],
  [
    'lines that do not say so',
    `${line(A)}\r\n${line(B)}`,
    'application/json',
    [
      [0, '0'],
      [1, '1'],
    ],
  ],
  [
    'blank lines among them, which count',
    `\n${line(A)}\n\n  \n${line(B)}`,
    'application/x-ndjson',
    [
      [1, '1'],
      [4, '4'],
    ],
  ],
  ['nothing in lines', '', 'application/jsonl', []],
  ['an empty array', '[]', '', []],
])('reads %s', (_name, text, type, expected) => {
  const posted = readPosted(text, type);
  const entries = 'entries' in posted ? posted.entries : [];
  expect(posted).toHaveProperty('entries');
  expect(entries.map(({ index, path }) => [index, path.join('.')])).toEqual(expected);
  expect(entries.every(({ broken }) => broken === null)).toBe(true);
});

test('a broken line is told by its number, and the others are still there', () => {
  const posted = readPosted(`${line(A)}\n{"itemId": \n${line(B)}`, '');
  expect('entries' in posted && posted.entries.map(({ index, broken }) => [index, broken !== null])).toEqual([
    [0, false],
    [1, true],
    [2, false],
  ]);
});

test.each<[string, string, string]>([
  ['nothing', ' ', 'malformed'],
  ['broken JSON', '[{"itemId":', 'malformed'],
  ['a broken array over several lines', `[\n${line(A)},\n${line(B)}\n`, 'malformed'],
  ['a broken object over several lines', `{"items": [\n${line(A)},\n${line(B)}\n]`, 'malformed'],
  ['a number', '5', 'invalid'],
  ['an object of something else', '{"products": []}', 'invalid'],
  ['items that are no array', '{"items": {}}', 'invalid'],
  ['something beside items', '{"items": [], "more": 1}', 'invalid'],
  ['1,001 entries', line(Array.from({ length: 1_001 }, () => A)), 'invalid'],
  ['1,001 lines', Array.from({ length: 1_001 }, () => line(A)).join('\n'), 'invalid'],
])('refuses %s', (_name, text, expected) => {
  const posted = readPosted(text, 'application/json');
  expect('problem' in posted && posted.problem).toBe(expected);
});

test('any text gets an answer', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom('', 'application/x-ndjson'),
      (text, type) => typeof readPosted(text, type) === 'object',
    ),
  );
});
