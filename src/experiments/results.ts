import { banditLift } from './aipw.ts';
import { sumsOf, totalsByArm } from './arm-totals.ts';
import { type BanditWeights, maturedBatches, propensities, sharesFor } from './bandit.ts';
import { type Compared, compareArms, type DealtLift } from './compare.ts';
import { conclude } from './conclude.ts';
import { type ArmsOf, interactionsOf } from './interactions.ts';
import { noveltyOf } from './novelty.ts';
import type { Plan } from './plan.ts';
import { checkRatio, RATIO_LEVEL, type SharesOf } from './ratio-check.ts';
import type { Cell } from './schema-counts.ts';
import type { Results } from './schema-results.ts';

/** What is known beside the cells. */
interface ResultsContext {
  /** Epoch milliseconds. */
  now: number;
  /** Variations of other experiments. */
  armsOf: ArmsOf;
  /** Of bandits: the versions of the weights, oldest first. */
  log?: readonly BanditWeights[];
}

const INTERFERENCE =
  'Its variations recommend differently, and what one arm’s visitors click is taught to the other’s: the true difference may be larger than it looks.';
const ONE_READING =
  'This analysis is for one reading at the planned end: read daily until something shows, it calls far more than alpha of experiments without a difference.';

const DEALT =
  'Units were dealt by weights that followed the outcomes: lifts are estimates that allow for it (AIPW), over exposures whose window is over, and not the difference of the means.';

function notesOf(plan: Plan, excluded: number, units: number): string[] {
  const notes: string[] = [];
  if (plan.changesRecommendations) notes.push(INTERFERENCE);
  if (plan.bandit !== null) notes.push(DEALT);
  if (!plan.isSequential) notes.push(ONE_READING);
  if (excluded > units * 0.01)
    notes.push(
      `${excluded} units met two variations and are left out; of the rest they would be more than one in a hundred.`,
    );
  return notes;
}

/** By which shares units were dealt. */
function sharesOf(plan: Plan, log: readonly BanditWeights[]): SharesOf {
  if (plan.bandit === null) {
    const shares = plan.arms.map((arm) => arm.share);
    return () => shares;
  }
  const propensityOf = propensities(
    log,
    plan.arms.map((arm) => arm.key),
  );
  return ({ persona = null, weights: version = 0 }) => propensityOf({ persona, version });
}

/** The lifts of a bandit: over units of whom every outcome is known, by the chances that were logged. */
function dealtLifts(plan: Plan, cells: readonly Cell[], { log = [], now }: ResultsContext): DealtLift | null {
  const { bandit } = plan;
  if (bandit === null) return null;
  const arms = plan.arms.map((arm) => arm.key);
  return ({ key, metric }, arm) => {
    if (metric.type === 'ratio') return null;
    const windowHours = metric.windowHours ?? bandit.windowHours;
    return banditLift(maturedBatches(cells, arms, { metric: key, windowHours, now }), arm, propensities(log, arms));
  };
}

function weightsOf(log: readonly BanditWeights[] = []): Results['weights'] {
  const inForce = log.at(-1);
  if (inForce === undefined) return null;
  const { version, arms, personas = {} } = inForce;
  return { version, arms, personas };
}

/** Every metric of every arm against the control. */
export const comparisonOf = (plan: Plan, cells: readonly Cell[], context: ResultsContext): Compared[] =>
  compareArms(plan, totalsByArm(cells), dealtLifts(plan, cells, context));

/**
 * The results of an experiment, from what was counted of its phase.
 * @param cells of the plan's experiment and phase
 */
export function resultsOf(plan: Plan, cells: readonly Cell[], context: ResultsContext): Results {
  const totals = totalsByArm(cells);
  const arms = plan.arms.map((arm) => arm.key);
  const sampleRatio = { threshold: RATIO_LEVEL, ...checkRatio(cells, arms, sharesOf(plan, context.log ?? [])) };
  const all = comparisonOf(plan, cells, context);
  const unitsOf = (arm: string) => sumsOf(totals.get(arm), '');
  const exposures = new Map(arms.map((arm) => [arm, unitsOf(arm).n]));
  const days = cells.filter((cell) => cell.metric === '' && cell.day !== '').map((cell) => cell.day);
  const units = [...exposures.values()].reduce((sum, count) => sum + count, 0);
  const excluded = arms.reduce((sum, arm) => sum + unitsOf(arm).excluded, 0);
  return {
    experiment: plan.experiment,
    name: plan.name,
    type: plan.type,
    status: plan.status,
    phase: plan.phase,
    from: days.reduce<string | null>((least, day) => (least === null || day < least ? day : least), null),
    until: days.reduce<string | null>((most, day) => (most === null || day > most ? day : most), null),
    units,
    excluded,
    analysis: { engine: plan.engine, sequential: plan.isSequential, alpha: plan.alpha },
    ...conclude(plan, all, { sampleRatio, exposures }),
    sampleRatio,
    variations: plan.arms.map(({ key, name, share }, i) => ({
      key,
      name,
      weight: plan.bandit === null ? share : (sharesFor(context.log?.at(-1), arms, null)[i] ?? share),
      exposures: exposures.get(key) ?? 0,
      excluded: unitsOf(key).excluded,
      metrics: Object.fromEntries(all.filter((one) => one.arm === key).map((one) => [one.planned.key, one.result])),
    })),
    weights: weightsOf(context.log),
    novelty: plan.bandit === null ? noveltyOf(plan, cells, context.now) : [],
    interactions: plan.bandit === null ? interactionsOf(plan, cells, context.armsOf) : [],
    notes: notesOf(plan, excluded, units),
  };
}
