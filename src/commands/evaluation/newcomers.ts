/** Newcomers: what a customer's first order holds, looked for among the ten bestsellers, everybody's and as they are for those who come like this. */
import { emptyCatalogue } from '../../catalog/memory.ts';
import { createCards } from '../../learning/cards.ts';
import { contextOf, contextsTold, contextTags } from '../../learning/contexts.ts';
import { learnBasket } from '../../learning/learn.ts';
import { popularityOf } from '../../recommendations/popularity.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { countryOf } from '../importing/values.ts';
import { type DatedBasket, keyedBasket } from './baskets.ts';
import { createNames, HALF_LIFE_MS, OWN_CLICKS, publishCards } from './model.ts';

const FIRST = 10;

/** First orders of the last days of the file are asked about, by what was published at most a day before. */
const ASKED_DAYS = 90;

/** Recall at 10, percent, by the lists of everybody and by those of the context. */
interface Compared {
  everybody: number;
  context: number;
  n: number;
}

export interface NewcomersReport {
  all: Compared;
  /** From elsewhere than most come from. */
  abroad: Compared;
  /** The kinds of context by which the hold-out leans in the end, and what each tells, bits an item. */
  told: ReturnType<typeof contextsTold>;
}

const compared = (): Compared => ({ everybody: 0, context: 0, n: 0 });
const percent = ({ everybody, context, n }: Compared): Compared => ({
  everybody: (100 * everybody) / Math.max(1, n),
  context: (100 * context) / Math.max(1, n),
  n,
});

/**
 * Learns orders one after the other, each after it was asked about.
 * @param baskets oldest first, with the English name of their country
 */
export function evaluateNewcomers(baskets: readonly DatedBasket[]): NewcomersReport {
  const names = createNames();
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  const catalogue = emptyCatalogue({ variants: 'separate' });
  const items = [...new Set(baskets.flatMap((basket) => basket.items))];
  catalogue.apply(
    items.map((itemId) => ({ itemId, item: { itemId, title: itemId, availability: 'in_stock' } })),
    1,
  );
  const from = (baskets.at(-1)?.at ?? 0) - ASKED_DAYS * DAY_MS;
  const known = new Set<string>();
  const home = mostFrequent(baskets);
  const [all, abroad] = [compared(), compared()];
  let popularity = null;
  let day = -1;
  for (const basket of baskets) {
    const { at, customer = '', country = '' } = basket;
    const context = contextOf({ country: countryOf(country), hour: new Date(at).getUTCHours() });
    if (at >= from && customer !== '' && !known.has(customer)) {
      if (popularity === null || Math.floor(at / DAY_MS) !== day)
        popularity = popularityOf(publishCards(cards, OWN_CLICKS).counts, catalogue);
      day = Math.floor(at / DAY_MS);
      const wanted = new Set(basket.items.map(names.keyOf));
      const recall = ({ keys }: { keys: ArrayLike<number> }) =>
        Array.from(keys)
          .slice(0, FIRST)
          .filter((key) => wanted.has(key)).length / Math.min(FIRST, wanted.size);
      const everybody = recall(popularity.bestsellers());
      const lists = popularity.inContext(contextTags(context))?.lists;
      const theirs = lists === undefined ? everybody : recall(lists.bestsellers());
      for (const sums of country === home ? [all] : [all, abroad]) {
        sums.everybody += everybody;
        sums.context += theirs;
        sums.n++;
      }
    }
    known.add(customer);
    learnBasket(cards, { ...keyedBasket(basket, names), context });
  }
  return { all: percent(all), abroad: percent(abroad), told: contextsTold(cards.contexts) };
}

function mostFrequent(baskets: readonly DatedBasket[]): string {
  const counts = new Map<string, number>();
  for (const { country = '' } of baskets) counts.set(country, (counts.get(country) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0] as const)[0];
}
