/** What decisions need of everything that was counted: KV `CONFIG`, `<shop>/aggregates`. Written by the shop's TallyObject, read by isolates. */

import type { BanditWeights } from '../experiments/bandit.ts';

/** Where visitors leave. */
export interface ExitRate {
  /** Share of its views after which the visit ended, 0 to 1. */
  exit: number;
  /** Share of the visits that began there and saw nothing else, 0 to 1; null while too few began there. */
  bounce: number | null;
}

/** Each section is empty while nothing is known of it. */
export interface Aggregates {
  /** By type of page; of a type that too few have seen nothing is said. */
  exitRates: Record<string, ExitRate>;
  /** Of the shop's customers by measure (such as `monetary`): values at evenly spaced probabilities from 0 to 1, ascending. */
  quantiles: Record<string, number[]>;
  /** Of bandits by experiment key, see there. */
  weights: Record<string, BanditWeights>;
}

export const NO_AGGREGATES: Aggregates = { exitRates: {}, quantiles: {}, weights: {} };
