/** Buy again: what each customer bought on the next shopping day, looked for among the first ten that the strategy finds for them. */
import { openAgainTrials } from '../../learning/again-trials.ts';
import { HELD_OUT } from '../../learning/basket-trials.ts';
import { createCards } from '../../learning/cards.ts';
import type { Counts } from '../../learning/counts.ts';
import { afterTrials, type BlendState, figuresOf, UNDECIDED } from '../../learning/holdout.ts';
import { type KeyedBasket, learnBasket } from '../../learning/learn.ts';
import type { BlendFigures } from '../../learning/schema-published.ts';
import { buyAgain } from '../../recommendations/strategies/buy-again.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { key53 } from '../../shared/hash.ts';
import { pastBefore } from '../../visitors/orders.ts';
import type { PastOrder } from '../../visitors/schema.ts';
import { type NthOrder, rememberCustomers } from '../importing/customers.ts';
import { type DatedBasket, keyedBasket } from './baskets.ts';
import { createNames, HALF_LIFE_MS, OWN_CLICKS, publishCards } from './model.ts';

const FIRST = 10;

export interface BuyAgainReport {
  /** At 10, percent, by what the hold-out on the latest training baskets chooses. */
  recall: number;
  ndcg: number;
  /** Customers with orders before and after. */
  n: number;
  /** As where most items are bought once (τ = 1, e = 0), and by who comes back for what (τ = 2, e = 0.5). */
  once: Found;
  again: Found;
  holdOut: Choice;
  /** What a shop chooses that has only streamed these baskets, each asked about before it was learnt. */
  streamed: Choice;
}

interface Choice {
  isBetter: boolean;
  figures: BlendFigures | null;
}

const choiceOf = (state: BlendState): Choice => ({ isBetter: state.isBetter, figures: figuresOf(state) });

/** No catalogue: every item stands for itself. */
const NO_CATALOGUE = { indexOf: () => -1, keyOf: () => Number.NaN };

function orderOf({ id, at, items }: DatedBasket): PastOrder {
  const lines = [...new Set(items)].map((itemId) => ({ itemId, quantity: 1, price: null }));
  return { orderId: id, at, currency: '', value: 0, gift: false, lines };
}

/** Card keys of what each customer bought on the first day that they shopped. */
function nextDays(test: readonly DatedBasket[]): Map<string, Set<number>> {
  const found = new Map<string, { day: number; keys: Set<number> }>();
  for (const { customer, at, items } of test) {
    if (!customer) continue;
    const day = Math.floor(at / DAY_MS);
    const next = found.get(customer) ?? { day, keys: new Set() };
    found.set(customer, next);
    if (next.day === day) for (const item of items) next.keys.add(key53(item));
  }
  return new Map([...found].map(([customer, { keys }]) => [customer, keys]));
}

/** At 10, percent. */
interface Found {
  recall: number;
  ndcg: number;
}

/** The figures of one way of finding, over all customers with orders before and after. */
function foundBy(counts: Counts, histories: ReadonlyMap<string, PastOrder[]>, test: readonly DatedBasket[]) {
  const sums = { recall: 0, ndcg: 0, n: 0 };
  for (const [customer, wanted] of nextDays(test)) {
    const orders = histories.get(customer);
    if (orders === undefined) continue;
    const found = buyAgain({ profile: { orders, hidden: [] }, catalogue: NO_CATALOGUE, counts });
    let hits = 0;
    let gain = 0;
    let ideal = 0;
    for (let place = 0; place < FIRST; place++) {
      const worth = 1 / Math.log2(place + 2);
      if (place < wanted.size) ideal += worth;
      if (place >= found.size || !wanted.has(found.key(place))) continue;
      hits++;
      gain += worth;
    }
    sums.recall += hits / wanted.size;
    sums.ndcg += gain / ideal;
    sums.n++;
  }
  const percent = (sum: number) => (100 * sum) / Math.max(1, sums.n);
  return { recall: percent(sums.recall), ndcg: percent(sums.ndcg), n: sums.n };
}

/** A basket of a customer, with what they had bought before it. */
function told(basket: KeyedBasket, { customer, ...dated }: DatedBasket, orders: PastOrder[]): KeyedBasket {
  const past = customer ? pastBefore({ orders, hidden: [] }, orderOf(dated)) : [];
  if (past.length === 0) return basket;
  return { ...basket, past: past.map(([itemId, weight]) => ({ key: key53(itemId), weight })) };
}

/** Learns the training baskets, oldest first, the latest after they were asked about, as an import does; every customer has their own orders among them. */
export function evaluateBuyAgain(train: readonly DatedBasket[], test: readonly DatedBasket[]): BuyAgainReport {
  const names = createNames();
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  const customers = rememberCustomers();
  const histories = new Map<string, PastOrder[]>();
  const from = Math.floor(train.length * (1 - HELD_OUT));
  const ask = openAgainTrials(cards);
  let streamed = UNDECIDED;
  const learn = (basket: KeyedBasket) => {
    streamed = afterTrials(streamed, ask([basket]));
    learnBasket(cards, basket);
  };
  const waiting: { basket: KeyedBasket; order: NthOrder | null }[] = [];
  for (const [i, dated] of train.entries()) {
    const { customer } = dated;
    const orders = histories.get(customer ?? '') ?? [];
    const keyed = told(keyedBasket(dated, names), dated, orders);
    const noted = customer ? customers.note(customer, keyed) : null;
    if (customer) histories.set(customer, [...orders, orderOf(dated)]);
    const basket = { ...keyed, ...(noted === null ? {} : { repeats: noted.repeats }) };
    if (i < from) learn(basket);
    else waiting.push({ basket, order: noted && customer ? { customerId: customer, nth: noted.nth } : null });
  }
  const trials = customers.tryAgain(
    waiting.flatMap(({ order }) => order ?? []),
    cards,
  );
  for (const { basket } of waiting) learn(basket);
  const holdOut = afterTrials(UNDECIDED, trials);
  const published = (isBetter: boolean) =>
    publishCards({ ...cards, again: { ...holdOut, isBetter } }, OWN_CLICKS).counts;
  const once = foundBy(published(false), histories, test);
  const again = foundBy(published(true), histories, test);
  const { recall, ndcg, n } = holdOut.isBetter ? again : once;
  return { recall, ndcg, n, once, again, holdOut: choiceOf(holdOut), streamed: choiceOf(streamed) };
}

/** Transactions of Complete Journey (`household_id,store_id,basket_id,product_id,…,transaction_timestamp`), split at 30 days before the last. */
export function splitTransactions(rows: readonly string[]): { train: DatedBasket[]; test: DatedBasket[] } {
  const baskets = new Map<string, DatedBasket>();
  for (const row of rows.slice(1)) {
    const cells = row.split(',');
    const [customer, , id = '', item = ''] = cells;
    const at = Date.parse(`${cells.at(-1)?.replace(' ', 'T')}Z`);
    const basket = baskets.get(id) ?? { id, at, items: [], customer };
    baskets.set(id, basket);
    basket.items.push(item);
  }
  const inOrder = [...baskets.values()].filter(({ at }) => at > 0).sort((a, b) => a.at - b.at);
  const split = (inOrder.at(-1)?.at ?? 0) - TEST_DAYS * DAY_MS;
  return { train: inOrder.filter(({ at }) => at < split), test: inOrder.filter(({ at }) => at >= split) };
}

const TEST_DAYS = 30;
