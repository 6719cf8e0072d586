import type { Search } from '../find.ts';
import type { Reason } from '../schema.ts';
import { type Entry, mix, NOTHING_SCORED, type Scored, scaled, scoredEntries, scoredOf } from '../scored.ts';
import { priceIn, type Situation } from '../situation.ts';
import { completeTheBasket } from './followers.ts';

/** How relevance is made up: companions of the basket, then what sells in its categories, then what sells at all. */
const COMPANIONS = 1;
const SAME_CATEGORY = 0.4;
const ANYTHING = 0.1;
const CATEGORIES = 4;

/** Candidates that are priced, the most relevant first; the cheap ones among the first of them are paired. */
const DEPTH = 200;
const PAIRED = 40;
const MOST_PAIRS = 5;

/** Beside what is missing, what may be overshot at half the fit, as a share of the threshold: nobody minds a pound more where a penny is missing. */
const TOLERANCE = 0.1;
/** What the fit decides alone; relevance decides the rest. */
const FIT_SAY = 0.5;
/** Below this fit of the best single item, pairs are looked for. */
const GOOD_FIT = 0.6;
/** Two things are more to decide on than one. */
const PAIR_FACTOR = 0.9;

interface Priced {
  key: number;
  slot: number;
  price: number;
  /** 0 to 1. */
  relevance: number;
  reasons: () => Reason[];
}

/**
 * What brings the basket to free delivery: single items that cost at least what is missing, scored by `fit · (½ + ½ · relevance)`, `fit = s/(s + overshoot)`,
 * s being what is missing and a tenth of the threshold. Where no single one fits well, pairs of cheaper ones, which stand beside each other. Nothing for an
 * empty basket, and where nothing is missing. Only prices in the visitor's currency are compared.
 */
export function basketFiller(situation: Situation, search: Search): Scored {
  const { freeShipping, cart } = situation;
  if (freeShipping === null || cart.length === 0) return NOTHING_SCORED;
  const fits = fitOf(freeShipping);
  const candidates = pricedOf(situation, search);
  const singles = candidates.filter((one) => one.price >= freeShipping.missing);
  const best = singles.reduce((most, one) => Math.max(most, fits(one.price)), 0);
  const entries = singles.map((one) => entryOf(one, { fit: fits(one.price), ...said(situation, null) }));
  if (best < GOOD_FIT) entries.push(...pairsOf(candidates, situation, fits));
  return scoredEntries(entries);
}

function fitOf({ from, missing }: { from: number; missing: number }): (paid: number) => number {
  const scale = missing + TOLERANCE * from;
  return (paid) => scale / (scale + paid - missing);
}

/** What goes with the basket and can be had, most relevant first. */
function pricedOf(situation: Situation, { slotFor }: Search): Priced[] {
  const { catalogue, market } = situation;
  const relevant = mix(relevantLists(situation), DEPTH);
  const priced: Priced[] = [];
  for (let index = 0; index < relevant.size && priced.length < DEPTH; index++) {
    const key = relevant.key(index);
    const slot = slotFor(key);
    if (slot < 0 || !catalogue.isAvailable(slot, market)) continue;
    const price = priceIn(situation, slot);
    if (!(price > 0)) continue;
    const relevance = relevant.score(index);
    priced.push({ key, slot, price, relevance, reasons: () => relevant.reasons(index) });
  }
  return priced;
}

function relevantLists(situation: Situation) {
  const { catalogue, cart, popularity } = situation;
  const slugs = new Set<string>();
  for (const { itemId } of cart) {
    const slot = catalogue.indexOf(itemId);
    const slug = slot < 0 ? undefined : catalogue.categories(slot).at(-1);
    if (slug !== undefined) slugs.add(slug);
  }
  const strategy = 'basket_filler';
  const categories = [...slugs].slice(0, CATEGORIES);
  return [
    { scored: completeTheBasket(situation), weight: COMPANIONS, strategy },
    ...categories.map((slug) => ({
      scored: scoredOf(popularity.bestsellers(slug), { code: 'popular', detail: slug }),
      weight: SAME_CATEGORY / categories.length,
      strategy,
    })),
    { scored: scoredOf(popularity.bestsellers(), { code: 'popular' }), weight: ANYTHING, strategy },
  ];
}

/** Of the relevant ones that are too cheap alone, the pairs that score best, each item in one of them. */
function pairsOf(candidates: readonly Priced[], situation: Situation, fits: (paid: number) => number): Entry[] {
  const missing = situation.freeShipping?.missing ?? 0;
  const cheap = candidates.filter((one) => one.price < missing).slice(0, PAIRED);
  const pairs: { one: Priced; other: Priced; fit: number; score: number }[] = [];
  for (const [i, one] of cheap.entries())
    for (const other of cheap.slice(i + 1)) {
      const paid = one.price + other.price;
      if (paid < missing) continue;
      const fit = PAIR_FACTOR * fits(paid);
      pairs.push({ one, other, fit, score: scoreOf((one.relevance + other.relevance) / 2, fit) });
    }
  pairs.sort((a, b) => b.score - a.score);
  const entries: Entry[] = [];
  const taken = new Set<Priced>();
  for (const { one, other, fit } of pairs) {
    if (entries.length >= 2 * MOST_PAIRS) break;
    if (taken.has(one) || taken.has(other)) continue;
    taken.add(one).add(other);
    const relevance = (one.relevance + other.relevance) / 2;
    entries.push(entryOf(one, { fit, relevance, ...said(situation, other) }));
    entries.push(entryOf(other, { fit, relevance, ...said(situation, one) }));
  }
  return entries;
}

const scoreOf = (relevance: number, fit: number): number => fit * (FIT_SAY + (1 - FIT_SAY) * relevance);

type Said = Pick<Reason, 'code' | 'detail'>;

/** What is missing, and what else it takes. */
function said({ catalogue, freeShipping, currency }: Situation, other: Priced | null): Said {
  const detail = `${(freeShipping?.missing ?? 0).toFixed(2)} ${currency}`;
  if (other === null) return { code: 'reaches_free_delivery', detail };
  return { code: 'pair_reaches_free_delivery', detail: `${detail} with ${catalogue.itemId(other.slot)}` };
}

/** @param how.relevance of a pair: both have the score of the pair, so that they stand beside each other */
function entryOf(one: Priced, how: Said & { fit: number; relevance?: number }): Entry {
  const { fit, relevance = one.relevance, code, detail } = how;
  const score = scoreOf(relevance, fit);
  return {
    key: one.key,
    slot: one.slot,
    score,
    reasons: () => {
      const own = (1 - FIT_SAY) * fit * (relevance / (one.relevance || 1));
      return [{ code, detail, weight: FIT_SAY * fit }, ...scaled(one.reasons(), own)];
    },
  };
}
