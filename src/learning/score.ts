/**
 * The formulas that turn cards into scores (see "Item cards" in the README). Every score is a sum over sources, so every recommendation can say why.
 */
import { fade } from '../shared/decay.ts';
import { type CardLookup, shareOf, steady } from './codec.ts';
import type { Counts } from './counts.ts';

/** Items of the session that are read, newest first. */
export const SESSION_ITEMS = 5;

/** How fast older items of the session lose their say, with items already seen hidden and allowed. */
const LAMBDA_HIDDEN = 0.8;
const LAMBDA_ALLOWED = 1;

/** What an item that is already in the session gets for it, times exp(−p) for each time it is among the last five. */
const RETURN_BONUS = 0.3;

/** Items of a basket that are read. */
export const BASKET_ITEMS = 100;

/** What happens to items that the visitor has already seen: a decision of the placement, not of the model. */
export type Seen = 'hide' | 'allow' | 'hideCurrent';

/** Candidates with their scores, in no particular order. */
export interface Scored {
  readonly size: number;
  readonly keys: Float64Array;
  /** Of each candidate the sum of its parts; above 0. */
  readonly scores: Float64Array;
  /** The parts: source `partSources[k]` gave `partScores[k]` to candidate `partOwners[k]`. */
  readonly partOwners: Uint16Array;
  readonly partSources: Uint8Array;
  readonly partScores: Float64Array;
}

/** What of the counts the next item is scored by. */
export type ViewCounts = Pick<Counts, 'newest' | 'halfLifeMs' | 'indexOf' | 'views' | 'damping'>;

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
  counts: Counts;
}

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
    for (let i = viewed.start; i < viewed.end; i++)
      addPart(viewed.keys[i] ?? 0, p, share * steady(largest * shareOf(viewed.levels[i] ?? 0)));
  }
  for (let k = 0; k < parts; k++) {
    const key = keys[owners[k] ?? 0] ?? 0;
    partScores[k] = (partScores[k] ?? 0) / counts.damping(counts.indexOf(key));
  }
  if (seen !== 'hide') for (let p = 0; p < read; p++) addPart(session[p] ?? 0, p, RETURN_BONUS * Math.exp(-p));
  return finish();
}

/**
 * What completes a basket: `W[a→b] = (c_w/(n_a^0.6 · n_b^0.4) · c/(c + 10))^1.5`, n the decayed counts of baskets, summed over the basket. What is in the
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
    const factor = fade(counts.newest, card.landmark, counts.halfLifeMs);
    for (let i = bought.start; i < bought.end; i++) {
      const other = bought.keys[i] ?? 0;
      const theirs = counts.baskets(counts.indexOf(other));
      if (theirs === 0) continue;
      const weight = factor * bought.largest * shareOf(bought.levels[i] ?? 0);
      const times = factor * bought.largestTimes * shareOf(bought.times[i] ?? 0);
      addPart(other, source, ((weight / (baskets ** 0.6 * theirs ** 0.4)) * (times / (times + 10))) ** 1.5);
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
  for (const { keys: from, scores, partOwners, partSources, partScores: given } of [one, other]) {
    const largest = scores.reduce((most, score) => Math.max(most, score), 0);
    for (let k = 0; k < partOwners.length; k++)
      addPart(from[partOwners[k] ?? 0] ?? 0, partSources[k] ?? 0, (given[k] ?? 0) / largest);
  }
  return finish();
}

/**
 * The best candidates.
 * @param accepts which candidates may be taken, all of them by default
 * @returns their indices, best first; equal scores in the order in which they were found
 */
export function best(scored: Scored, count: number, accepts?: (key: number) => boolean): number[] {
  const indices: number[] = [];
  for (let i = 0; i < scored.size; i++) if (accepts === undefined || accepts(scored.keys[i] ?? 0)) indices.push(i);
  indices.sort((a, b) => (scored.scores[b] ?? 0) - (scored.scores[a] ?? 0) || a - b);
  return indices.slice(0, count);
}

/** What each source gave to a candidate, as [source, score]; a source may occur more than once. */
export function partsOf(scored: Scored, candidate: number): [source: number, score: number][] {
  const found: [number, number][] = [];
  for (let k = 0; k < scored.partOwners.length; k++)
    if (scored.partOwners[k] === candidate) found.push([scored.partSources[k] ?? 0, scored.partScores[k] ?? 0]);
  return found;
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
let taken = 0;
let hiddenCount = 0;
let parts = 0;

function place(key: number): number {
  let at = (Math.imul(key | 0, 0x9e3779b1) >>> 17) & (TABLE - 1);
  for (;;) {
    const entry = table[at] ?? 0;
    if (entry === 0) break;
    if (keys[entry - 1] === key) return entry - 1;
    at = (at + 1) & (TABLE - 1);
  }
  if (taken === ROOM) return -1;
  touched[taken] = at;
  keys[taken] = key;
  table[at] = taken + 1;
  return taken++;
}

function start(hidden: readonly number[]): void {
  taken = 0;
  parts = 0;
  for (const key of hidden) place(key);
  hiddenCount = taken;
}

function addPart(key: number, source: number, score: number): void {
  const at = place(key);
  if (at < hiddenCount || parts === ROOM || !(score > 0)) return;
  owners[parts] = at;
  sources[parts] = source;
  partScores[parts] = score;
  parts++;
}

function finish(): Scored {
  const scores = new Float64Array(taken - hiddenCount);
  for (let k = 0; k < parts; k++) {
    const owner = (owners[k] ?? 0) - hiddenCount;
    owners[k] = owner;
    scores[owner] = (scores[owner] ?? 0) + (partScores[k] ?? 0);
  }
  for (let i = 0; i < taken; i++) table[touched[i] ?? 0] = 0;
  return {
    size: scores.length,
    keys: keys.slice(hiddenCount, taken),
    scores,
    partOwners: owners.slice(0, parts),
    partSources: sources.slice(0, parts),
    partScores: partScores.slice(0, parts),
  };
}
