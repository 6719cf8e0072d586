/**
 * How experiments are counted: increments travel from the visitors' objects to the tally, which adds them up by cell. Plain data.
 *
 * What is counted goes by an *experiment key*: a configured experiment's key, `message:<key>` (the variants of a message), `message-holdout:<key>` (its ghost
 * against itself), or `holdout:<name>` (a global holdout).
 */

/**
 * What is added up over units. `y` is a unit's value of the cell's metric since its exposure (of a proportion 0 or 1, of a ratio the numerator; capped where
 * the metric is), `x` the same in the 28 days before the exposure, `d` a ratio's denominator. Sums over units of what units add up to: `yy` is the sum of
 * the squares of units' totals, not of single orders.
 */
export const SUMS = ['n', 'excluded', 'known', 'y', 'yy', 'x', 'xx', 'xy', 'ky', 'd', 'dd', 'yd'] as const;
/**
 * - `n` units, `excluded` those that met two variations (not among `n`), `known` those of `n` that had been there before: in cells without a metric only
 * - `y`, `yy`, `d`, `dd`, `yd`: see {@link SUMS}
 * - `x`, `xx`, `xy`, `ky`: of metrics with `cuped`; `ky` is `y` of the known ones, since a new visitor's `x` of 0 says nothing
 */
export type Sums = Record<(typeof SUMS)[number], number>;

/** Exposures count by the day (UTC) on which they happened, and what follows by whole days since then, 0 to this; later days count in the last. */
export const MOST_DAYS_SINCE = 29;

/** What experiments and phases are told apart by. */
export interface ExperimentPhase {
  /** The experiment key. */
  experiment: string;
  /** 0 for messages and holdouts. */
  phase: number;
}

/** Which units, what of them, and when. */
export interface CellKey extends ExperimentPhase {
  /** Key of the variation, see {@link ARMS} for those without one. */
  arm: string;
  /** Of the first exposure, in UTC, like `2026-11-22`. */
  day: string;
  /** Whole days since the first exposure, 0 to {@link MOST_DAYS_SINCE}. Sums over them are what units come to by now. */
  since: number;
  /** '' counts the units themselves. */
  metric: string;
  /** Frozen at the first exposure; absent where none was sure enough. */
  persona?: string;
  /** Of a bandit: the version of the weights by which the variation was drawn. */
  weights?: number;
  /**
   * Of units that have met both experiments: the other one, with its variation. `y` is counted as the experiment's own: since its exposure. Such cells have
   * neither day nor days since, persona nor weights.
   */
  with?: ExperimentPhase & { arm: string };
}

/** What a unit adds to a cell, or takes back from it; a sum that is absent is 0. */
export interface Increment extends CellKey {
  sums: Partial<Sums>;
}

/** A cell as the tally answers it. */
export interface Cell extends CellKey, Sums {}

/** Arms without a variation's key: the message's own content, those who are held out, and those who are not. */
export const ARMS = { own: 'control', ghost: 'ghost', shown: 'shown', held: 'held', served: 'served' } as const;
