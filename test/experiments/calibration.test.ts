/**
 * What tests of proportions promise, held to it without chance: both arms' conversions are binomial, so that the share of A/A tests that are called and the
 * share of intervals that hold the truth are sums over all pairs of counts.
 */
import { describe, expect, test } from 'vitest';
import {
  absoluteInterval,
  type Level,
  type Lift,
  liftOf,
  pValueOf,
  reachOf,
  relativeInterval,
} from '../../src/experiments/lift.ts';
import { differenceInterval, ratioInterval } from '../../src/experiments/score.ts';

const FIXED: Level = { alpha: 0.05, isSequential: false };
/** What 10,000 runs of a test at 5 % may show, give or take. */
const BAND = [4.57, 5.43] as const;
/** Rarer pairs of counts do not show in the second decimal. */
const RARE = 1e-9;

interface Arm {
  n: number;
  share: number;
}

/** The counts that an arm may come to, with their chances. */
function countsOf({ n, share }: Arm): { count: number; chance: number }[] {
  const chances: { count: number; chance: number }[] = [];
  let log = n * Math.log1p(-share);
  for (let count = 0; count <= n; count++) {
    const chance = Math.exp(log);
    if (chance > RARE) chances.push({ count, chance });
    else if (count > n * share) break;
    log += Math.log((n - count) / (count + 1)) + Math.log(share) - Math.log1p(-share);
  }
  return chances;
}

/** The chance, in percent, that something is true of what two arms come to. */
function percentOf(control: Arm, treatment: Arm, isTrue: (counts: readonly [number, number]) => boolean): number {
  let sum = 0;
  const others = countsOf(treatment);
  for (const own of countsOf(control))
    for (const other of others) {
      const chance = own.chance * other.chance;
      if (chance > RARE && isTrue([own.count, other.count])) sum += chance;
    }
  return 100 * sum;
}

const between = (control: Arm, treatment: Arm, [y, z]: readonly [number, number]): Lift | null =>
  liftOf({ type: 'proportion', n: control.n, sum: y }, { type: 'proportion', n: treatment.n, sum: z });

const sizeOf = (share: number, n: number, m = n): number => {
  const arms = [
    { n, share },
    { n: m, share },
  ] as const;
  return percentOf(...arms, (counts) => {
    const lift = between(...arms, counts);
    return lift !== null && pValueOf(lift, FIXED) <= FIXED.alpha;
  });
};

describe('of A/A tests of a proportion, read once at 5 %, is called', () => {
  test.each([
    [0.005, 500, 4.58],
    [0.005, 2_000, 5.14],
    [0.005, 5_000, 4.88],
    [0.005, 20_000, 4.98],
    [0.05, 200, 4.81],
    [0.05, 500, 4.88],
    [0.05, 1_000, 4.99],
    [0.05, 2_000, 5.0],
    [0.05, 5_000, 4.99],
  ])('with a share of %d and %i units an arm %d %%', (share, n, size) => {
    const exact = sizeOf(share, n);
    expect(exact).toBeCloseTo(size, 2);
    expect(exact).toBeGreaterThanOrEqual(BAND[0]);
    expect(exact).toBeLessThanOrEqual(BAND[1]);
  });

  test('less where there is hardly a conversion: with five an arm 4.3 %, with one 1.4 %', () => {
    expect(sizeOf(0.005, 1_000)).toBeCloseTo(4.3, 2);
    expect(sizeOf(0.005, 200)).toBeCloseTo(1.38, 2);
  });

  test('nowhere more than 5.43 %, however few convert, of arms of one size and of one against nine', () => {
    for (const [n, m] of [
      [200, 200],
      [500, 500],
      [1_000, 1_000],
      [200, 1_800],
      [1_800, 200],
      [1_000, 9_000],
    ] as const)
      for (let conversions = 0.5; conversions < 50; conversions *= 1.25)
        expect(sizeOf(conversions / n, n, m), `${conversions} of ${n} against ${m}`).toBeLessThanOrEqual(BAND[1]);
  });
});

test('with one conversion an arm no test comes near 5 %: whoever calls 3 against none calls 5.9 %, whoever does not 3.8 % at most', () => {
  const arm = { n: 200, share: 0.005 };
  const calling = ([y, z]: readonly [number, number]) => Math.min(y, z) === 0 && Math.max(y, z) >= 3;
  // What is called must be called, too, if the one arm had less or the other more: so that without 3 against none nothing below 4 is called.
  const notCalling = (counts: readonly [number, number]) => Math.max(...counts) >= 4;
  expect(percentOf(arm, arm, calling)).toBeCloseTo(5.9, 1);
  expect(percentOf(arm, arm, notCalling)).toBeCloseTo(3.74, 1);
});

describe('intervals of 95 % hold a lift of 20 %', () => {
  const HELD = [94.5, 95.5] as const;

  test.each([
    [0.005, 2_000, 2_000],
    [0.005, 5_000, 5_000],
    [0.05, 200, 200],
    [0.05, 500, 500],
    [0.05, 1_000, 1_000],
    [0.05, 500, 4_500],
    [0.05, 4_500, 500],
  ])('of a share of %d, %i against %i units', (share, n, m) => {
    const arms = [
      { n, share },
      { n: m, share: share * 1.2 },
    ] as const;
    const held = { absolute: 0, relative: 0 };
    for (const kind of ['absolute', 'relative'] as const)
      held[kind] = percentOf(...arms, (counts) => {
        const lift = between(...arms, counts);
        if (lift === null) return true;
        const reach = reachOf(lift, FIXED);
        const [interval, truth] =
          kind === 'absolute' ? [absoluteInterval(lift, reach), share * 0.2] : [relativeInterval(lift, reach), 0.2];
        return interval === null || (interval[0] <= truth && truth <= interval[1]);
      });
    for (const percent of Object.values(held)) {
      expect(percent).toBeGreaterThanOrEqual(HELD[0]);
      expect(percent).toBeLessThanOrEqual(HELD[1]);
    }
  });
});

describe('the score’s intervals', () => {
  const REACH = 1.959964;

  test('are those that were published', () => {
    // Newcombe, Statistics in Medicine 17, 1998, table II, method 5 (Mee).
    const [low, high] = differenceInterval(
      [
        { n: 80, sum: 48 },
        { n: 70, sum: 56 },
      ],
      REACH,
    );
    expect([low, high]).toEqual([expect.closeTo(0.0533, 4), expect.closeTo(0.3377, 4)]);
    // Koopman's example.
    const ratios = ratioInterval(
      [
        { n: 80, sum: 16 },
        { n: 40, sum: 36 },
      ],
      REACH,
    );
    expect(ratios).toEqual([expect.closeTo(2.94, 2), expect.closeTo(7.15, 2)]);
  });

  test('of arms in which nobody or everybody converted end where shares do', () => {
    const all = { n: 10, sum: 10 };
    const none = { n: 20, sum: 0 };
    expect(differenceInterval([none, all], REACH)[1]).toBe(1);
    expect(differenceInterval([all, none], REACH)[0]).toBe(-1);
    expect(ratioInterval([none, all], REACH)).toBeNull();
    expect(ratioInterval([all, none], REACH)?.[0]).toBe(0);
    expect(ratioInterval([all, all], REACH)).toEqual([expect.any(Number), expect.any(Number)]);
  });
});
