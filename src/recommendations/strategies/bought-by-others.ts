import { boughtByOthers } from '../../purchases/by-others.ts';
import { type Scored, scoredEntries } from '../scored.ts';
import type { Situation } from '../situation.ts';

/**
 * What at least so many different people bought in the last hours, most of them first; on a category's page what is in it.
 * @param hours at most the shop's own; null: those
 */
export function recentlyBoughtByOthers(situation: Situation, hours: number | null): Scored {
  const { recentlyBought, profile, page, catalogue } = situation;
  const window = Math.min(hours ?? recentlyBought.hours, recentlyBought.hours);
  const { buyers } = recentlyBought;
  const found = boughtByOthers({ ...situation, orders: profile?.orders ?? [], buyers, hours: window });
  const isHere = (key: number) =>
    page.category === null ||
    catalogue.membersOf(key).some((slot) => catalogue.categories(slot).includes(page.category ?? ''));
  return scoredEntries(
    found
      .filter(({ key }) => isHere(key))
      .map((one) => ({
        key: one.key,
        slot: -1,
        score: one.buyers,
        reasons: () => [{ code: 'bought_by_others' as const, detail: String(one.buyers), weight: one.buyers }],
      })),
  );
}
