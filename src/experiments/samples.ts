/** What an arm of an experiment counted, as sums that can be added up, and the moments that they give. */

export interface ProportionSample {
  type: 'proportion';
  /** Units exposed. */
  n: number;
  /** Units that converted. */
  sum: number;
}

export interface MeanSample {
  type: 'mean';
  n: number;
  sum: number;
  sumSquares: number;
}

/** A mean with the same metric before exposure, for CUPED. */
export interface CupedSample {
  type: 'cuped';
  n: number;
  post: MeanSample | ProportionSample;
  pre: MeanSample | ProportionSample;
  postPreSumOfProducts: number;
  /** How many slopes were fitted on these units to make `pre`; none when absent. */
  slopes?: number;
}

/** A mean of `m` over a mean of `d`. */
interface RatioSample {
  type: 'ratio';
  n: number;
  m: MeanSample | ProportionSample;
  d: MeanSample | ProportionSample;
  mdSumOfProducts: number;
}

export type Sample = ProportionSample | MeanSample | CupedSample | RatioSample;

/** Of a unit's value: mean and variance. */
export interface Moments {
  n: number;
  mean: number;
  variance: number;
}

type Simple = MeanSample | ProportionSample;

const meanOf = ({ n, sum }: Simple): number => (n > 0 ? sum / n : 0);

function varianceOf(sample: Simple): number {
  const { n, sum } = sample;
  if (n <= 1) return 0;
  if (sample.type === 'proportion') return meanOf(sample) * (1 - meanOf(sample));
  return (sample.sumSquares - (sum * sum) / n) / (n - 1);
}

function covarianceOf(n: number, sumOfProducts: number, x: Simple, y: Simple): number {
  return n <= 1 ? 0 : (sumOfProducts - (x.sum * y.sum) / n) / (n - 1);
}

/** A ratio's moments by the delta method. */
function ratioMoments({ n, m, d, mdSumOfProducts }: RatioSample): Moments {
  const mean = meanOf(d) === 0 ? 0 : meanOf(m) / meanOf(d);
  const square = meanOf(d) ** 2;
  const covariance = covarianceOf(n, mdSumOfProducts, m, d);
  const variance = square === 0 ? 0 : (varianceOf(m) - 2 * mean * covariance + mean * mean * varianceOf(d)) / square;
  return { n, mean, variance };
}

/** The moments of a sample that needs no other one. Of `cuped` those of the metric as it is, unadjusted. */
export function momentsOf(sample: Exclude<Sample, CupedSample>): Moments {
  if (sample.type === 'ratio') return ratioMoments(sample);
  return { n: sample.n, mean: meanOf(sample), variance: varianceOf(sample) };
}

interface CupedMoments {
  n: number;
  post: { mean: number; variance: number };
  pre: { mean: number; variance: number };
  covariance: number;
}

export function cupedMoments({ n, post, pre, postPreSumOfProducts }: CupedSample): CupedMoments {
  return {
    n,
    post: { mean: meanOf(post), variance: varianceOf(post) },
    pre: { mean: meanOf(pre), variance: varianceOf(pre) },
    covariance: covarianceOf(n, postPreSumOfProducts, post, pre),
  };
}

function added(a: Simple, b: Simple): MeanSample {
  const squares = (one: Simple): number => (one.type === 'proportion' ? one.sum : one.sumSquares);
  return { type: 'mean', n: a.n + b.n, sum: a.sum + b.sum, sumSquares: squares(a) + squares(b) };
}

/** The coefficient of CUPED, pooled over both arms; 0 where what was before does not vary. */
export function pooledTheta(a: CupedSample, b: CupedSample): number {
  const post = added(a.post, b.post);
  const pre = added(a.pre, b.pre);
  const variance = varianceOf(pre);
  const products = a.postPreSumOfProducts + b.postPreSumOfProducts;
  return variance > 0 ? covarianceOf(post.n, products, post, pre) / variance : 0;
}

/** The variance of a unit's value over two arms taken together; of ratios, which are no units' values, nothing. */
export function pooledVariance(a: Exclude<Sample, CupedSample>, b: Exclude<Sample, CupedSample>): number {
  return a.type === 'ratio' || b.type === 'ratio' ? 0 : varianceOf(added(a, b));
}
