import { beforeAll, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import { chooseVariation, getBucketRanges, hash } from '../../src/experiments/bucket.ts';
import { type CompiledExperiment, compileExperiments } from '../../src/experiments/compile.ts';
import { decideExperiment, isAssigned } from '../../src/experiments/decide.ts';
import { bucketOf } from '../../src/shared/hash.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { chiSquareSf } from '../../src/shared/statistics.ts';

const COUNT = 40_000;
const CELLS = 200;

/** The inputs are always the same, so these probabilities are too; they are what chance would give, and not one in ten thousand of what it would not. */
const IMPROBABLE = 1e-4;

/** Seeds as people choose them, each a little different from the one before. */
const SEEDS = ['a', 'b', 'item-layout', 'item-layout-2', 'exp-1', 'exp-2', 'checkout-2025', 'checkout-2026', '1', '11'];

const KINDS = ['sequential', 'uuid', 'hashed'] as const;
const ids: Record<(typeof KINDS)[number], string[]> = { sequential: [], uuid: [], hashed: [] };

const hex = (bytes: ArrayLike<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function uuid(random: () => number): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(random() * 256));
  const text = hex(bytes);
  const variant = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant.toString(16)}${text.slice(18, 20)}-${text.slice(20)}`;
}

beforeAll(async () => {
  const random = seededRandom(1);
  for (let i = 0; i < COUNT; i++) {
    ids.sequential.push(`visitor-${String(i).padStart(10, '0')}`);
    ids.uuid.push(uuid(random));
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`shopper${i}@mail.example`));
    ids.hashed.push(hex(new Uint8Array(digest)));
  }
});

/** How improbable counts are where all are expected alike. */
function uniformity(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const distance = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return chiSquareSf(distance, counts.length - 1);
}

/** How improbable a table is where rows and columns know nothing of each other. */
function independence(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = (table[0] ?? []).map((_, j) => table.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const total = rows.reduce((sum, row) => sum + row, 0);
  let distance = 0;
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      const expected = (row * column) / total;
      distance += ((table[i]?.[j] ?? 0) - expected) ** 2 / expected;
    });
  });
  return chiSquareSf(distance, (rows.length - 1) * (columns.length - 1));
}

/** How often which variation of one goes with which of the other, unit by unit. */
function tableOf(first: readonly number[], second: readonly number[]): number[][] {
  const table = [0, 1, 2].map(() => [0, 0, 0]);
  first.forEach((variation, unit) => {
    const row = table[variation];
    const column = second[unit] ?? -1;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  });
  return table;
}

const pairs = <T>(list: readonly T[]): [T, T][] =>
  list.flatMap((one, i) => list.slice(i + 1).map((other): [T, T] => [one, other]));

describe.each(KINDS)('over %s ids', (kind) => {
  test('buckets are uniform, and no more regular than chance', () => {
    const found = SEEDS.map((seed) => {
      const lot = bucketOf(seed);
      const counts = new Array<number>(CELLS).fill(0);
      for (const id of ids[kind]) {
        const cell = Math.floor(lot(id) * CELLS);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      return uniformity(counts);
    });
    expect(Math.min(...found)).toBeGreaterThan(IMPROBABLE);
    expect(Math.max(...found)).toBeLessThan(1 - IMPROBABLE);
  });

  test('any two experiments are independent, as they are decided', () => {
    const variations = ['a', 'b', 'c'].map((key) => ({ key }));
    const config = resolveConfig({
      experiments: Object.fromEntries(
        SEEDS.map((seed, i) => [`experiment-${i}`, { status: 'running', seed, variations, weights: [0.5, 0.3, 0.2] }]),
      ),
    });
    const given = (experiment: CompiledExperiment) =>
      ids[kind].map((visitorId) => {
        const decision = decideExperiment(experiment, { visitor: { visitorId } });
        return isAssigned(decision) ? decision.variation : -1;
      });
    const found = pairs(compileExperiments(config).map(given)).map(([one, other]) => independence(tableOf(one, other)));
    expect(found).toHaveLength(45);
    expect(Math.min(...found)).toBeGreaterThan(IMPROBABLE);
    expect(Math.max(...found)).toBeLessThan(1 - IMPROBABLE);
  });
});

test('experiments whose seeds are hashed once are not independent: what the second pass is for, and what this test would see', () => {
  const ranges = getBucketRanges(3, 1, [0.5, 0.3, 0.2]);
  const once = (seed: string) => {
    const lot = hash(seed, 1);
    return ids.uuid.map((unit) => chooseVariation(lot(unit), ranges));
  };
  const found = pairs(SEEDS.map(once)).map(([one, other]) => independence(tableOf(one, other)));
  expect(Math.min(...found)).toBeLessThan(1e-12);
});
