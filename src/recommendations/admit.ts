import type { Catalogue } from '../catalog/catalogue.ts';
import type { Facts } from '../targeting/schema.ts';
import type { DropReason } from './schema.ts';
import type { ItemCondition } from './situation.ts';

/** What keeps candidates out of one placement. All sets are of card keys: who has one variant in the basket needs no other. */
export interface Bars {
  catalogue: Catalogue;
  market: string | undefined;
  excluded: ReadonlySet<number>;
  cart: ReadonlySet<number>;
  /** The page's own item, where it may not be shown; null otherwise. */
  current: number | null;
  /** The empty set where the placement shows them. */
  seen: ReadonlySet<number>;
  bought: ReadonlySet<number>;
  /** What the visitor has taken out of their own history. */
  hidden: ReadonlySet<number>;
  onlyAvailable: boolean;
  conditions: readonly ItemCondition[];
}

/**
 * Says whether a candidate may be shown, and as which variant: the one that is meant, if it passes, otherwise the first that can be bought.
 * @param meant slot of the very item that is meant, -1 for any
 * @param own whether it comes from the visitor's own history or was picked by hand: then having seen or bought it does not count against it
 * @returns the slot to show, or why not
 */
export function admit(bars: Bars, key: number, meant: number, own: boolean): number | DropReason {
  if (bars.excluded.has(key)) return 'excluded';
  if (bars.cart.has(key)) return 'in_cart';
  if (bars.current === key) return 'current';
  if (own ? bars.hidden.has(key) : bars.seen.has(key)) return own ? 'hidden' : 'seen';
  if (!own && bars.bought.has(key)) return 'bought';
  const members = bars.catalogue.membersOf(key);
  let fallen: DropReason = members.length === 0 ? 'unknown' : 'removed';
  let second = -1;
  if (meant >= 0 && standing(bars, meant) === 'available') return meant;
  for (const slot of members) {
    const state = standing(bars, slot);
    if (state === 'available') return slot;
    if (state === 'unavailable') second = second < 0 || slot === meant ? slot : second;
    else if (state === 'out_of_stock' || (state === 'filter' && fallen === 'removed')) fallen = state;
  }
  return second >= 0 ? second : fallen;
}

type Standing = 'available' | 'unavailable' | 'removed' | 'filter' | 'out_of_stock';

function standing(bars: Bars, slot: number): Standing {
  const { catalogue, market } = bars;
  if (catalogue.isRemoved(slot)) return 'removed';
  if (bars.conditions.length > 0) {
    const facts = factsOf(catalogue, slot, market);
    for (const holds of bars.conditions) if (!holds(facts)) return 'filter';
  }
  if (catalogue.isAvailable(slot, market)) return 'available';
  return bars.onlyAvailable ? 'out_of_stock' : 'unavailable';
}

/** The item's fields as conditions see them, with the market's price where there is a market. */
export function factsOf(catalogue: Catalogue, slot: number, market: string | undefined): Facts {
  const facts = catalogue.facts(slot);
  if (market === undefined) return facts;
  const price = catalogue.price(slot, market);
  return {
    ...facts,
    ...(Number.isNaN(price) ? {} : { price }),
    currency: catalogue.currency(slot, market),
    availability: catalogue.availability(slot, market),
  };
}
