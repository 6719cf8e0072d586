/** What is believed after something was seen: normal posteriors, of one estimate and of several arms. For fixed horizons only. */
import { gaussLegendre } from '../shared/quadrature.ts';
import { normalCdf, normalPdf, normalQuantile } from '../shared/statistics.ts';

/** A normal distribution. */
export interface Normal {
  mean: number;
  variance: number;
}

/** The posterior of an estimate under a prior. @param prior of infinite variance: flat */
export function updated(estimate: Normal, prior: Normal): Normal {
  const [seen, before] = [1 / estimate.variance, 1 / prior.variance];
  const precision = seen + before;
  return { mean: (estimate.mean * seen + prior.mean * before) / precision, variance: 1 / precision };
}

/** E[max(X, 0)] of a normal X. */
const expectedGain = (mean: number, stddev: number): number =>
  mean * normalCdf(mean / stddev) + stddev * normalPdf(mean / stddev);

interface Belief {
  /** Posterior mean of the lift. */
  expected: number;
  /** Holds the lift with a chance of 1 − alpha. */
  interval: [low: number, high: number];
  /** P(treatment is better). */
  chanceToWin: number;
  /** Of choosing the treatment, in the unit of the lift. */
  expectedLoss: number;
}

/** What is believed of a lift whose posterior is known. */
export function believedOf(
  { mean, variance }: Normal,
  { alpha, isBetter }: { alpha: number; isBetter: 'up' | 'down' },
): Belief {
  const stddev = Math.sqrt(variance);
  const half = -normalQuantile(alpha / 2) * stddev;
  const better = isBetter === 'up' ? mean : -mean;
  return {
    expected: mean,
    interval: [mean - half, mean + half],
    chanceToWin: normalCdf(better / stddev),
    expectedLoss: expectedGain(-better, stddev),
  };
}

/** How far a normal arm is looked at, in standard deviations. */
const REACH = 10;

/**
 * P(arm is the best) for independent normal arms, by quadrature and not by chance.
 * @returns one probability an arm; they add up to 1
 */
export function bestArm(arms: readonly Normal[]): number[] {
  const known = arms.map(({ mean, variance }) => ({ mean, stddev: Math.sqrt(variance) }));
  return known.map((own) =>
    gaussLegendre(-REACH, REACH, (z) => {
      const x = own.mean + z * own.stddev;
      let chance = normalPdf(z);
      for (const other of known) if (other !== own) chance *= normalCdf((x - other.mean) / other.stddev);
      return chance;
    }),
  );
}
