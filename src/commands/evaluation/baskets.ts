/** Basket completion: one line of a basket is hidden and looked for among the first ten recommendations. */
import { HELD_OUT, tryHeldOut } from '../../learning/basket-trials.ts';
import { afterTrials, figuresOf, UNDECIDED } from '../../learning/holdout.ts';
import { BASKET_LINES, type KeyedBasket } from '../../learning/learn.ts';
import type { BlendFigures } from '../../learning/schema-published.ts';
import { best, scoreBasket } from '../../learning/score.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { fnv1a32 } from '../../shared/hash.ts';
import { sample, seededRandom } from '../../shared/random.ts';
import { createNames, learnBaskets, type Model, type Names, OWN_CLICKS, publishCards } from './model.ts';

const FIRST = 10;

export interface DatedBasket {
  id: string;
  /** Epoch milliseconds; the same for all where the file has no dates. */
  at: number;
  items: string[];
  /** Absent or empty where nobody knows. */
  customer?: string | undefined;
  /** As the file names it. */
  country?: string | undefined;
}

export interface BasketReport {
  /** Recall at 10, percent: with the weights of each pair by itself, and with companions weighed against each other. */
  recall: { plain: number; partial: number };
  /** What the hold-out on the last training baskets says of the latter. */
  holdOut: { isBetter: boolean; figures: BlendFigures | null };
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

/** A basket with one of its lines hidden. */
export interface BasketQuestion {
  /** Keys. */
  basket: number[];
  hidden: number;
}

/** Test baskets of two items or more, one seeded line of each hidden. */
export function basketQuestions(test: readonly DatedBasket[], names: Names): BasketQuestion[] {
  return test.flatMap(({ id, items }) => {
    const basket = [...new Set(items)].map(names.keyOf);
    if (basket.length < 2) return [];
    const [hidden = 0] = basket.splice(Math.floor(seededRandom(fnv1a32(id))() * basket.length), 1);
    return [{ basket, hidden }];
  });
}

function recallOf(model: Pick<Model, 'cards' | 'counts'>, questions: readonly BasketQuestion[]): number {
  const hits = questions.filter(({ basket, hidden }) => {
    const scored = scoreBasket({ basket, cards: model.cards, counts: model.counts });
    return best(scored, FIRST).some((i) => scored.keys[i] === hidden);
  });
  return (100 * hits.length) / Math.max(1, questions.length);
}

/** The choice as an import makes it, on nothing but the training baskets: the last of them are asked for by what was learnt from those before. */
function heldOut(baskets: readonly KeyedBasket[]): BasketReport['holdOut'] {
  const from = Math.floor(baskets.length * (1 - HELD_OUT));
  const state = afterTrials(UNDECIDED, tryHeldOut(baskets.slice(from), learnBaskets(baskets.slice(0, from))));
  return { isBetter: state.isBetter, figures: figuresOf(state) };
}

/** Learns the training baskets, oldest first, and completes each test basket of two items or more. */
export function evaluateBaskets(train: readonly DatedBasket[], test: readonly DatedBasket[]): BasketReport {
  const names = createNames();
  const baskets = train.map((basket) => keyedBasket(basket, names));
  const started = performance.now();
  const cards = learnBaskets(baskets);
  const learnMicroseconds = (1000 * (performance.now() - started)) / Math.max(1, baskets.length);
  const questions = basketQuestions(test, names);
  const holdOut = heldOut(baskets);
  const partial = recallOf(publishCards(cards, OWN_CLICKS, true), questions);
  const model = publishCards(cards, OWN_CLICKS);
  const from = performance.now();
  const plain = recallOf(model, questions);
  const scoreMicroseconds = (1000 * (performance.now() - from)) / Math.max(1, questions.length);
  return { recall: { plain, partial }, holdOut, n: questions.length, learnMicroseconds, scoreMicroseconds };
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
    const [invoice, sku, quantity, time, price, customer, country, cancelled] = row.split('\t');
    const at = Number(time) * 1000;
    last = Math.max(last, at);
    const item = sku?.toUpperCase() ?? '';
    if (!invoice || cancelled !== '0' || !(Number(quantity) > 0) || !(Number(price) > 0) || NOT_MERCHANDISE.test(item))
      continue;
    const basket = baskets.get(invoice) ?? { id: invoice, at, items: [], customer, country };
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
