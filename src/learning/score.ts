/**
 * The formulas that turn cards into scores (see "Item cards" in the README). Every score is a sum over sources, so every recommendation can say why.
 */
import { fade } from '../shared/decay.ts';
import { steady } from './choose.ts';
import { type CardLookup, shareOf } from './codec.ts';
import { companionWeight } from './companions.ts';
import type { Counts } from './counts.ts';

/** Items of the session that are read, newest first. */
export const SESSION_ITEMS = 5;

/** How fast older items of the session lose their say, with items already seen hidden and allowed. */
const LAMBDA_HIDDEN = 0.8;
const LAMBDA_ALLOWED = 1;

/** What an item that is already in the session gets for it, times exp(−p) for each time it is among the last five. */
const RETURN_BONUS = 0.3;

/** Items of a basket that are read. */
const BASKET_ITEMS = 100;

/** What happens to items that the visitor has already seen: a decision of the placement, not of the model. */
export type Seen = 'hide' | 'allow' | 'hideCurrent';

/** Candidates with their scores, in no particular order. */
export interface Scored {
  readonly size: number;
  readonly keys: readonly number[];
  /** Of each candidate the sum of its parts; above 0. */
  readonly scores: readonly number[];
  /** The parts: source `partSources[k]` gave `partScores[k]` to candidate `partOwners[k]`. */
  readonly partOwners: readonly number[];
  readonly partSources: readonly number[];
  readonly partScores: readonly number[];
}

/** What of the counts the next item is scored by. */
export type ViewCounts = NamedCounts & Pick<Counts, 'newest' | 'halfLifeMs' | 'indexOf' | 'views'>;
type NamedCounts = Pick<Counts, 'indexOfName' | 'keyOf' | 'damping'>;

export interface NextOptions {
  /** Keys of the items of the session, newest first, repeats kept. Source j is the j-th of them. */
  session: readonly number[];
  cards: CardLookup;
  counts: ViewCounts;
  seen: Seen;
}

export interface BasketOptions {
  /** Keys of what is in the basket. Source j is the j-th of them. */
  basket: readonly number[];
  cards: CardLookup;
  counts: BasketCounts;
}

/** What completing a basket reads of the counts. */
export type BasketCounts = Pick<Counts, 'newest' | 'halfLifeMs' | 'indexOf' | 'indexOfName' | 'keyOf' | 'baskets'>;

/**
 * What comes next: over the last five items a of the session, p = 0, 1, …: `score(b) = Σ exp(−p/λ) · s(w[a→b]) / (n_a · n_b^0.1)`, all weights read at the
 * newest event. Unless seen items are hidden, an item adds `0.3 · exp(−p)` for each time it is among them.
 * @returns at most 255 candidates
 */
export function scoreNext(options: NextOptions): Scored {
  const { session, cards, counts, seen } = options;
  const read = Math.min(SESSION_ITEMS, session.length);
  const lambda = seen === 'hide' ? LAMBDA_HIDDEN : LAMBDA_ALLOWED;
  const hidden = seen === 'hide' ? session : seen === 'hideCurrent' ? session.slice(0, 1) : [];
  start(hidden);
  for (let p = 0; p < read; p++) {
    const key = session[p] ?? Number.NaN;
    const card = cards(key);
    const views = counts.views(counts.indexOf(key));
    if (card === null || views === 0) continue;
    const { viewed } = card;
    const largest = viewed.largest * fade(counts.newest, card.landmark, counts.halfLifeMs);
    const share = Math.exp(-p / lambda) / views;
    const { names, end } = viewed;
    for (let i = viewed.start; i < end; i++) {
      const at = names === null ? place(viewed.keys[i] ?? 0) : placeName(names[i] ?? 0, counts);
      addPart(at, p, share * steady(largest * shareOf(viewed.levels[i] ?? 0)));
    }
  }
  for (let at = hiddenCount; at < taken; at++)
    if (dampings[at] === 0) dampings[at] = counts.damping(counts.indexOf(keys[at] ?? 0));
  for (let k = 0; k < parts; k++) partScores[k] = (partScores[k] ?? 0) / (dampings[owners[k] ?? 0] ?? 1);
  if (seen !== 'hide') for (let p = 0; p < read; p++) addPart(place(session[p] ?? 0), p, RETURN_BONUS * Math.exp(-p));
  return finish();
}

/**
 * What completes a basket: `W[a→b]` of {@link companionWeight}, or the partial weights where the card holds those, summed over the basket. What is in the
 * basket is no candidate. Of more than {@link BASKET_ITEMS} items the first are read.
 */
export function scoreBasket(options: BasketOptions): Scored {
  const { basket, cards, counts } = options;
  start(basket);
  const read = Math.min(BASKET_ITEMS, basket.length);
  for (let source = 0; source < read; source++) {
    const key = basket[source] ?? Number.NaN;
    const card = cards(key);
    const baskets = counts.baskets(counts.indexOf(key));
    if (card === null || baskets === 0) continue;
    const { bought } = card;
    const factor = card.isPartial ? 1 : fade(counts.newest, card.landmark, counts.halfLifeMs);
    for (let i = bought.start; i < bought.end; i++) {
      const index =
        bought.names === null ? counts.indexOf(bought.keys[i] ?? 0) : counts.indexOfName(bought.names[i] ?? 0);
      const theirs = counts.baskets(index);
      if (theirs === 0) continue;
      const weight = factor * bought.largest * shareOf(bought.levels[i] ?? 0);
      if (card.isPartial) {
        addPart(place(counts.keyOf(index)), source, weight);
        continue;
      }
      const times = factor * bought.largestTimes * shareOf(bought.times[i] ?? 0);
      addPart(place(counts.keyOf(index)), source, companionWeight({ weight, times, own: baskets, theirs }));
    }
  }
  return finish();
}

