import { DAY_MS } from '../shared/decay.ts';
import { normalCdf, normalQuantile } from '../shared/statistics.ts';
import { totalsByArm } from './arm-totals.ts';
import type { Plan, PlannedMetric } from './plan.ts';
import { type Cell, MOST_DAYS_SINCE, type Sums } from './schema-counts.ts';
import type { Novelty } from './schema-results.ts';

/** Days that fewer units of an arm have lived to see say nothing. */
const LEAST_UNITS = 100;

interface Daily {
  n: number;
  mean: number;
  variance: number;
}

/**
 * What a day since exposure brought to a unit. The increments of squares stand for the squares of the increments: the same where a unit converts once, more where it
 * does so again, so that intervals are too wide rather than too narrow.
 */
function dailyOf(n: number, { y, yy }: Pick<Sums, 'y' | 'yy'>): Daily {
  const mean = y / n;
  return { n, mean, variance: Math.max(yy / n, mean * mean, Number.MIN_VALUE) - mean * mean };
}

type Days = Novelty['days'];

/** The slope of the daily lifts by least squares, each weighted by how surely it is known. */
function trendOf(days: readonly { since: number; lift: number; variance: number }[]): Novelty['trend'] {
  if (days.length < 3) return null;
  const sum = (of: (day: (typeof days)[number]) => number): number =>
    days.reduce((total, day) => total + of(day) / day.variance, 0);
  const weight = sum(() => 1);
  const [since, lift] = [sum((day) => day.since) / weight, sum((day) => day.lift) / weight];
  const spread = sum((day) => (day.since - since) ** 2);
  const perDay = sum((day) => (day.since - since) * (day.lift - lift)) / spread;
  return { perDay, pValue: 2 * normalCdf(-Math.abs(perDay) * Math.sqrt(spread)) };
}

/** The metric day by day since exposure, among those who have lived the whole of that day. */
function lifts(cells: readonly Cell[], { key }: PlannedMetric, [control, own]: readonly [string, string], now: number) {
  const found: { since: number; units: number; lift: number; variance: number }[] = [];
  // The last day takes everything after it as well.
  for (let since = 0; since < MOST_DAYS_SINCE; since++) {
    const hasLived = ({ day }: Cell): boolean => Date.parse(day) + (since + 2) * DAY_MS <= now;
    const totals = totalsByArm(
      cells,
      (cell) => hasLived(cell) && (cell.metric === '' || (cell.metric === key && cell.since === since)),
    );
    const [a, b] = [totals.get(control), totals.get(own)];
    if (a === undefined || b === undefined || Math.min(a.units.n, b.units.n) < LEAST_UNITS) break;
    const nothing = { y: 0, yy: 0 };
    const [before, after] = [
      dailyOf(a.units.n, a.metrics.get(key) ?? nothing),
      dailyOf(b.units.n, b.metrics.get(key) ?? nothing),
    ];
    const variance = before.variance / before.n + after.variance / after.n;
    if (!(variance > 0)) continue;
    found.push({ since, units: before.n + after.n, lift: after.mean - before.mean, variance });
  }
  return found;
}

/** Whether the lift of a goal fades or grows with the days since exposure: what is new draws the eye, and what is unfamiliar repels. @param now epoch milliseconds */
export function noveltyOf(plan: Plan, cells: readonly Cell[], now: number): Novelty[] {
  const [control, ...others] = plan.arms;
  const goals = plan.metrics.filter(({ role, metric }) => role === 'goal' && metric.type !== 'ratio');
  const reach = normalQuantile(1 - plan.alpha / 2);
  if (control === undefined) return [];
  return others.flatMap(({ key }) =>
    goals.flatMap((planned): Novelty[] => {
      const found = lifts(cells, planned, [control.key, key], now);
      const days: Days = found.map(({ since, units, lift, variance }) => {
        const half = reach * Math.sqrt(variance);
        return { since, units, lift, interval: [lift - half, lift + half] };
      });
      return days.length === 0 ? [] : [{ variation: key, metric: planned.key, days, trend: trendOf(found) }];
    }),
  );
}
