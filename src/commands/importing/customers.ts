/** What past customers bought, order by order, as far as it fits into memory: to know who came back for what, and to try what they would buy again. */
import type { Cards } from '../../learning/cards.ts';
import { encodeCounts, openCounts } from '../../learning/counts.ts';
import { NO_TRIALS, type TrialCounts, UNDECIDED } from '../../learning/holdout.ts';
import { type Repeat, repeatOf } from '../../learning/repeats.ts';
import { buyAgain } from '../../recommendations/strategies/buy-again.ts';
import { DAY_MS } from '../../shared/decay.ts';
import type { PastOrder } from '../../visitors/schema.ts';

/** With so many lines of orders no more customers are taken up: those who are say enough of all. */
const MOST_LINES = 1_000_000;
/** Orders that are asked about, and length of the lists that are judged. */
const MOST_TRIALS = 20_000;
const LIST = 10;

interface Bought {
  at: number;
  keys: readonly number[];
}

/** An order of a customer that waits: the how many-th of theirs it is, from 0. */
export interface NthOrder {
  customerId: string;
  nth: number;
}

export interface Customers {
  /** Notes an order. @returns what it changes for each of the keys; null of a customer who is not taken up */
  note(customerId: string, order: Bought): { repeats: Repeat[]; nth: number } | null;
  /** How it is found better what was bought again in the latest orders, none of which is learnt yet: by who comes back for what, or without. */
  tryAgain(latest: readonly NthOrder[], cards: Cards): TrialCounts;
}

/** Names of items that are nothing but their keys. */
const ITEMS = { indexOf: (itemId: string) => Number(itemId), keyOf: (slot: number) => slot };

function pastOrder({ at, keys }: Bought, nth: number): PastOrder {
  const lines = keys.map((key) => ({ itemId: String(key), quantity: 1, price: null }));
  return { orderId: String(nth), at, currency: '', value: 0, gift: false, lines };
}

function daysWith(orders: readonly Bought[], key: number): Set<number> {
  return new Set(orders.filter(({ keys }) => keys.includes(key)).map(({ at }) => Math.floor(at / DAY_MS)));
}

/** The counts as they would be published, with and without who comes back for what. */
function countsOf(cards: Cards, isBetter: boolean) {
  const counts = openCounts(encodeCounts({ ...cards, again: { ...UNDECIDED, isBetter } }, { ownClicks: 0 }).buffer);
  if (counts === null) throw new Error('What was just encoded cannot be read.');
  return counts;
}

/** @param mostLines see {@link MOST_LINES} */
export function rememberCustomers(mostLines = MOST_LINES): Customers {
  const customers = new Map<string, Bought[]>();
  let lines = 0;
  return {
    note(customerId, order) {
      const known = customers.get(customerId);
      if (known === undefined && lines >= mostLines) return null;
      const orders = known ?? [];
      customers.set(customerId, orders);
      const day = Math.floor(order.at / DAY_MS);
      const repeats = order.keys.map((key) => repeatOf(daysWith(orders, key), day));
      lines += order.keys.length;
      return { repeats, nth: orders.push(order) - 1 };
    },
    tryAgain(latest, cards) {
      const found = { ...NO_TRIALS };
      const [once, again] = [countsOf(cards, false), countsOf(cards, true)];
      for (const { customerId, nth } of latest.slice(-MOST_TRIALS)) {
        const orders = customers.get(customerId)?.slice(0, nth + 1) ?? [];
        const wanted = new Set(orders.pop()?.keys);
        if (orders.length === 0) continue;
        const profile = { orders: orders.map(pastOrder), hidden: [] };
        const recall = (counts: typeof once): number => {
          const list = buyAgain({ profile, catalogue: ITEMS, counts });
          let hits = 0;
          for (let place = 0; place < Math.min(LIST, list.size); place++) if (wanted.has(list.key(place))) hits++;
          return hits / wanted.size;
        };
        const [before, after] = [recall(once), recall(again)];
        found.n++;
        found.both += Math.min(before, after);
        found.lost += Math.max(0, before - after);
        found.gained += Math.max(0, after - before);
      }
      return found;
    },
  };
}
