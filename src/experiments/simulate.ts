/** What an experiment would have met in the past: who would have been in it, and how long it would take to tell something. */

import { overlap } from '../config/changes.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { ArchivedEvent } from '../learning/schema.ts';
import { DAY_MS, isoDay } from '../shared/decay.ts';
import { compileCondition } from '../targeting/compile.ts';
import { audienceOf } from './compile.ts';
import { askable, factsOfPast } from './past-facts.ts';
import { type Plan, type PlannedMetric, planOf } from './plan.ts';
import { unitsNeeded } from './power.ts';
import { momentsOf } from './samples.ts';
import type { Sums } from './schema-counts.ts';
import type { Simulation } from './schema-simulation.ts';
import { addSums, noSums, plainSampleOf } from './sums.ts';

type ConfiguredExperiment = SiteConfig['experiments'][string];

/** Lifts of which it is said how long they take to be seen. */
const LIFTS = [0.02, 0.05, 0.1, 0.2, 0.5];

/** Whether an event would have been met in an experiment, as far as the archive can tell. */
function reader(config: SiteConfig, experiment: ConfiguredExperiment) {
  const asked = audienceOf(config, experiment).map(askable);
  const holds = asked.map(({ condition }) => compileCondition(condition));
  const isPage = (experiment.urlPatterns ?? []).length > 0;
  const ignored = new Set(asked.flatMap((one) => one.ignored));
  return {
    ignored: [...ignored, ...(isPage && ignored.size === 0 ? ['page.url'] : [])],
    isMet: (event: ArchivedEvent): boolean => {
      const facts = factsOfPast(event);
      return holds.every((one) => one(facts));
    },
  };
}

/** The share of those who pass its conditions that an experiment takes: coverage, its stretch of the exclusion group, and nobody who is held out. */
function shareTaken(config: SiteConfig, { coverage = 1, group, holdout }: ConfiguredExperiment): number {
  const stretch = group?.ranges.reduce((sum, [from, until]) => sum + until - from, 0) ?? 1;
  const held = holdout == null ? 0 : (config.holdouts[holdout]?.coverage ?? 0);
  return coverage * stretch * (1 - held);
}

/** A visitor's events, and when the experiment would have been met first. */
type Met = readonly (readonly [events: readonly ArchivedEvent[], at: number])[];

/** Those whose window is over; all of them where it is over for none. */
function withWindowOver(met: Met, windowHours: number, until: number): Met {
  const over = met.filter(([, at]) => at + windowHours * 3_600_000 <= until);
  return over.length > 0 ? over : met;
}

type Visits = ReadonlyMap<string, readonly ArchivedEvent[]>;

/** What a visitor came to in a metric from a moment on. */
function valueSince(
  events: readonly ArchivedEvent[],
  { metric }: PlannedMetric,
  since: { at: number; windowHours: number },
): Sums {
  const until = since.at + (metric.windowHours ?? since.windowHours) * 3_600_000;
  const within = events.filter((event) => event.at >= since.at && event.at < until);
  const of = (name: string) => within.filter((event) => event.name === name);
  const worth = (event: ArchivedEvent): number => (metric.value === undefined ? 1 : (event.value ?? 0));
  const total = of(metric.event).reduce((sum, event) => sum + worth(event), 0);
  const d = metric.denominator === undefined ? 0 : of(metric.denominator).length;
  const y = metric.type === 'proportion' ? Math.min(1, of(metric.event).length) : Math.min(total, metric.cap ?? total);
  return { ...noSums(), n: 1, y, yy: y * y, d, dd: d * d, yd: y * d };
}

interface Traffic {
  /** Units a day that the smallest arm gets. */
  armADay: number;
  windowHours: number;
  /** The newest event, epoch milliseconds. */
  until: number;
}

