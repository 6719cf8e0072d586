/** What a difference between two arms allows to be said, and nothing that it does not. */
import { tCdf, tQuantile } from '../shared/statistics.ts';
import type { Normal } from './posterior.ts';
import {
  type CupedSample,
  cupedMoments,
  type Moments,
  momentsOf,
  pooledTheta,
  pooledVariance,
  type Sample,
} from './samples.ts';
import { differenceInterval, differenceVariance, ratioInterval, ratioVariance, type Shares } from './score.ts';
import { oneSidedP, TUNING_UNITS, twoSidedHalfwidth, twoSidedP } from './sequential.ts';

/** A treatment's mean less its control's, and what a relative lift divides it by. */
export interface Lift {
  difference: number;
  /** Of the difference. */
  variance: number;
  /** The control's own mean, unadjusted. */
  baseline: number;
  baselineVariance: number;
  /** Of the difference with the baseline. */
  covariance: number;
  /** The treatment's own mean, unadjusted. */
  treated: number;
  /** Welch–Satterthwaite. */
  dof: number;
  /** Units in both arms. */
  n: number;
  /** Of proportions: then its tests and intervals are the score's. */
  shares?: Shares;
  /** Of other metrics: the same where both arms are supposed to vary alike, and how the variance grows with the difference that is supposed. */
  pooled?: Pick<Lift, 'variance' | 'baselineVariance' | 'covariance'> & { slope: number };
}

/** How sure somebody wants to be: error level, and whether it holds however often it is looked at. */
export interface Level {
  alpha: number;
  isSequential: boolean;
}

type Plain = Exclude<Sample, { type: 'cuped' }>;

/** An arm in which nothing varies yet (nobody has bought) is taken to vary as both together do: to leave it out would hide the arm that sells nothing. */
function varying(sample: Plain, both: readonly [Plain, Plain]): Moments {
  const moments = momentsOf(sample);
  return moments.variance > 0 ? moments : { ...moments, variance: pooledVariance(...both) };
}

