/** The metrics of each variation against the control's. */
import { type ArmTotals, sumsOf } from './arm-totals.ts';
import {
  absoluteInterval,
  harmP,
  type Lift,
  liftOf,
  pValueOf,
  reachOf,
  relativeEstimate,
  relativeInterval,
  relativeLift,
} from './lift.ts';
import { benjaminiHochberg, holm } from './multiple.ts';
import type { Plan, PlannedMetric } from './plan.ts';
import { believedOf, updated } from './posterior.ts';
import { minimumDetectableLift } from './power.ts';
import { momentsOf } from './samples.ts';
import type { Sums } from './schema-counts.ts';
import type { MetricResult } from './schema-results.ts';
import { plainSampleOf, samplesOf } from './sums.ts';

/** A comparison before it is corrected for how many there are. */
export interface Compared {
  arm: string;
  planned: PlannedMetric;
  result: MetricResult;
}

type Estimate = NonNullable<NonNullable<MetricResult['lift']>['relative']>;

/** Of the relative lift: GrowthBook's own, and as good as saying that lifts beyond a half are rare. */
const PRIOR = { mean: 0, variance: 0.3 * 0.3 };

interface Believed {
  chanceToWin: number;
  expectedLoss: number | null;
  lift: Estimate | null;
}

function posterior(plan: Plan, { metric }: PlannedMetric, lift: Lift | null): Believed | null {
  const estimate = lift === null ? null : relativeEstimate(lift);
  if (estimate === null) return null;
  const { alpha } = plan;
  const belief = believedOf(updated(estimate, PRIOR), { alpha, isBetter: metric.direction ?? 'up' });
  const { chanceToWin, expectedLoss, expected, interval } = belief;
  return { chanceToWin, expectedLoss, lift: { estimate: expected, interval } };
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
  const lift = liftOf(...samplesOf(planned.metric, control, own));
  return judged(plan, planned, { itself: alone(planned, own), lift, believed: posterior(plan, planned, lift) });
}

/** Of weights that followed the outcomes: no prior, but the chance that the lift is one, as its estimate has it. */
function dealtBelief(plan: Plan, { metric }: PlannedMetric, lift: Lift | null): Believed | null {
  if (lift === null) return null;
  const { difference: mean, variance } = lift;
  const { chanceToWin } = believedOf({ mean, variance }, { alpha: plan.alpha, isBetter: metric.direction ?? 'up' });
  return { chanceToWin, expectedLoss: null, lift: null };
}

function judged(
  plan: Plan,
  planned: PlannedMetric,
  { itself, lift, believed }: { itself: MetricResult; lift: Lift | null; believed: Believed | null },
): MetricResult {
  const harm = harmOf(plan, planned, lift);
  if (lift === null) return { ...itself, harm };
  const reach = reachOf(lift, plan);
  const shown = liftResult(lift, reach);
  const isBayesian = plan.engine === 'bayesian' && plan.bandit === null;
  return {
    ...itself,
    lift: isBayesian && believed?.lift ? { ...shown, relative: believed.lift } : shown,
    pValue: isBayesian ? null : pValueOf(lift, plan),
    isSignificant: isBayesian && believed !== null && isTold(believed.chanceToWin, plan.alpha),
    chanceToWin: believed?.chanceToWin ?? null,
    expectedLoss: believed?.expectedLoss ?? null,
    minimumDetectableLift: minimumDetectableLift(lift.baseline, Math.sqrt(lift.variance), reach),
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

/** The lift of an arm, by its place, where units were dealt by weights that followed the outcomes. */
export type DealtLift = (planned: PlannedMetric, arm: number) => Lift | null;

/**
 * Compares every arm with the first, metric by metric.
 * @param dealtLift null where the shares were fixed
 * @returns of each arm each metric, the control's own among them
 */
export function compareArms(
  plan: Plan,
  totals: ReadonlyMap<string, ArmTotals>,
  dealtLift: DealtLift | null = null,
): Compared[] {
  const control = plan.arms[0]?.key;
  const all = plan.arms.flatMap(({ key }, i) =>
    plan.metrics.map((planned): Compared => {
      const of = (arm: string | undefined) => sumsOf(totals.get(arm ?? ''), planned.key);
      if (key !== control && dealtLift !== null) {
        const lift = dealtLift(planned, i);
        const itself = alone(planned, of(key));
        return {
          arm: key,
          planned,
          result: judged(plan, planned, { itself, lift, believed: dealtBelief(plan, planned, lift) }),
        };
      }
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
