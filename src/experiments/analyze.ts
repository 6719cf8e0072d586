import { gaussLegendre } from '../shared/quadrature.ts';
import {
  betaCdf,
  betaPdf,
  betaQuantile,
  chiSquareSf,
  normalCdf,
  normalPdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from '../shared/statistics.ts';
import { type DifferenceType, type Effect, type EffectError, effectOf } from './effect.ts';
import { type MeanSample, momentsOf, type ProportionSample, type Sample } from './samples.ts';
import { oneSidedHalfwidth, oneSidedP, TUNING_UNITS, twoSidedHalfwidth, twoSidedP } from './sequential.ts';

export type Test = 'two-sided' | 'one-sided-greater' | 'sequential-two-sided' | 'sequential-one-sided-greater';

/** A lift with its interval. */
export interface Estimated {
  expected: number;
  ci: [low: number, high: number];
  uplift: { dist: 'normal'; mean: number; stddev: number };
  error: EffectError | null;
}

export interface FrequentistResult extends Estimated {
  pValue: number;
  /** Welch–Satterthwaite; absent where there is an error. */
  dof?: number;
}

export interface FrequentistConfig {
  differenceType: DifferenceType;
  /** Error level: the interval covers 1 − alpha. */
  alpha: number;
  /** Units at which a sequential interval is tightest. */
  sequentialTuningParameter?: number;
}

/** What is said where nothing can be said. */
const nothing = (error: EffectError): Estimated => ({
  expected: 0,
  ci: [0, 0],
  uplift: { dist: 'normal', mean: 0, stddev: 0 },
  error,
});

const upliftOf = (mean: number, variance: number): Estimated['uplift'] => ({
  dist: 'normal',
  mean,
  stddev: Math.sqrt(variance),
});

function decided(test: Test, effect: Effect, config: FrequentistConfig): Pick<FrequentistResult, 'ci' | 'pValue'> {
  const { alpha, sequentialTuningParameter: tuning = TUNING_UNITS } = config;
  const { estimate, variance, dof } = effect;
  const error = Math.sqrt(variance);
  const around = (halfwidth: number): [number, number] => [estimate - halfwidth, estimate + halfwidth];
  const above = (distance: number): [number, number] => [estimate - distance, Number.POSITIVE_INFINITY];
  switch (test) {
    case 'two-sided':
      return {
        ci: around(-tQuantile(alpha / 2, dof) * error),
        pValue: 2 * tCdf(-Math.abs(estimate / error), dof),
      };
    case 'one-sided-greater':
      return { ci: above(-tQuantile(alpha, dof) * error), pValue: tCdf(-estimate / error, dof) };
    case 'sequential-two-sided':
      return {
        ci: around(twoSidedHalfwidth(effect, alpha, tuning)),
        pValue: twoSidedP(estimate, effect, alpha, tuning),
      };
    case 'sequential-one-sided-greater':
      return {
        ci: above(oneSidedHalfwidth(effect, alpha, tuning)),
        pValue: oneSidedP(estimate, effect, alpha, tuning),
      };
  }
}

/**
 * Whether a treatment differs from a control: Welch's test of a lift, or, where it is looked at again and again, an always-valid confidence sequence.
 * @returns with `error` and neutral figures where an arm does not vary, or a relative lift has nothing to be relative to
 */
export function frequentist(asked: {
  test: Test;
  config: FrequentistConfig;
  control: Sample;
  treatment: Sample;
}): FrequentistResult {
  const { test, config, control, treatment } = asked;
  const effect = effectOf(control, treatment, config.differenceType);
  if (typeof effect === 'string') return { ...nothing(effect), pValue: 1 };
  const { estimate, variance, dof } = effect;
  return {
    expected: estimate,
    uplift: upliftOf(estimate, variance),
    error: null,
    dof,
    ...decided(test, effect, config),
  };
}

export interface BayesianConfig {
  differenceType: DifferenceType;
  alpha: number;
  /** Lower is better. */
  inverse: boolean;
  /** What the prior is stated of. */
  priorType: DifferenceType;
  /** Normal; one that is not proper is flat. */
  prior: { mean: number; variance: number; proper: boolean };
}

export interface BayesianResult extends Estimated {
  /** P(treatment is better). */
  chanceToWin: number;
  /** Expected loss of choosing control, and of choosing treatment. */
  risk: [control: number, treatment: number];
}

/** The prior, stated of the kind of lift that is asked about. */
function priorFor({ differenceType, priorType, prior }: BayesianConfig, baseline: number) {
  if (priorType === differenceType) return prior;
  const scale = priorType === 'relative' ? Math.abs(baseline) : 1 / Math.abs(baseline);
  return { ...prior, mean: prior.mean * scale, variance: prior.variance * scale * scale };
}

/** E[max(X, 0)] of a normal X. */
const expectedGain = (mean: number, stddev: number): number =>
  mean * normalCdf(mean / stddev) + stddev * normalPdf(mean / stddev);

/** The normal posterior of a lift: how likely the treatment is better, and what each choice is expected to cost. For fixed horizons only. */
export function bayesian(asked: { config: BayesianConfig; control: Sample; treatment: Sample }): BayesianResult {
  const { config, control, treatment } = asked;
  const effect = effectOf(control, treatment, config.differenceType);
  if (typeof effect === 'string') return { ...nothing(effect), chanceToWin: 0.5, risk: [0, 0] };
  const { estimate, variance, baseline } = effect;
  const prior = priorFor(config, baseline);
  const weight = prior.proper ? 1 / prior.variance : 0;
  const precision = 1 / variance + weight;
  const mean = (estimate / variance + prior.mean * weight) / precision;
  const stddev = Math.sqrt(1 / precision);
  const z = -normalQuantile(config.alpha / 2);
  const better = normalCdf(mean / stddev);
  const [up, down] = [expectedGain(mean, stddev), expectedGain(-mean, stddev)];
  return {
    expected: mean,
    ci: [mean - z * stddev, mean + z * stddev],
    uplift: upliftOf(mean, 1 / precision),
    error: null,
    chanceToWin: config.inverse ? 1 - better : better,
    risk: config.inverse ? [down, up] : [up, down],
  };
}

/**
 * Sample-ratio mismatch: the chance of a split at least as uneven as this one, by chi-square. Arms of weight zero are dropped.
 * @param users units of each arm @param weights of the split that was meant, in any scale
 * @returns 1 where there is nothing to compare
 */
export function srm(users: readonly number[], weights: readonly number[]): number {
  const arms = users.flatMap((count, i) => ((weights[i] ?? 0) > 0 ? [{ count, weight: weights[i] ?? 0 }] : []));
  const total = arms.reduce((sum, arm) => sum + arm.count, 0);
  const whole = arms.reduce((sum, arm) => sum + arm.weight, 0);
  if (total === 0 || arms.length < 2) return 1;
  const distance = arms.reduce((sum, { count, weight }) => {
    const meant = (total * weight) / whole;
    return sum + (count - meant) ** 2 / meant;
  }, 0);
  return chiSquareSf(distance, arms.length - 1);
}

export interface BetaBinomialResult {
  chanceToWin: number;
  expectedLossChoosingTreatment: number;
  posteriorTreatmentCI95: [number, number];
}

interface Beta {
  a: number;
  b: number;
}

const posteriorOf = ({ n, sum }: ProportionSample, prior: { alpha: number; beta: number }): Beta => ({
  a: prior.alpha + sum,
  b: prior.beta + n - sum,
});

/** The stretch that holds all but 1e-18 of a distribution, as far as a double can tell. */
function stretchOf({ a, b }: Beta): [number, number] {
  const mean = a / (a + b);
  const spread = 12 * Math.sqrt((mean * (1 - mean)) / (a + b + 1)) + 40 / (a + b);
  return [Math.max(0, mean - spread), Math.min(1, mean + spread)];
}

/** Exact comparison of two proportions under Beta priors. */
export function betaBinomial(asked: {
  control: ProportionSample;
  treatment: ProportionSample;
  prior: { alpha: number; beta: number };
}): BetaBinomialResult {
  const control = posteriorOf(asked.control, asked.prior);
  const treatment = posteriorOf(asked.treatment, asked.prior);
  const cdf = (x: number, { a, b }: Beta): number => betaCdf(x, a, b);
  const [fromTreatment, toTreatment] = stretchOf(treatment);
  const [fromControl, toControl] = stretchOf(control);
  const chanceToWin = gaussLegendre(
    fromTreatment,
    toTreatment,
    (x) => betaPdf(x, treatment.a, treatment.b) * cdf(x, control),
  );
  const [from, to] = [Math.min(fromTreatment, fromControl), Math.max(toTreatment, toControl)];
  const loss = gaussLegendre(from, to, (x) => cdf(x, treatment) * (1 - cdf(x, control)));
  return {
    chanceToWin,
    expectedLossChoosingTreatment: loss,
    posteriorTreatmentCI95: [
      betaQuantile(0.025, treatment.a, treatment.b),
      betaQuantile(0.975, treatment.a, treatment.b),
    ],
  };
}

/** How far a normal arm is looked at, in standard deviations. */
const REACH = 10;

/**
 * P(arm is the best) for independent normal arms, by quadrature and not by chance.
 * @returns one probability an arm; they add up to 1
 */
export function bestArm(means: readonly number[], sds: readonly number[]): number[] {
  return means.map((mean, i) => {
    const sd = sds[i] ?? 0;
    return gaussLegendre(-REACH, REACH, (z) => {
      const x = mean + z * sd;
      let chance = normalPdf(z);
      for (let j = 0; j < means.length; j++) if (j !== i) chance *= normalCdf((x - (means[j] ?? 0)) / (sds[j] ?? 0));
      return chance;
    });
  });
}

/** The posterior of each arm's mean under a normal prior. */
export function armPosteriors(
  arms: readonly (MeanSample | ProportionSample)[],
  prior: { mean: number; variance: number },
): { mean: number; variance: number }[] {
  return arms.map((arm) => {
    const { n, mean, variance } = momentsOf(arm);
    const precision = (n > 0 && variance > 0 ? n / variance : 0) + 1 / prior.variance;
    const weighted = (n > 0 && variance > 0 ? (mean * n) / variance : 0) + prior.mean / prior.variance;
    return { mean: weighted / precision, variance: 1 / precision };
  });
}
