import { DAY_MS } from '../shared/decay.ts';
import type { PastOrder, Profile } from '../visitors/schema.ts';
import type { Lifecycle } from './schema.ts';

const LOYAL_OCCASIONS = 3;
/** Orders within a day are one occasion: what was forgotten, or is sent apart. */
const OCCASION_MS = DAY_MS;
/** Who bought once has no rhythm: after so long without another order the customer is lapsed. */
const LAPSED_ONCE_DAYS = 180;
/** However fast the rhythm was. */
const LEAST_DAYS = { 'at-risk': 14, lapsed: 60 } as const;
/** One interval in so many is as long by chance. */
const CHANCE = { 'at-risk': 0.1, lapsed: 0.01 } as const;
/** Few intervals say little about the longest; beyond so many times the mean nobody waits for more of them. */
const MOST_MEANS = { 'at-risk': 3, lapsed: 6 } as const;

/** When the visitor bought, oldest first; what was given back altogether was not bought. */
function occasionsOf(orders: readonly PastOrder[]): number[] {
  const times = orders.filter((order) => !order.refunded || order.lines.length > 0).map((order) => order.at);
  const occasions: number[] = [];
  for (const at of times.sort((a, b) => a - b)) {
    const last = occasions.at(-1);
    if (last === undefined || at - last >= OCCASION_MS) occasions.push(at);
  }
  return occasions;
}

/**
 * From which time without an order on the own rhythm does not explain it, milliseconds. Intervals between orders that come at random are exponential
 * (Ehrenberg 1959; the model of Schmittlein, Morrison, Colombo: Counting Your Customers, Management Science 1987); the next one of a visitor with n of
 * them, m in the mean, is longer than g with the probability (1 + g/(n·m))^−n (prediction of an exponential, g/m ~ F(2, 2n): Lawless 1971).
 */
function limitOf(what: keyof typeof CHANCE, { n, mean }: { n: number; mean: number }): number {
  const means = Math.min(MOST_MEANS[what], n * (CHANCE[what] ** (-1 / n) - 1));
  return Math.max(LEAST_DAYS[what] * DAY_MS, means * mean);
}

/**
 * Where a visitor is in the life of a customer:
 * - `new`: nothing bought, and here for the first time
 * - `active`: has come back, or has bought and keeps to the rhythm
 * - `loyal`: the same, having bought on three occasions or more
 * - `at-risk`: has bought on two occasions or more, and is later than the own rhythm explains
 * - `lapsed`: so late that no more orders are to be expected
 * @param now epoch milliseconds
 */
export function lifecycleOf(profile: Pick<Profile, 'orders' | 'session'> | null, now: number): Lifecycle {
  const occasions = occasionsOf(profile?.orders ?? []);
  const last = occasions.at(-1);
  if (profile === null || last === undefined) return profile !== null && profile.session.number > 1 ? 'active' : 'new';
  const n = occasions.length - 1;
  const since = now - last;
  if (n === 0) return since > LAPSED_ONCE_DAYS * DAY_MS ? 'lapsed' : 'active';
  const rhythm = { n, mean: (last - (occasions[0] ?? last)) / n };
  if (since > limitOf('lapsed', rhythm)) return 'lapsed';
  if (since > limitOf('at-risk', rhythm)) return 'at-risk';
  return occasions.length >= LOYAL_OCCASIONS ? 'loyal' : 'active';
}
