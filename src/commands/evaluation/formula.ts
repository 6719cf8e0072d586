/**
 * The product's formulas with parts that can be switched off, to see what each is worth. Kept apart from the product, so that it has no switches that a shop
 * never uses; a test holds that with nothing switched off both teach and answer the same.
 */
import { advance } from '../../learning/advance.ts';
import { type Cards, countSlot, createCards } from '../../learning/cards.ts';
import { steady, VIEWED_NEIGHBOURS } from '../../learning/choose.ts';
import { type CardLookup, encodeChunk, openChunk, shareOf } from '../../learning/codec.ts';
import { type Counts, DAMPING, encodeCounts, openCounts } from '../../learning/counts.ts';
import { DISTANCE, type KeyedView } from '../../learning/learn.ts';
import type { Seen } from '../../learning/score.ts';
import { addTo, type Slots } from '../../learning/slots.ts';
import { DAY_MS, fade, grow } from '../../shared/decay.ts';
import { LIST } from './metrics.ts';
import { type TimedSession, viewsOf } from './model.ts';
import { hiddenOf, type Recommender } from './recommender.ts';

export interface Formula {
  /** What the way back weighs. */
  reverse: number;
  /** Exponent of the session's length by which a view is divided. */
  length: number;
  halfLifeDays: number;
  /** Whether a card keeps a hundred neighbours, or all. */
  isBounded: boolean;
  /** Neighbours that are published. */
  neighbours: number;
  /** Exponent of the neighbour's views by which it is divided. */
  damping: number;
  /** Whether `s(w) = w²/(w + 0.5)`, or w. */
  isSteady: boolean;
  /** Items of the session that are read. */
  items: number;
}

export const PRODUCT: Formula = {
  reverse: 0.6,
  length: 0.25,
  halfLifeDays: 60,
  isBounded: true,
  neighbours: VIEWED_NEIGHBOURS,
  damping: DAMPING,
  isSteady: true,
  items: 5,
};

type Add = (slots: Slots, key: number, weight: number) => void;

/** Adds without a bound; where each neighbour lies is kept beside the slots, since nobody searches thousands of them. */
function unbounded(): Add {
  const places = new Map<Slots, Map<number, number>>();
  return (slots, key, weight) => {
    const known = places.get(slots) ?? new Map<number, number>();
    places.set(slots, known);
    const at = known.get(key) ?? slots.size++;
    known.set(key, at);
    if (at === slots.keys.length)
      for (const name of ['keys', 'weights'] as const) {
        const longer = new Float64Array(at * 2);
        longer.set(slots[name]);
        slots[name] = longer;
      }
    slots.keys[at] = key;
    slots.weights[at] = (slots.weights[at] ?? 0) + weight;
  };
}

const bounded: Add = (slots, neighbour, weight) => addTo(slots, { relation: 'viewed', neighbour, weight, other: 0 });

function learn(cards: Cards, view: KeyedView, { formula, add }: { formula: Formula; add: Add }): void {
  advance(cards, view.at);
  const { counts, shelf } = cards;
  const now = grow(view.at, cards.landmark, cards.halfLifeMs);
  const slot = countSlot(counts, view.key);
  counts.views[slot] = (counts.views[slot] ?? 0) + now;
  const steps = Math.min(DISTANCE, view.previous.length);
  if (steps === 0) return;
  const weight = now / view.length ** formula.length;
  const reached = shelf.take(view.key);
  for (let step = 0; step < steps; step++) {
    const key = view.previous[step];
    if (key === undefined || key === view.key) continue;
    add(shelf.take(key).viewed, view.key, weight / (step + 1));
    if (formula.reverse > 0) add(reached.viewed, key, (formula.reverse * weight) / (step + 1));
  }
}

/** The store that a formula makes of sessions. */
export function learnByFormula(train: readonly TimedSession[], formula: Formula): Cards {
  const cards = createCards({ halfLifeMs: formula.halfLifeDays * DAY_MS });
  const add = formula.isBounded ? bounded : unbounded();
  for (const session of train) for (const view of viewsOf(session)) learn(cards, view, { formula, add });
  return cards;
}

/** What is known after learning, in its published form. */
export interface PublishedCards {
  cards: CardLookup;
  counts: Counts;
}

export function publishByFormula(cards: Cards, { neighbours }: Formula): PublishedCards {
  const chunk = encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0, neighbours });
  const counts = openCounts(encodeCounts(cards, { ownClicks: 0 }).buffer);
  const opened = chunk === null ? null : openChunk(chunk.buffer);
  if (counts === null) throw new Error('What was just published cannot be read.');
  return { cards: opened?.find ?? (() => null), counts };
}

interface Asked {
  session: readonly number[];
  seen: Seen;
}

/** Candidates and their scores, by key, in the order in which they are found. */
function scoresBy(formula: Formula, { cards, counts }: PublishedCards, { session, seen }: Asked): Map<number, number> {
  const lambda = seen === 'hide' ? 0.8 : 1;
  const read = session.slice(0, formula.items);
  const hidden = hiddenOf(session, seen);
  const scores = new Map<number, number>();
  const give = (key: number, part: number) => {
    if (!hidden.has(key) && part > 0) scores.set(key, (scores.get(key) ?? 0) + part);
  };
  for (const [p, key] of read.entries()) {
    const card = cards(key);
    const views = counts.views(counts.indexOf(key));
    if (card === null || views === 0) continue;
    const { viewed } = card;
    const largest = viewed.largest * fade(counts.newest, card.landmark, counts.halfLifeMs);
    const end = Math.min(viewed.end, viewed.start + formula.neighbours);
    for (let i = viewed.start; i < end; i++) {
      const neighbour = viewed.keys[i] ?? 0;
      const weight = largest * shareOf(viewed.levels[i] ?? 0);
      const share = Math.exp(-p / lambda) / views;
      // The product keeps its dampings in 32 bits.
      const damping = Math.fround(counts.views(counts.indexOf(neighbour)) ** formula.damping || 1);
      give(neighbour, (share * (formula.isSteady ? steady(weight) : weight)) / damping);
    }
  }
  if (seen !== 'hide') for (const [p, key] of read.entries()) give(key, 0.3 * Math.exp(-p));
  return scores;
}

/** Answers by a formula from what was learnt by it. */
export function recommenderBy(formula: Formula, published: PublishedCards): Recommender {
  return {
    recommend(session, seen) {
      // Sorting is stable: equal scores stay in the order in which they were found, as in the product.
      const ranked = [...scoresBy(formula, published, { session, seen })].sort((a, b) => b[1] - a[1]);
      return ranked.slice(0, LIST).map(([key]) => key);
    },
  };
}
