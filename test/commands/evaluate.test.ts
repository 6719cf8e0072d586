import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { evaluateBaskets, splitInvoices } from '../../src/commands/evaluation/baskets.ts';
import { createMeter } from '../../src/commands/evaluation/metrics.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function evaluate(args: string[], data = folder): Promise<{ code: number; out: string; err: string }> {
  const run = promisify(execFile)(process.execPath, ['src/commands/evaluate.ts', ...args], {
    cwd: ROOT,
    env: { ...process.env, FLOORWALKER_DATA: data },
  });
  try {
    const { stdout, stderr } = await run;
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, out: failed.stdout, err: failed.stderr };
  }
}

/** After a comes b (three times of four), after b comes c; d is only ever seen alone. */
const TRAIN = ['1\ta b', '2\ta b', '3\ta b', '4\ta c', '5\tb c', '6\td'];
const train = join(folder, 'train.tsv.gz');
writeFileSync(train, gzipSync(`${TRAIN.join('\n')}\n`));

describe('evaluate', () => {
  test('prints what was asked for as one JSON object', async () => {
    const test = join(folder, 'prefixes.tsv');
    // Hidden, a brings b then c: ranks 1 and 2. From d nothing follows; the last target was seen already, so A does not count it.
    writeFileSync(test, 'a\tb\na\tc\nd\ta\na b\ta\n');
    const { out, code } = await evaluate(['--train', train, '--test', test, '--span-days', '10', '--format', 'json']);
    expect(code).toBe(0);
    const printed = JSON.parse(out);
    expect(Object.keys(printed)).toEqual(['A', 'B']);
    expect(printed.A).toMatchObject({ hr: 66.667, mrr: 50, recall: 66.667, n: 3, coverage: 50 });
    expect(printed.B).toMatchObject({ hr: 75, n: 4 });
  });

  test('reads sessions as rows, in order of their times, and judges by all that came after', async () => {
    const test = join(folder, 'rows.tsv');
    // Session 7 is a, b, c: after a the list is b, c, and both are right; after a, b comes c.
    writeFileSync(test, 'SessionId\tItemId\tTime\n7\tc\t300.0\n7\ta\t100.0\n8\td\t50\n7\tb\t200\n');
    const { out } = await evaluate(['--train', train, '--test', test, '--protocol', 'A', '--format', 'json']);
    expect(JSON.parse(out)).toEqual({
      A: expect.objectContaining({ hr: 100, mrr: 100, recall: 100, ndcg: 100, n: 2, precision: 7.5 }),
    });
  });

  test('prints a table', async () => {
    const test = join(folder, 'one.tsv');
    writeFileSync(test, 'a\tb\n');
    const { out } = await evaluate(['--train', train, '--test', test, '--protocol', 'B', '--seen', 'hideCurrent']);
    expect(out).toMatch(/^protocol +hr +mrr/);
    expect(out).toMatch(/^B +100 +100 /m);
  });

  test('without data says so', async () => {
    const { code, out } = await evaluate([], join(folder, 'nowhere'));
    expect(code).toBe(0);
    expect(out).toContain('The public sets were left out');
  });

  test.each([
    [['--train', 'x'], '--train and --test go together'],
    [['--train', 'nowhere', '--test', 'nowhere'], 'ENOENT'],
    [['--train', train, '--test', train, '--seen', 'never'], '--seen must be one of'],
    [['--train', train, '--test', train, '--span-days', '0'], '--span-days'],
    [['--what'], '--what'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await evaluate(args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

test('metrics count what was hit, where, and how common it was', () => {
  const meter = createMeter(
    new Map([
      ['a', 4],
      ['b', 2],
      ['c', 1],
      ['d', 1],
    ]),
  );
  meter.judge(['a', 'b'], ['b', 'x']);
  meter.judge(['a'], ['c']);
  // Discounts: 1 for ranks 1 and 2 (1/log2(2)), so the first question has one of two gains.
  expect(meter.result()).toEqual({
    hr: 50,
    mrr: 25,
    ndcg: 25,
    recall: 25,
    precision: 2.5,
    coverage: 50,
    popularity: 87.5,
    n: 2,
  });
});

test('baskets are split by time, without cancellations and what is no merchandise', () => {
  const day = 86_400;
  const rows = [
    'invoice\tsku\tquantity\ttime\tunit_price\tcustomer\tcountry\tcancelled',
    `1\ta\t2\t${day}\t1.5\t\tUK\t0`,
    `1\tX\t1\t${day}\t1.5\t\tUK\t0`,
    `1\tPOST\t1\t${day}\t1.5\t\tUK\t0`,
    `C1\tA\t-2\t${2 * day}\t1.5\t\tUK\t1`,
    `2\tA\t1\t${3 * day}\t0\t\tUK\t0`,
    `3\tA\t1\t${50 * day}\t1.5\t\tUK\t0`,
    `3\tX\t1\t${50 * day}\t1.5\t\tUK\t0`,
  ];
  const { train, test: held } = splitInvoices(rows);
  expect(train).toEqual([{ id: '1', at: day * 1000, country: 'UK', items: ['A', 'X'], customer: '' }]);
  expect(held.map((basket) => basket.id)).toEqual(['3']);
  expect(evaluateBaskets(train, held)).toMatchObject({ recall: { plain: 100, partial: 100 }, n: 1 });
});
