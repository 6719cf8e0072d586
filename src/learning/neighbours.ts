/**
 * VMIS-kNN, the second scorer (Kersbergen, Sprangers, Schelter: "Serenade: Low-Latency Session-Based Recommendation in e-Commerce at Scale", SIGMOD 2022,
 * section 3): of the 500 newest sessions that share an item with this one, the 100 most similar say what else belongs to it. Every score is a sum over the
 * session's items, so that it can be explained and mixed like the cards'.
 */
import type { Scored, Seen } from './score.ts';
import { LONGEST_SESSION, RECENT_SESSIONS, type SessionIndex } from './session-index.ts';

/** The most similar sessions, `k` of the paper. */
const NEIGHBOURS = 100;

/** Items of the session that are read, newest first; what is further back than nine has no say in the paper either. */
export const NEIGHBOUR_ITEMS = 9;

export interface NeighbourOptions {
  /** Keys of the items of the session, newest first, repeats kept. Source j is the j-th of them. */
  session: readonly number[];
  sessions: SessionIndex;
  seen: Seen;
}

/*
 * Memory of the module, so that scoring allocates nothing but its answer. Between the first and the last line of scoreNeighbours() nothing else runs.
 */
const cursors = new Uint32Array(NEIGHBOUR_ITEMS);
const ends = new Uint32Array(NEIGHBOUR_ITEMS);
const placeOf = new Uint8Array(NEIGHBOUR_ITEMS);
const found = new Uint32Array(RECENT_SESSIONS);
const masks = new Uint16Array(RECENT_SESSIONS);
const similarities = new Uint8Array(RECENT_SESSIONS);
const chosen = new Uint16Array(NEIGHBOURS);
/** How many of the found sessions have each similarity, at most 9 + 8 + … + 1. */
const levels = new Uint16Array((NEIGHBOUR_ITEMS * (NEIGHBOUR_ITEMS + 1)) / 2 + 1);
/** Places of the sources that a neighbour shares, and what they give to each of its items. */
const shared = new Uint8Array(NEIGHBOUR_ITEMS);
const says = new Float64Array(NEIGHBOUR_ITEMS);
/** The number of each item's candidate plus 1; {@link HIDDEN} of those that may not be one; 0 otherwise. */
let candidateOf = new Uint16Array(0);
const HIDDEN = 65_535;
/** More candidates than a hundred sessions of fifty items have. */
const ROOM = NEIGHBOURS * LONGEST_SESSION;
const itemOf = new Uint32Array(ROOM);
/** Row by candidate, column by source; clean between two calls. */
const cells = new Float64Array(ROOM * NEIGHBOUR_ITEMS);
let candidates = 0;

/** The distinct known items of the session, each at its newest place. @returns how many */
function openSources({ session, sessions }: NeighbourOptions, length: number): number {
  let size = 0;
  for (let place = 0; place < length; place++) {
    const key = session[place] ?? Number.NaN;
    const item = session.indexOf(key) < place ? -1 : sessions.indexOf(key);
    if (item < 0) continue;
    cursors[size] = sessions.recentStarts[item] ?? 0;
    ends[size] = sessions.recentStarts[item + 1] ?? 0;
    placeOf[size++] = place;
  }
  return size;
}

/**
 * The newest sessions that share an item, newest first: the lists of all items merged. The similarity is the sum of the shared items' weights, which fall
 * evenly from the newest item to the oldest: `length − place`, in whole numbers. @returns how many
 */
function findSessions({ recent }: SessionIndex, lists: number, length: number): number {
  let size = 0;
  while (size < RECENT_SESSIONS) {
    let newest = -1;
    for (let s = 0; s < lists; s++) {
      const at = cursors[s] as number;
      if (at < (ends[s] as number) && (recent[at] as number) > newest) newest = recent[at] as number;
    }
    if (newest < 0) break;
    let mask = 0;
    let similarity = 0;
    for (let s = 0; s < lists; s++) {
      const at = cursors[s] as number;
      if (at >= (ends[s] as number) || recent[at] !== newest) continue;
      cursors[s] = at + 1;
      mask |= 1 << (placeOf[s] as number);
      similarity += length - (placeOf[s] as number);
    }
    found[size] = newest;
    masks[size] = mask;
    similarities[size++] = similarity;
  }
  return size;
}