function welch(a: Moments, b: Moments): number {
  const [va, vb] = [a.variance / a.n, b.variance / b.n];
  return (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
}

/** Slopes that are fitted on the same units make what is left look smaller than it is: by as many degrees of freedom, and once more by their own chance. */
const fittedOn = (n: number, slopes: number): number =>
  slopes > 0 && n > 2 * slopes + 2 ? (n + slopes) / (n - slopes - 2) : 1;

/** The metric of an arm, less what was to be expected from before (CUPED: Deng, Xu, Kohavi, Walker, WSDM 2013). */
function adjusted(sample: CupedSample, theta: number, fitted: number): Moments {
  const { n, post, pre, covariance } = cupedMoments(sample);
  const variance = post.variance + theta * theta * pre.variance - 2 * theta * covariance;
  return { n, mean: post.mean - theta * pre.mean, variance: variance * fitted };
}

function cupedLift(control: CupedSample, treatment: CupedSample): Lift | null {
  const theta = pooledTheta(control, treatment);
  const fitted = fittedOn(control.n + treatment.n, control.slopes ?? 0);
  const armOf = (sample: CupedSample): Arm => {
    const { post, covariance } = cupedMoments(sample);
    return { ...adjusted(sample, theta, fitted), own: { ...post, shared: post.variance - theta * covariance } };
  };
  return joined(armOf(control), armOf(treatment));
}

/** @returns null where there is nothing to compare: an arm without units, or a metric that is the same for everybody */
export function liftOf(control: Sample, treatment: Sample): Lift | null {
  if (control.n < 2 || treatment.n < 2) return null;
  if (control.type === 'cuped' && treatment.type === 'cuped') return cupedLift(control, treatment);
  if (control.type === 'cuped' || treatment.type === 'cuped') return null;
  const both = [control, treatment] as const;
  const armOf = (sample: Plain): Arm => {
    const moments = varying(sample, both);
    return { ...moments, own: { ...moments, shared: moments.variance } };
  };
  const lift = joined(armOf(control), armOf(treatment));
  if (lift === null || control.type !== 'proportion' || treatment.type !== 'proportion') return lift;
  const { pooled: _pooled, ...rest } = lift;
  return { ...rest, shares: [control, treatment] };
}

/** An arm as it is compared, and `own`: its metric unadjusted, with what the two have in common. */
interface Arm extends Moments {
  own: { mean: number; variance: number; shared: number };
}

function joined(a: Arm, b: Arm): Lift | null {
  const variance = a.variance / a.n + b.variance / b.n;
  if (!(variance > 0)) return null;
  return {
    difference: b.mean - a.mean,
    variance,
    baseline: a.own.mean,
    baselineVariance: a.own.variance / a.n,
    covariance: -a.own.shared / a.n,
    treated: b.own.mean,
    dof: welch(a, b),
    n: a.n + b.n,
    pooled: pooledOf(a, b),
  };
}

/**
 * Heavy tails tie an arm's variance to its mean: the smaller of two unlike arms varies little just when it happens to bring little, and Welch's test calls one A/A test in eight of
 * revenue over a tenth of the units. What does not change the mean does not change the variance, either: so both arms are supposed to vary alike (Student). With a difference,
 * they vary as what few bring does, whose variance is proportional to its second moment and so to the mean, less its square; what varies by less than its mean does not grow.
 */
function pooledOf(a: Arm, b: Arm): NonNullable<Lift['pooled']> {
  const together = (of: (arm: Arm) => number): number => ((a.n - 1) * of(a) + (b.n - 1) * of(b)) / (a.n + b.n - 2);
  const variance = together((arm) => arm.variance);
  const mean = together((arm) => arm.own.mean);
  const growth = mean > 0 ? Math.max(0, variance / mean - mean) : 0;
  return {
    variance: variance * (1 / a.n + 1 / b.n),
    baselineVariance: together((arm) => arm.own.variance) / a.n,
    covariance: -together((arm) => arm.own.shared) / a.n,
    slope: growth * (1 / b.n - 1 / a.n),
  };
}

type Degrees = Pick<Lift, 'n' | 'dof' | 'shares' | 'pooled'>;

/** Of arms that are supposed to vary alike, all units but two. */
const freedom = ({ n, dof, shares, pooled }: Degrees): number => ((shares ?? pooled) === undefined ? dof : n - 2);

/** How many standard errors an interval reaches to each side: Student's with Welch's degrees of freedom, or the always-valid sequence's. */
export function reachOf(lift: Degrees, { alpha, isSequential }: Level): number {
  if (isSequential) return twoSidedHalfwidth({ variance: 1, n: lift.n }, alpha, TUNING_UNITS);
  return -tQuantile(alpha / 2, freedom(lift));
}

/** The level at which the difference is just told from none. */
export function pValueOf(lift: Lift, { alpha, isSequential }: Level): number {
  const { difference, n, shares, pooled } = lift;
  const variance = shares === undefined ? (pooled ?? lift).variance : differenceVariance(shares, 0);
  if (isSequential) return twoSidedP(difference, { variance, n }, alpha, TUNING_UNITS);
  return Math.min(1, 2 * tCdf(-Math.abs(difference / Math.sqrt(variance)), freedom(lift)));
}

/** All the differences within reach of the one that was seen, each varying as it would if it were true. */
export function absoluteInterval({ difference, shares, pooled, ...lift }: Lift, reach: number): [number, number] {
  if (shares !== undefined) return differenceInterval(shares, reach);
  const { variance, slope } = pooled ?? { ...lift, slope: 0 };
  const shift = (reach * reach * slope) / 2;
  const half = Math.sqrt(Math.max(0, reach * reach * (variance + slope * difference) + shift * shift));
  return [difference + shift - half, difference + shift + half];
}

/** The relative lift; null where the control's mean is zero. */
export const relativeLift = ({ difference, baseline }: Lift): number | null =>
  baseline === 0 ? null : difference / Math.abs(baseline);

/**
 * The relative lift as an estimate that is taken for normal, with its variance by the delta method (Deng, Knoblich, Lu: "Applying the Delta Method in Metric Analytics", KDD
 * 2018): what posteriors are made of. Of CUPED it turns on the means as they are, as in GrowthBook's engine.
 * @returns null where the control's mean is zero
 */
export function relativeEstimate(lift: Lift): Normal | null {
  const { variance, baseline, baselineVariance, covariance, treated } = lift;
  const mean = relativeLift(lift);
  if (mean === null) return null;
  const slope = treated / baseline - 1;
  return { mean, variance: (variance - 2 * slope * covariance + slope * slope * baselineVariance) / baseline ** 2 };
}

/**
 * The interval of the relative lift: all the lifts r for which difference − r·baseline is within reach of zero (Fieller, "Some problems in interval estimation", JRSS B 16, 1954).
 * With many conversions it is the delta method's; with few that one calls 9 % of A/A tests, while this one leaves out zero exactly where the difference does.
 * @returns null where no lift over the control is bounded: its mean cannot be told from zero, or, of proportions, is zero
 */
export function relativeInterval(lift: Lift, reach: number): [number, number] | null {
  const { difference, shares } = lift;
  const { variance, baselineVariance, covariance } = lift.pooled ?? lift;
  if (shares !== undefined) {
    const ratios = ratioInterval(shares, reach);
    return ratios === null ? null : [ratios[0] - 1, ratios[1] - 1];
  }
  const baseline = Math.abs(lift.baseline);
  const sign = Math.sign(lift.baseline);
  const square = reach * reach;
  const a = baseline * baseline - square * baselineVariance;
  const b = difference * baseline - square * sign * covariance;
  const c = difference * difference - square * variance;
  if (!(a > 0)) return null;
  const root = Math.sqrt(Math.max(0, b * b - a * c));
  return [(b - root) / a, (b + root) / a];
}

/**
 * How sure it is that a metric has lost more than a margin: an always-valid, one-sided p-value of difference + margin·baseline.
 * @param margin relative to the control, 0 and more @param isBetter 'up' where more is better @param alpha the level for which the bound is made
 */
export function harmP(
  lift: Lift,
  margin: number,
  { alpha, isBetter }: { alpha: number; isBetter: 'up' | 'down' },
): number {
  const { difference, baseline, n, shares } = lift;
  const { variance, baselineVariance, covariance } = lift.pooled ?? lift;
  const toward = isBetter === 'up' ? -1 : 1;
  const lost = toward * difference - margin * Math.abs(baseline);
  const shared = 2 * toward * Math.sign(baseline) * margin * covariance;
  const spread =
    shares === undefined
      ? variance - shared + margin * margin * baselineVariance
      : ratioVariance(shares, 1 + toward * margin);
  return spread > 0 ? oneSidedP(lost, { variance: spread, n }, alpha, TUNING_UNITS) : 1;
}
