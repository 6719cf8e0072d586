/** Basket completion: one line of a basket is hidden and looked for among the first ten recommendations. */
import { BASKET_LINES, type KeyedBasket } from '../../learning/learn.ts';
import { best, scoreBasket } from '../../learning/score.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { fnv1a32 } from '../../shared/hash.ts';
import { sample, seededRandom } from '../../shared/random.ts';
import { createNames, modelOfBaskets, type Names } from './model.ts';

const FIRST = 10;

export interface DatedBasket {
  id: string;
  /** Epoch milliseconds; the same for all where the file has no dates. */
  at: number;
  items: string[];
}

export interface BasketReport {
  /** Recall at 10, percent. */
  recall: number;
  n: number;
  learnMicroseconds: number;
  scoreMicroseconds: number;
}

/** The basket as it is learnt: distinct items, a sample of large ones that depends on nothing but the basket's id. */
export function keyedBasket(basket: DatedBasket, names: Names): KeyedBasket {
  const items = [...new Set(basket.items)];
  const lines = items.length > BASKET_LINES ? sample(items, BASKET_LINES, seededRandom(fnv1a32(basket.id))) : items;
  return { keys: lines.map(names.keyOf), at: basket.at, learn: true };
}

/** Learns the training baskets, oldest first, and completes each test basket of two items or more. */
export function evaluateBaskets(train: readonly DatedBasket[], test: readonly DatedBasket[]): BasketReport {
  const names = createNames();
  const model = modelOfBaskets(train.map((basket) => keyedBasket(basket, names)));
  let hits = 0;
  let n = 0;
  const from = performance.now();
  for (const { id, items } of test) {
    const distinct = [...new Set(items)];
    if (distinct.length < 2) continue;
    const hidden = distinct.splice(Math.floor(seededRandom(fnv1a32(id))() * distinct.length), 1)[0] ?? '';
    const scored = scoreBasket({ basket: distinct.map(names.keyOf), cards: model.cards, counts: model.counts });
    if (best(scored, FIRST).some((i) => scored.keys[i] === names.keyOf(hidden))) hits++;
    n++;
  }
  return {
    recall: n === 0 ? 0 : (100 * hits) / n,
    n,
    learnMicroseconds: model.learnMicroseconds,
    scoreMicroseconds: (1000 * (performance.now() - from)) / Math.max(1, n),
  };
}

/** What is no merchandise in the invoices of the online-retail set. */
const NOT_MERCHANDISE = /^(POST|DOT|M|S|B|D|C2|AMAZONFEE|BANK CHARGES|CRUK|PADS|GIFT_0001_.*)$/;
const TEST_DAYS = 30;

/**
 * Invoices (`invoice sku quantity time unit_price customer country cancelled`) as baskets, split at 30 days before the last row.
 * Cancellations, stock notes and what is no merchandise are left out; codes that differ in letter case only are one item.
 */
export function splitInvoices(rows: readonly string[]): { train: DatedBasket[]; test: DatedBasket[] } {
  const baskets = new Map<string, DatedBasket>();
  let last = 0;
  for (const row of rows.slice(1)) {
    const [invoice, sku, quantity, time, price, , , cancelled] = row.split('\t');
    const at = Number(time) * 1000;
    last = Math.max(last, at);
    const item = sku?.toUpperCase() ?? '';
    if (!invoice || cancelled !== '0' || !(Number(quantity) > 0) || !(Number(price) > 0) || NOT_MERCHANDISE.test(item))
      continue;
    const basket = baskets.get(invoice) ?? { id: invoice, at, items: [] };
    baskets.set(invoice, basket);
    basket.items.push(item);
  }
  const inOrder = [...baskets.values()].sort((a, b) => a.at - b.at);
  const split = last - TEST_DAYS * DAY_MS;
  return {
    train: inOrder.filter((basket) => basket.at < split),
    test: inOrder.filter((basket) => basket.at >= split),
  };
}
