/**
 * What an interaction teaches. The same functions serve the stream (the learner's object), the import of history and the evaluation, so that the same
 * events in the same order make the same cards, bit for bit.
 */
import { DAY_MS, grow } from '../shared/decay.ts';
import { advance } from './advance.ts';
import { ALL_BASKETS, type Cards, countSlot, TRENDING_HALF_LIFE_MS } from './cards.ts';
import { learnContext } from './contexts.ts';
import { notePersona, tryPersona } from './persona-trials.ts';
import type { Repeat } from './repeats.ts';
import { addDay, addPersona, addStored } from './tagged.ts';

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
  /** Of the persona that the visitor had: a hash of its key (32 bits); absent where none was assigned. */
  persona?: number;
  /** Of a visit's first views: the persona that was known before any of them; absent where none was. */
  before?: number;
  /** Country, device and part of the day, see `contextOf`; absent where nothing is known. */
  context?: number;
  /** The random number of the visit; absent where it is not known, and then no session is learnt from it. */
  session?: number;
}

/** An order whose items are keys. */
export interface KeyedBasket {
  keys: readonly number[];
  at: number;
  /** False for history whose cards were uploaded: nothing is learnt from it a second time. */
  learn: boolean;
  /** As of a view. */
  persona?: number;
  context?: number;
  /** What it changes for each of the keys; absent where the customer's past is not known. */
  repeats?: readonly Repeat[];
  /** What the customer bought before, and how strongly it recurs (see `Recurrence`): to be tried before the order is learnt; neither learnt nor kept. */
  past?: readonly { key: number; weight: number }[];
  /** Who bought it: a hash (32 bits) that only the learner's own salt makes, so that different buyers can be told apart for some hours; absent otherwise. */
  buyer?: number;
}

/** The number of a day since 1970, in UTC. */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS);

function add(column: Float64Array, slot: number, weight: number): void {
  column[slot] = (column[slot] ?? 0) + weight;
}

/** Counts by context what happened to some items. */
function countContext(
  { counts, contexts }: Cards,
  context: number,
  happened: { slots: readonly number[]; now: number; isAsked: boolean },
): void {
  const known = (slot: number) => (counts.views[slot] ?? 0) + (counts.baskets[slot] ?? 0);
  learnContext({ rows: counts.contexts, learner: contexts, known }, { ...happened, context });
}

/**
 * Learns a view: `viewed[a→b] += g/d` and `viewed[b→a] += 0.6·g/d` for each earlier item a at distance d, `g = 2^((t − landmark)/H) / length^0.25`.
 * Touches at most eleven cards.
 */
export function learnView(cards: Cards, view: KeyedView): void {
  advance(cards, view.at);
  const { counts, shelf } = cards;
  const { own } = view;
  const now = grow(view.at, cards.landmark, cards.halfLifeMs);
  const slot = countSlot(counts, view.key);
  if (view.before !== undefined && !own) tryPersona(cards, { slot, tag: view.before }, now);
  add(view.own ? counts.ownViews : counts.views, slot, now);
  const trend = grow(view.at, cards.trendingLandmark, TRENDING_HALF_LIFE_MS);
  add(counts.trending, slot, trend);
  if (!own) notePersona(cards, view.persona, now);
  if (view.persona !== undefined)
    addPersona(counts.personas, { slot, tag: view.persona }, [view.own ? 0 : now, 0, trend]);
  if (view.context !== undefined && !own)
    countContext(cards, view.context, { slots: [slot], now, isAsked: view.previous.length === 0 });
  const steps = Math.min(DISTANCE, view.previous.length);
  if (steps === 0) return;
  const weight = now / view.length ** 0.25;
  for (let step = 0; step < steps; step++) {
    const key = view.previous[step];
    if (key === undefined || key === view.key) continue;
    const forward = weight / (step + 1);
    const back = (REVERSE * weight) / (step + 1);
    const relation = 'viewed';
    shelf.learn({ key, relation, neighbour: view.key, weight: own ? 0 : forward, other: own ? forward : 0 });
    shelf.learn({ key: view.key, relation, neighbour: key, weight: own ? 0 : back, other: own ? back : 0 });
  }
}

/**
 * Learns an order: every pair of its distinct items gets `1/√(size − 1)` and one common basket, every item one basket and one order of its own, the shop one
 * basket.
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
  add(counts.baskets, countSlot(counts, ALL_BASKETS), now);
  if (basket.context !== undefined)
    countContext(cards, basket.context, { slots: keys.map((key) => countSlot(counts, key)), now, isAsked: true });
  for (const key of keys) {
    const slot = countSlot(counts, key);
    add(counts.baskets, slot, now);
    add(counts.bought, slot, 1);
    add(counts.trending, slot, trend);
    if (basket.persona !== undefined) addPersona(counts.personas, { slot, tag: basket.persona }, [0, now, trend]);
    addDay(counts.days, { slot, tag: dayOf(basket.at) }, { orders: 1, newest: dayOf(cards.newest) });
    const repeat = basket.repeats?.[basket.keys.indexOf(key)] ?? 2;
    if (repeat < 2) addStored(counts.repeats, { slot, tag: 0 }, [1 - repeat, repeat]);
    if (keys.length === 1) return;
    for (const other of keys)
      if (other !== key) shelf.learn({ key, relation: 'bought', neighbour: other, weight, other: now });
  }
}

/** The keys whose counts an order changes. */
export function countedBy(basket: KeyedBasket): number[] {
  return [ALL_BASKETS, ...basket.keys];
}
