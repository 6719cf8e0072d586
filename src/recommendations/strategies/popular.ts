import { DAY_MS } from '../../shared/decay.ts';
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

/**
 * What came last, by the catalogue's `createdAt`.
 * @param days only what came within so many days (of 24 hours); null: however long ago
 */
export function newArrivals({ popularity, now }: Situation, days: number | null): Scored {
  const since = days === null ? undefined : now - days * DAY_MS;
  return scoredOf(popularity.arrivals(since), { code: 'new_arrival' });
}

function reason<C extends 'trending' | 'bestseller' | 'popular'>(code: C, category: string | undefined) {
  return category === undefined ? { code } : { code, detail: category };
}
