import type { Batch, PropensityOf } from './bandit.ts';
import type { Lift } from './lift.ts';
import { addSums, noSums } from './sums.ts';

/** What an arm is worth to a unit. */
interface ArmValue {
  value: number;
  /** Of the value. */
  variance: number;
  n: number;
}

/**
 * The value of an arm when units were dealt by weights that followed the outcomes: the adaptively weighted, augmented inverse-propensity estimate (Hadad, Hirshberg,
 * Zhan, Wager, Athey: "Confidence intervals for policy evaluation in adaptive experiments", PNAS 118, 2021), with the weights √e that steady its variance. The plain mean of
 * an arm is biased downwards: an arm that begins unluckily is hardly dealt again.
 *
 * What a unit is expected to bring is the mean of the days before its own. That the outcomes of those days came later does no harm: chance alone deals a unit its arm.
 * @param batches in the order of their days @param arm its place among the arms
 */
export function valueOfArm(batches: readonly Batch[], arm: number, propensityOf: PropensityOf): ArmValue {
  const past = noSums();
  const scored: { by: number; n: number; sum: number; squares: number }[] = [];
  for (const [, day] of Map.groupBy(batches, (batch) => batch.day)) {
    const expected = past.n > 0 ? past.y / past.n : 0;
    for (const batch of day) {
      const own = batch.arms[arm] ?? noSums();
      const propensity = propensityOf(batch)[arm] ?? 0;
      const n = batch.arms.reduce((all, one) => all + one.n, 0);
      if (!(propensity > 0) || n === 0) continue;
      const beyond = (own.y - expected * own.n) / propensity;
      const squaresBeyond = (own.yy - 2 * expected * own.y + expected * expected * own.n) / (propensity * propensity);
      scored.push({
        by: Math.sqrt(propensity),
        n,
        sum: n * expected + beyond,
        squares: n * expected * expected + 2 * expected * beyond + squaresBeyond,
      });
    }
    for (const batch of day) addSums(past, batch.arms[arm] ?? {});
  }
  const weight = scored.reduce((all, { by, n }) => all + by * n, 0);
  if (weight === 0) return { value: 0, variance: 0, n: 0 };
  const value = scored.reduce((all, { by, sum }) => all + by * sum, 0) / weight;
  const spread = scored.reduce(
    (all, { by, n, sum, squares }) => all + by * by * (squares - 2 * value * sum + value * value * n),
    0,
  );
  return { value, variance: spread / (weight * weight), n: past.n };
}

/** The lift of an arm of a bandit over its first; null where nothing can be told. */
export function banditLift(batches: readonly Batch[], arm: number, propensityOf: PropensityOf): Lift | null {
  const [control, own] = [valueOfArm(batches, 0, propensityOf), valueOfArm(batches, arm, propensityOf)];
  const variance = control.variance + own.variance;
  if (control.n < 2 || own.n < 2 || !(variance > 0)) return null;
  const n = batches.reduce((all, batch) => all + batch.arms.reduce((sum, one) => sum + one.n, 0), 0);
  return {
    difference: own.value - control.value,
    variance,
    baseline: control.value,
    baselineVariance: control.variance,
    covariance: -control.variance,
    treated: own.value,
    dof: control.n + own.n - 2,
    n,
  };
}
