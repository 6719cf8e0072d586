import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  absoluteInterval,
  harmP,
  type Lift,
  liftOf,
  pValueOf,
  reachOf,
  relativeEstimate,
  relativeInterval,
} from '../../src/experiments/lift.ts';
import type { ProportionSample } from '../../src/experiments/samples.ts';
import { noSums, samplesOf } from '../../src/experiments/sums.ts';

const proportion = (n: number, sum: number): ProportionSample => ({ type: 'proportion', n, sum });
const FIXED = { alpha: 0.05, isSequential: false };
const SEQUENTIAL = { alpha: 0.05, isSequential: true };

function between(control: ProportionSample, treatment: ProportionSample): Lift {
  const lift = liftOf(control, treatment);
  if (lift === null) throw new Error('there is something to compare');
  return lift;
}

describe('a lift', () => {
  test('has with many conversions the relative interval of the delta method', () => {
    const [a, b] = [proportion(200_000, 10_000), proportion(200_000, 10_500)];
    const lift = between(a, b);
    const { mean, variance } = relativeEstimate(lift) ?? { mean: 0, variance: 0 };
    const [low, high] = relativeInterval(lift, reachOf(lift, FIXED)) ?? [0, 0];
    const half = 1.96 * Math.sqrt(variance);
    expect(low).toBeCloseTo(mean - half, 3);
    expect(high).toBeCloseTo(mean + half, 3);
  });

  test('leaves out zero relatively where it does so absolutely, and there alone', () => {
    const arm = fc.record({
      n: fc.integer({ min: 50, max: 5_000 }),
      share: fc.double({ min: 0, max: 0.3, noNaN: true }),
    });
    fc.assert(
      fc.property(arm, arm, fc.boolean(), (control, treatment, isSequential) => {
        const [a, b] = [control, treatment].map(({ n, share }) => proportion(n, Math.floor(n * share)));
        const lift = a && b ? liftOf(a, b) : null;
        if (lift === null) return;
        const reach = reachOf(lift, { alpha: 0.05, isSequential });
        const relative = relativeInterval(lift, reach);
        if (relative === null) return;
        const isOut = ([low, high]: readonly number[]) => (low ?? 0) > 1e-12 || (high ?? 0) < -1e-12;
        const absolute = absoluteInterval(lift, reach);
        // At the very edge rounding decides.
        if (Math.min(...absolute.map(Math.abs)) < 1e-9) return;
        expect(isOut(relative)).toBe(isOut(absolute));
      }),
    );
  });

  test('is unbounded where the control cannot be told from nothing: of a mean with its error, of a proportion where nobody converted', () => {
    const mean = (n: number, sum: number) => ({ type: 'mean', n, sum, sumSquares: sum }) as const;
    const lift = liftOf(mean(200, 1), mean(200, 9));
    expect(lift && relativeInterval(lift, reachOf(lift, FIXED))).toBeNull();
    const none = between(proportion(200, 0), proportion(200, 9));
    expect(relativeInterval(none, reachOf(none, FIXED))).toBeNull();
  });

  test('is seen where one arm sells nothing at all', () => {
    expect(pValueOf(between(proportion(2_000, 60), proportion(2_000, 0)), SEQUENTIAL)).toBeLessThan(0.001);
    expect(liftOf(proportion(2_000, 0), proportion(2_000, 0))).toBeNull();
    expect(liftOf(proportion(1, 0), proportion(2_000, 5))).toBeNull();
  });

  test('takes more to be told when it is looked at again and again', () => {
    const lift = between(proportion(2_000, 100), proportion(2_000, 132));
    expect(pValueOf(lift, FIXED)).toBeLessThan(0.05);
    expect(pValueOf(lift, SEQUENTIAL)).toBeGreaterThan(0.05);
  });
});

describe('harm', () => {
  const harmed = (control: number, treatment: number, margin: number, isBetter: 'up' | 'down' = 'up') =>
    harmP(between(proportion(20_000, control), proportion(20_000, treatment)), margin, { alpha: 0.05, isBetter });

  test('is what goes beyond the margin, and only that', () => {
    expect(harmed(2_000, 1_500, 0.05)).toBeLessThan(0.001);
    expect(harmed(2_000, 1_500, 0.25)).toBeGreaterThan(0.05);
    expect(harmed(2_000, 2_500, 0.05)).toBeGreaterThan(0.4);
  });

  test('is more where less is better', () => {
    expect(harmed(2_000, 2_500, 0.05, 'down')).toBeLessThan(0.001);
    expect(harmed(2_000, 1_500, 0.05, 'down')).toBeGreaterThan(0.4);
  });
});

describe('what is known from before', () => {
  test('narrows the interval, and leaves an arm’s own mean as the baseline', () => {
    // Of each arm half are known, who buy as they did; the new ones buy one each.
    const arm = { ...noSums(), n: 400, known: 200, x: 600, xx: 2_800, y: 800, yy: 3_400, xy: 2_800, ky: 600 };
    const kind = { type: 'mean', cuped: true } as const;
    const plain = liftOf(...samplesOf({ ...kind, cuped: false }, arm, arm));
    const adjusted = liftOf(...samplesOf(kind, arm, arm));
    expect(adjusted?.baseline).toBe(2);
    expect(adjusted?.variance).toBeLessThan((plain?.variance ?? 0) / 3);
  });

  test('of metrics that nobody had before changes nothing', () => {
    const arm = { ...noSums(), n: 400, y: 80, yy: 120 };
    const other = { ...arm, y: 90, yy: 130 };
    const [plain, cuped] = [false, true].map((one) => liftOf(...samplesOf({ type: 'mean', cuped: one }, arm, other)));
    // Two slopes were looked for on the 800 units.
    expect(cuped?.variance).toBeCloseTo(((plain?.variance ?? 0) * 802) / 796, 12);
    expect(cuped?.difference).toBe(plain?.difference);
  });
});
