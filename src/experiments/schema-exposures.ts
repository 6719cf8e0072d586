/** What a unit remembers of the experiments that it has met, and what of that was counted. Plain data; times are epoch milliseconds. */
import type { ExperimentPhase, Increment } from './schema-counts.ts';

/** A variation that somebody meets, as whoever decides says it. */
export interface Met extends ExperimentPhase {
  arm: string;
  /** Key of the persona at that moment; absent where none was sure enough. */
  persona?: string;
  /** Of a bandit: the version of the weights by which it was drawn, and with what probability, audience, caps and budget having been passed. */
  weights?: number;
  propensity?: number;
}

/** The first time that a unit met an experiment. Everything but `also` is frozen then. */
export interface Exposure extends Met {
  at: number;
  /** The unit had been there before this visit: otherwise it has no past to be compared with. */
  isKnown?: true;
  /** By metric with `cuped`, what it came to in the 28 days before; worked out when it is counted first. */
  x?: Record<string, number>;
  /** Other variations that were met since: the unit is excluded. */
  also?: string[];
}

/** Where the occurrences of a metric are: the past orders, or the tracked events of that name. */
export interface MetricSource {
  /** Name of the event, or the key of a `custom` one. */
  event: string;
  /** What of the event counts; '' counts the event itself. */
  field: string;
}

/** Something that a metric is about. */
export interface Occurrence {
  at: number;
  value: number;
  /** Of a purchase: the orderId, as far as it was said. */
  order?: string;
}

/** Events that metrics are about, by the name of their source: `add_to_cart`, `add_to_cart value`. Oldest first. */
export type Tracked = Record<string, MetricSource & { occurrences: Occurrence[] }>;

/** The variation that a unit got first, by `<experiment>__<bucketVersion>`, and when. */
export type Buckets = Record<string, { variation: string; at: number }>;

/** The part of a profile that experiments need. All of it is absent before there is something. */
export interface Experienced {
  exposures?: Exposure[];
  tracked?: Tracked;
  buckets?: Buckets;
}

/** What a unit has come to in a metric: after so many whole days since its exposure, in ascending order, the sums so far. */
export interface CountedMetric {
  x?: number;
  steps: [since: number, y: number, d?: number][];
}

/** What was counted of a unit in an experiment: all that its cells are made from. */
export interface Counted {
  arm: string;
  /** Of the exposure, UTC. */
  day: string;
  persona?: string;
  weights?: number;
  isKnown?: true;
  isExcluded?: true;
  metrics: Record<string, CountedMetric>;
  /** Metrics that are counted in pairs with other experiments; absent: it is in no pair. */
  joint?: string[];
}

/** By `<experiment>@<phase>`. */
export type CountedUnits = Record<string, Counted>;

/** A unit asks to count an order in its experiments. */
export interface OrderClaim {
  orderId: string;
  /** The parts of the unit's history that hold the order, by their random names; at least one. */
  parts: string[];
}

/** How far the counting of a unit has come. */
export interface Reckoned {
  /** What the tally has been told, or will be by what waits, of the experiments that were met; absent: nothing. */
  counted?: CountedUnits;
  /** Waits for the next flush. */
  increments?: Increment[];
  /**
   * The orders that the unit counts, by orderId: '' unless another unit was the first to ask for the order; then the part of that one's history which holds
   * it, and the order counts nothing here. Absent: none.
   */
  claimed?: Record<string, string>;
  /** Waits for the next flush as well. */
  claims?: OrderClaim[];
  /** When what has changed is to be counted, though no event waits to be flushed; 0 or absent: nothing has. */
  countAt?: number;
}
