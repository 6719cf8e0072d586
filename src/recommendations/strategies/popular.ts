import { personaTag } from '../../personas/tag.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { salesWeight } from '../popular-lists.ts';
import { type Scored, scoredOf } from '../scored.ts';
import type { Situation } from '../situation.ts';

/** What is looked at and bought now, in the page's category where there is one; the visitor's persona leans it as far as it is known. */
export function trending(situation: Situation): Scored {
  const category = situation.page.category ?? undefined;
  const { counts, popularity } = situation;
  const lists = leaningOf(situation) ?? popularity;
  return leant(scoredOf(lists.trending(category), reason('trending', category)), situation, {
    isLeaning: lists !== popularity,
    base: (key) => counts.trending(counts.indexOf(key)),
  });
}

/**
 * What sells most, in the page's category where there is one; the visitor's persona leans it as far as it is known.
 * @param days by the orders of so many days; null: by all orders, decayed with the shop's half-life
 */
export function bestsellers(situation: Situation, days: number | null): Scored {
  const category = situation.page.category ?? undefined;
  const { counts, popularity } = situation;
  const lists = leaningOf(situation) ?? popularity;
  const ranked = days === null ? lists.bestsellers(category) : lists.ordered(days, category);
  const scored = leant(scoredOf(ranked, reason('bestseller', category)), situation, {
    isLeaning: lists !== popularity && days === null,
    base: (key) => salesWeight(counts.views(counts.indexOf(key)), counts.baskets(counts.indexOf(key))),
  });
  // What nobody bought is listed by its views; to call it a bestseller would be untrue.
  return {
    ...scored,
    reasons: (index) =>
      counts.baskets(counts.indexOf(scored.key(index))) > 0
        ? scored.reasons(index)
        : [{ ...reason('popular', category), weight: scored.score(index) }],
  };
}

function leaningOf({ popularity, persona }: Situation) {
  const key = persona();
  return key === null ? null : popularity.leaning(personaTag(key));
}

/** What an item has more of than everybody gives it is the persona's: that is a reason of its own. */
function leant(
  scored: Scored,
  { persona }: Situation,
  { isLeaning, base }: { isLeaning: boolean; base: (key: number) => number },
): Scored {
  const detail = isLeaning ? persona() : null;
  if (detail === null) return scored;
  return {
    ...scored,
    reasons(index) {
      const [first] = scored.reasons(index);
      const more = scored.score(index) - base(scored.key(index));
      if (first === undefined || !(more > 0)) return scored.reasons(index);
      const weight = scored.score(index) - more;
      return [...(weight > 0 ? [{ ...first, weight }] : []), { code: 'popular_with_persona', detail, weight: more }];
    },
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

/** What came last, in the page's category where there is one. */
export function newest(situation: Situation): Scored {
  const { catalogue, page } = situation;
  const { keys, weights } = situation.popularity.arrivals();
  const { category } = page;
  if (category === null) return scoredOf({ keys, weights }, { code: 'new_arrival' });
  const isIn = (_: number, i: number) =>
    catalogue.membersOf(keys[i] as number).some((slot) => catalogue.categories(slot).includes(category));
  return scoredOf({ keys: keys.filter(isIn), weights: weights.filter(isIn) }, { code: 'new_arrival' });
}
