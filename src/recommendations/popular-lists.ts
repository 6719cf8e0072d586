/** Lists of items by weight, overall and by category. */
import { NOTHING_RANKED, type Ranked, type TopList, topList } from './top.ts';

/** How long the lists are: deeper candidates come from the assortment, which reads the counts themselves. */
export const OVERALL = 1_000;
export const PER_CATEGORY = 200;

export interface Lists {
  overall: TopList;
  byCategory: Map<string, TopList>;
}

export const lists = (): Lists => ({ overall: topList(OVERALL), byCategory: new Map() });

export function take(into: Lists, categories: readonly string[], key: number, weight: number): void {
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

/** Each list is sorted when it is first asked for. */
export function reader(from: Lists): (category?: string) => Ranked {
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
