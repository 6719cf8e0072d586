/** What the past says about caps: where one of a metric would lie, and what one that is set cuts off. Pure. */
import type { SiteConfig } from '../config/schema.ts';
import type { Metric } from '../config/schema-experiments.ts';
import { isArchived, type Met, metIn, readerOf, sumIn, type Visits } from './past-visits.ts';
import { type PlannedMetric, planOf } from './plan.ts';
import type { Simulation } from './schema-simulation.ts';

type Proposal = Simulation['caps'][number];

/** With fewer, the 99 % quantile is the largest of all. */
const LEAST_CONVERSIONS = 100;
const QUANTILE = 0.99;

/** Up to two significant digits: 473.2 becomes 480. @param value above 0 */
function roundedUp(value: number): number {
  const near = Number(value.toPrecision(2));
  return near >= value ? near : Number((near + 10 ** (Math.floor(Math.log10(value)) - 1)).toPrecision(2));
}

function cutBy(cap: number, sums: readonly number[]): NonNullable<Proposal['proposed']> {
  const total = sums.reduce((sum, one) => sum + one, 0);
  const above = sums.reduce((sum, one) => sum + Math.max(0, one - cap), 0);
  return { cap, units: sums.filter((one) => one > cap).length / sums.length, sum: above / total };
}

const unknownBecause = (metric: Metric, conversions: number): string =>
  isArchived(metric)
    ? `${conversions} conversions are known, and ${LEAST_CONVERSIONS} are needed`
    : 'the archive does not keep what it adds up';

interface Past {
  visits: Visits;
  /** The newest event, epoch milliseconds. */
  until: number;
}

function propose(
  config: SiteConfig,
  { key, metric }: PlannedMetric,
  { met, until }: { met: Met; until: number },
): Proposal {
  const { attribution, shop } = config;
  const windowMs = (metric.windowHours ?? attribution.windowHours) * 3_600_000;
  const sumOf = ([visit, at]: Met[number]): number =>
    sumIn(visit, metric, { from: at, until: at + windowMs, currency: shop.currency });
  const sumsOf = (units: Met): number[] =>
    units
      .map(sumOf)
      .filter((sum) => sum > 0)
      .sort((a, b) => a - b);
  const over = sumsOf(met.filter(([, at]) => at + windowMs <= until));
  const isOver = over.length >= LEAST_CONVERSIONS;
  const sums = isOver ? over : sumsOf(met);
  const high = sums[Math.ceil(QUANTILE * sums.length) - 1];
  const isEnough = high !== undefined && sums.length >= LEAST_CONVERSIONS;
  return {
    metric: key,
    conversions: sums.length,
    isOver,
    proposed: isEnough ? cutBy(roundedUp(high), sums) : null,
    reason: isEnough ? null : unknownBecause(metric, sums.length),
    set: metric.cap == null || sums.length === 0 ? null : cutBy(metric.cap, sums),
  };
}

/**
 * Of every metric of type `mean` that the experiment or a running one uses: the 99 % quantile of what is capped when units are counted (`totalled` in
 * count-unit.ts), which is what a unit's events add up to from its exposure until the metric's window is over, in the shop's currency. Units that came to
 * nothing, whom no cap touches, are left out; refunds are not taken off. A unit's exposure is when it would have met the experiment that is tried, or, where that
 * does not use the metric, the first running one that does. Units whose window is not over count only where too few others are known.
 */
export function proposeCaps(config: SiteConfig, tried: string, { visits, until }: Past): Proposal[] {
  const { experiments } = config;
  const running = Object.keys(experiments).filter((key) => experiments[key]?.status === 'running');
  const proposals = new Map<string, Proposal>();
  for (const name of [tried, ...running]) {
    const [experiment, plan] = [experiments[name], planOf(config, name)];
    const means = plan?.metrics.filter(({ key, metric }) => metric.type === 'mean' && !proposals.has(key)) ?? [];
    if (experiment === undefined || means.length === 0) continue;
    const met = metIn(visits, readerOf(config, experiment).isMet);
    for (const one of means) proposals.set(one.key, propose(config, one, { met, until }));
  }
  return [...proposals.values()];
}
