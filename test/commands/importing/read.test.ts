import { describe, expect, test } from 'vitest';
import { formatOf, openRows, sourceFile } from '../../../src/commands/importing/read.ts';
import { fileOf, rowsIn } from './files.ts';

const TABLE = [
  ['sku', 'title'],
  ['a', 'Mug, blue'],
  ['b', 'The "big" one'],
];

describe('the same table comes out of every format', () => {
  const tsv = TABLE.map((row) => row.join('\t')).join('\n');
  const csv = 'sku,title\r\na,"Mug, blue"\r\nb,"The ""big"" one"\r\n';
  const ndjson = `{"sku":"a","title":"Mug, blue"}\n\n{"sku":"b","title":"The \\"big\\" one"}\n`;
  const semicolons = 'sku;title\na;Mug, blue\nb;"The ""big"" one"';
  test.each([
    ['TSV', tsv, false],
    ['TSV with a byte order mark', `\ufeff${tsv}`, false],
    ['gzipped TSV', tsv, true],
    ['CSV', csv, false],
    ['gzipped CSV', csv, true],
    ['CSV with semicolons', semicolons, false],
    ['NDJSON', ndjson, false],
    ['gzipped NDJSON', ndjson, true],
  ])('%s', async (_, text, gzip) => {
    const rows = await rowsIn(fileOf(text, { gzip }));
    expect(rows.map((row) => row.fields)).toEqual([
      { sku: 'a', title: 'Mug, blue' },
      { sku: 'b', title: 'The "big" one' },
    ]);
    expect(rows.every((row) => row.broken === null)).toBe(true);
  });
});

test.each([
  ['{"a":1}', 'ndjson'],
  ['sku\ttitle', 'tsv'],
  ['sku,title', 'csv'],
  ['1590885032\t14742 1996 14742', 'lines'],
  ['1\t5', 'lines'],
  ['1\t5\t7', 'tsv'],
])('the first line %j says %s', (line, format) => {
  expect(formatOf(line)).toBe(format);
});

test('lines are numbered as an editor numbers them, over blank lines and line breaks in quotes', async () => {
  const tsv = await rowsIn(fileOf('sku\ttitle\n\na\tA\nb\tB\n'));
  expect(tsv.map((row) => row.line)).toEqual([3, 4]);
  const csv = await rowsIn(fileOf('sku,title\na,"one\ntwo"\nb,B\n'));
  expect(csv.map((row) => row.line)).toEqual([2, 4]);
});

test('a row with too few or too many columns, or no JSON, is broken and says so', async () => {
  const rows = await rowsIn(fileOf('sku\ttitle\na\nb\tB\textra\n'));
  expect(rows.map((row) => row.broken)).toEqual([
    '1 column where the header has 2',
    '3 columns where the header has 2',
  ]);
  const json = await rowsIn(fileOf('{"sku":"a"}\n{"sku":\n[1]\n'));
  expect(json.map((row) => row.broken)).toEqual([null, 'not JSON', 'not a JSON object']);
});

test('the header of NDJSON has the fields of all the first objects, and of the lines within them', async () => {
  const path = fileOf('{"id":1}\n{"id":2,"lines":[{"sku":"a","qty":2}]}\n');
  const { header } = await openRows(await sourceFile(path));
  expect(header).toEqual(['id', 'lines', 'sku', 'qty']);
});

test('a long file is read across the borders of its pieces', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `item-${i}\tTitle of ${i} with an é`);
  const rows = await rowsIn(fileOf(`sku\ttitle\n${lines.join('\n')}`, { gzip: true }));
  expect(rows.length).toBe(60_000);
  expect(rows[41_234]?.fields).toEqual({ sku: 'item-41234', title: 'Title of 41234 with an é' });
});

describe('what cannot be read is said plainly', () => {
  test.each([
    ['a missing file', async () => rowsIn('/no/such/file.tsv'), 'There is no file /no/such/file.tsv.'],
    ['an empty file', async () => rowsIn(fileOf('')), 'is empty'],
    ['a JSON array', async () => rowsIn(fileOf('[{"a":1}]')), 'is a JSON array'],
    ['another encoding', async () => rowsIn(fileOf(Buffer.from('sku\ttitle\na\tCaf\xe9\n', 'latin1'))), 'is not UTF-8'],
    [
      'gzip without an end',
      async () => {
        const { gzipSync } = await import('node:zlib');
        return rowsIn(fileOf(gzipSync('sku\ttitle\n'.repeat(1000)).subarray(0, 40)));
      },
      'is cut short',
    ],
  ])('%s', async (_, read, message) => {
    await expect(read()).rejects.toThrow(message);
  });
});
