/** The weights of a bandit: Thompson sampling by quadrature, from what has come to an end. */
import { DAY_MS } from '../shared/decay.ts';
import { bestArm, type Normal } from './posterior.ts';
import type { Cell, Sums } from './schema-counts.ts';
import { addSums, noSums } from './sums.ts';

/** How the weights are worked out. */
export interface BanditSettings {
  metric: string;
  isBetter: 'up' | 'down';
  /** How long after an exposure its outcome may still come. */
  windowHours: number;
  /** The least share of an arm; times the number of arms at most 1. */
  floor: number;
  /** Units, and units for whom something was counted, that every arm needs before weights leave equality. */
  burnIn: number;
  burnInConversions: number;
  halfLifeDays: number;
}

/** Units that were dealt together: on the same day, of the same persona, by the same weights. */
export interface Batch {
  /** Of the exposure, UTC. */
  day: string;
  persona: string | null;
  /** Version of the weights. */
  version: number;
  /** The reward over the units of each arm, in the order of the arms. */
  arms: readonly Sums[];
}

/** With which chance each arm was dealt to the units of a batch, in the order of the arms. */
export type PropensityOf = (batch: Pick<Batch, 'persona' | 'version'>) => readonly number[];

/**
 * The batches of which every outcome is known, in the order of their days. Cells of pairs do not count.
 * @param arms keys, the control first @param now epoch milliseconds
 */
