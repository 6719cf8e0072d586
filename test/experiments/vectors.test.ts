import { describe, expect, test } from 'vitest';
import { exactBelief } from '../../src/commands/evaluation/exact.ts';
import {
  absoluteInterval,
  harmP,
  type Lift,
  liftOf,
  pValueOf,
  reachOf,
  relativeEstimate,
} from '../../src/experiments/lift.ts';
import { believedOf, bestArm, updated } from '../../src/experiments/posterior.ts';
import { checkRatio } from '../../src/experiments/ratio-check.ts';
import { type MeanSample, momentsOf, type ProportionSample, type Sample } from '../../src/experiments/samples.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import { TUNING_UNITS } from '../../src/experiments/sequential.ts';
import { noSums } from '../../src/experiments/sums.ts';
import { betaQuantile } from '../../src/shared/statistics.ts';
import { VECTORS } from '../support/statistics.ts';

const rows = <T>(name: string): T[] => (VECTORS?.[name] ?? []) as T[];

/** Infinity is written as a text, since JSON has none. */
const numberOf = (value: number | string): number => Number(value);

function near(actual: number, expected: number | string, tolerance: number, what: string): void {
  const wanted = numberOf(expected);
  if (Number.isFinite(wanted))
    expect(Math.abs(actual - wanted), what).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(wanted)));
  else expect(actual, what).toBe(wanted);
}

type Difference = 'relative' | 'absolute';

interface Estimated {
  expected: number;
  ci: [number | string, number | string];
  uplift: { mean: number; stddev: number };
  error: string | null;
}

interface Case<C, E> {
  name: string;
  config: C & { differenceType: Difference; alpha: number };
  control: Sample;
  treatment: Sample;
  expected: Estimated & E;
}

/**
 * The lift that results print, as the published engine tests it: by the variance of each arm, where results suppose none; of a relative lift by the delta method, where
 * results use Fieller's interval and make only posteriors of it.
 */
function compared({ control, treatment, config }: Case<object, object>): Lift | null {
  const found = liftOf(control, treatment);
  if (found === null) return null;
  const { shares: _shares, pooled: _pooled, ...lift } = found;
  if (config.differenceType === 'absolute') return lift;
  const estimate = relativeEstimate(lift);
  return estimate === null ? null : { ...lift, difference: estimate.mean, variance: estimate.variance };
}

/** Nothing can be told; but an arm that sells nothing is compared here, varying as both together do, and the engine says nothing of it. */
function expectNothing(row: Case<object, object>): void {
  const lift = compared(row);
  if (row.name !== 'zero control conversions' || row.config.differenceType === 'relative') expect(lift).toBeNull();
  else expect(lift?.difference).toBeCloseTo(momentsOf(row.treatment as ProportionSample).mean, 12);
}

type Test = 'two-sided' | 'one-sided-greater' | 'sequential-two-sided' | 'sequential-one-sided-greater';
type Frequentist = Case<{ sequentialTuningParameter?: number }, { pValue: number }> & { test: Test; dof?: number };

/** How sure the engine is that a lift is above zero, by what holds harm to its margin: that it is not below. */
const aboveP = (lift: Lift, alpha: number): number => harmP(lift, 0, { alpha, isBetter: 'down' });

