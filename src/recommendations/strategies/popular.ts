import { contextName } from '../../learning/contexts.ts';
import { personaTag } from '../../personas/tag.ts';
import { DAY_MS } from '../../shared/decay.ts';
import type { PopularLists } from '../leaning.ts';
import { salesWeight } from '../popular-lists.ts';
import type { Reason } from '../schema.ts';
import { NOTHING_SCORED, type Scored, scoredOf } from '../scored.ts';
import type { Situation } from '../situation.ts';

/** What is looked at and bought now, in the page's category where there is one; the visitor's persona leans it as far as it is known, otherwise what is known of anybody. */
export function trending(situation: Situation): Scored {
  const category = situation.page.category ?? undefined;
  const { counts, popularity } = situation;
  const leaning = leaningOf(situation);
  const { lists } = leaning ?? { lists: popularity };
  return leant(scoredOf(lists.trending(category), reason('trending', category)), leaning, (key) =>
    counts.trending(counts.indexOf(key)),
  );
}

/**
 * What sells most, in the page's category where there is one; the visitor's persona leans it as far as it is known, otherwise what is
 * known of anybody: country, device, time of day, the kind of page before.
 * @param days by the orders of so many days; null: by all orders, decayed with the shop's half-life
 */
export function bestsellers(situation: Situation, days: number | null): Scored {
  const category = situation.page.category ?? undefined;
  const { counts, popularity } = situation;
  const leaning = leaningOf(situation);
  const { lists } = leaning ?? { lists: popularity };
  const ranked = days === null ? lists.bestsellers(category) : lists.ordered(days, category);
  const scored = leant(scoredOf(ranked, reason('bestseller', category)), days === null ? leaning : null, (key) =>
    salesWeight(counts.views(counts.indexOf(key)), counts.baskets(counts.indexOf(key))),
  );
  // What nobody bought is listed by its views; to call it a bestseller would be untrue.
  return {
    ...scored,
    reasons: (index) =>
      counts.baskets(counts.indexOf(scored.key(index))) > 0
        ? scored.reasons(index)
        : [{ ...reason('popular', category), weight: scored.score(index) }],
  };
}

/** Lists that are not everybody's, and whose they are. */
interface Leaning {
  lists: PopularLists;
  more: Pick<Reason, 'code' | 'detail'>;
}

/** What is less than a tenth more popular somewhere is no more theirs than anybody's. */
const NOTABLY_MORE = 1.1;

/** What those who come like this look at and buy more than everybody does; of somebody who has a persona, and where that tells nothing, nothing. */
export function popularHere(situation: Situation): Scored {
  const leaning = leaningOf(situation);
  if (leaning?.more.code !== 'popular_in_context') return NOTHING_SCORED;
  const { counts } = situation;
  const base = (key: number) => counts.trending(counts.indexOf(key));
  const { keys, weights } = leaning.lists.trending(situation.page.category ?? undefined);
  const isMore = (_: number, i: number) => (weights[i] as number) > NOTABLY_MORE * base(keys[i] as number);
  const more = { keys: keys.filter(isMore), weights: weights.filter(isMore) };
  return leant(scoredOf(more, reason('trending', situation.page.category ?? undefined)), leaning, base);
}

function leaningOf({ popularity, persona, context }: Situation): Leaning | null {
  const detail = persona();
  const lists = detail === null ? null : popularity.leaning(personaTag(detail));
  if (detail !== null && lists !== null) return { lists, more: { code: 'popular_with_persona', detail } };
  const here = popularity.inContext(context?.() ?? []);
  if (here === null) return null;
  return { lists: here.lists, more: { code: 'popular_in_context', detail: here.tags.map(contextName).join(' ') } };
}

/** What an item has more of than everybody gives it is the persona's, or the context's: that is a reason of its own. */
function leant(scored: Scored, leaning: Leaning | null, base: (key: number) => number): Scored {
  if (leaning === null) return scored;
  return {
    ...scored,
    reasons(index) {
      const [first] = scored.reasons(index);
      const more = scored.score(index) - base(scored.key(index));
      if (first === undefined || !(more > 0)) return scored.reasons(index);
      const weight = scored.score(index) - more;
      return [...(weight > 0 ? [{ ...first, weight }] : []), { ...leaning.more, weight: more }];
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
