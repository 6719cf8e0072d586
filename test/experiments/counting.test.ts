import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import { countUnit, difference } from '../../src/experiments/count-unit.ts';
import { countingOf } from '../../src/experiments/metrics.ts';
import type { Increment, Sums } from '../../src/experiments/schema-counts.ts';
import type { Exposure } from '../../src/experiments/schema-exposures.ts';
import { DAY, NOON } from '../support/events.ts';
import { batch, counting, DEVICES, facts, household } from './household.ts';

/** Sums by cell: arm, metric, day since exposure, and the other experiment of a pair. */
function summed(increments: readonly Increment[]): Record<string, Partial<Sums>> {
  const cells: Record<string, Record<string, number>> = {};
  for (const { experiment, arm, day, since, metric, with: other, sums } of increments) {
    const cell = [experiment, arm, day, since, metric, other?.experiment, other?.arm].filter(
      (one) => one !== undefined,
    );
    const into = cells[cell.join(' ')] ?? {};
    cells[cell.join(' ')] = into;
    for (const [sum, by] of Object.entries(sums)) {
      into[sum] = Math.round(((into[sum] ?? 0) + by) * 1e6) / 1e6;
      if (into[sum] === 0) delete into[sum];
    }
  }
  return Object.fromEntries(Object.entries(cells).filter(([, sums]) => Object.keys(sums).length > 0));
}

const exposed = (rest: Partial<Exposure> = {}): Exposure => ({
  experiment: 'layout',
  phase: 0,
  arm: 'b',
  at: NOON,
  ...rest,
});
const order = (at: number, value: number, currency = 'GBP') => ({
  ...{ orderId: `order-${at}`, at, value, currency },
  lines: [{ quantity: 2 }],
});
const cellsOf = (exposures: Exposure[], orders: ReturnType<typeof order>[], tracked = {}) =>
  summed(difference({}, countUnit({ exposures, orders, tracked }, counting, {})));

describe('a unit', () => {
  test('counts what follows its exposure within the window of each metric, by days since then', () => {
    const orders = [order(NOON - 1, 5), order(NOON, 5), order(NOON + 2 * DAY, 10), order(NOON + 4 * DAY, 2)];
    expect(cellsOf([exposed()], orders)).toEqual({
      'layout b 2026-11-22 0 ': { n: 1 },
      'layout b 2026-11-22 0 conversion': { y: 1, yy: 1 },
      'layout b 2026-11-22 0 revenue': { y: 5, yy: 25 },
      'layout b 2026-11-22 2 revenue': { y: 10, yy: 200 },
      'layout b 2026-11-22 4 revenue': { y: 2, yy: 64 },
      'layout b 2026-11-22 0 per-basket': { y: 5, yy: 25 },
      'layout b 2026-11-22 2 per-basket': { y: 10, yy: 200 },
    });
  });

  test('counts no more than the cap, no other money, and both parts of a ratio with their product', () => {
    const adds = {
      event: 'add_to_cart',
      field: '',
      occurrences: [1, 2, 3].map((i) => ({ at: NOON + i * DAY, value: 1 })),
    };
    const cells = cellsOf([exposed()], [order(NOON + 1, 25), order(NOON + 2, 25), order(NOON + 3, 99, 'EUR')], {
      add_to_cart: adds,
    });
    expect(cells['layout b 2026-11-22 0 revenue']).toEqual({ y: 30, yy: 900 });
    expect(cells['layout b 2026-11-22 0 per-basket']).toEqual({ y: 50, yy: 2500 });
    expect(cells['layout b 2026-11-22 1 per-basket']).toEqual({ d: 1, dd: 1, yd: 50 });
    expect(cells['layout b 2026-11-22 2 per-basket']).toEqual({ d: 1, dd: 3, yd: 50 });
    // The third was at the end of the window.
    expect(cells['layout b 2026-11-22 3 per-basket']).toBeUndefined();
    expect(cells['layout b 2026-11-22 1 baskets']).toEqual({ y: 1, yy: 1 });
  });

  test('that has a past is compared with it', () => {
    const cells = cellsOf([exposed({ isKnown: true, x: { revenue: 4 } })], [order(NOON + 1, 10)]);
    expect(cells['layout b 2026-11-22 0 ']).toEqual({ n: 1, known: 1 });
    expect(cells['layout b 2026-11-22 0 revenue']).toEqual({ x: 4, xx: 16, y: 10, yy: 100, xy: 40, ky: 10 });
  });

  test('that met two variations is excluded, in the arm that it met first', () => {
    expect(cellsOf([exposed({ also: ['a'] })], [order(NOON + 1, 10)])).toEqual({
      'layout b 2026-11-22 0 ': { excluded: 1 },
    });
  });

  test('in two experiments is in the cell of both, with the outcome of each', () => {
    const both = [exposed(), exposed({ experiment: 'banner', arm: 'red', at: NOON + DAY })];
    const cells = cellsOf(both, [order(NOON + 1, 10), order(NOON + 2 * DAY, 5)]);
    expect(cells['layout b  0  banner red']).toEqual({ n: 1 });
    expect(cells['layout b  0 conversion banner red']).toEqual({ y: 1, yy: 1 });
    expect(cells['banner red  0 revenue layout b']).toEqual({ y: 5, yy: 25 });
  });

  test('leaves what is not counted any more as it was, and takes up where that was left', () => {
    const past = { exposures: [exposed()], orders: [order(NOON + 1, 10)], tracked: {} };
    const before = countUnit(past, counting, {});
    const without = countingOf(
      resolveConfig({ experiments: { other: { status: 'running', variations: [{ key: 'x' }] } } }),
    );
    const meanwhile = countUnit(past, without, before);
    expect(difference(before, meanwhile)).toEqual([]);
    expect(difference(meanwhile, countUnit(past, counting, meanwhile))).toEqual([]);
  });
});

test('in whatever order events, repetitions, refunds, exposures and mergers come, the increments add up to what the facts as a whole come to', () => {
  fc.assert(
    fc.property(facts, (steps) => {
      const home = household();
      for (const step of steps) home.run(step);
      const emitted: Record<string, Record<string, number>> = {};
      for (const { experiment, arm, metric, with: other, sums } of home.finish()) {
        if (experiment !== 'layout' || other !== undefined || metric === 'per-basket') continue;
        const into = emitted[arm] ?? {};
        emitted[arm] = into;
        const names: Record<string, number | undefined> =
          metric === '' ? { n: sums.n, excluded: sums.excluded } : { [metric]: sums.y, [`${metric}²`]: sums.yy };
        if (metric === 'revenue') names.xy = sums.xy;
        for (const [name, by] of Object.entries(names)) into[name] = (into[name] ?? 0) + (by ?? 0);
      }
      const whole = batch(home, steps);
      for (const arm of ['a', 'b'])
        for (const name of ['n', 'excluded', 'conversion', 'revenue', 'revenue²', 'baskets', 'baskets²', 'xy'])
          expect([arm, name, emitted[arm]?.[name] ?? 0]).toEqual([arm, name, whole[arm]?.[name] ?? 0]);
    }),
    { numRuns: 20000 },
  );
});

test('increments of one unit, in whatever pieces it is counted, come to its cells', () => {
  fc.assert(
    fc.property(facts, (steps) => {
      const home = household();
      for (const step of steps) home.run(step);
      const emitted = summed(home.finish());
      const counted = [...DEVICES.map((name) => home.of(name)), home.customer].flatMap((state) =>
        difference({}, state.core.counted ?? {}),
      );
      expect(emitted).toEqual(summed(counted));
    }),
    { numRuns: 200 },
  );
});
