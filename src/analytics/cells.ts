/** The cells of experiments: how increments are packed into rows. Pure. */
import { type Cell, type CellKey, type Increment, SUMS, type Sums } from '../experiments/schema-counts.ts';

/** Sums by the text of what they are of. */
export type CellSums = Record<string, Partial<Sums>>;

/** Sums are kept to a millionth, so that adding and taking back cannot drift. */
const PRECISION = 1_000_000;

/** Where a cell is kept: a row for each experiment, phase and day of exposure, and one for the pairs it is in. */
export const rowOf = ({ experiment, phase, day, with: other }: CellKey): string =>
  `${experiment}@${phase} ${other === undefined ? day : '*'}`;

/** The rows of an experiment's phase have names from this one on, and below {@link rowsUntil}. */
export const rowsFrom = (experiment: string, phase: number): string => `${experiment}@${phase} `;
export const rowsUntil = (experiment: string, phase: number): string => `${experiment}@${phase}!`;

function nameOf({ arm, since, metric, persona = '', weights = -1, with: other }: CellKey): string {
  return JSON.stringify(
    other === undefined
      ? [arm, since, metric, persona, weights]
      : [arm, metric, other.experiment, other.phase, other.arm],
  );
}

/** Adds an increment to the sums of its row, in place; what comes to nothing goes. */
export function addTo(row: CellSums, increment: Increment): void {
  const name = nameOf(increment);
  const sums = row[name] ?? {};
  for (const sum of SUMS) {
    const added = Math.round(((sums[sum] ?? 0) + (increment.sums[sum] ?? 0)) * PRECISION) / PRECISION;
    if (added === 0) delete sums[sum];
    else sums[sum] = added;
  }
  if (Object.keys(sums).length === 0) delete row[name];
  else row[name] = sums;
}

/** Increments of the same cells taken together. */
export function combined(increments: readonly Increment[]): Increment[] {
  const rows = new Map<string, { first: Increment; sums: CellSums }>();
  for (const increment of increments) {
    const name = `${rowOf(increment)} ${nameOf(increment)}`;
    const known = rows.get(name) ?? { first: increment, sums: {} };
    addTo(known.sums, increment);
    rows.set(name, known);
  }
  return [...rows.values()].flatMap(({ first, sums }) => Object.values(sums).map((own) => ({ ...first, sums: own })));
}

const NOTHING = Object.fromEntries(SUMS.map((sum) => [sum, 0])) as Sums;

/** The cells of a row. @param row as {@link rowOf} names it */
export function cellsIn(row: string, packed: CellSums): Cell[] {
  const [, experiment = '', phase = '', day = ''] = /^(.*)@(\d+) (.*)$/.exec(row) ?? [];
  const of = { experiment, phase: Number(phase) };
  return Object.entries(packed).map(([name, sums]): Cell => {
    const parts = JSON.parse(name) as [string, number, string, string, number];
    if (day === '*') {
      const [arm, metric, other, otherPhase, otherArm] = JSON.parse(name) as [string, string, string, number, string];
      const joint = { experiment: other, phase: otherPhase, arm: otherArm };
      return { ...of, arm, day: '', since: 0, metric, with: joint, ...NOTHING, ...sums };
    }
    const [arm, since, metric, persona, weights] = parts;
    const cell: Cell = { ...of, arm, day, since, metric, ...NOTHING, ...sums };
    if (persona !== '') cell.persona = persona;
    if (weights >= 0) cell.weights = weights;
    return cell;
  });
}
