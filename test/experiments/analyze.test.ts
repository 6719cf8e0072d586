import { describe, expect, test } from 'vitest';
import {
  armPosteriors,
  type BayesianConfig,
  type BayesianResult,
  bayesian,
  bestArm,
  betaBinomial,
  type FrequentistConfig,
  type FrequentistResult,
  frequentist,
  srm,
  type Test,
} from '../../src/experiments/analyze.ts';
import type { MeanSample, ProportionSample, Sample } from '../../src/experiments/samples.ts';
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

interface Case<C, E> {
  name: string;
  config: C;
  control: Sample;
  treatment: Sample;
  expected: E;
}

function sameLift(
  actual: FrequentistResult | BayesianResult,
  expected: FrequentistResult | BayesianResult,
  tolerance: number,
): void {
  near(actual.expected, expected.expected, tolerance, 'estimate');
  near(actual.ci[0], expected.ci[0], tolerance, 'lower bound');
  near(actual.ci[1], expected.ci[1], tolerance, 'upper bound');
  near(actual.uplift.mean, expected.uplift.mean, tolerance, 'uplift');
  near(actual.uplift.stddev, expected.uplift.stddev, tolerance, 'standard error');
  expect(actual.error).toBe(expected.error);
}

describe.skipIf(VECTORS === null)('the published engine’s figures', () => {
  const tests = rows<Case<FrequentistConfig, FrequentistResult> & { test: Test; dof?: number }>('frequentist');

  test('there are some', () => {
    expect(tests.length).toBeGreaterThan(60);
  });

  test.each(tests)('$test, $config.differenceType: $name', (row) => {
    const actual = frequentist(row);
    sameLift(actual, row.expected, 1e-7);
    near(actual.pValue, row.expected.pValue, row.test === 'sequential-one-sided-greater' ? 1e-3 : 1e-9, 'p');
    if (row.dof !== undefined) near(actual.dof ?? Number.NaN, row.dof, 1e-9, 'dof');
  });

  test.each(rows<Case<BayesianConfig, BayesianResult>>('bayesian'))(
    'Bayesian, $config.differenceType: $name',
    (row) => {
      const actual = bayesian(row);
      sameLift(actual, row.expected, 1e-9);
      near(actual.chanceToWin, row.expected.chanceToWin, 1e-9, 'chance to win');
      near(actual.risk[0], row.expected.risk[0], 1e-9, 'loss of control');
      near(actual.risk[1], row.expected.risk[1], 1e-9, 'loss of treatment');
    },
  );

  test('sample ratios', () => {
    for (const { users, weights, pValue } of rows<{ users: number[]; weights: number[]; pValue: number }>('srm'))
      near(srm(users, weights), pValue, 1e-12, users.join());
    const backend = VECTORS?.srmBackend as { cases: { users: number[]; weights: number[]; pValue: number }[] };
    for (const { users, weights, pValue } of backend.cases)
      expect(srm(users, weights).toFixed(9)).toBe(pValue.toFixed(9));
  });

  test('two proportions, exactly', () => {
    type Row = Parameters<typeof betaBinomial>[0] & ReturnType<typeof betaBinomial>;
    for (const row of rows<Row>('betaBinomial')) {
      const actual = betaBinomial(row);
      near(actual.chanceToWin, row.chanceToWin, 1e-10, 'chance');
      near(actual.expectedLossChoosingTreatment, row.expectedLossChoosingTreatment, 1e-10, 'loss');
      near(actual.posteriorTreatmentCI95[0], row.posteriorTreatmentCI95[0], 1e-12, 'low');
      near(actual.posteriorTreatmentCI95[1], row.posteriorTreatmentCI95[1], 1e-12, 'high');
    }
  });

  test('the best of several arms', () => {
    type Row = { means: number[]; sds: number[]; bestArmProbabilities: number[] };
    for (const { means, sds, bestArmProbabilities } of rows<Row>('banditGaussianBestArm'))
      for (const [i, chance] of bestArm(means, sds).entries())
        near(chance, bestArmProbabilities[i] ?? Number.NaN, 1e-9, `arm ${i}`);
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
      const posteriors = armPosteriors(arms, prior);
      for (const [i, { mean, variance }] of posteriors.entries()) {
        near(mean, posteriorMean[i] ?? Number.NaN, 1e-12, 'mean');
        near(variance, posteriorVariance[i] ?? Number.NaN, 1e-12, 'variance');
      }
      const chances = bestArm(
        posteriors.map((one) => one.mean),
        posteriors.map((one) => Math.sqrt(one.variance)),
      );
      for (const [i, chance] of chances.entries())
        near(chance, bestArmProbabilitiesExact[i] ?? Number.NaN, 1e-9, 'best');
    }
  });
});
