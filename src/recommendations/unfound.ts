import type { Situation } from './situation.ts';
import { companionSources } from './strategies/followers.ts';
import { UNLIKE } from './unlike.ts';

/** Why a strategy does not name an item: the closed list. */
export const UNFOUND = [
  ...UNLIKE,
  'no_card',
  'never_together',
  'nobody_known',
  'other_category',
  'no_views',
  'no_date',
  'not_viewed',
  'not_bought',
  'not_picked',
] as const;
export type Unfound = (typeof UNFOUND)[number];

type Source = Situation['recent'][number];

/** Followers or companions of these items. */
function among(situation: Situation, sources: readonly Source[], kind: 'viewed' | 'bought'): Unfound {
  if (sources.length === 0) return 'nothing_to_start_from';
  const cards = sources.map(({ key }) => situation.cards(key)?.[kind]);
  return cards.some((card) => card !== undefined && card.end > card.start) ? 'never_together' : 'no_card';
}

function amongPopular({ catalogue, counts, page }: Situation, slot: number): Unfound {
  if (page.category !== null && !catalogue.categories(slot).includes(page.category)) return 'other_category';
  const index = counts.indexOf(catalogue.keyOf(slot));
  return counts.views(index) + counts.baskets(index) === 0 ? 'no_views' : 'not_among_the_first';
}

/** Why a strategy did not find an item of the catalogue, by what it reads; null of one that goes by content, see `unlike`. */
export function unfoundBy(strategy: string, situation: Situation, slot: number): Unfound | null {
  const { recent, cart, affinity, catalogue } = situation;
  switch (strategy) {
    case 'also_viewed':
      return among(situation, recent, 'viewed');
    case 'for_you':
      return recent.length === 0 && affinity.evidence === 0 ? 'nobody_known' : among(situation, recent, 'viewed');
    case 'bought_together':
      return among(situation, companionSources(situation), 'bought');
    case 'complete_the_basket':
    case 'basket_filler':
      return among(situation, cart, 'bought');
    case 'trending':
    case 'bestsellers':
      return amongPopular(situation, slot);
    case 'new_arrivals':
      return catalogue.createdAt(slot) === 0 ? 'no_date' : 'not_among_the_first';
    case 'recently_viewed':
      return 'not_viewed';
    case 'buy_again':
    case 'recently_bought_by_others':
      return 'not_bought';
    case 'handpicked':
      return 'not_picked';
    default:
      return null;
  }
}
