import type { Catalogue } from '../catalog/catalogue.ts';
import type { Counts } from '../learning/counts.ts';
import { DAY_MS, fade } from '../shared/decay.ts';
import { NOTHING_RANKED, type Ranked, type TopList, topList } from './top.ts';

/** How long the lists are: deeper candidates come from the assortment, which reads the counts themselves. */
const OVERALL = 1_000;
const PER_CATEGORY = 200;
const ARRIVALS = 500;
const LITTLE_KNOWN = 300;
/** Decayed views beyond which an item is known well enough. */
const LITTLE_VIEWS = 20;
/** Of items with as many views the newer comes first: so many milliseconds of age weigh as much as the first two views. */
const NEWER_MS = 1e15;
const ARRIVAL_HALF_LIFE_MS = 30 * DAY_MS;

/** What everybody looks at and buys, by card key. Computed once per version of the counts, never within a decision. */
export interface Popularity {
  /** Decayed with a half-life of one day, per card key; in a category, or overall. */
  trending(category?: string): Ranked;
  /** By baskets; items that nobody bought follow by their views, with weights below every bought one's. */
  bestsellers(category?: string): Ranked;
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

interface Lists {
  overall: TopList;
  byCategory: Map<string, TopList>;
}

const lists = (): Lists => ({ overall: topList(OVERALL), byCategory: new Map() });

function take(into: Lists, categories: readonly string[], key: number, weight: number): void {
  if (!(weight > 0)) return;
  into.overall.add(key, weight);
  for (const slug of categories) {
    let list = into.byCategory.get(slug);
    if (list === undefined) {
      list = topList(PER_CATEGORY);
      into.byCategory.set(slug, list);
    }
    list.add(key, weight);
  }
}

function reader(from: Lists): (category?: string) => Ranked {
  const read = new Map<string, Ranked>();
  const overall = from.overall.ranked();
  return (category) => {
    if (category === undefined) return overall;
    let ranked = read.get(category);
    if (ranked === undefined) {
      ranked = from.byCategory.get(category)?.ranked() ?? NOTHING_RANKED;
      read.set(category, ranked);
    }
    return ranked;
  };
}

/**
 * The order by sales: baskets first, views as the tie-breaker and for what nobody bought.
 * @returns above 0 for anything that was viewed or bought; at least 1 for anything bought
 */
export function salesWeight(views: number, baskets: number): number {
  const viewed = views / (views + 1_000);
  return baskets > 0 ? 1 + baskets + viewed : viewed;
}

function aged(arrivals: Ranked): Ranked {
  const newest = arrivals.weights[0] ?? 0;
  return { keys: arrivals.keys, weights: arrivals.weights.map((at) => fade(newest, at, ARRIVAL_HALF_LIFE_MS)) };
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
    const sales = salesWeight(views, baskets);
    take(sold, categories, key, sales);
    if (brand !== '') take(brands, [brand], key, sales);
    take(trending, categories, key, counts.trending(index));
  }
  const arrived = arrivals.ranked();
  const newest = aged(arrived);
  const unknown = littleKnown.ranked();
  return {
    trending: reader(trending),
    bestsellers: reader(sold),
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
