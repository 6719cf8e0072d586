import { type Scored, scoredOf } from '../scored.ts';
import type { Situation } from '../situation.ts';

/** What is looked at and bought now, in the page's category where there is one. */
export function trending(situation: Situation): Scored {
  const category = situation.page.category ?? undefined;
  return scoredOf(situation.popularity.trending(category), reason('trending', category));
}

/** What sells most, in the page's category where there is one. */
export function bestsellers(situation: Situation): Scored {
  const category = situation.page.category ?? undefined;
  const ranked = situation.popularity.bestsellers(category);
  const scored = scoredOf(ranked, reason('bestseller', category));
  // What nobody bought is listed by its views; to call it a bestseller would be untrue.
  return {
    ...scored,
    reasons: (index) =>
      situation.counts.baskets(situation.counts.indexOf(scored.key(index))) > 0
        ? scored.reasons(index)
        : [{ ...reason('popular', category), weight: scored.score(index) }],
  };
}

/** What came last, by the catalogue's `createdAt`. */
export function newArrivals(situation: Situation): Scored {
  return scoredOf(situation.popularity.arrivals(), { code: 'new_arrival' });
}

function reason<C extends 'trending' | 'bestseller' | 'popular'>(code: C, category: string | undefined) {
  return category === undefined ? { code } : { code, detail: category };
}
