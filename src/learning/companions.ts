/**
 * What an item says about its companions beyond what they say about each other: partial regression weights within the item's own neighbourhood. Two items
 * that are both bought with a third look alike to plain co-occurrence; here each gets only what the others do not explain (a ridge regression of every
 * companion on the item and its other companions, as in EASE, Steck 2019, for one neighbourhood at a time).
 */
import type { Slots } from './slots.ts';

/** Companions that are weighed against each other. */
export const NEIGHBOURHOOD = 30;

/** What is strong says more than in proportion, for what is weak is mostly chance. */
export const CONTRAST = 1.5;

/** The ridge: so many baskets without any of them are added to each item. */
const RIDGE = 20;

/** An item and its companions, strongest first, of which the first {@link NEIGHBOURHOOD} are read; all distinct. */
export interface Neighbourhood {
  key: number;
  companions: readonly number[];
}

/** Where numbers of baskets are read. */
export interface Basis {
  /** What stored numbers are multiplied by to be read at the newest event. */
  factor: number;
  /** Stored number of all baskets; 0 where nobody counted them. */
  all: number;
  /** Stored number of baskets with an item. */
  baskets(key: number): number;
  /** What is bought with an item; undefined where nothing is. */
  boughtWith(key: number): Slots | undefined;
  /** Items of which the keys agree in so many of the lowest bits lie together, and are asked for together. */
  bits: number;
}

/**
 * `W[a→b] = (c_w/(n_a^0.6 · n_b^0.4) · c/(c + 10))^1.5`, what a basket with item a says for item b. All numbers are read at the newest event.
 * @param weight `c_w`, each common basket of k items counting 1/√(k − 1)
 * @param times `c`, common baskets
 * @param own baskets with a; above 0, likewise `theirs` with b
 */
export function companionWeight({ weight, times, own, theirs }: CompanionCounts): number {
  return ((weight / (own ** 0.6 * theirs ** 0.4)) * (times / (times + 10))) ** CONTRAST;
}

export interface CompanionCounts {
  weight: number;
  times: number;
  own: number;
  theirs: number;
}

const MOST = NEIGHBOURHOOD + 1;
const matrix = new Float64Array(MOST * MOST);
const inverse = new Float64Array(MOST * MOST);
/** The common baskets of one card, at most 640 of 2,048 places taken; no key is below 0. */
const PLACES = 2_048;
const tableKeys = new Float64Array(PLACES);
const tableTimes = new Float32Array(PLACES);

function hash(key: number): number {
  return Math.imul(key | 0, 0x9e3779b1) >>> 21;
}

function note({ size, keys, others }: Slots): void {
  tableKeys.fill(-1);
  tableTimes.fill(0);
  for (let i = 0; i < size; i++) {
    const key = keys[i] ?? 0;
    let at = hash(key);
    while (tableKeys[at] !== -1) at = (at + 1) % PLACES;
    tableKeys[at] = key;
    tableTimes[at] = others?.[i] ?? 0;
  }
}

/** Common baskets with a neighbour of the card that was noted; 0 where it is none. */
function timesOf(key: number): number {
  let at = hash(key);
  while (tableKeys[at] !== key && tableKeys[at] !== -1) at = (at + 1) % PLACES;
  return tableTimes[at] ?? 0;
}

/** One neighbourhood, the item itself last, with the common baskets of its members: the lower triangle, row by row, from `start` on. */
interface Triangle {
  members: Float64Array;
  start: number;
}

const NO_TRIANGLE: Triangle = { members: new Float64Array(), start: 0 };

const cell = (a: number, b: number): number => (a > b ? (a * (a - 1)) / 2 + b : (b * (b - 1)) / 2 + a);

/** By the key of each item, where it is a member: `32 · triangle + member`; those first that lie together. */
function placesOf(triangles: readonly Triangle[], bits: number): [key: number, places: number[]][] {
  const places = new Map<number, number[]>();
  for (const [i, { members }] of triangles.entries())
    for (const [member, key] of members.entries()) {
      const known = places.get(key);
      if (known === undefined) places.set(key, [i * 32 + member]);
      else known.push(i * 32 + member);
    }
  const together = 2 ** bits;
  return [...places].sort(([a], [b]) => (a % together) - (b % together));
}

