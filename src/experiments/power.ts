import { normalQuantile } from '../shared/statistics.ts';

/** What a test is to be able to see. */
export interface PowerAsked {
  /** Of a unit's value. */
  mean: number;
  variance: number;
  /** Error level of the two-sided test. */
  alpha: number;
  /** Chance of seeing a lift that is there, for example 0.8. */
  power: number;
}

const factorOf = ({ alpha, power }: PowerAsked): number => (normalQuantile(1 - alpha / 2) + normalQuantile(power)) ** 2;

/** The smallest relative lift that is seen with the power asked for, units being shared equally between two arms. @param units in one arm */
export function minimumDetectableLift(asked: PowerAsked, units: number): number {
  if (!(units > 0) || asked.mean === 0) return Number.POSITIVE_INFINITY;
  return Math.sqrt((2 * factorOf(asked) * asked.variance) / units) / Math.abs(asked.mean);
}

/** How many units one arm needs to see a relative lift. */
export function unitsNeeded(asked: PowerAsked, lift: number): number {
  if (lift === 0 || asked.mean === 0) return Number.POSITIVE_INFINITY;
  return Math.ceil((2 * factorOf(asked) * asked.variance) / (lift * asked.mean) ** 2);
}