function durations(plan: Plan, met: Met, { armADay, windowHours, until }: Traffic): Simulation['metrics'] {
  return plan.metrics
    .filter(({ role }) => role === 'goal')
    .map((planned) => {
      const sums = noSums();
      const over = withWindowOver(met, planned.metric.windowHours ?? windowHours, until);
      for (const [events, at] of over) addSums(sums, valueSince(events, planned, { at, windowHours }));
      const moments = momentsOf(plainSampleOf(planned.metric, sums));
      return {
        metric: planned.key,
        mean: moments.n > 0 ? moments.mean : null,
        lifts: LIFTS.map((lift) => {
          const unitsPerArm = unitsNeeded(moments, lift, plan);
          return {
            lift,
            unitsPerArm,
            days: unitsPerArm === null || armADay === 0 ? null : Math.ceil(unitsPerArm / armADay),
          };
        }),
      };
    });
}

const changedBy = ({ variations }: ConfiguredExperiment): string[] =>
  variations.flatMap((one) => Object.keys(one.changes ?? {}));

/** Other running experiments, and how much of this one's traffic meets them too. */
function overlaps(config: SiteConfig, key: string, met: readonly (readonly ArchivedEvent[])[]): Simulation['overlaps'] {
  const own = config.experiments[key];
  if (own === undefined) return [];
  return Object.entries(config.experiments)
    .filter(([name, one]) => name !== key && one.status === 'running')
    .map(([name, one]) => {
      const isExclusive = own.group != null && own.group.name === one.group?.name;
      const { isMet } = reader(config, one);
      const both = met.filter((events) => events.some(isMet)).length / Math.max(1, met.length);
      const paths = changedBy(own).filter((path) => changedBy(one).some((other) => overlap(path, other)));
      return { experiment: name, share: isExclusive ? 0 : both * shareTaken(config, one), isExclusive, paths };
    });
}

/** By visitor, in order; of an order that was reported again only the first report. */
function visitsOf(events: readonly ArchivedEvent[]): Visits {
  const orders = new Set<string>();
  const distinct = events.filter(({ order }) => {
    const isRepeat = order !== undefined && orders.has(order);
    if (order !== undefined) orders.add(order);
    return !isRepeat;
  });
  const visits = Map.groupBy(distinct, (event) => event.visitor);
  for (const visit of visits.values()) visit.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
  return visits;
}

/**
 * Runs an experiment over the past.
 * @param events of the archive
 * @param eventsADay how many the shop has at present, those included that are not archived; null: as many as there are of `events` to a day
 * @returns null where the config has no such experiment
 */
export function simulate(
  config: SiteConfig,
  key: string,
  { events, eventsADay }: { events: readonly ArchivedEvent[]; eventsADay: number | null },
): Simulation | null {
  const plan = planOf(config, key);
  const experiment = Object.hasOwn(config.experiments, key) ? config.experiments[key] : undefined;
  if (plan === null || experiment === undefined) return null;
  const { isMet, ignored } = reader(config, experiment);
  const visits = visitsOf(events);
  const met = [...visits.values()].flatMap((visit) => {
    const first = visit.find(isMet);
    return first === undefined ? [] : [[visit, first.at] as const];
  });
  const times = events.map((event) => event.at);
  const from = times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const until = times.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY);
  const days = events.length === 0 ? 0 : Math.max(1, (until - from) / DAY_MS);
  const taken = shareTaken(config, experiment);
  const unitsADay =
    events.length === 0 ? 0 : (met.length * taken * (eventsADay ?? events.length / days)) / events.length;
  const least = Math.min(...plan.arms.map((arm) => arm.share).filter((share) => share > 0));
  return {
    experiment: key,
    past: {
      from: days === 0 ? null : isoDay(from),
      until: days === 0 ? null : isoDay(until),
      visitors: visits.size,
      events: events.length,
    },
    visitors: { met: met.length, share: visits.size === 0 ? null : met.length / visits.size, taken },
    moments: events.length === 0 ? null : events.filter(isMet).length / events.length,
    unitsADay,
    ignored,
    metrics: durations(plan, met, { armADay: unitsADay * least, windowHours: config.attribution.windowHours, until }),
    overlaps: overlaps(
      config,
      key,
      met.map(([visit]) => visit),
    ),
  };
}
