import { normalCdf, normalQuantile } from '../shared/statistics.ts';
import { holm } from './multiple.ts';
import type { Plan, PlannedMetric } from './plan.ts';
import { momentsOf } from './samples.ts';
import type { Cell, Sums } from './schema-counts.ts';
import type { Interaction } from './schema-results.ts';
import { addSums, noSums, plainSampleOf } from './sums.ts';

/** Fewer units in one of the four corners say nothing. */
const LEAST_UNITS = 100;

interface Found extends Omit<Interaction, 'interval' | 'adjustedPValue'> {
  error: number;
}

/** Sums of the units that met both experiments, by both variations. */
function cornersOf(cells: readonly Cell[], metric: string): (own: string, other: string) => Sums {
  const units = new Map<string, Sums>();
  const counted = new Map<string, Sums>();
  for (const cell of cells) {
    const into = cell.metric === '' ? units : cell.metric === metric ? counted : null;
    if (into === null) continue;
    const corner = `${cell.arm} ${cell.with?.arm}`;
    const sums = into.get(corner) ?? noSums();
    addSums(sums, cell);
    into.set(corner, sums);
  }
  return (own, other) => {
    const corner = `${own} ${other}`;
    return { ...(counted.get(corner) ?? noSums()), n: units.get(corner)?.n ?? 0 };
  };
}

/** The difference of two lifts: of a variation within another experiment's variation, and within that one's control. */
function differences(
  { key, metric }: PlannedMetric,
  cells: readonly Cell[],
  { own, others }: { own: readonly string[]; others: readonly string[] },
): Omit<Found, 'with'>[] {
  const cornerOf = cornersOf(cells, key);
  const momentsIn = (a: string, b: string) => momentsOf(plainSampleOf(metric, cornerOf(a, b)));
  const [control = '', ...treatments] = own;
  const [otherControl = '', ...otherTreatments] = others;
  return treatments.flatMap((variation) =>
    otherTreatments.flatMap((other) => {
      const both = momentsIn(variation, other);
      const corners = [
        both,
        momentsIn(control, other),
        momentsIn(variation, otherControl),
        momentsIn(control, otherControl),
      ];
      if (corners.some(({ n, variance }) => n < LEAST_UNITS || !(variance > 0))) return [];
      const [a = 0, b = 0, c = 0, d = 0] = corners.map((corner) => corner.mean);
      const error = Math.sqrt(corners.reduce((sum, { n, variance }) => sum + variance / n, 0));
      return [{ variation, other, metric: key, estimate: a - b - (c - d), error }];
    }),
  );
}

/** The other experiment's variations, its control first, as far as they are known; otherwise in the order of their keys. */
export type ArmsOf = (experiment: string, phase: number) => readonly string[];

/**
 * Whether experiments that run together change each other's lift: goals, over the units that met both.
 * @param cells of one experiment and phase @param armsOf of other experiments
 */
export function interactionsOf(plan: Plan, cells: readonly Cell[], armsOf: ArmsOf): Interaction[] {
  const pairs = Map.groupBy(
    cells.filter((cell) => cell.with !== undefined),
    (cell) => `${cell.with?.phase} ${cell.with?.experiment}`,
  );
  const own = plan.arms.map((arm) => arm.key);
  const goals = plan.metrics.filter(({ role }) => role === 'goal');
  const found = [...pairs.values()].flatMap((together) => {
    const { experiment = '', phase = 0 } = together[0]?.with ?? {};
    const others = armsOf(experiment, phase);
    return goals.flatMap((planned) =>
      differences(planned, together, { own, others }).map((one): Found => ({ ...one, with: experiment })),
    );
  });
  const adjusted = holm(found.map(({ estimate, error }) => 2 * normalCdf(-Math.abs(estimate / error))));
  const reach = normalQuantile(1 - plan.alpha / 2);
  return found.map(({ error, ...one }, i) => ({
    ...one,
    interval: [one.estimate - reach * error, one.estimate + reach * error],
    adjustedPValue: adjusted[i] ?? 1,
  }));
}
