import { type Due, dueOf, shoppingDays } from '../../purchases/due.ts';
import { lastOf, type Purchase, purchasesOf } from '../../purchases/recently-bought.ts';
import { DAY_MS } from '../../shared/decay.ts';
import type { Profile } from '../../visitors/schema.ts';
import { demandOf } from '../demand.ts';
import type { Reason } from '../schema.ts';
import { type Scored, scoredEntries } from '../scored.ts';
import { keyOfItem, type Situation } from '../situation.ts';

/** What one basket further back takes away. */
const FADE_PER_BASKET = 0.9;

/** How much a bestseller's popularity counts beside the visitor's own purchases: where most items are bought once, and where customers come back for some. */
const POPULARITY_ONCE = 1;
const POPULARITY_AGAIN = 2;

/** What it reads. */
interface BuyAgainSituation extends Pick<Situation, 'counts'> {
  profile: Pick<Profile, 'orders' | 'hidden'> | null;
  catalogue: Pick<Situation['catalogue'], 'indexOf' | 'keyOf'>;
}

/**
 * What the visitor is likely to buy again, from their own orders: `Σ 0.9^(baskets since) · r^e + τ · pop`, baskets being shopping days and `pop` the
 * item's orders of the last 31 days as a share of the largest number. r is how likely an item is
 * bought again beside the shop's average item. τ = 1 and e = 0, unless the shop's past has shown that τ = 2 and e = 0.5 find more, as groceries' does. Gifts stay out, and so does what the visitor has hidden.
 */
export function buyAgain(situation: BuyAgainSituation): Scored {
  const { profile, catalogue, counts } = situation;
  if (profile === null) return scoredEntries([]);
  const own = profile.orders.filter((order) => !order.gift);
  const days = shoppingDays(own.map((order) => order.at));
  const placeOf = new Map(days.map((day, i) => [day, i]));
  const since = (at: number): number => days.length - 1 - (placeOf.get(Math.floor(at / DAY_MS)) ?? 0);
  const demand = demandOf(counts);
  const ratio = counts.breakdown.repeats();
  const purchases = purchasesOf(own, { hidden: profile.hidden, gifts: false });
  return scoredEntries(
    purchases.map((purchase) => {
      const key = keyOfItem(catalogue, purchase.itemId);
      const index = counts.indexOf(key);
      const own = shoppingDaysOf(purchase).reduce((sum, at) => sum + FADE_PER_BASKET ** since(at), 0);
      const repeated = ratio === null ? own : own * Math.sqrt(ratio(index));
      const popular = (ratio === null ? POPULARITY_ONCE : POPULARITY_AGAIN) * demand(index);
      return {
        key,
        slot: catalogue.indexOf(purchase.itemId),
        score: repeated + popular,
        reasons: () => reasonsOf(purchase, repeated, popular),
      };
    }),
  );
}

function shoppingDaysOf(purchase: Purchase): number[] {
  return shoppingDays(purchase.boughtAt).map((day) => day * DAY_MS);
}

function reasonsOf(purchase: Purchase, repeated: number, popular: number): Reason[] {
  const reasons: Reason[] = [
    { code: 'bought_before', detail: new Date(lastOf(purchase)).toISOString(), weight: repeated },
  ];
  if (popular > 0) reasons.push({ code: 'popular', weight: popular });
  return reasons;
}

/** When the visitor is likely to need an item again, from their own orders; null where nothing says so. See {@link dueOf}. */
export function dueAgain({ profile, catalogue }: Situation, key: number): Due | null {
  const times = (profile?.orders ?? []).flatMap((order) =>
    !order.gift && order.lines.some((line) => line.quantity > 0 && keyOfItem(catalogue, line.itemId) === key)
      ? [order.at]
      : [],
  );
  return times.length === 0 ? null : dueOf(times);
}
