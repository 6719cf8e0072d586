/**
 * What an item says about its companions beyond what they say about each other: partial regression weights within the item's own neighbourhood. Two items
 * that are both bought with a third look alike to plain co-occurrence; here each gets only what the others do not explain (a ridge regression of every
 * companion on the item and its other companions, as in EASE, Steck 2019, for one neighbourhood at a time).
 */
import type { Slots } from './cards.ts';

/** Companions that are weighed against each other. */
export const NEIGHBOURHOOD = 30;

/** What is strong says more than in proportion, for what is weak is mostly chance. */
export const CONTRAST = 1.5;

/** The ridge: so many baskets without any of them are added to each item. */
const RIDGE = 20;

export interface Neighbourhood {
  /** Of the item itself, and its strongest companions, at most {@link NEIGHBOURHOOD}; distinct. */
  key: number;
  companions: readonly number[];
  /** What stored numbers are multiplied by to be read at the newest event. */
  factor: number;
  /** Stored number of all baskets; 0 where nobody counted them. */
  all: number;
  /** Stored number of baskets with an item. */
  baskets(key: number): number;
  /** What is bought with an item; undefined where nothing is. */
  boughtWith(key: number): Slots | undefined;
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
const TABLE = 128;
const table = new Int8Array(TABLE);
const members = new Float64Array(MOST);

function hash(key: number): number {
  return (Math.imul(key | 0, 0x9e3779b1) >>> 25) & (TABLE - 1);
}

/** The number of a member, -1 when it is none. */
function memberOf(key: number): number {
  for (let at = hash(key); ; at = (at + 1) & (TABLE - 1)) {
    const entry = table[at] ?? 0;
    if (entry === 0 || members[entry - 1] === key) return entry - 1;
  }
}

function gather(size: number): void {
  table.fill(0);
  for (let member = 0; member < size; member++) {
    let at = hash(members[member] ?? 0);
    while (table[at] !== 0) at = (at + 1) & (TABLE - 1);
    table[at] = member + 1;
  }
}

function countOf(member: number, size: number): number {
  return (matrix[member * size + member] ?? 0) - RIDGE;
}

/**
 * Common baskets of all members. Where one side has forgotten a pair, the other may know it; where both have, the two are taken to meet by chance.
 * The item itself is the last member, and its own card is whole.
 */
function fill(size: number, { factor, all, baskets, boughtWith }: Neighbourhood): void {
  matrix.fill(0, 0, size * size);
  for (let member = 0; member < size; member++) {
    const key = members[member] ?? 0;
    matrix[member * size + member] = factor * baskets(key) + RIDGE;
    const common = boughtWith(key);
    if (common === undefined) continue;
    for (let i = 0; i < common.size; i++) {
      const other = memberOf(common.keys[i] ?? 0);
      if (other < 0 || other === member) continue;
      const row = Math.max(member, other);
      const at = row * size + (member + other - row);
      matrix[at] = Math.max(matrix[at] ?? 0, factor * (common.others?.[i] ?? 0));
    }
  }
  // Before a shop counted its baskets there were at least those of the item with the most.
  let total = factor * all;
  for (let member = 0; member < size; member++) total = Math.max(total, countOf(member, size));
  for (let row = 1; row < size - 1; row++)
    for (let column = 0; column < row; column++) {
      const at = row * size + column;
      if (matrix[at] === 0) matrix[at] = (countOf(row, size) * countOf(column, size)) / total;
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

/**
 * With `P = (C + 20·I)^−1`, C the numbers of common baskets within the neighbourhood: `−P[a,b]/P[b,b]` for each companion b, what the item a adds to the
 * chance of b when all the others are known. Below 0 it is 0: that something is bought instead is worth little, and lists are of what is bought too.
 * @returns in the order of the companions, 0 to 1 or so
 */
export function partialWeights(neighbourhood: Neighbourhood): Float64Array {
  const { key, companions } = neighbourhood;
  const last = Math.min(NEIGHBOURHOOD, companions.length);
  const size = last + 1;
  members.set(companions.slice(0, last));
  members[last] = key;
  gather(size);
  fill(size, neighbourhood);
  factorize(size);
  invert(size);
  const own = inverse[last * size + last] ?? 0;
  return Float64Array.from({ length: last }, (_, b) => {
    let squares = 0;
    for (let row = b; row < size; row++) squares += (inverse[row * size + b] ?? 0) ** 2;
    return Math.max(0, (-own * (inverse[last * size + b] ?? 0)) / squares);
  });
}
