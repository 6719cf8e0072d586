/** The metrics of each variation against the control's. */
import { bayesian } from './analyze.ts';
import { type ArmTotals, sumsOf } from './arm-totals.ts';
import {
  absoluteInterval,
  detectableLift,
  harmP,
  type Lift,
  liftOf,
  pValueOf,
  reachOf,
  relativeInterval,
  relativeLift,
} from './lift.ts';
import { benjaminiHochberg, holm } from './multiple.ts';
import type { Plan, PlannedMetric } from './plan.ts';
import { momentsOf, type Sample } from './samples.ts';
import type { Sums } from './schema-counts.ts';
import type { MetricResult } from './schema-results.ts';
import { plainSampleOf, samplesOf } from './sums.ts';

/** A comparison before it is corrected for how many there are. */
export interface Compared {
  arm: string;
  planned: PlannedMetric;
  result: MetricResult;
}

/** Of the relative lift: GrowthBook's own, and as good as saying that lifts beyond a half are rare. */
const PRIOR = { mean: 0, variance: 0.3 * 0.3, proper: true };

function posterior(plan: Plan, { metric }: PlannedMetric, [control, treatment]: readonly [Sample, Sample]) {
  const inverse = metric.direction === 'down';
  const config = {
    differenceType: 'relative',
    alpha: plan.alpha,
    inverse,
    priorType: 'relative',
    prior: PRIOR,
  } as const;
  const { error, chanceToWin, risk, expected, ci } = bayesian({ config, control, treatment });
  return error === null ? { chanceToWin, expectedLoss: risk[1], lift: { estimate: expected, interval: ci } } : null;
}

function liftResult(lift: Lift, reach: number): NonNullable<MetricResult['lift']> {
  const estimate = relativeLift(lift);
  const interval = relativeInterval(lift, reach);
  return {
    absolute: { estimate: lift.difference, interval: absoluteInterval(lift, reach) },
    relative: estimate === null || interval === null ? null : { estimate, interval },
  };
}

function harmOf(plan: Plan, { isGuarded, metric }: PlannedMetric, lift: Lift | null): MetricResult['harm'] {
  if (!isGuarded) return null;
  const margin = plan.harmMargin;
  const isBetter = metric.direction ?? 'up';
  return { margin, pValue: lift === null ? 1 : harmP(lift, margin, { alpha: plan.alpha, isBetter }), isHarmed: false };
}

/** What an arm comes to by itself. */
function alone({ role, metric }: PlannedMetric, own: Sums): MetricResult {
  const { n, mean } = momentsOf(plainSampleOf(metric, own));
  return {
    role,
    total: own.y,
    mean: n > 0 ? mean : null,
    lift: null,
    pValue: null,
    adjustedPValue: null,
    isSignificant: false,
    chanceToWin: null,
    expectedLoss: null,
    minimumDetectableLift: null,
    harm: null,
  };
}

function compared(plan: Plan, planned: PlannedMetric, [control, own]: readonly [Sums, Sums]): MetricResult {
  const itself = alone(planned, own);
  const samples = samplesOf(planned.metric, control, own);
  const lift = liftOf(...samples);
  const harm = harmOf(plan, planned, lift);
  if (lift === null) return { ...itself, harm };
  const reach = reachOf(lift, plan);
  const believed = posterior(plan, planned, samples);
  const shown = liftResult(lift, reach);
  const isBayesian = plan.engine === 'bayesian';
  return {
    ...itself,
    lift: isBayesian && believed !== null ? { ...shown, relative: believed.lift } : shown,
    pValue: isBayesian ? null : pValueOf(lift, plan),
    isSignificant: isBayesian && believed !== null && isTold(believed.chanceToWin, plan.alpha),
    chanceToWin: believed?.chanceToWin ?? null,
    expectedLoss: believed?.expectedLoss ?? null,
    minimumDetectableLift: detectableLift(lift, reach),
    harm,
  };
}

const isTold = (chance: number, alpha: number): boolean => chance >= 1 - alpha / 2 || chance <= alpha / 2;

const CORRECTIONS = { goal: holm, guardrail: holm, secondary: benjaminiHochberg } as const;

/** Corrects p-values for how many were looked at: over variations and metrics of the same role. */
function correct(all: readonly Compared[], alpha: number): void {
  for (const [role, adjust] of Object.entries(CORRECTIONS)) {
    const own = all.filter(({ result }) => result.role === role && result.pValue !== null);
    for (const [i, adjusted] of adjust(own.map(({ result }) => result.pValue ?? 1)).entries()) {
      const result = own[i]?.result;
      if (result !== undefined) Object.assign(result, { adjustedPValue: adjusted, isSignificant: adjusted <= alpha });
    }
  }
  const guarded = all.flatMap(({ result }) => (result.harm === null ? [] : [result.harm]));
  for (const [i, adjusted] of holm(guarded.map((harm) => harm.pValue)).entries()) {
    const harm = guarded[i];
    if (harm !== undefined) Object.assign(harm, { pValue: adjusted, isHarmed: adjusted <= alpha });
  }
}

/** Compares every arm with the first, metric by metric. @returns of each arm each metric, the control's own among them */
export function compareArms(plan: Plan, totals: ReadonlyMap<string, ArmTotals>): Compared[] {
  const control = plan.arms[0]?.key;
  const all = plan.arms.flatMap(({ key }) =>
    plan.metrics.map((planned) => {
      const of = (arm: string | undefined) => sumsOf(totals.get(arm ?? ''), planned.key);
      return {
        arm: key,
        planned,
        result: key === control ? alone(planned, of(key)) : compared(plan, planned, [of(control), of(key)]),
      };
    }),
  );
  correct(all, plan.alpha);
  return all;
}
