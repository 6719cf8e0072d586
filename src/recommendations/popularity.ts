import type { Catalogue } from '../catalog/catalogue.ts';
import type { Counts } from '../learning/counts.ts';
import { DAY_MS, fade } from '../shared/decay.ts';
import { contextLists, leaningLists, type PopularLists, type Totals } from './leaning.ts';
import { type Lists, lists, reader, salesWeight, take } from './popular-lists.ts';
import { type Ranked, topList } from './top.ts';

const ARRIVALS = 500;
const LITTLE_KNOWN = 300;
/** Decayed views beyond which an item is known well enough. */
const LITTLE_VIEWS = 20;
/** Of items with as many views the newer comes first: so many milliseconds of age weigh as much as the first two views. */
const NEWER_MS = 1e15;
const ARRIVAL_HALF_LIFE_MS = 30 * DAY_MS;

/** What everybody looks at and buys, by card key. Computed once per version of the counts, never within a decision. */
export interface Popularity extends PopularLists {
  /** Decayed with a half-life of one day, per card key; in a category, or overall. */
  trending(category?: string): Ranked;
  /** By baskets; items that nobody bought follow by their views, with weights below every bought one's. */
  bestsellers(category?: string): Ranked;
  /** By orders of the last `days` days (UTC, 1 to 31), that of the shop's newest event included: what was not ordered in them is not there. */
  ordered(days: number, category?: string): Ranked;
  /** The same lists as a persona has them; null where nothing is known of it. @param tag see `personaTag` */
  leaning(tag: number): PopularLists | null;
  /** The same lists as those have them who come like this; null where that tells nothing. @param tags see `contextTags` */
  inContext(tags: readonly number[]): Contextual | null;
  /** Newest first, by `createdAt`, at the earliest `since`: weight 1 for the newest, half as much for every 30 days before it. */
  arrivals(since?: number): Ranked;
  /** New or hardly looked at: fewest views first, of equal ones the newest. None with more than 20 (decayed) views. */
  littleKnown(): Ranked;
  /** What share of the listed items is in a category, 0 to 1: says how much an affinity to it means. */
  breadth(category: string): number;
  /** As `bestsellers`, of one brand. */
  ofBrand(brand: string): Ranked;
  breadthOfBrand(brand: string): number;
  /** The largest number of baskets that an item is in; 0 when nothing was bought. */
  readonly mostBaskets: number;
}

/** @property tags those of the context that tell something in this shop */
export interface Contextual {
  lists: PopularLists;
  tags: readonly number[];
}

/** Contexts whose lists are kept; what comes seldom is made again. */
const MOST_CONTEXTS = 32;

/** Made when a context is first asked for. */
function contextual(counts: Counts, make: (tags: readonly number[]) => PopularLists): Popularity['inContext'] {
  const known = new Map<string, Contextual>();
  return (tags) => {
    const telling = tags.filter((tag) => counts.breakdown.context(tag) !== null);
    if (telling.length === 0) return null;
    const name = telling.join(' ');
    let found = known.get(name);
    if (found === undefined) {
      if (known.size >= MOST_CONTEXTS) known.clear();
      found = { lists: make(telling), tags: telling };
      known.set(name, found);
    }
    return found;
  };
}

function aged(arrivals: Ranked): Ranked {
  const newest = arrivals.weights[0] ?? 0;
  return { keys: arrivals.keys, weights: arrivals.weights.map((at) => fade(newest, at, ARRIVAL_HALF_LIFE_MS)) };
}

/** Of items that were ordered as often, the one that is looked at more comes first. */
function orderedWithin(days: number, counts: Counts, catalogue: Catalogue): Lists {
  const into = lists();
  counts.breakdown.ordered(days, (index, orders) => {
    const key = counts.keyOf(index);
    const slot = catalogue.membersOf(key).find((one) => !catalogue.isRemoved(one));
    if (slot !== undefined) take(into, catalogue.categories(slot), key, salesWeight(counts.views(index), orders));
  });
  return into;
}

/** Made when a period is first asked for. */
function remembered(make: (days: number) => (category?: string) => Ranked): PopularLists['ordered'] {
  const known = new Map<number, (category?: string) => Ranked>();
  return (days, category) => {
    const read = known.get(days) ?? make(days);
    known.set(days, read);
    return read(category);
  };
}

/** Reads all counts once: O(n log 1,000) for n items with counts. */
export function popularityOf(counts: Counts, catalogue: Catalogue): Popularity {
  const trending = lists();
  const sold = lists();
  const brands = lists();
  const arrivals = topList(ARRIVALS);
  const littleKnown = topList(LITTLE_KNOWN);
  const sizes = new Map<string, number>();
  const brandSizes = new Map<string, number>();
  let items = 0;
  let mostBaskets = 0;
  const totals: { -readonly [K in keyof Totals]: number } = { views: 0, baskets: 0, trending: 0 };
  const known = new Set<number>();
  for (let slot = 0; slot < catalogue.size; slot++) {
    if (catalogue.isRemoved(slot)) continue;
    const key = catalogue.keyOf(slot);
    const createdAt = catalogue.createdAt(slot);
    if (known.has(key)) continue;
    known.add(key);
    items++;
    const categories = catalogue.categories(slot);
    for (const slug of categories) sizes.set(slug, (sizes.get(slug) ?? 0) + 1);
    const brand = catalogue.brand(slot);
    if (brand !== '') brandSizes.set(brand, (brandSizes.get(brand) ?? 0) + 1);
    if (createdAt > 0) arrivals.add(key, createdAt);
    const index = counts.indexOf(key);
    const views = counts.views(index);
    if (views <= LITTLE_VIEWS) littleKnown.add(key, 1 / (1 + views) + createdAt / NEWER_MS);
    if (index < 0) continue;
    const baskets = counts.baskets(index);
    if (baskets > mostBaskets) mostBaskets = baskets;
    const trend = counts.trending(index);
    totals.views += views;
    totals.baskets += baskets;
    totals.trending += trend;
    const sales = salesWeight(views, baskets);
    take(sold, categories, key, sales);
    if (brand !== '') take(brands, [brand], key, sales);
    take(trending, categories, key, trend);
  }
  const arrived = arrivals.ranked();
  const newest = aged(arrived);
  const unknown = littleKnown.ranked();
  const base: PopularLists = {
    trending: reader(trending),
    bestsellers: reader(sold),
    ordered: remembered((days) => reader(orderedWithin(days, counts, catalogue))),
  };
  const leaning = new Map<number, PopularLists | null>();
  return {
    ...base,
    leaning(tag) {
      let lists = leaning.get(tag);
      if (lists === undefined) {
        const persona = counts.breakdown.persona(tag);
        lists = persona === null ? null : leaningLists({ counts, catalogue, base, totals }, persona);
        leaning.set(tag, lists);
      }
      return lists;
    },
    inContext: contextual(counts, (tags) =>
      contextLists(
        { counts, catalogue, base },
        tags.flatMap((tag) => counts.breakdown.context(tag) ?? []),
      ),
    ),
    ofBrand: reader(brands),
    arrivals(since) {
      if (since === undefined) return newest;
      const end = arrived.weights.findLastIndex((at) => at >= since) + 1;
      return { keys: newest.keys.subarray(0, end), weights: newest.weights.subarray(0, end) };
    },
    littleKnown: () => unknown,
    breadth: (category) => (items === 0 ? 0 : (sizes.get(category) ?? 0) / items),
    breadthOfBrand: (brand) => (items === 0 ? 0 : (brandSizes.get(brand) ?? 0) / items),
    mostBaskets,
  };
}