const CHECKS: Record<Test, (lift: Lift, row: Frequentist) => void> = {
  'two-sided': (lift, { config: { alpha }, expected }) => {
    const level = { alpha, isSequential: false };
    bounded(absoluteInterval(lift, reachOf(lift, level)), expected.ci);
    near(pValueOf(lift, level), expected.pValue, 1e-9, 'p');
  },
  'sequential-two-sided': (lift, { config: { alpha }, expected }) => {
    const level = { alpha, isSequential: true };
    bounded(absoluteInterval(lift, reachOf(lift, level)), expected.ci);
    near(pValueOf(lift, level), expected.pValue, 1e-9, 'p');
  },
  // Half of a test of both sides at twice the level.
  'one-sided-greater': (lift, { config: { alpha }, expected }) => {
    const level = { alpha: 2 * alpha, isSequential: false };
    const half = pValueOf(lift, level) / 2;
    bounded([absoluteInterval(lift, reachOf(lift, level))[0], Number.POSITIVE_INFINITY], expected.ci);
    near(lift.difference > 0 ? half : 1 - half, expected.pValue, 1e-9, 'p');
  },
  // The bound is where the p-value of what lies above it is the level.
  'sequential-one-sided-greater': (lift, { config: { alpha }, expected }) => {
    const above = { ...lift, difference: lift.difference - numberOf(expected.ci[0]) };
    near(aboveP(above, alpha), alpha, 1e-7, 'lower bound');
    expect(numberOf(expected.ci[1])).toBe(Number.POSITIVE_INFINITY);
    near(aboveP(lift, alpha), expected.pValue, 1e-3, 'p');
  },
};

function bounded(actual: readonly [number, number], expected: Estimated['ci']): void {
  near(actual[0], expected[0], 1e-7, 'lower bound');
  near(actual[1], expected[1], 1e-7, 'upper bound');
}

interface Bayesian {
  inverse: boolean;
  priorType: Difference;
  prior: { mean: number; variance: number; proper: boolean };
}

/** The prior, stated of the kind of lift that is asked about. */
function priorOf({ differenceType, priorType, prior }: Case<Bayesian, object>['config'], baseline: number) {
  const scale = priorType === differenceType ? 1 : Math.abs(baseline);
  expect([priorType, scale === 1 || differenceType === 'absolute']).toEqual(['relative', true]);
  const variance = prior.proper ? prior.variance * scale * scale : Number.POSITIVE_INFINITY;
  return { mean: prior.mean * scale, variance };
}

const ARMS = ['control', 'b', 'c', 'd'];

const cellOf = (n: number, i: number): Cell => ({
  ...noSums(),
  ...{ experiment: 'e', phase: 0, day: '2026-11-01', since: 0, metric: '', arm: ARMS[i] ?? '', n },
});

/** Of units that are split by weights. */
const ratioOf = (users: number[], weights: number[]) =>
  checkRatio(users.map(cellOf), ARMS.slice(0, users.length), () => weights).pValue;

