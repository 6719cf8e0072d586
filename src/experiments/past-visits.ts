/** The events of the archive as visitors' visits, and what they came to in terms of metrics. Pure. */
import type { SiteConfig } from '../config/schema.ts';
import type { Metric } from '../config/schema-experiments.ts';
import { EVENT_NAMES } from '../events/schema.ts';
import type { ArchivedEvent } from '../learning/schema.ts';
import { compileCondition } from '../targeting/compile.ts';
import { audienceOf } from './compile.ts';
import { askable, factsOfPast } from './past-facts.ts';

/** Whether an event would have been met in an experiment, as far as the archive can tell. */
export function readerOf(config: SiteConfig, experiment: SiteConfig['experiments'][string]) {
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

/** By pseudonym, a visitor's events in order. */
export type Visits = ReadonlyMap<string, readonly ArchivedEvent[]>;

/** By visitor, in order; of an order that was reported again only the first report. */
export function visitsOf(events: readonly ArchivedEvent[]): Visits {
  const orders = new Set<string>();
  const sorted = events.toSorted((a, b) => a.at - b.at || a.sequence - b.sequence);
  const distinct = sorted.filter(({ name, order }) => {
    // A refund has the order's id too.
    if (name !== 'purchase' || order === undefined) return true;
    const isRepeat = orders.has(order);
    orders.add(order);
    return !isRepeat;
  });
  return Map.groupBy(distinct, (event) => event.visitor);
}

/** A visitor's events, and when the experiment would have been met first. */
export type Met = readonly (readonly [events: readonly ArchivedEvent[], at: number])[];

export function metIn(visits: Visits, isMet: (event: ArchivedEvent) => boolean): Met {
  return [...visits.values()].flatMap((visit) => {
    const first = visit.find(isMet);
    return first === undefined ? [] : [[visit, first.at] as const];
  });
}

/** Those whose window is over; all of them where it is over for none. */
export function withWindowOver(met: Met, windowHours: number, until: number): Met {
  const over = met.filter(([, at]) => at + windowHours * 3_600_000 <= until);
  return over.length > 0 ? over : met;
}

interface Within {
  /** Epoch milliseconds. */
  from: number;
  /** Epoch milliseconds, not itself within. */
  until: number;
}

export const eventsIn = (events: readonly ArchivedEvent[], name: string, { from, until }: Within): ArchivedEvent[] =>
  events.filter((event) => event.name === name && event.at >= from && event.at < until);

const NAMES: ReadonlySet<string> = new Set(EVENT_NAMES);
const FIELDS: ReadonlySet<string> = new Set(['value', 'quantity']);

/** Whether the archive keeps what a metric adds up: it has neither keys nor properties of custom events. */
export const isArchived = ({ event, value }: Metric): boolean =>
  NAMES.has(event) && (value === undefined || FIELDS.has(value));

/** What an event is worth to a metric, as it is counted: an order without a value is worth its lines, one in another currency nothing. */
function worthOf({ name, value, currency, items = [] }: ArchivedEvent, field: string | undefined, own: string): number {
  if (field === undefined) return 1;
  if (field === 'quantity') return items.reduce((sum, { quantity = 1 }) => sum + quantity, 0);
  if (field !== 'value') return 0;
  if (name !== 'purchase') return value ?? 0;
  if (currency !== own) return 0;
  return value ?? items.reduce((sum, { price = 0, quantity = 1 }) => sum + price * quantity, 0);
}

/** What a metric adds up of a visitor, before any cap. @param currency the shop's */
export const sumIn = (
  events: readonly ArchivedEvent[],
  { event, value }: Metric,
  { currency, ...within }: Within & { currency: string },
): number => eventsIn(events, event, within).reduce((sum, one) => sum + worthOf(one, value, currency), 0);
