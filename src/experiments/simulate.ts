/** What an experiment would have met in the past: who would have been in it, and how long it would take to tell something. */

import { overlap } from '../config/changes.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { ArchivedEvent } from '../learning/schema.ts';
import { DAY_MS, isoDay } from '../shared/decay.ts';
import { eventsIn, type Met, metIn, readerOf, sumIn, visitsOf, withWindowOver } from './past-visits.ts';
import { type Plan, type PlannedMetric, planOf } from './plan.ts';
import { unitsNeeded } from './power.ts';
import { proposeCaps } from './propose-caps.ts';
import { momentsOf } from './samples.ts';
import type { Sums } from './schema-counts.ts';
import type { Simulation } from './schema-simulation.ts';
import { addSums, noSums, plainSampleOf } from './sums.ts';

type ConfiguredExperiment = SiteConfig['experiments'][string];

const HOUR_MS = 3_600_000;

/** Lifts of which it is said how long they take to be seen. */
const LIFTS = [0.02, 0.05, 0.1, 0.2, 0.5];

/** The share of those who pass its conditions that an experiment takes: coverage, its stretch of the exclusion group, and nobody who is held out. */
function shareTaken(config: SiteConfig, { coverage = 1, group, holdout }: ConfiguredExperiment): number {
  const stretch = group?.ranges.reduce((sum, [from, until]) => sum + until - from, 0) ?? 1;
  const held = holdout == null ? 0 : (config.holdouts[holdout]?.coverage ?? 0);
  return coverage * stretch * (1 - held);
}

/** What a visitor came to in a metric from a moment on. */
function valueSince(
  events: readonly ArchivedEvent[],
  { metric }: PlannedMetric,
  since: { at: number; windowHours: number; currency: string },
): Sums {
  const within = { from: since.at, until: since.at + (metric.windowHours ?? since.windowHours) * HOUR_MS };
  const { denominator } = metric;
  const total = sumIn(events, metric, { ...within, currency: since.currency });
  const d = denominator === undefined ? 0 : eventsIn(events, denominator, within).length;
  const times = metric.type === 'proportion' ? eventsIn(events, metric.event, within).length : 0;
  const y = metric.type === 'proportion' ? Math.min(1, times) : Math.min(total, metric.cap ?? total);
  return { ...noSums(), n: 1, y, yy: y * y, d, dd: d * d, yd: y * d };
}

interface Traffic {
  /** Units a day that the smallest arm gets. */
  armADay: number;
  windowHours: number;
  /** The shop's. */
  currency: string;
  /** The newest event, epoch milliseconds. */
  until: number;
}

function durations(plan: Plan, met: Met, { armADay, until, ...rest }: Traffic): Simulation['metrics'] {
  return plan.metrics
    .filter(({ role }) => role === 'goal')
    .map((planned) => {
      const sums = noSums();
      const over = withWindowOver(met, planned.metric.windowHours ?? rest.windowHours, until);
      for (const [events, at] of over) addSums(sums, valueSince(events, planned, { at, ...rest }));
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
      const { isMet } = readerOf(config, one);
      const both = met.filter((events) => events.some(isMet)).length / Math.max(1, met.length);
      const paths = changedBy(own).filter((path) => changedBy(one).some((other) => overlap(path, other)));
      return { experiment: name, share: isExclusive ? 0 : both * shareTaken(config, one), isExclusive, paths };
    });
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
  const { isMet, ignored } = readerOf(config, experiment);
  const visits = visitsOf(events);
  const met = metIn(visits, isMet);
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
    metrics: durations(plan, met, {
      armADay: unitsADay * least,
      windowHours: config.attribution.windowHours,
      currency: config.shop.currency,
      until,
    }),
    caps: proposeCaps(config, key, { visits, until }),
    overlaps: overlaps(
      config,
      key,
      met.map(([visit]) => visit),
    ),
  };
}
