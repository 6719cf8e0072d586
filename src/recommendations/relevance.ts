import type { Situation } from './situation.ts';
import type { Relevance } from './steering.ts';

/**
 * How relevant a candidate is, 0 to 1: its share of what the best candidate of its list scores, times how far that list can be trusted here. So a long tail
 * falls away under any minimum, and a list that rests on two views loses all but its best.
 */
export const LEAST_RELEVANCE: Readonly<Record<Relevance, number>> = { low: 0.05, medium: 0.2, high: 0.5 };

/** Observations of the items that a list starts from, after which it is half trusted. */
const HALF_TRUST_OBSERVATIONS = 3;

/** What is popular with everybody says little about anybody: at most of low relevance. */
const GENERAL_TRUST = 0.15;

const GENERAL: ReadonlySet<string> = new Set(['trending', 'bestsellers', 'new_arrivals', 'recently_bought_by_others']);

/** The rest of the assortment, which nothing speaks for. */
export const ASSORTMENT = 'assortment';

function trustOf(observations: number): number {
  return observations / (observations + HALF_TRUST_OBSERVATIONS);
}

/** How far what a strategy finds can be trusted in a situation, 0 to 1: by the (decayed) views or baskets of the items that it starts from. */
export function trustIn(strategy: string, situation: Situation): number {
  const { counts, recent, cart, page, affinity } = situation;
  const views = () => recent.reduce((sum, { key }) => sum + counts.views(counts.indexOf(key)), 0);
  const baskets = (keys: readonly number[]) => keys.reduce((sum, key) => sum + counts.baskets(counts.indexOf(key)), 0);
  const inCart = cart.map(({ key }) => key);
  if (GENERAL.has(strategy)) return GENERAL_TRUST;
  switch (strategy) {
    case ASSORTMENT:
      return 0;
    case 'also_viewed':
      return trustOf(views());
    case 'for_you':
      return trustOf(views() + affinity.evidence);
    case 'bought_together':
      return trustOf(baskets(page.key !== null ? [page.key] : inCart));
    case 'complete_the_basket':
      return trustOf(baskets(inCart));
    default:
      // Content, the visitor's own history and what the shop picked do not rest on what others did.
      return 1;
  }
}