/**
 * Two scorers' candidates as one, 1 : 1 after dividing each by its maximum; the parts of both stay. Where one of them found nothing, the other's stand as
 * they are.
 */
export function blend(one: Scored, other: Scored): Scored {
  if (one.size === 0) return other;
  if (other.size === 0) return one;
  start([]);
  for (const { size, keys: from, scores, partOwners, partSources, partScores: given } of [one, other]) {
    let largest = 0;
    for (let i = 0; i < size; i++) {
      largest = Math.max(largest, scores[i] ?? 0);
      places[i] = place(from[i] ?? 0);
    }
    for (let k = 0; k < partOwners.length; k++)
      addPart(places[partOwners[k] ?? 0] ?? -1, partSources[k] ?? 0, (given[k] ?? 0) / largest);
  }
  return finish();
}

/**
 * The best candidates, kept in order as they are found: most are dropped after one look at the last of a short list.
 * @returns their indices, best first; equal scores in the order in which they were found
 */
export function best({ size, scores }: Scored, count: number): number[] {
  const indices: number[] = [];
  for (let i = 0; i < size; i++) {
    const score = scores[i] ?? 0;
    let at = Math.min(indices.length, count - 1);
    if (at < 0 || (indices.length === count && score <= (scores[indices[at] ?? 0] ?? 0))) continue;
    for (; at > 0 && score > (scores[indices[at - 1] ?? 0] ?? 0); at--) indices[at] = indices[at - 1] ?? 0;
    indices[at] = i;
  }
  return indices;
}

/*
 * The accumulator: a hash table over memory of the module, so that scoring allocates nothing but its answer. Between start() and finish() nothing else runs.
 * Hidden items take the first places, and what is added to them is dropped.
 */
const TABLE = 32_768;
const ROOM = BASKET_ITEMS * 100;
const table = new Uint16Array(TABLE);
const touched = new Uint16Array(ROOM);
const keys = new Float64Array(ROOM);
const owners = new Uint16Array(ROOM);
const sources = new Uint8Array(ROOM);
const partScores = new Float64Array(ROOM);
const sums = new Float64Array(ROOM);
/** Of the candidates of one of two scorers. */
const places = new Int16Array(ROOM);
/** 0 until it is known. */
const dampings = new Float64Array(ROOM);
let taken = 0;
let hiddenCount = 0;
let parts = 0;

/** Of the lower half of a key alone, so that a name lies where its key does. */
function slotOf(key: number): number {
  return (Math.imul(key | 0, 0x9e3779b1) >>> 17) & (TABLE - 1);
}

/** There has to be room. */
function put(key: number, at: number): number {
  touched[taken] = at;
  keys[taken] = key;
  table[at] = taken + 1;
  return taken++;
}

/** The number of the item in the accumulator; -1 when there is no room left. */
function place(key: number): number {
  let at = slotOf(key);
  for (let entry = table[at] ?? 0; entry !== 0; entry = table[at] ?? 0) {
    if (keys[entry - 1] === key) return entry - 1;
    at = (at + 1) & (TABLE - 1);
  }
  if (taken === ROOM) return -1;
  dampings[taken] = 0;
  return put(key, at);
}

/** The same for a neighbour's name; -1 when the counts do not know whose it is. */
function placeName(name: number, counts: NamedCounts): number {
  let at = slotOf(name);
  for (let entry = table[at] ?? 0; entry !== 0; entry = table[at] ?? 0) {
    if ((keys[entry - 1] ?? 0) >>> 0 === name) return entry - 1;
    at = (at + 1) & (TABLE - 1);
  }
  const index = counts.indexOfName(name);
  if (index === -1 || taken === ROOM) return -1;
  dampings[taken] = counts.damping(index);
  return put(counts.keyOf(index), at);
}

function start(hidden: readonly number[]): void {
  taken = 0;
  parts = 0;
  for (const key of hidden) place(key);
  hiddenCount = taken;
}

function addPart(at: number, source: number, score: number): void {
  if (at < hiddenCount || parts === ROOM || !(score > 0)) return;
  owners[parts] = at;
  sources[parts] = source;
  partScores[parts] = score;
  parts++;
}

/** The answer is in plain arrays: to make five buffers of its size, or one, takes longer than to fill them. */
function finish(): Scored {
  const size = taken - hiddenCount;
  const answer = {
    size,
    keys: new Array<number>(size),
    scores: new Array<number>(size),
    partOwners: new Array<number>(parts),
    partSources: new Array<number>(parts),
    partScores: new Array<number>(parts),
  };
  sums.fill(0, 0, size);
  for (let k = 0; k < parts; k++) {
    const owner = (owners[k] as number) - hiddenCount;
    const score = partScores[k] as number;
    sums[owner] = (sums[owner] as number) + score;
    answer.partOwners[k] = owner;
    answer.partSources[k] = sources[k] as number;
    answer.partScores[k] = score;
  }
  for (let i = 0; i < size; i++) {
    answer.keys[i] = keys[hiddenCount + i] as number;
    answer.scores[i] = sums[i] as number;
  }
  for (let i = 0; i < taken; i++) table[touched[i] as number] = 0;
  return answer;
}
