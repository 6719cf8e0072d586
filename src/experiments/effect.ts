import { type CupedSample, cupedMoments, type Moments, momentsOf, pooledTheta, type Sample } from './samples.ts';

export type DifferenceType = 'relative' | 'absolute';

const EFFECT_ERRORS = ['ZERO_NEGATIVE_VARIANCE', 'BASELINE_VARIATION_ZERO'] as const;
export type EffectError = (typeof EFFECT_ERRORS)[number];

/** A lift of the treatment over the control, before anything is concluded from it. */
export interface Effect {
  estimate: number;
  /** Of the estimate, not of a unit. */
  variance: number;
  /** Welch–Satterthwaite. */
  dof: number;
  /** Units in both arms. */
  n: number;
  /** What a relative lift divides by: the control's own mean. */
  baseline: number;
}

export function welch(a: Moments, b: Moments): number {
  const [va, vb] = [a.variance / a.n, b.variance / b.n];
  return (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
}

/** The adjusted metric of an arm. */
export function adjusted(sample: CupedSample, theta: number): Moments {
  const { n, post, pre, covariance } = cupedMoments(sample);
  const variance = post.variance + theta * theta * pre.variance - 2 * theta * covariance;
  return { n, mean: post.mean - theta * pre.mean, variance };
}

/**
 * The variance of a relative lift under CUPED by the delta method: the control's own mean stands in the denominator and, adjusted, in the numerator.
 */
function cupedRelativeVariance(control: CupedSample, treatment: CupedSample, theta: number): number {
  const [a, b] = [cupedMoments(control), cupedMoments(treatment)];
  const square = a.post.mean ** 2;
  const slope = b.post.mean / a.post.mean;
  const ofTreatment = adjusted(treatment, theta).variance / b.n;
  const ofControl =
    (slope ** 2 * a.post.variance - 2 * theta * slope * a.covariance + theta * theta * a.pre.variance) / a.n;
  return (ofTreatment + ofControl) / square;
}

interface Arms {
  control: Moments;
  treatment: Moments;
  baseline: number;
  /** Null where a relative lift has the variance of two independent means. */
  relativeVariance: number | null;
}

function armsOf(control: Sample, treatment: Sample): Arms {
  if (control.type === 'cuped' && treatment.type === 'cuped') {
    const theta = pooledTheta(control, treatment);
    return {
      control: adjusted(control, theta),
      treatment: adjusted(treatment, theta),
      baseline: cupedMoments(control).post.mean,
      relativeVariance: cupedRelativeVariance(control, treatment, theta),
    };
  }
  if (control.type === 'cuped' || treatment.type === 'cuped')
    throw new TypeError('Both arms need their metric before exposure, or neither.');
  const a = momentsOf(control);
  return { control: a, treatment: momentsOf(treatment), baseline: a.mean, relativeVariance: null };
}

/**
 * The lift of a treatment over a control: a difference of means, or that difference over the control's mean, with its variance by the delta method
 * (Deng, Knoblich, Lu: "Applying the Delta Method in Metric Analytics", KDD 2018; CUPED: Deng, Xu, Kohavi, Walker, WSDM 2013).
 * @returns why there is none: an arm that does not vary, or a control of zero
 */
export function effectOf(control: Sample, treatment: Sample, type: DifferenceType): Effect | EffectError {
  const arms = armsOf(control, treatment);
  const { control: a, treatment: b, baseline } = arms;
  if (!(a.n > 0 && b.n > 0 && a.variance > 0 && b.variance > 0)) return 'ZERO_NEGATIVE_VARIANCE';
  const difference = b.mean - a.mean;
  const common = { dof: welch(a, b), n: a.n + b.n, baseline };
  if (type === 'absolute') return { estimate: difference, variance: a.variance / a.n + b.variance / b.n, ...common };
  if (baseline === 0) return 'BASELINE_VARIATION_ZERO';
  const variance =
    arms.relativeVariance ?? b.variance / (a.mean ** 2 * b.n) + (a.variance * b.mean ** 2) / (a.mean ** 4 * a.n);
  return { estimate: difference / Math.abs(baseline), variance, ...common };
}
