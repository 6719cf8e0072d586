/** What the bound of the stream, the companions that a card has room for, costs against a batch that keeps all of them. */
import { type Cards, createCards, createShelf, type Shelf } from '../../learning/cards.ts';
import { type KeyedBasket, learnBasket } from '../../learning/learn.ts';
import { best, scoreBasket } from '../../learning/score.ts';
import { SLOTS, type Slots } from '../../learning/slots.ts';
import { overlap } from './ablations.ts';
import { basketQuestions, type DatedBasket, keyedBasket } from './baskets.ts';
import { LIST } from './metrics.ts';
import { createNames, HALF_LIFE_MS, learnBaskets, type Model, OWN_CLICKS, publishCards } from './model.ts';
import type { Table } from './tables.ts';

const FIRST = 10;

function longer(column: Float64Array | null): Float64Array {
  const to = new Float64Array(2 * (column?.length ?? 0));
  if (column !== null) to.set(column);
  return to;
}

/** Cards that keep every neighbour. Where each lies is kept beside them, since nobody searches thousands. */
function unboundedShelf(): Shelf {
  const shelf = createShelf();
  const places = new Map<Slots, Map<number, number>>();
  return {
    ...shelf,
    learn({ key, relation, neighbour, weight, other }) {
      const slots = shelf.take(key)[relation];
      const known = places.get(slots) ?? new Map<number, number>();
      places.set(slots, known);
      const at = known.get(neighbour) ?? slots.size++;
      known.set(neighbour, at);
      slots.others ??= new Float64Array(slots.keys.length);
      if (at === slots.keys.length)
        for (const name of ['keys', 'weights', 'others'] as const) slots[name] = longer(slots[name]);
      slots.keys[at] = neighbour;
      slots.weights[at] = (slots.weights[at] ?? 0) + weight;
      slots.others[at] = (slots.others[at] ?? 0) + other;
    },
  };
}

/** Learns baskets in the order given, as a batch would that has memory for everything. */
export function learnUnbounded(baskets: readonly KeyedBasket[]): Cards {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS, shelf: unboundedShelf() });
  for (const basket of baskets) learnBasket(cards, basket);
  return cards;
}

export interface BasketStream {
  /** Recall at 10, percent. */
  bounded: number;
  unbounded: number;
  /** Of the lists of twenty, mean, 0 to 1. */
  same: number;
  n: number;
}

/** Learns the training baskets both ways, oldest first, and completes each test basket with both, each pair by itself. */
export function compareBaskets(train: readonly DatedBasket[], test: readonly DatedBasket[]): BasketStream {
  const names = createNames();
  const baskets = train.map((basket) => keyedBasket(basket, names));
  const models = [learnBaskets(baskets), learnUnbounded(baskets)].map((cards) => publishCards(cards, OWN_CLICKS));
  const questions = basketQuestions(test, names);
  const hits = [0, 0];
  let same = 0;
  for (const { basket, hidden } of questions) {
    const lists = models.map((model) => listOf(model, basket));
    for (const [i, list] of lists.entries()) if (list.slice(0, FIRST).includes(hidden)) hits[i] = (hits[i] ?? 0) + 1;
    same += overlap(lists[0] ?? [], lists[1] ?? []);
  }
  const n = questions.length;
  const [bounded = 0, unbounded = 0] = hits.map((found) => (100 * found) / Math.max(1, n));
  return { bounded, unbounded, same: same / Math.max(1, n), n };
}

function listOf({ cards, counts }: Pick<Model, 'cards' | 'counts'>, basket: readonly number[]): number[] {
  const scored = scoreBasket({ basket, cards, counts });
  return best(scored, LIST).map((i) => scored.keys[i] ?? 0);
}

export function basketStreamTable(set: string, train: readonly DatedBasket[], test: readonly DatedBasket[]): Table {
  const { bounded, unbounded, same, n } = compareBaskets(train, test);
  return {
    title: `${set}: baskets, ${SLOTS.bought} companions a card against all of them, Recall@10 in percent`,
    columns: [String(SLOTS.bought), 'all', 'overlap of the lists', 'n'],
    rows: [[bounded.toFixed(2), unbounded.toFixed(2), same.toFixed(4), String(n)]],
  };
}
