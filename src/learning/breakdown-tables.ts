/** The tables of the published breakdown: what personas look at and buy, what those who come like somebody do, and who comes back for what. */
import { type TopList, topList } from '../recommendations/top.ts';
import type { Cards } from './cards.ts';
import { contextSums, kindOf, ofItem } from './contexts.ts';
import { repeatRatio } from './repeats.ts';
import { rowsOf } from './tagged.ts';

/** Personas that are published, the most frequent, and items of each, the most bought and viewed. */
const PERSONAS = 32;
const ITEMS_OF_A_PERSONA = 2_048;
/** Contexts that are published, and items of each, those with most there. They lie behind the personas, in the same form. */
const CONTEXTS = 24;
const ITEMS_OF_A_CONTEXT = 1_024;
/** Who comes back for what lies behind them: under this tag, of the items with most customers. */
export const REPEATS = 2 ** 32 - 1;
const ITEMS_WITH_REPEATS = 8_192;

/** What an order says about what a persona wants, in views. */
const ORDER_IN_VIEWS = 10;

const NONE = new Float64Array(0);

/** A table by tag: a persona's, a context's, or of who comes back; each row names its item by the index of what is published. */
export interface Person {
  tag: number;
  totals: [number, number, number];
  items: { index: number; columns: [number, number, number] }[];
}

/** Where the items of the counts lie: of each slot its published index, and back. Lists are drawn by the index, so that they do not depend on who came first. */
export interface Places {
  indexOf: Uint32Array;
  slotOf: Uint32Array;
}

export function personasOf({ counts }: Cards, { indexOf, slotOf }: Places): Person[] {
  const { slots, tags, columns, size } = counts.personas;
  const [views = NONE, orders = NONE, trending = NONE] = columns;
  const found = new Map<number, Omit<Person, 'items'> & { top: TopList }>();
  for (let row = 0; row < size; row++) {
    const tag = tags[row] ?? 0;
    let person = found.get(tag);
    if (person === undefined) {
      person = { tag, totals: [0, 0, 0], top: topList(ITEMS_OF_A_PERSONA) };
      found.set(tag, person);
    }
    const { totals, top } = person;
    const viewed = views[row] ?? 0;
    const ordered = orders[row] ?? 0;
    totals[0] += viewed;
    totals[1] += ordered;
    totals[2] += trending[row] ?? 0;
    top.add(indexOf[slots[row] ?? 0] ?? 0, viewed + ORDER_IN_VIEWS * ordered);
  }
  const columnsOf = (slot: number, tag: number): [number, number, number] => {
    const row = rowsOf(counts.personas, slot).find((one) => tags[one] === tag) ?? 0;
    return [views[row] ?? 0, orders[row] ?? 0, trending[row] ?? 0];
  };
  return [...found.values()]
    .sort((a, b) => b.totals[0] + b.totals[1] - (a.totals[0] + a.totals[1]) || a.tag - b.tag)
    .slice(0, PERSONAS)
    .map(({ tag, totals, top }) => {
      const indices = [...top.ranked().keys].sort((a, b) => a - b);
      return { tag, totals, items: indices.map((index) => ({ index, columns: columnsOf(slotOf[index] ?? 0, tag) })) };
    });
}

/** The contexts of those kinds that tell something in this shop. */
export function contextsOf({ counts, contexts }: Cards, { indexOf, slotOf }: Places): Person[] {
  const sums = contextSums(counts.contexts);
  const tops = new Map(
    [...sums]
      .filter(([tag]) => tag >= 0 && contexts.trials[kindOf(tag)]?.isBetter === true)
      .sort(([a, most], [b, least]) => least - most || a - b)
      .slice(0, CONTEXTS)
      .map(([tag]) => [tag, topList(ITEMS_OF_A_CONTEXT)] as const),
  );
  const { slots, tags, columns, size } = counts.contexts;
  for (let row = 0; row < size; row++)
    tops.get(tags[row] ?? 0)?.add(indexOf[slots[row] ?? 0] ?? 0, columns[0]?.[row] ?? 0);
  return [...tops].map(([tag, top]) => ({
    tag,
    totals: [sums.get(tag) ?? 0, sums.get(-1 - kindOf(tag)) ?? 0, 0],
    items: [...top.ranked().keys]
      .sort((a, b) => a - b)
      .map((index) => {
        const [all, theirs] = ofItem(counts.contexts, slotOf[index] ?? 0, tag);
        return { index, columns: [theirs, all, 0] };
      }),
  }));
}

/** Where knowing it finds better what is bought again. */
export function repeatsOf({ counts, again }: Cards, { indexOf }: Places): Person[] {
  if (again?.isBetter !== true) return [];
  const { slots, columns, size } = counts.repeats;
  const [buyers = NONE, repeaters = NONE] = columns;
  const shop = { buyers: 0, repeaters: 0 };
  const top = topList(ITEMS_WITH_REPEATS);
  for (let row = 0; row < size; row++) {
    shop.buyers += buyers[row] ?? 0;
    shop.repeaters += repeaters[row] ?? 0;
    top.add(row, buyers[row] ?? 0);
  }
  const items = [...top.ranked().keys].map((row): Person['items'][number] => {
    const ratio = repeatRatio({ buyers: buyers[row] ?? 0, repeaters: repeaters[row] ?? 0 }, shop);
    return { index: indexOf[slots[row] ?? 0] ?? 0, columns: [ratio, 0, 0] };
  });
  return [{ tag: REPEATS, totals: [0, 0, 0], items: items.sort((a, b) => a.index - b.index) }];
}
