import type { Cell, Sums } from './schema-counts.ts';
import { addSums, noSums } from './sums.ts';

/** What the units of an arm add up to. */
export interface ArmTotals {
  /** Units, and those left out since they met two variations. */
  units: Sums;
  metrics: ReadonlyMap<string, Sums>;
}

/**
 * Adds up the cells of each arm. Cells of pairs are left out.
 * @param counts which cells count @returns by arm; an arm that nobody met is not there
 */
export function totalsByArm(
  cells: readonly Cell[],
  counts: (cell: Cell) => boolean = () => true,
): ReadonlyMap<string, ArmTotals> {
  const arms = new Map<string, { units: Sums; metrics: Map<string, Sums> }>();
  for (const cell of cells) {
    if (cell.with !== undefined || !counts(cell)) continue;
    const arm = arms.get(cell.arm) ?? { units: noSums(), metrics: new Map<string, Sums>() };
    arms.set(cell.arm, arm);
    const sums = cell.metric === '' ? arm.units : (arm.metrics.get(cell.metric) ?? noSums());
    addSums(sums, cell);
    if (cell.metric !== '') arm.metrics.set(cell.metric, sums);
  }
  return arms;
}

/** The sums of a metric over all units of an arm, those for whom nothing was counted included. */
export function sumsOf(arm: ArmTotals | undefined, metric: string): Sums {
  const sums = noSums();
  if (arm === undefined) return sums;
  addSums(sums, arm.metrics.get(metric) ?? {});
  return { ...sums, n: arm.units.n, known: arm.units.known, excluded: arm.units.excluded };
}
