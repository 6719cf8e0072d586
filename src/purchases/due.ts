import { DAY_MS } from '../shared/decay.ts';

/** When an item is likely to be bought again. */
export interface Due {
  /** Epoch milliseconds; may lie in the past. */
  dueAt: number;
  /** 0 to 1. */
  confidence: number;
}

/** The days (UTC) among these times, ascending: several orders on one day are one shopping trip. */
export function shoppingDays(times: readonly number[]): number[] {
  return [...new Set(times.map((at) => Math.floor(at / DAY_MS)))].sort((a, b) => a - b);
}

/**
 * Estimates the next purchase from a visitor's own intervals between purchases of one item: the last one plus the median interval. The confidence grows
 * with the number of intervals n and falls with their coefficient of variation v: `n/(n + 1) / (1 + v)`. It is worth showing, not worth filtering by.
 * @param times of the purchases, epoch milliseconds, any order
 * @returns null when the item was not bought on two different days
 */
export function dueOf(times: readonly number[]): Due | null {
  const days = shoppingDays(times);
  const last = Math.max(...times);
  const intervals = days.slice(1).map((day, i) => day - (days[i] as number));
  if (intervals.length === 0) return null;
  const sorted = intervals.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1
      ? (sorted[middle] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  const mean = intervals.reduce((sum, days) => sum + days, 0) / intervals.length;
  const variance = intervals.reduce((sum, days) => sum + (days - mean) ** 2, 0) / intervals.length;
  const confidence = intervals.length / (intervals.length + 1) / (1 + Math.sqrt(variance) / mean);
  return { dueAt: last + median * DAY_MS, confidence };
}
