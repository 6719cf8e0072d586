/** The samples that the statistics are made of, from what was counted. */
import type { Metric } from '../config/schema-experiments.ts';
import type { MeanSample, ProportionSample, Sample } from './samples.ts';
import { SUMS, type Sums } from './schema-counts.ts';

export const noSums = (): Sums => Object.fromEntries(SUMS.map((sum) => [sum, 0])) as Sums;

/** Adds to `into`, in place. */
export function addSums(into: Sums, more: Readonly<Partial<Sums>>, factor = 1): void {
  for (const sum of SUMS) into[sum] += factor * (more[sum] ?? 0);
}

type Simple = MeanSample | ProportionSample;
type Kind = Pick<Metric, 'type' | 'cuped'>;

const mean = (n: number, sum: number, sumSquares: number): MeanSample => ({ type: 'mean', n, sum, sumSquares });

const simple = (type: Metric['type'], { n, y, yy }: Readonly<Sums>): Simple =>
  type === 'proportion' ? { type, n, sum: y } : mean(n, y, yy);

const ratio = ({ n, y, yy, d, dd, yd }: Readonly<Sums>): Sample => ({
  type: 'ratio',
  n,
  m: mean(n, y, yy),
  d: mean(n, d, dd),
  mdSumOfProducts: yd,
});

/** Sums of squares and products about the means, of two arms taken together; each arm keeps its own mean. */
function within(
  arms: readonly Readonly<Sums>[],
  product: keyof Sums,
  [a, b]: readonly [keyof Sums, keyof Sums],
): number {
  return arms.reduce((sum, arm) => sum + arm[product] - (arm[a] * arm[b]) / Math.max(1, arm.n), 0);
}

/**
 * How the metric depends on what is known from before: on its own earlier value x, and on whether anything was known at all (x of a new visitor is 0 and says
 * nothing). Least squares on both, pooled over the arms.
 */
function slopes(arms: readonly Readonly<Sums>[]): { x: number; known: number } {
  const xx = within(arms, 'xx', ['x', 'x']);
  const kk = within(arms, 'known', ['known', 'known']);
  // Whoever has an x is known, so that the products of x with being known add up to x.
  const xk = within(arms, 'x', ['x', 'known']);
  const xy = within(arms, 'xy', ['x', 'y']);
  const ky = within(arms, 'ky', ['known', 'y']);
  const determinant = xx * kk - xk * xk;
  if (determinant > 1e-9 * xx * kk)
    return { x: (xy * kk - ky * xk) / determinant, known: (ky * xx - xy * xk) / determinant };
  return { x: xx > 0 ? xy / xx : 0, known: 0 };
}

function cuped(type: Metric['type'], arm: Readonly<Sums>, by: { x: number; known: number }): Sample {
  const { n, x, xx, xy, known, ky } = arm;
  const squares = by.x * by.x * xx + 2 * by.x * by.known * x + by.known * by.known * known;
  return {
    type: 'cuped',
    n,
    post: simple(type, arm),
    pre: mean(n, by.x * x + by.known * known, squares),
    postPreSumOfProducts: by.x * xy + by.known * ky,
    slopes: Object.keys(by).length,
  };
}

/**
 * An arm's sample as it stands by itself, unadjusted.
 * @param sums of the metric, with `n` and `known` those of the units, of whom nothing may have been counted
 */
export const plainSampleOf = ({ type }: Kind, sums: Readonly<Sums>): Exclude<Sample, { type: 'cuped' }> =>
  (type === 'ratio' ? ratio(sums) : simple(type, sums)) as Exclude<Sample, { type: 'cuped' }>;

/** Two arms to be compared; of metrics with `cuped` what was known before exposure is taken into account. */
export function samplesOf(kind: Kind, control: Readonly<Sums>, treatment: Readonly<Sums>): [Sample, Sample] {
  if (kind.cuped !== true || kind.type === 'ratio')
    return [plainSampleOf(kind, control), plainSampleOf(kind, treatment)];
  const by = slopes([control, treatment]);
  return [cuped(kind.type, control, by), cuped(kind.type, treatment, by)];
}
