/**
 * Item cards: the model itself, as the learner holds it. Plain data that is changed in place; who changes it is `learn.ts`.
 * Items are named by 53-bit keys (`key53(groupId ?? itemId)`). All weights are stored under forward decay, see `shared/decay.ts`.
 */
import { DAY_MS } from '../shared/decay.ts';
import { type ContextLearner, type ContextTrials, createContexts } from './contexts.ts';
import type { BlendState } from './holdout.ts';
import { addTo, createSlots, type Relation, type Slots } from './slots.ts';
import {
  CONTEXT_COLUMNS,
  createTagged,
  DAY_COLUMNS,
  PERSONA_COLUMNS,
  REPEAT_COLUMNS,
  type TaggedRows,
} from './tagged.ts';

/** The half-life of `trending`, whatever the shop's own is. */
export const TRENDING_HALF_LIFE_MS = DAY_MS;

/** The key under which the shop's baskets are counted as if they were those of an item; no item's key, but for one chance in 2^53. */
export const ALL_BASKETS = Number.MAX_SAFE_INTEGER;

/** How many items are counted. */
export const itemsCounted = ({ size, slots }: Pick<CountColumns, 'size' | 'slots'>): number =>
  slots.has(ALL_BASKETS) ? size - 1 : size;

/** What fades below this in one store is nothing: it keeps rescaling exact, since no weight ever reaches the denormal numbers. */
const NOTHING = 2 ** -512;

/** What follows an item and what goes with it. */
export interface Card {
  key: number;
  viewed: Slots;
  bought: Slots;
}

/** Counts of all items, one column each; an item keeps its slot. */
export interface CountColumns {
  slots: Map<number, number>;
  size: number;
  keys: Float64Array;
  /** Views, without those that our own recommendations brought about; those. */
  views: Float64Array;
  ownViews: Float64Array;
  /** Orders that contain the item, ever: the one count that does not decay. */
  bought: Float64Array;
  /** Orders that contain the item, decayed. */
  baskets: Float64Array;
  /** Views and orders under a half-life of one day. */
  trending: Float64Array;
  /** Who looks at them and buys them. */
  personas: TaggedRows;
  /** Orders of the last days. */
  days: TaggedRows;
  /** In which country, by which device and at what time of day. */
  contexts: TaggedRows;
  /** How many customers bought them, and came back for them. */
  repeats: TaggedRows;
}

/** What is learnt of a neighbour: see {@link addTo}. */
export interface Lesson {
  /** Whose card it is. */
  key: number;
  relation: Relation;
  neighbour: number;
  weight: number;
  other: number;
}

/** Where cards lie: all in a map, or in chunks that are read when they are needed. */
export interface Shelf {
  /** Cards whose keys agree in so many of the lowest bits lie together. */
  readonly bits: number;
  find(key: number): Card | undefined;
  /** The card to be changed, an empty one if there is none yet. */
  take(key: number): Card;
  /** Adds to a card, which need not be in memory for that. */
  learn(lesson: Lesson): void;
  /** Multiplies all weights. */
  scale(factor: number): void;
  /** The cards that are in memory. */
  loaded(): Iterable<Card>;
}

export interface Cards {
  halfLifeMs: number;
  /** Epoch milliseconds, whole multiples of 32 half-lives; NaN before the first event. */
  landmark: number;
  trendingLandmark: number;
  /** The newest event that was learnt, epoch milliseconds, or -Infinity: `T` of all formulas. */
  newest: number;
  counts: CountColumns;
  shelf: Shelf;
  contexts: ContextLearner;
  /** Whether what is bought again is found better by who comes back for what: see `buyAgain`. Null before there was a trial. */
  again: BlendState | null;
}

function createCard(key: number): Card {
  return { key, viewed: createSlots(), bought: createSlots() };
}

export function createCounts(): CountColumns {
  const column = () => new Float64Array(64);
  return {
    slots: new Map(),
    size: 0,
    keys: column(),
    views: column(),
    ownViews: column(),
    bought: column(),
    baskets: column(),
    trending: column(),
    personas: createTagged(PERSONA_COLUMNS),
    days: createTagged(DAY_COLUMNS),
    contexts: createTagged(CONTEXT_COLUMNS),
    repeats: createTagged(REPEAT_COLUMNS),
  };
}

/** Cards in a map, all of them in memory. */
export function createShelf(): Shelf {
  const cards = new Map<number, Card>();
  return {
    bits: 0,
    find: (key) => cards.get(key),
    take: (key) => takeCard(cards, key),
    learn: (lesson) => teach(cards, lesson),
    scale(factor) {
      for (const card of cards.values()) scaleCard(card, factor);
    },
    loaded: () => cards.values(),
  };
}

export function takeCard(cards: Map<number, Card>, key: number): Card {
  let card = cards.get(key);
  if (card === undefined) {
    card = createCard(key);
    cards.set(key, card);
  }
  return card;
}

export function teach(cards: Map<number, Card>, lesson: Lesson): void {
  addTo(takeCard(cards, lesson.key)[lesson.relation], lesson);
}

/**
 * A model that has learnt nothing yet.
 * @param options.halfLifeMs of views and baskets, milliseconds above 0
 * @param options.contexts what contexts have told so far
 */
export function createCards(options: {
  halfLifeMs: number;
  shelf?: Shelf;
  counts?: CountColumns;
  contexts?: readonly ContextTrials[] | undefined;
}): Cards {
  return {
    halfLifeMs: options.halfLifeMs,
    landmark: Number.NaN,
    trendingLandmark: Number.NaN,
    newest: Number.NEGATIVE_INFINITY,
    counts: options.counts ?? createCounts(),
    shelf: options.shelf ?? createShelf(),
    contexts: createContexts(options.contexts),
    again: null,
  };
}

function grown(from: Float64Array): Float64Array {
  const to = new Float64Array(from.length * 2);
  to.set(from);
  return to;
}

/** The slot of an item's counts, made if there is none yet. */
export function countSlot(counts: CountColumns, key: number): number {
  const known = counts.slots.get(key);
  if (known !== undefined) return known;
  const slot = counts.size++;
  if (slot === counts.keys.length) {
    counts.keys = grown(counts.keys);
    counts.views = grown(counts.views);
    counts.ownViews = grown(counts.ownViews);
    counts.bought = grown(counts.bought);
    counts.baskets = grown(counts.baskets);
    counts.trending = grown(counts.trending);
  }
  counts.keys[slot] = key;
  counts.slots.set(key, slot);
  return slot;
}

/** Multiplies a column by a power of two, so that nothing is rounded. */
export function scale(column: Float64Array, size: number, factor: number): void {
  for (let i = 0; i < size; i++) {
    const scaled = (column[i] ?? 0) * factor;
    column[i] = scaled < NOTHING ? 0 : scaled;
  }
}

/** Multiplies all weights of a card. */
export function scaleCard(card: Card, factor: number): void {
  for (const slots of [card.viewed, card.bought]) {
    scale(slots.weights, slots.size, factor);
    if (slots.others !== null) scale(slots.others, slots.size, factor);
  }
}

/** Multiplies all counts that decay with the shop's half-life. */
export function scaleCounts(counts: CountColumns, factor: number): void {
  for (const column of [counts.views, counts.ownViews, counts.baskets]) scale(column, counts.size, factor);
  for (const column of counts.personas.columns.slice(0, 2)) scale(column, counts.personas.size, factor);
  for (const column of counts.contexts.columns) scale(column, counts.contexts.size, factor);
}