describe.skipIf(VECTORS === null)('the published engine’s figures, by what results print', () => {
  const tests = rows<Frequentist>('frequentist');

  test('there are some', () => {
    expect(tests.length).toBeGreaterThan(60);
    for (const { config } of tests) expect(config.sequentialTuningParameter ?? TUNING_UNITS).toBe(TUNING_UNITS);
  });

  test.each(tests)('$test, $config.differenceType: $name', (row) => {
    const { expected, dof } = row;
    if (expected.error !== null) return expectNothing(row);
    const lift = compared(row);
    if (lift === null) throw new Error('there is something to compare');
    near(lift.difference, expected.expected, 1e-7, 'estimate');
    near(Math.sqrt(lift.variance), expected.uplift.stddev, 1e-7, 'standard error');
    if (dof !== undefined) near(lift.dof, dof, 1e-9, 'dof');
    CHECKS[row.test](lift, row);
  });

  test.each(rows<Case<Bayesian, { chanceToWin: number; risk: [number, number] }>>('bayesian'))(
    'Bayesian, $config.differenceType: $name',
    (row) => {
      const { config, expected } = row;
      if (expected.error !== null) return expectNothing(row);
      const lift = compared(row);
      if (lift === null) throw new Error('there is something to compare');
      const posterior = updated({ mean: lift.difference, variance: lift.variance }, priorOf(config, lift.baseline));
      const [own, other] = config.inverse ? (['down', 'up'] as const) : (['up', 'down'] as const);
      const belief = believedOf(posterior, { alpha: config.alpha, isBetter: own });
      near(belief.expected, expected.expected, 1e-9, 'estimate');
      near(belief.interval[0], expected.ci[0], 1e-9, 'lower bound');
      near(belief.interval[1], expected.ci[1], 1e-9, 'upper bound');
      near(Math.sqrt(posterior.variance), expected.uplift.stddev, 1e-9, 'deviation');
      near(belief.chanceToWin, expected.chanceToWin, 1e-9, 'chance to win');
      near(belief.expectedLoss, expected.risk[1], 1e-9, 'loss of treatment');
      // To keep the control is to lose what would have been won, were less better.
      const { expectedLoss } = believedOf(posterior, { alpha: config.alpha, isBetter: other });
      near(expectedLoss, expected.risk[0], 1e-9, 'loss of control');
    },
  );

  test('sample ratios', () => {
    type Row = { users: number[]; weights: number[]; pValue: number };
    const backend = VECTORS?.srmBackend as { cases: Row[] };
    for (const { users, weights, pValue } of rows<Row>('srm'))
      near(ratioOf(users, weights) ?? Number.NaN, pValue, 1e-12, users.join());
    for (const { users, weights, pValue } of backend.cases) {
      // Of one arm, and of no units, the engine says 1, and the results that there is nothing to tell.
      const isTold = users.some((count, i) => i > 0 && (weights[i] ?? 0) > 0 && count > 0);
      expect(ratioOf(users, weights)?.toFixed(9)).toBe(isTold ? pValue.toFixed(9) : undefined);
    }
  });

  test('two proportions, exactly', () => {
    type Row = Parameters<typeof exactBelief>[0] & {
      chanceToWin: number;
      expectedLossChoosingTreatment: number;
      posteriorTreatmentCI95: [number, number];
    };
    for (const row of rows<Row>('betaBinomial')) {
      const { chanceToWin, expectedLoss } = exactBelief(row);
      near(chanceToWin, row.chanceToWin, 1e-10, 'chance');
      near(expectedLoss, row.expectedLossChoosingTreatment, 1e-10, 'loss');
      const { treatment, prior } = row;
      const [a, b] = [prior.alpha + treatment.sum, prior.beta + treatment.n - treatment.sum];
      near(betaQuantile(0.025, a, b), row.posteriorTreatmentCI95[0], 1e-12, 'low');
      near(betaQuantile(0.975, a, b), row.posteriorTreatmentCI95[1], 1e-12, 'high');
    }
  });

  test('the best of several arms', () => {
    type Row = { means: number[]; sds: number[]; bestArmProbabilities: number[] };
    for (const { means, sds, bestArmProbabilities } of rows<Row>('banditGaussianBestArm')) {
      const chances = bestArm(means.map((mean, i) => ({ mean, variance: (sds[i] ?? 0) ** 2 })));
      expect(chances).toHaveLength(bestArmProbabilities.length);
      for (const [i, chance] of chances.entries())
        near(chance, bestArmProbabilities[i] ?? Number.NaN, 1e-9, `arm ${i}`);
    }
  });

  test('posteriors of a bandit’s arms', () => {
    type Row = {
      arms: (MeanSample | ProportionSample)[];
      prior: { mean: number; variance: number };
      posteriorMean: number[];
      posteriorVariance: number[];
      bestArmProbabilitiesExact: number[];
    };
    const bandits = [VECTORS?.banditPosterior].flat() as Row[];
    for (const { arms, prior, posteriorMean, posteriorVariance, bestArmProbabilitiesExact } of bandits) {
      const posteriors = arms.map((arm) => {
        const { n, mean, variance } = momentsOf(arm);
        return updated({ mean, variance: variance / n }, prior);
      });
      for (const [i, { mean, variance }] of posteriors.entries()) {
        near(mean, posteriorMean[i] ?? Number.NaN, 1e-12, 'mean');
        near(variance, posteriorVariance[i] ?? Number.NaN, 1e-12, 'variance');
      }
      for (const [i, chance] of bestArm(posteriors).entries())
        near(chance, bestArmProbabilitiesExact[i] ?? Number.NaN, 1e-9, 'best');
    }
  });
});
