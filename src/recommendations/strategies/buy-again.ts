import { POPULARITY } from '../../learning/repeats.ts';
import { type Due, dueOf } from '../../purchases/due.ts';
import { lastOf, type Purchase } from '../../purchases/recently-bought.ts';
import { recurrencesOf } from '../../purchases/recurrence.ts';
import type { Profile } from '../../visitors/schema.ts';
import { demandOf } from '../demand.ts';
import type { Reason } from '../schema.ts';
import { type Scored, scoredEntries } from '../scored.ts';
import { keyOfItem, type Situation } from '../situation.ts';

/** What it reads. */
interface BuyAgainSituation extends Pick<Situation, 'counts'> {
  profile: Pick<Profile, 'orders' | 'hidden'> | null;
  catalogue: Pick<Situation['catalogue'], 'indexOf' | 'keyOf'>;
}

/**
 * What the visitor is likely to buy again, from their own orders: `Σ 0.9^(baskets since) · r^e + τ · pop`, baskets being shopping days and `pop` the
 * item's orders of the last 31 days as a share of the largest number. r is how likely an item is
 * bought again beside the shop's average item. τ = 1 and e = 0, unless the shop's own orders have shown that τ = 2 and e = 0.5 find more, as groceries' do. Gifts stay out, and so does what the visitor has hidden.
 */
export function buyAgain(situation: BuyAgainSituation): Scored {
  const { profile, catalogue, counts } = situation;
  if (profile === null) return scoredEntries([]);
  const demand = demandOf(counts);
  const ratio = counts.breakdown.repeats();
  return scoredEntries(
    recurrencesOf(profile.orders, profile.hidden).map(({ purchase, weight }) => {
      const key = keyOfItem(catalogue, purchase.itemId);
      const index = counts.indexOf(key);
      const repeated = ratio === null ? weight : weight * Math.sqrt(ratio(index));
      const popular = (ratio === null ? POPULARITY.once : POPULARITY.again) * demand(index);
      return {
        key,
        slot: catalogue.indexOf(purchase.itemId),
        score: repeated + popular,
        reasons: () => reasonsOf(purchase, repeated, popular),
      };
    }),
  );
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
