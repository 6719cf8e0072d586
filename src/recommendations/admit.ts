import type { Catalogue } from '../catalog/catalogue.ts';
import type { DropReason } from './schema.ts';

/** A field that is not as it should be. */
export interface Unmet {
  field: string;
  /** The condition, or the value that it should or should not be. */
  asked: unknown;
  /** What the item states; null: nothing. */
  found: unknown;
}

/** One thing that is asked of each variant, and what it is called where the answer is no. */
export interface SlotTest {
  reason: DropReason;
  /** Where the answer is no: what exactly was asked, for whoever wants to know. */
  why(slot: number): readonly Unmet[];
  passes(slot: number): boolean;
}

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
  /** Filters, hiding rules, and what must be as with the page's item, in this order. */
  tests: readonly SlotTest[];
}

/**
 * How much a candidate may bring along: `own` comes from the visitor's own history or was picked by hand, so having seen or bought it does not count against
 * it; `pinned` may have been seen, but not bought.
 */
export type Origin = 'found' | 'pinned' | 'own';

/** Most sets are empty, and to look up a key of 53 bits is not free even then. */
const isIn = (set: ReadonlySet<number>, key: number): boolean => set.size > 0 && set.has(key);

/**
 * Says whether a candidate may be shown, and as which variant: the one that is meant, if it passes, otherwise the first that can be bought.
 * @param meant slot of the very item that is meant, -1 for any
 * @returns the slot to show, or why not
 */
export function admit(
  bars: Bars,
  key: number,
  { meant, origin }: { meant: number; origin: Origin },
): number | DropReason {
  if (isIn(bars.excluded, key)) return 'excluded';
  if (isIn(bars.cart, key)) return 'in_cart';
  if (bars.current === key) return 'current';
  if (origin === 'own') {
    if (isIn(bars.hidden, key)) return 'hidden';
  } else {
    if (origin === 'found' && isIn(bars.seen, key)) return 'seen';
    if (isIn(bars.bought, key)) return 'bought';
  }
  const members = bars.catalogue.membersOf(key);
  let fallen: DropReason = members.length === 0 ? 'unknown' : 'removed';
  let second = -1;
  if (meant >= 0 && standing(bars, meant) === 'available') return meant;
  for (const slot of members) {
    const state = standing(bars, slot);
    if (state === 'available') return slot;
    if (state === 'unavailable') second = second < 0 || slot === meant ? slot : second;
    else if (state === 'out_of_stock' || (state !== 'removed' && fallen === 'removed')) fallen = state;
  }
  return second >= 0 ? second : fallen;
}

/** Whether and why not one variant may be shown. */
export function standing(bars: Bars, slot: number): 'available' | 'unavailable' | DropReason {
  const { catalogue, market } = bars;
  if (catalogue.isRemoved(slot)) return 'removed';
  for (const test of bars.tests) if (!test.passes(slot)) return test.reason;
  if (catalogue.isAvailable(slot, market)) return 'available';
  return bars.onlyAvailable ? 'out_of_stock' : 'unavailable';
}
