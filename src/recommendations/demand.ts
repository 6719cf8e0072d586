/** What the shop sells at the moment. */
import type { Counts } from '../learning/counts.ts';
import { DEMAND_DAYS } from '../learning/repeats.ts';

/** An item's orders of the last 31 days as a share of the largest number, 0 to 1. @param index in the counts */
export type Demand = (index: number) => number;

const known = new WeakMap<Counts, Demand>();

function workOut(counts: Counts): Demand {
  const shares = new Float32Array(counts.size);
  let most = 0;
  const take = (index: number, orders: number) => {
    if (index >= 0) shares[index] = orders;
    most = Math.max(most, orders);
  };
  counts.breakdown.ordered(DEMAND_DAYS, take);
  // Counts of before orders were kept by the day.
  if (most === 0) for (let index = 0; index < counts.size; index++) take(index, counts.baskets(index));
  return (index) => (most > 0 ? (shares[index] ?? 0) / most : 0);
}

/** Computed once per version of the counts. */
export function demandOf(counts: Counts): Demand {
  const found = known.get(counts) ?? workOut(counts);
  known.set(counts, found);
  return found;
}
