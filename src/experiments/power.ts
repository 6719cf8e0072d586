/** How much a comparison can see, and how many units it takes to see something. */
import { normalQuantile } from '../shared/statistics.ts';
import { type Level, reachOf } from './lift.ts';
import type { Moments } from './samples.ts';

/** A lift that is there is to be seen in four of five experiments. */
const POWER = 0.8;

/** @param reach of the interval, in standard errors @returns how far from nothing a difference must be so that it is seen, in standard errors */
const distance = (reach: number): number => reach + normalQuantile(POWER);

/**
 * The smallest relative lift that is seen with a power of 80 %.
 * @param baseline what it is relative to @param standardError of the difference @param reach of its interval, in standard errors
 * @returns null where there is nothing to be relative to
 */
export function minimumDetectableLift(baseline: number, standardError: number, reach: number): number | null {
  return baseline === 0 ? null : (distance(reach) * standardError) / Math.abs(baseline);
}

const ROUNDS = 50;

/**
 * How many units each of two arms needs so that a relative lift is seen with a power of 80 %: in one reading, or, since the always-valid interval widens with the units that
 * it is made for, by going on until it is narrow enough.
 * @returns null where nothing varies, or there is nothing to be relative to
 */
export function unitsNeeded({ mean, variance }: Omit<Moments, 'n'>, lift: number, level: Level): number | null {
  if (!(variance > 0)) return null;
  const seenBy = (units: number): number | null => {
    const reach = reachOf({ n: 2 * units, dof: Math.max(1, 2 * units - 2) }, level);
    return minimumDetectableLift(mean, Math.sqrt((2 * variance) / units), reach);
  };
  let units = 2;
  for (let i = 0; i < ROUNDS; i++) {
    const seen = seenBy(units);
    if (seen === null) return null;
    units = Math.max(2, units * (seen / lift) ** 2);
  }
  return Math.ceil(units);
}