/** The most similar of them; of equally similar ones the newest. @returns how many */
function choose(size: number): number {
  levels.fill(0);
  for (let i = 0; i < size; i++) levels[similarities[i] as number] = (levels[similarities[i] as number] as number) + 1;
  let least = levels.length;
  let left = NEIGHBOURS;
  while (least > 1 && (levels[least - 1] as number) <= left) left -= levels[--least] as number;
  let taken = 0;
  for (let i = 0; i < size; i++) {
    const similarity = similarities[i] as number;
    if (similarity >= least || (similarity === least - 1 && left-- > 0)) chosen[taken++] = i;
  }
  return taken;
}

/** Adds what a neighbour says: each shared item gives to all items of that session. */
function addNeighbour({ starts, items, rarity }: SessionIndex, at: number, length: number): void {
  let size = 0;
  let say = 0;
  for (let mask = masks[at] as number; mask !== 0; mask &= mask - 1) {
    const place = 31 - Math.clz32(mask & -mask);
    if (size === 0) say = 1 - (place + 1) / 10;
    says[size] = (say * (length - place)) / length;
    shared[size++] = place;
  }
  const session = found[at] as number;
  const end = starts[session + 1] as number;
  for (let i = starts[session] as number; i < end; i++) {
    const item = items[i] as number;
    let candidate = candidateOf[item] as number;
    const weight = rarity[item] as number;
    if (candidate === HIDDEN || weight === 0) continue;
    if (candidate === 0) {
      if (candidates === ROOM) continue;
      itemOf[candidates] = item;
      candidate = ++candidates;
      candidateOf[item] = candidate;
    }
    const row = (candidate - 1) * NEIGHBOUR_ITEMS;
    for (let s = 0; s < size; s++) {
      const cell = row + (shared[s] as number);
      cells[cell] = (cells[cell] as number) + weight * (says[s] as number);
    }
  }
}

/** The answer; the module's memory is clean again. */
function finish({ keys }: SessionIndex): Scored {
  const found: number[] = [];
  const scores: number[] = [];
  const partOwners: number[] = [];
  const partSources: number[] = [];
  const partScores: number[] = [];
  for (let i = 0; i < candidates; i++) {
    const item = itemOf[i] as number;
    candidateOf[item] = 0;
    const row = i * NEIGHBOUR_ITEMS;
    let sum = 0;
    for (let place = 0; place < NEIGHBOUR_ITEMS; place++) {
      const score = cells[row + place] as number;
      if (score === 0) continue;
      cells[row + place] = 0;
      sum += score;
      partOwners.push(i);
      partSources.push(place);
      partScores.push(score);
    }
    found.push(keys[item] as number);
    scores.push(sum);
  }
  candidates = 0;
  return { size: found.length, keys: found, scores, partOwners, partSources, partScores };
}

/** Marks the items that may not be candidates, or takes the marks away. */
function hide(sessions: SessionIndex, hidden: readonly number[], mark: number): void {
  for (const key of hidden) {
    const item = sessions.indexOf(key);
    if (item >= 0) candidateOf[item] = mark;
  }
}

/**
 * What the most similar of the recent sessions have beside the shared items: `score(b) = Σ_n λ(n) · r(n) · ln(|H|/h_b)` over the neighbours n that have b;
 * r(n) is the sum of `(length − p)/length` over the shared items at place p (0: the newest), λ(n) = 1 − (p + 1)/10 at the newest shared one. An item that
 * is in every session is no candidate.
 */
export function scoreNeighbours(options: NeighbourOptions): Scored {
  const { session, sessions, seen } = options;
  const length = Math.min(NEIGHBOUR_ITEMS, session.length);
  if (candidateOf.length < sessions.keys.length) candidateOf = new Uint16Array(sessions.keys.length);
  const hidden = seen === 'hide' ? session : seen === 'hideCurrent' ? session.slice(0, 1) : [];
  hide(sessions, hidden, HIDDEN);
  const neighbours = choose(findSessions(sessions, openSources(options, length), length));
  for (let n = 0; n < neighbours; n++) addNeighbour(sessions, chosen[n] as number, length);
  const scored = finish(sessions);
  hide(sessions, hidden, 0);
  return scored;
}
