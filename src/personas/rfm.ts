import { DAY_MS } from '../shared/decay.ts';
import type { Profile } from '../visitors/schema.ts';

/** No visitor has bought for this long: what `recencyDays` says of those who never did, so that `$lt` does not hold for them. */
export const NEVER_DAYS = 1_000_000;

/** How lately, how often and for how much a visitor bought. */
export interface Rfm {
  /** Since the last order; {@link NEVER_DAYS} without any. */
  recencyDays: number;
  /** Orders. */
  frequency: number;
  /** What they were worth in the shop's currency: money of different currencies is never added up. */
  monetary: number;
}

/** @param currency the shop's; orders in another one do not count for what was spent */
export function rfmOf(profile: Pick<Profile, 'orders'> | null, now: number, currency: string): Rfm {
  const orders = profile?.orders ?? [];
  const last = orders.reduce((latest, order) => Math.max(latest, order.at), Number.NEGATIVE_INFINITY);
  return {
    recencyDays: orders.length === 0 ? NEVER_DAYS : Math.max(0, (now - last) / DAY_MS),
    frequency: orders.length,
    monetary: orders.reduce((sum, order) => sum + (order.currency === currency ? order.value : 0), 0),
  };
}
