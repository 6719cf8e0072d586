/**
 * What sells and what is looked at, as one persona has it, or somebody who comes from there, with that, at that time: the shop's lists, each item weighed by
 * how much more of it goes to them than to everybody.
 */
import type { Catalogue } from '../catalog/catalogue.ts';
import type { ContextCounts, PersonaCounts } from '../learning/breakdown.ts';
import { contextLean } from '../learning/contexts.ts';
import type { Counts } from '../learning/counts.ts';
import { OVERALL, PER_CATEGORY, salesWeight } from './popular-lists.ts';
import { type Ranked, topList } from './top.ts';

/** An item's own share gets half the say against the shop's at so many views or orders of it. */
const HALF_EVIDENCE_OF_ITEM = 10;
/** The persona gets half the say against everybody at so many views or orders of its own. */
const HALF_EVIDENCE_OF_PERSONA = 50;

export type Totals = PersonaCounts['totals'];

/** The lists of a shop that may lean towards a persona. */
export interface PopularLists {
  trending(category?: string): Ranked;
  bestsellers(category?: string): Ranked;
  /** By orders of the last `days` days. */
  ordered(days: number, category?: string): Ranked;
}

/**
 * How much more of an item goes to a persona than its share of everything, shrunken twice: with few views or orders of the item towards `before`, and with
 * few of the persona altogether towards it again. Never a switch; 1 where nothing is known.
 * @param share of the persona in everything, 0 to 1
 * @param evidence how many views or orders the persona has
 * @param before what is believed without these counts
 */
export function leanOf(
  item: { all: number; theirs: number },
  { share, evidence }: { share: number; evidence: number },
  before: number,
): number {
  if (!(share > 0)) return before;
  const found = (item.theirs + HALF_EVIDENCE_OF_ITEM * share * before) / ((item.all + HALF_EVIDENCE_OF_ITEM) * share);
  const say = evidence / (evidence + HALF_EVIDENCE_OF_PERSONA);
  return (1 - say) * before + say * found;
}

interface Sources {
  counts: Counts;
  catalogue: Catalogue;
  base: PopularLists;
  /** Of everybody. */
  totals: Totals;
}

const NOBODY = { views: 0, baskets: 0, trending: 0 };

function pushTo(lists: Map<string, number[]>, name: string, key: number): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [key]);
  else list.push(key);
}

/** The keys of what the catalogue has, by category; sorted out when a category is first asked for. */
function ownKeys(catalogue: Catalogue, keys: readonly number[]): (category?: string) => readonly number[] {
  const slotOf = (key: number) => catalogue.membersOf(key).find((slot) => !catalogue.isRemoved(slot));
  const all = keys.filter((key) => slotOf(key) !== undefined);
  let sorted: Map<string, number[]> | null = null;
  return (category) => {
    if (category === undefined) return all;
    if (sorted === null) {
      sorted = new Map();
      for (const key of all) for (const slug of catalogue.categories(slotOf(key) ?? 0)) pushTo(sorted, slug, key);
    }
    return sorted.get(category) ?? [];
  };
}

/** @param persona whose lists they are */
export function leaningLists({ counts, catalogue, base, totals }: Sources, persona: PersonaCounts): PopularLists {
  const rowOf = new Map<number, number>();
  for (let row = 0; row < persona.size; row++) rowOf.set(counts.keyOf(persona.index(row)), row);
  const part = (name: keyof Totals) => ({
    share: totals[name] > 0 ? Math.min(1, persona.totals[name] / totals[name]) : 0,
    evidence: persona.totals[name],
  });
  const shares = { views: part('views'), baskets: part('baskets'), trending: part('trending') };
  const leans = (key: number, by: 'baskets' | 'trending') => {
    const index = counts.indexOf(key);
    const row = rowOf.get(key);
    const theirs =
      row === undefined
        ? NOBODY
        : { views: persona.views(row), baskets: persona.baskets(row), trending: persona.trending(row) };
    const views = leanOf({ all: counts.views(index), theirs: theirs.views }, shares.views, 1);
    return { index, views, lean: leanOf({ all: counts[by](index), theirs: theirs[by] }, shares[by], views) };
  };
  return weighedLists({ counts, catalogue, base }, [...rowOf.keys()], leans);
}

/** By how much an item's views, and its orders or trend, are multiplied; and its index in the counts. */
type Lean = (key: number, by: 'baskets' | 'trending') => { index: number; views: number; lean: number };

/**
 * @param contexts what is known of who asks, each counted by itself: how much more they have of an item is multiplied, as if they did not depend on each
 * other. Nothing is said of an item that is not listed.
 */
export function contextLists(sources: Omit<Sources, 'totals'>, contexts: readonly ContextCounts[]): PopularLists {
  const { counts } = sources;
  const tables = contexts.map((context) => {
    const rows = new Map<number, number>();
    for (let row = 0; row < context.size; row++) rows.set(context.index(row), row);
    return { context, rows };
  });
  const leans: Lean = (key) => {
    const index = counts.indexOf(key);
    let lean = 1;
    for (const { context, rows } of tables) {
      const row = rows.get(index);
      if (row !== undefined)
        lean *= contextLean({ all: context.all(row), theirs: context.theirs(row) }, context.totals);
    }
    return { index, views: lean, lean };
  };
  const keys = new Set(tables.flatMap(({ rows }) => [...rows.keys()].map((index) => counts.keyOf(index))));
  return weighedLists(sources, [...keys], leans);
}

/** The lists of the shop weighed anew, and with them the items of `keys`; each list is made when it is first asked for. */
function weighedLists(
  { counts, catalogue, base }: Omit<Sources, 'totals'>,
  keys: readonly number[],
  leans: Lean,
): PopularLists {
  const own = ownKeys(catalogue, keys);
  const remembered = new Map<string, Ranked>();
  const weighed = (
    name: string,
    category: string | undefined,
    make: () => [Iterable<number>, (key: number) => number],
  ) => {
    const id = `${name} ${category ?? ''}`;
    let ranked = remembered.get(id);
    if (ranked === undefined) {
      const list = topList(category === undefined ? OVERALL : PER_CATEGORY);
      const [keys, weightOf] = make();
      for (const key of keys) list.add(key, weightOf(key));
      ranked = list.ranked();
      remembered.set(id, ranked);
    }
    return ranked;
  };
  return {
    trending: (category) =>
      weighed('trending', category, () => [
        new Set([...base.trending(category).keys, ...own(category)]),
        (key) => {
          const { index, lean } = leans(key, 'trending');
          return counts.trending(index) * lean;
        },
      ]),
    bestsellers: (category) =>
      weighed('bestsellers', category, () => [
        new Set([...base.bestsellers(category).keys, ...own(category)]),
        (key) => {
          const { index, lean, views } = leans(key, 'baskets');
          return salesWeight(counts.views(index) * views, counts.baskets(index) * lean);
        },
      ]),
    ordered: (days, category) =>
      weighed(`ordered ${days}`, category, () => {
        const all = base.ordered(days, category);
        const weights = new Map([...all.keys].map((key, i) => [key, all.weights[i] ?? 0]));
        return [all.keys, (key) => (weights.get(key) ?? 0) * leans(key, 'baskets').lean];
      }),
  };
}
