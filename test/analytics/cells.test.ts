import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlushMessage } from '../../src/analytics/schema.ts';
import { tallyObject } from '../../src/env.ts';
import type { Cell, Increment } from '../../src/experiments/schema-counts.ts';
import { flushOf } from './flushes.ts';

const NOW = Date.now();

let shops = 0;
function shopOf() {
  shops += 1;
  const shop = `cells-${shops}`;
  return { shop, tally: tallyObject(env, shop) };
}

const increment = (parts: Partial<Increment> = {}): Increment => ({
  experiment: 'layout',
  phase: 0,
  arm: 'b',
  day: '2026-11-22',
  since: 0,
  metric: '',
  sums: { n: 1 },
  ...parts,
});

const flush = (flushId: string, increments: Increment[]) => flushOf(flushId, { increments });

/** The sums that are not 0, by what they are of. */
const shown = (cells: readonly Cell[]) =>
  cells.map(
    ({ arm, day, since, metric, persona, weights, with: other, experiment: _experiment, phase: _phase, ...sums }) => ({
      of: [arm, day, since, metric, persona, weights, other].filter((part) => part !== undefined),
      ...Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0)),
    }),
  );

describe('the cells of an experiment', () => {
  test('add up what flushes bring, each flush once', async () => {
    const { shop, tally } = shopOf();
    const bought = increment({ metric: 'revenue', since: 2, sums: { y: 15.3, yy: 234.09 } });
    await tally.apply(shop, [flush('a.1', [increment()]), flush('a.1', [increment()])], NOW);
    await tally.apply(shop, [flush('a.1', [increment()]), flush('b.1', [increment(), bought])], NOW);
    expect(shown(await tally.experimentCells('layout', 0))).toEqual([
      { of: ['b', '2026-11-22', 0, ''], n: 2 },
      { of: ['b', '2026-11-22', 2, 'revenue'], y: 15.3, yy: 234.09 },
    ]);
  });

  test('are told apart by everything that they are keyed by', async () => {
    const { shop, tally } = shopOf();
    const all = [
      increment(),
      increment({ arm: 'control' }),
      increment({ day: '2026-11-23' }),
      increment({ persona: 'explorer' }),
      increment({ weights: 3 }),
      increment({ day: '', with: { experiment: 'banner', phase: 1, arm: 'red' } }),
    ];
    await tally.apply(
      shop,
      [flush('a.1', [...all, increment({ phase: 1 }), increment({ experiment: 'layout-2' })])],
      NOW,
    );
    const cells = await tally.experimentCells('layout', 0);
    expect(cells).toHaveLength(all.length);
    expect(shown(cells)).toEqual(
      expect.arrayContaining(shown(all.map(({ sums, ...key }) => ({ ...key, ...sums }) as Cell))),
    );
    expect(await tally.experimentCells('layout', 1)).toHaveLength(1);
    expect(await tally.experimentCells('message:layout', 0)).toEqual([]);
  });

  test('that come to nothing are gone', async () => {
    const { shop, tally } = shopOf();
    await tally.apply(shop, [flush('a.1', [increment()])], NOW);
    await tally.apply(
      shop,
      [flush('a.2', [increment({ sums: { n: -1 } }), increment({ arm: 'c', sums: { excluded: 1 } })])],
      NOW,
    );
    expect(shown(await tally.experimentCells('layout', 0))).toEqual([{ of: ['c', '2026-11-22', 0, ''], excluded: 1 }]);
  });

  test('cost a delivery one row, and are the same after that has been added to theirs', async () => {
    const { shop, tally } = shopOf();
    const day = (i: number) => `2026-11-${String((i % 28) + 1).padStart(2, '0')}`;
    for (let i = 0; i < 40; i++) {
      const many = Array.from({ length: 60 }, (_, j) =>
        increment({ arm: `arm-${j}`, day: day(i), experiment: j % 2 === 0 ? 'layout' : 'banner' }),
      );
      await tally.apply(shop, [flush(`a.${i + 1}`, many)], NOW);
      if (i === 0) {
        const rows = await runInDurableObject(tally, (_one, state) =>
          state.storage.sql.exec('SELECT name FROM cells').toArray(),
        );
        expect(rows).toEqual([{ name: '' }]);
      }
    }
    const rows = await runInDurableObject(tally, (_one, state) =>
      state.storage.sql.exec<{ size: number }>(`SELECT length(body) AS size FROM cells WHERE name = ''`).one(),
    );
    expect(rows.size).toBeLessThan(130_000);
    const cells = await tally.experimentCells('layout', 0);
    expect(cells.reduce((sum, cell) => sum + cell.n, 0)).toBe(40 * 30);
    expect(cells.filter((cell) => cell.arm === 'arm-0')).toHaveLength(28);
  });

  test('are the sums of increments, in whatever order they come', async () => {
    const parts = fc.record({ arm: fc.constantFrom('a', 'b'), since: fc.nat(2), y: fc.integer({ min: -50, max: 50 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 30 }), async (drawn) => {
        const { shop, tally } = shopOf();
        const made = drawn.map(({ arm, since, y }) => increment({ arm, since, metric: 'revenue', sums: { y: y / 8 } }));
        await tally.apply(
          shop,
          made.map((one, i) => flush(`a.${i + 1}`, [one])),
          NOW,
        );
        const sums = new Map<string, number>();
        for (const { arm, since, y } of drawn) sums.set(`${arm} ${since}`, (sums.get(`${arm} ${since}`) ?? 0) + y / 8);
        const cells = await tally.experimentCells('layout', 0);
        expect(Object.fromEntries(cells.map(({ arm, since, y }) => [`${arm} ${since}`, y]))).toEqual(
          Object.fromEntries([...sums].filter(([, sum]) => sum !== 0)),
        );
      }),
      { numRuns: 20 },
    );
  });
});

test('increments pass the check where messages enter, and what is none does not', () => {
  const pair = increment({ day: '', with: { experiment: 'banner', phase: 0, arm: 'red' } });
  const sent = flush('a.1', [increment({ persona: 'explorer', weights: 2 }), pair]);
  expect(FlushMessage.parse(JSON.parse(JSON.stringify(sent))).increments).toEqual(sent.increments);
  const wrong = [
    { ...increment(), day: 'today' },
    { ...increment(), since: -1 },
    { ...increment(), sums: { n: '1' } },
  ];
  for (const one of wrong) expect(FlushMessage.safeParse({ ...sent, increments: [one] }).success).toBe(false);
});