export function maturedBatches(
  cells: readonly Cell[],
  arms: readonly string[],
  { metric, windowHours, now }: { metric: string; windowHours: number; now: number },
): Batch[] {
  const batches = new Map<string, { day: string; persona: string | null; version: number; arms: Sums[] }>();
  for (const cell of cells) {
    const at = arms.indexOf(cell.arm);
    const isOver = Date.parse(cell.day) + DAY_MS + windowHours * 3_600_000 <= now;
    if (at < 0 || !isOver || cell.with !== undefined || (cell.metric !== '' && cell.metric !== metric)) continue;
    const { day, persona = null, weights: version = 0 } = cell;
    const name = JSON.stringify([day, persona, version]);
    const batch = batches.get(name) ?? { day, persona, version, arms: arms.map(noSums) };
    batches.set(name, batch);
    const sums = batch.arms[at];
    if (sums !== undefined) addSums(sums, cell);
  }
  return [...batches.values()].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

/** How many units something was counted for: exact where it is the same for all of them (Kish's effective size), fewer where a few bring most of it. */
const conversionsOf = ({ y, yy }: Pick<Sums, 'y' | 'yy'>): number => (yy > 0 ? (y * y) / yy : 0);

function isBurntIn(batches: readonly Batch[], arms: number, { burnIn, burnInConversions }: BanditSettings): boolean {
  return Array.from({ length: arms }, (_, i) => i).every((i) => {
    const sums = noSums();
    for (const batch of batches) addSums(sums, batch.arms[i] ?? {});
    return sums.n >= burnIn && conversionsOf(sums) >= burnInConversions;
  });
}

/**
 * The mean reward of each arm over all units, each counted by the inverse of its chance to be there (Hájek's estimator), so that an arm that was dealt mostly in
 * a bad week, or to one persona, is not judged by that; what is long past counts less.
 */
function armMeans(
  batches: readonly Batch[],
  { propensityOf, settings, now }: { propensityOf: PropensityOf; settings: BanditSettings; now: number },
): Normal[] {
  const arms = batches[0]?.arms.length ?? 0;
  return Array.from({ length: arms }, (_, i) => {
    const weighted = batches.flatMap((batch) => {
      const age = (now - Date.parse(batch.day)) / DAY_MS;
      const propensity = propensityOf(batch)[i] ?? 0;
      const own = batch.arms[i];
      return own === undefined || !(propensity > 0)
        ? []
        : [{ own, by: 2 ** (-age / settings.halfLifeDays) / propensity }];
    });
    const sum = (of: (one: (typeof weighted)[number]) => number) => weighted.reduce((all, one) => all + of(one), 0);
    const units = sum(({ own, by }) => by * own.n);
    const mean = sum(({ own, by }) => by * own.y) / units;
    const square = sum(({ own, by }) => by * by * (own.yy - 2 * mean * own.y + mean * mean * own.n));
    return { mean, variance: Math.max(square / (units * units), Number.MIN_VALUE) };
  });
}

const equal = (arms: number): number[] => Array.from({ length: arms }, () => 1 / arms);

/**
 * The shares by which the arms are dealt from now on: `floor + (1 − K·floor) · P(best)`; equal ones until every arm is burnt in.
 * @param batches matured ones, of which not one is traffic that was held out
 * @returns null while the shares are equal for want of units
 */
function weighArms(
  batches: readonly Batch[],
  arms: number,
  context: { propensityOf: PropensityOf; settings: BanditSettings; now: number },
): number[] | null {
  const { settings } = context;
  if (!isBurntIn(batches, arms, settings)) return null;
  const sign = settings.isBetter === 'up' ? 1 : -1;
  const best = bestArm(armMeans(batches, context).map(({ mean, variance }) => ({ mean: sign * mean, variance })));
  const whole = best.reduce((sum, one) => sum + one, 0);
  return best.map((one) => settings.floor + (1 - arms * settings.floor) * (one / whole));
}

/** What a bandit deals by, as decisions read it. */
export interface BanditWeights {
  phase: number;
  /** Counts upwards from 1; 0 stands for equal shares. */
  version: number;
  arms: Record<string, number>;
  /** Of personas who have enough units of their own. */
  personas?: Record<string, Record<string, number>>;
}

const named = (arms: readonly string[], shares: readonly number[]): Record<string, number> =>
  Object.fromEntries(arms.map((arm, i) => [arm, Number((shares[i] ?? 0).toFixed(6))]));

/** The shares of the arms for a persona, in the order of the arms. @param weights null: equal ones */
export function sharesFor(
  weights: BanditWeights | null | undefined,
  arms: readonly string[],
  persona: string | null,
): number[] {
  const own = persona !== null && weights?.personas !== undefined && Object.hasOwn(weights.personas, persona);
  const shares = own ? weights.personas?.[persona] : weights?.arms;
  if (shares === undefined || arms.some((arm) => !Object.hasOwn(shares, arm))) return equal(arms.length);
  return arms.map((arm) => shares[arm] ?? 0);
}

/** By how much a share must change before it is worth a version of its own. */
const LEAST_CHANGE = 0.005;

const differs = (a: Record<string, number>, b: Record<string, number>): boolean =>
  Object.keys(b).some((arm) => Math.abs((a[arm] ?? 0) - (b[arm] ?? 0)) > LEAST_CHANGE);

function differ(a: BanditWeights, b: BanditWeights): boolean {
  const [before, after] = [a.personas ?? {}, b.personas ?? {}];
  return (
    differs(a.arms, b.arms) ||
    Object.keys({ ...before, ...after }).some((one) => differs(before[one] ?? a.arms, after[one] ?? b.arms))
  );
}

/**
 * The next weights of a bandit, from everything that it has counted.
 * @param log versions so far, oldest first
 * @param isPersonal each persona is dealt to by itself as soon as it has enough units
 * @returns null where the ones in force stay
 */
export function nextWeights(
  {
    cells,
    arms,
    phase,
    log,
  }: { cells: readonly Cell[]; arms: readonly string[]; phase: number; log: readonly BanditWeights[] },
  { settings, now, isPersonal }: { settings: BanditSettings; now: number; isPersonal: boolean },
): BanditWeights | null {
  const batches = maturedBatches(cells, arms, { metric: settings.metric, windowHours: settings.windowHours, now });
  const context = { propensityOf: propensities(log, arms), settings, now };
  const together = weighArms(batches, arms.length, context);
  if (together === null) return null;
  const before = log.at(-1);
  const next: BanditWeights = { phase, version: (before?.version ?? 0) + 1, arms: named(arms, together) };
  if (isPersonal) {
    for (const [persona, own] of Map.groupBy(batches, (batch) => batch.persona)) {
      const shares = persona === null ? null : weighArms(own, arms.length, context);
      if (persona !== null && shares !== null) next.personas = { ...next.personas, [persona]: named(arms, shares) };
    }
  }
  return before === undefined || differ(before, next) ? next : null;
}

/** The chances by which units were dealt, as they were logged. */
export function propensities(log: readonly BanditWeights[], arms: readonly string[]): PropensityOf {
  const versions = new Map(log.map((one) => [one.version, one]));
  return ({ persona, version }) => sharesFor(versions.get(version), arms, persona);
}