/** Common baskets of the members of each neighbourhood: the card of each is read once for all. Where one side has forgotten a pair, the other may know it. */
function commonBaskets(triangles: readonly Triangle[], { boughtWith, bits }: Basis): Float32Array {
  const common = new Float32Array(triangles.reduce((sum, { members }) => sum + cell(members.length, 0), 0));
  for (const [key, places] of placesOf(triangles, bits)) {
    const slots = boughtWith(key);
    if (slots === undefined) continue;
    note(slots);
    for (const place of places) {
      const { members, start } = triangles[place >> 5] ?? NO_TRIANGLE;
      for (let other = 0; other < members.length; other++) {
        const times = timesOf(members[other] ?? 0);
        if (times === 0 || other === (place & 31)) continue;
        const at = start + cell(place & 31, other);
        if (times > (common[at] ?? 0)) common[at] = times;
      }
    }
  }
  return common;
}

/** The matrix of one neighbourhood. A pair that both sides have forgotten is taken to meet by chance; the item's own card is whole. */
function fill({ members, start }: Triangle, common: Float32Array, { factor, all, baskets }: Basis): void {
  const size = members.length;
  const counts = members.map((key) => factor * baskets(key));
  // Before a shop counted its baskets there were at least those of the item with the most.
  const total = Math.max(factor * all, ...counts);
  for (let row = 0, at = start; row < size; row++) {
    for (let column = 0; column < row; column++, at++) {
      const times = factor * (common[at] ?? 0);
      const isForgotten = times === 0 && row < size - 1;
      matrix[row * size + column] = isForgotten ? ((counts[row] ?? 0) * (counts[column] ?? 0)) / total : times;
    }
    matrix[row * size + row] = (counts[row] ?? 0) + RIDGE;
  }
}

/**
 * Cholesky's factor, in place, in the lower triangle. With whole counts no pivot is below the ridge; where pairs were forgotten it is held there.
 */
function factorize(size: number): void {
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column] ?? 0;
      for (let k = 0; k < column; k++) sum -= (matrix[row * size + k] ?? 0) * (matrix[column * size + k] ?? 0);
      matrix[row * size + column] =
        row === column ? Math.sqrt(Math.max(RIDGE, sum)) : sum / (matrix[column * size + column] ?? 1);
    }
}

/** The inverse of the factor. */
function invert(size: number): void {
  for (let column = 0; column < size; column++) {
    inverse[column * size + column] = 1 / (matrix[column * size + column] ?? 1);
    for (let row = column + 1; row < size; row++) {
      let sum = 0;
      for (let k = column; k < row; k++) sum -= (matrix[row * size + k] ?? 0) * (inverse[k * size + column] ?? 0);
      inverse[row * size + column] = sum / (matrix[row * size + row] ?? 1);
    }
  }
}

/** What the last member says of each other one, from the matrix that was filled. */
function solve(size: number): Float64Array {
  factorize(size);
  invert(size);
  const last = size - 1;
  const own = inverse[last * size + last] ?? 0;
  return Float64Array.from({ length: last }, (_, b) => {
    let squares = 0;
    for (let row = b; row < size; row++) squares += (inverse[row * size + b] ?? 0) ** 2;
    return Math.max(0, (-own * (inverse[last * size + b] ?? 0)) / squares);
  });
}

/**
 * With `P = (C + 20·I)^−1`, C the numbers of common baskets within the neighbourhood: `−P[a,b]/P[b,b]` for each companion b, what the item a adds to the
 * chance of b when all the others are known. Below 0 it is 0: that something is bought instead is worth little, and lists are of what is bought too.
 * Neighbourhoods share cards, so that many at once are cheaper: each takes 2 KB while they are worked out.
 * @returns of each neighbourhood, in the order of its companions, 0 to 1 or so
 */
export function partialWeights(neighbourhoods: readonly Neighbourhood[], basis: Basis): Float64Array[] {
  let start = 0;
  const triangles = neighbourhoods.map(({ key, companions }): Triangle => {
    const triangle = { members: Float64Array.of(...companions.slice(0, NEIGHBOURHOOD), key), start };
    start += cell(triangle.members.length, 0);
    return triangle;
  });
  const common = commonBaskets(triangles, basis);
  return triangles.map((triangle) => {
    fill(triangle, common, basis);
    return solve(triangle.members.length);
  });
}
