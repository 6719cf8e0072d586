/**
 * Whether who comes back for what finds better what is bought again, found out by the shop's own orders: before an order is learnt, what its customer bought
 * before is ranked both ways, and how much of the order each has among its first ten is counted. So a shop that only streams comes to the same choice as one
 * that has imported its past. Nothing is kept of what the customer bought but the counts of the trials.
 */
import type { Cards } from './cards.ts';
import { NO_TRIALS, type TrialCounts } from './holdout.ts';
import { dayOf, type KeyedBasket } from './learn.ts';
import { DEMAND_DAYS, POPULARITY, repeatRatio } from './repeats.ts';
import { rowsOf } from './tagged.ts';

/** Length of the lists that are judged, and orders of one delivery that are asked about. */
const LIST = 10;
const TRIALS_AT_ONCE = 16;

/** How far the shop's newest event goes on before its sums are added up again. */
const SUMS_MS = 3_600_000;

/** What an item is read beside. */
interface ShopSums {
  newest: number;
  /** Orders of the last 31 days with the item that has most of them. */
  mostOrders: number;
  buyers: number;
  repeaters: number;
}

/** Orders with an item within the last 31 days, that of the shop's newest event included. */
function recentOrders({ counts: { days }, newest }: Cards, slot: number): number {
  const oldest = dayOf(newest) - DEMAND_DAYS;
  let orders = 0;
  for (const row of rowsOf(days, slot)) if ((days.tags[row] ?? 0) > oldest) orders += days.columns[0]?.[row] ?? 0;
  return orders;
}

/** Customers who bought an item, and those who came back for it. */
function comers({ repeats }: Cards['counts'], slot: number): { buyers: number; repeaters: number } {
  const row = rowsOf(repeats, slot)[0] ?? -1;
  return { buyers: repeats.columns[0]?.[row] ?? 0, repeaters: repeats.columns[1]?.[row] ?? 0 };
}

function addUp(cards: Cards): ShopSums {
  const sums = { newest: cards.newest, mostOrders: 0, buyers: 0, repeaters: 0 };
  for (let slot = 0; slot < cards.counts.size; slot++) {
    sums.mostOrders = Math.max(sums.mostOrders, recentOrders(cards, slot));
    const { buyers, repeaters } = comers(cards.counts, slot);
    sums.buyers += buyers;
    sums.repeaters += repeaters;
  }
  return sums;
}

/** The share of what was bought that is among the first of the list. */
function recallOf(scored: readonly { key: number; score: number }[], bought: ReadonlySet<number>): number {
  const list = scored.toSorted((a, b) => b.score - a.score).slice(0, LIST);
  return new Set(list.flatMap(({ key }) => (bought.has(key) ? [key] : []))).size / bought.size;
}

/** Asks both ways about orders that are not learnt yet. */
export type AskAgain = (baskets: readonly KeyedBasket[]) => TrialCounts;

export function openAgainTrials(cards: Cards): AskAgain {
  let held: ShopSums | null = null;
  return (baskets) => {
    const found = { ...NO_TRIALS };
    const asked = baskets.filter(({ learn, past, keys }) => learn && past !== undefined && keys.length > 0);
    if (asked.length === 0) return found;
    if (held === null || Math.abs(cards.newest - held.newest) >= SUMS_MS) held = addUp(cards);
    const sums = held;
    for (const { past = [], keys } of asked.slice(0, TRIALS_AT_ONCE)) {
      const bought = new Set(keys);
      const items = past.map(({ key, weight }) => {
        const slot = cards.counts.slots.get(key) ?? -1;
        const demand = sums.mostOrders > 0 ? recentOrders(cards, slot) / sums.mostOrders : 0;
        return { key, weight, demand, ratio: repeatRatio(comers(cards.counts, slot), sums) };
      });
      const once = items.map(({ key, weight, demand }) => ({ key, score: weight + POPULARITY.once * demand }));
      const again = items.map(({ key, weight, demand, ratio }) => ({
        key,
        score: weight * Math.sqrt(ratio) + POPULARITY.again * demand,
      }));
      const [before, after] = [recallOf(once, bought), recallOf(again, bought)];
      found.n++;
      found.both += Math.min(before, after);
      found.lost += Math.max(0, before - after);
      found.gained += Math.max(0, after - before);
    }
    return found;
  };
}
