/**
 * What an interaction teaches. The same functions serve the stream (the learner's object), the import of history and the evaluation, so that the same
 * events in the same order make the same cards, bit for bit.
 */
import { grow } from '../shared/decay.ts';
import { addTo, advance, type Cards, countSlot, TRENDING_HALF_LIFE_MS } from './cards.ts';

/** How far back in the session a view is related to what came before it. */
export const DISTANCE = 10;

/** What the way back weighs, from the later item to the earlier one. */
const REVERSE = 0.6;

/** Lines of an order that are paired with each other; whoever sends draws a seeded sample of larger ones. */
export const BASKET_LINES = 100;

/** A view whose items are keys. See `View` in schema.ts. */
export interface KeyedView {
  key: number;
  /** Epoch milliseconds. */
  at: number;
  /** Nearest first; repeats and the item itself may occur. What lies further back than {@link DISTANCE} is not read. */
  previous: readonly number[];
  /** Length of the session so far, this view included; at least 1. */
  length: number;
  own: boolean;
}

/** An order whose items are keys. */
export interface KeyedBasket {
  keys: readonly number[];
  at: number;
  /** False for history whose cards were uploaded: nothing is learnt from it a second time. */
  learn: boolean;
}

function add(column: Float64Array, slot: number, weight: number): void {
  column[slot] = (column[slot] ?? 0) + weight;
}

/**
 * Learns a view: `viewed[a→b] += g/d` and `viewed[b→a] += 0.6·g/d` for each earlier item a at distance d, `g = 2^((t − landmark)/H) / length^0.25`.
 * Touches at most eleven cards.
 */
export function learnView(cards: Cards, view: KeyedView): void {
  advance(cards, view.at);
  const { counts, shelf } = cards;
  const now = grow(view.at, cards.landmark, cards.halfLifeMs);
  const slot = countSlot(counts, view.key);
  add(view.own ? counts.ownViews : counts.views, slot, now);
  add(counts.trending, slot, grow(view.at, cards.trendingLandmark, TRENDING_HALF_LIFE_MS));
  const steps = Math.min(DISTANCE, view.previous.length);
  if (steps === 0) return;
  const weight = now / view.length ** 0.25;
  const reached = shelf.take(view.key);
  for (let step = 0; step < steps; step++) {
    const key = view.previous[step];
    if (key === undefined || key === view.key) continue;
    const forward = weight / (step + 1);
    const back = (REVERSE * weight) / (step + 1);
    const earlier = shelf.take(key);
    addTo(earlier.viewed, view.key, view.own ? 0 : forward, view.own ? forward : 0);
    addTo(reached.viewed, key, view.own ? 0 : back, view.own ? back : 0);
  }
}

/**
 * Learns an order: every pair of its distinct items gets `1/√(size − 1)` and one common basket, every item one basket and one order of its own.
 * Of more than {@link BASKET_LINES} items the first are taken.
 */
export function learnBasket(cards: Cards, basket: KeyedBasket): void {
  if (!basket.learn || basket.keys.length === 0) return;
  advance(cards, basket.at);
  const { counts, shelf } = cards;
  const now = grow(basket.at, cards.landmark, cards.halfLifeMs);
  const trend = grow(basket.at, cards.trendingLandmark, TRENDING_HALF_LIFE_MS);
  const keys = [...new Set(basket.keys)].slice(0, BASKET_LINES);
  const weight = now / Math.sqrt(keys.length - 1);
  for (const key of keys) {
    const slot = countSlot(counts, key);
    add(counts.baskets, slot, now);
    add(counts.bought, slot, 1);
    add(counts.trending, slot, trend);
    if (keys.length === 1) return;
    const { bought } = shelf.take(key);
    for (const other of keys) if (other !== key) addTo(bought, other, weight, now);
  }
}
