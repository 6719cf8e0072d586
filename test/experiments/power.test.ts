import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liftOf, reachOf } from '../../src/experiments/lift.ts';
import { minimumDetectableLift, unitsNeeded } from '../../src/experiments/power.ts';

const FIXED = { alpha: 0.05, isSequential: false };
const SEQUENTIAL = { alpha: 0.05, isSequential: true };

test.each([
  // R's power.t.test(delta, sd = 1, power = 0.8).
  [0.8, 26],
  [0.5, 64],
  [0.2, 394],
])('an effect of %s deviations takes as many units as the tables say: %s', (effect, units) => {
  expect(unitsNeeded({ mean: 1, variance: 1 }, effect, FIXED)).toBe(units);
});

test('a three-percent conversion needs some 12,700 visitors an arm for a lift of a fifth, and more where it is read daily', () => {
  const conversion = { mean: 0.03, variance: 0.03 * 0.97 };
  expect(unitsNeeded(conversion, 0.2, FIXED)).toBe(12_690);
  expect(unitsNeeded(conversion, 0.2, SEQUENTIAL)).toBeGreaterThan(20_000);
  expect(unitsNeeded({ ...conversion, mean: 0 }, 0.2, FIXED)).toBeNull();
  expect(unitsNeeded({ ...conversion, variance: 0 }, 0.2, FIXED)).toBeNull();
});

test('so many units see that lift when the results are read, and fewer do not', () => {
  const share = fc.integer({ min: 1, max: 300 }).map((one) => one / 1_000);
  const lift = fc.constantFrom(0.05, 0.1, 0.2, 0.5);
  fc.assert(
    fc.property(share, lift, fc.boolean(), (mean, asked, isSequential) => {
      const level = { alpha: 0.05, isSequential };
      const units = unitsNeeded({ mean, variance: mean * (1 - mean) }, asked, level) ?? Number.NaN;
      const seen = (n: number): number => {
        const arm = {
          type: 'mean',
          n,
          sum: n * mean,
          sumSquares: n * mean * mean + (n - 1) * mean * (1 - mean),
        } as const;
        const found = liftOf(arm, arm);
        if (found === null) throw new Error('there is something to compare');
        return minimumDetectableLift(found.baseline, Math.sqrt(found.variance), reachOf(found, level)) ?? Number.NaN;
      };
      expect(seen(units)).toBeLessThanOrEqual(asked * (1 + 1e-9));
      expect(seen(units - 1)).toBeGreaterThan(asked * (1 - 1e-9));
    }),
  );
});
