import { NOTHING_SCORED, type Scored } from './scored.ts';
import type { Situation } from './situation.ts';
import { type AlternativeTerms, alternatives } from './strategies/alternatives.ts';
import { basketFiller } from './strategies/basket-filler.ts';
import { becauseYouViewed, seedCandidates } from './strategies/because-you-viewed.ts';
import { recentlyBoughtByOthers } from './strategies/bought-by-others.ts';
import { buyAgain } from './strategies/buy-again.ts';
import { alsoViewed, boughtTogether, companionSources, completeTheBasket } from './strategies/followers.ts';
import { forYou } from './strategies/for-you.ts';
import { handpicked } from './strategies/handpicked.ts';
import { bestsellers, newArrivals, trending } from './strategies/popular.ts';
import { recentlyViewed } from './strategies/recently-viewed.ts';
import { similar } from './strategies/similar.ts';

/** A strategy as a placement names it. */
export interface StrategyUse {
  strategy: string;
  /** Above 0. */
  weight: number;
  /** Of `handpicked`: what was picked. */
  items?: readonly string[] | undefined;
  /** The period, where the strategy has one; null: its own. */
  days?: number | null | undefined;
  /** Of `because_you_viewed`: which of several rows, from 1. */
  row?: number | null | undefined;
  /** Of `recently_bought_by_others`: the window; null: the shop's. */
  hours?: number | null | undefined;
}

/** Strategies that show the visitor's own history or the shop's own choice: having seen or bought an item does not count against it. */
const OWN: ReadonlySet<string> = new Set(['buy_again', 'recently_viewed', 'handpicked']);

/** Strategies whose candidates are the whole assortment, the best of it first. */
const OPEN_ENDED: ReadonlySet<string> = new Set(['trending', 'bestsellers', 'new_arrivals']);

export const isOwn = (strategy: string): boolean => OWN.has(strategy);
export const isOpenEnded = (strategy: string): boolean => OPEN_ENDED.has(strategy);

/** How candidates are to be found. */
export interface Search {
  seen: 'hide' | 'allow' | 'hideCurrent';
  /** How far lists are read where several are mixed. */
  depth: number;
  /** The slot as which a candidate may be shown, -1 when it may not: for strategies that choose candidates by price, or together. */
  slotFor(key: number): number;
  /** Whether this very item may be shown and can be had. */
  isOpen(slot: number): boolean;
  /** What counts when one item stands in for another. */
  alternatives: AlternativeTerms;
}

/** Asks one strategy for candidates. One that is not built finds nothing. */
export function find(use: StrategyUse, situation: Situation, search: Search): Scored {
  const { seen, depth } = search;
  switch (use.strategy) {
    case 'also_viewed':
      return alsoViewed(situation, seen);
    case 'bought_together':
      return boughtTogether(situation);
    case 'complete_the_basket':
      return completeTheBasket(situation);
    case 'for_you':
      return forYou(situation, seen, depth);
    case 'similar':
      return similar(situation);
    case 'alternatives':
      return alternatives(situation, search);
    case 'because_you_viewed':
      return becauseYouViewed(situation, use.row ?? 1);
    case 'trending':
      return trending(situation);
    case 'bestsellers':
      return bestsellers(situation, use.days ?? null);
    case 'new_arrivals':
      return newArrivals(situation, use.days ?? null);
    case 'recently_viewed':
      return recentlyViewed(situation);
    case 'buy_again':
      return buyAgain(situation);
    case 'recently_bought_by_others':
      return recentlyBoughtByOthers(situation, use.hours ?? null);
    case 'basket_filler':
      return basketFiller(situation, search);
    case 'handpicked':
      return handpicked(situation, use.items ?? []);
    default:
      return NOTHING_SCORED;
  }
}

/** The cards that strategies will read, so that they can be loaded before the decision. */
export function neededCards(
  strategies: Iterable<string>,
  situation: Pick<Situation, 'page' | 'recent' | 'cart' | 'catalogue' | 'profile'>,
): Set<number> {
  const keys = new Set<number>();
  for (const strategy of strategies) {
    if (strategy === 'also_viewed' || strategy === 'for_you') for (const { key } of situation.recent) keys.add(key);
    if (strategy === 'because_you_viewed') for (const { key } of seedCandidates(situation)) keys.add(key);
    if (strategy === 'bought_together') for (const { key } of companionSources(situation)) keys.add(key);
    if (strategy === 'complete_the_basket' || strategy === 'basket_filler')
      for (const { key } of situation.cart) keys.add(key);
  }
  return keys;
}
