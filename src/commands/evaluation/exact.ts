/** How far the chance to win that results print, a normal posterior's, is from the exact one of two proportions. */
import { liftOf, relativeEstimate } from '../../experiments/lift.ts';
import { believedOf, updated } from '../../experiments/posterior.ts';
import type { ProportionSample } from '../../experiments/samples.ts';
import { gaussLegendre } from '../../shared/quadrature.ts';
import { betaCdf, betaPdf, betaQuantile } from '../../shared/statistics.ts';
import type { Table } from './tables.ts';

interface Beta {
  a: number;
  b: number;
}

const posteriorOf = ({ n, sum }: ProportionSample, prior: { alpha: number; beta: number }): Beta => ({
  a: prior.alpha + sum,
  b: prior.beta + n - sum,
});

/** What either end of a stretch leaves out. */
const LEFT_OUT = 1e-18;

const stretchOf = ({ a, b }: Beta): [number, number] => [
  betaQuantile(LEFT_OUT, a, b),
  1 - betaQuantile(LEFT_OUT, b, a),
];

/** Exact comparison of two proportions under Beta priors. @returns P(treatment is better), and what choosing it is expected to cost, as a difference of shares */
export function exactBelief(asked: {
  control: ProportionSample;
  treatment: ProportionSample;
  prior: { alpha: number; beta: number };
}): { chanceToWin: number; expectedLoss: number } {
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
  return { chanceToWin, expectedLoss: gaussLegendre(from, to, (x) => cdf(x, treatment) * (1 - cdf(x, control))) };
}

const FLAT = { mean: 0, variance: Number.POSITIVE_INFINITY };
const UNIFORM = { alpha: 1, beta: 1 };
const CONVERSIONS = [2, 5, 10, 20, 50, 100, 200];
const SHARE = 0.03;
/** Treatments are tried from as many conversions as the control has to three times as many. */
const MOST = 3;

/** The largest distance between the two, in percentage points, over all treatments that lose or win up to clearly. @param conversions of the control */
function distance(conversions: number): number {
  const n = Math.round(conversions / SHARE);
  const control: ProportionSample = { type: 'proportion', n, sum: conversions };
  const distances = Array.from({ length: (MOST - 1) * conversions + 1 }, (_, i) => {
    const treatment: ProportionSample = { type: 'proportion', n, sum: conversions + i };
    const lift = liftOf(control, treatment);
    const estimate = lift === null ? null : relativeEstimate(lift);
    if (estimate === null) return 0;
    const { chanceToWin } = believedOf(updated(estimate, FLAT), { alpha: 0.05, isBetter: 'up' });
    return Math.abs(chanceToWin - exactBelief({ control, treatment, prior: UNIFORM }).chanceToWin);
  });
  return 100 * Math.max(...distances);
}

export function beliefTable(): Table {
  return {
    title: `Chance to win of a proportion of ${100 * SHARE} %, both under flat priors: how far the normal posterior is from the exact one at most, percentage points`,
    columns: ['conversions of the control', 'distance'],
    rows: CONVERSIONS.map((conversions) => [String(conversions), distance(conversions).toFixed(1)]),
  };
}
