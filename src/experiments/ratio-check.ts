import { chiSquareSf } from '../shared/statistics.ts';
import type { Cell } from './schema-counts.ts';

/** A split this unlikely is no chance: something loses or doubles the units of an arm. */
export const RATIO_LEVEL = 0.001;
/** What all days together may raise of false alarms, so that with the check of the whole they stay below two in a thousand. */
const DAYS_LEVEL = 0.0005;
/** Below so many units expected in each arm chi-square says nothing reliable in its far tail. */
const LEAST_EXPECTED = 10;

/** Whether a split is the one that was meant. */
interface RatioCheck {
  /** Null while there are too few to tell. */
  pValue: number | null;
  isSound: boolean;
}

interface SampleRatio extends RatioCheck {
  /** By the day of exposure; days with too few units are left out. */
  days: ({ day: string } & RatioCheck)[];
}

/** Shares of the arms under which units of a cell were drawn, in the order of the arms. */
export type SharesOf = (cell: Cell) => readonly number[];

interface Split {
  users: number[];
  expected: number[];
}

function splitOf(cells: readonly Cell[], arms: readonly string[], sharesOf: SharesOf): Split {
  const users = arms.map(() => 0);
  const expected = arms.map(() => 0);
  for (const cell of cells) {
    const at = arms.indexOf(cell.arm);
    if (at < 0) continue;
    users[at] = (users[at] ?? 0) + cell.n + cell.excluded;
    const shares = sharesOf(cell);
    for (const i of expected.keys()) expected[i] = (expected[i] ?? 0) + (cell.n + cell.excluded) * (shares[i] ?? 0);
  }
  return { users, expected };
}

/** The chance of a split at least as uneven as this one, by chi-square. Arms that were to have nobody are dropped. */
function chanceOf({ users, expected }: Split): number {
  const arms = users.flatMap((count, i) => ((expected[i] ?? 0) > 0 ? [{ count, weight: expected[i] ?? 0 }] : []));
  const total = arms.reduce((sum, arm) => sum + arm.count, 0);
  const whole = arms.reduce((sum, arm) => sum + arm.weight, 0);
  const distance = arms.reduce((sum, { count, weight }) => {
    const meant = (total * weight) / whole;
    return sum + (count - meant) ** 2 / meant;
  }, 0);
  return chiSquareSf(distance, arms.length - 1);
}

function checked(split: Split, level: number): RatioCheck {
  const meant = split.expected.filter((one) => one > 0);
  if (meant.length < 2 || Math.min(...meant) < LEAST_EXPECTED) return { pValue: null, isSound: true };
  const pValue = chanceOf(split);
  return { pValue, isSound: pValue >= level };
}

/**
 * The sample-ratio check, overall and by day: units of each arm against the shares by which they were drawn (of a bandit those that were logged, added up).
 * Arms without a share are dropped.
 */
export function checkRatio(cells: readonly Cell[], arms: readonly string[], sharesOf: SharesOf): SampleRatio {
  const units = cells.filter((cell) => cell.metric === '' && cell.with === undefined);
  const byDay = Map.groupBy(units, (cell) => cell.day);
  const splits = [...byDay]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, own]) => ({ day, split: splitOf(own, arms, sharesOf) }))
    .filter(({ split }) => checked(split, 0).pValue !== null);
  return {
    ...checked(splitOf(units, arms, sharesOf), RATIO_LEVEL),
    days: splits.map(({ day, split }) => ({ day, ...checked(split, DAYS_LEVEL / splits.length) })),
  };
}
