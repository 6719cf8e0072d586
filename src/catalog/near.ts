/*
 * Adds up weights by slot over memory of the module, so that looking for neighbours allocates nothing but its answer. Between begin() and largest()
 * nothing else runs.
 */
/** Postings that are read for one item, rarest feature first. */
export const READ = 2_000;

/** An open-addressed table from slots to places in the lists below, 0 where there is none: small enough to stay in the processor's first cache, as sums by slot are not. */
const TABLE_BITS = 12;
const MASK = (1 << TABLE_BITS) - 1;
const table = new Uint16Array(1 << TABLE_BITS);
const slots = new Uint32Array(READ);
const sums = new Float32Array(READ);
let size = 0;

/** Candidates that are weighed by their length too, for each that is wanted: lengths lie far apart in memory. */
const WEIGHED = 4;
const worths = new Float32Array(READ);
const chosen = new Uint32Array(READ);

/** What of a list is read: `from` to `to`, at most `left`; of a longer one a part that depends on the seed, so that everybody in it is found by somebody. */
interface Window {
  from: number;
  to: number;
  left: number;
  seed: number;
}

export function begin(): void {
  table.fill(0);
  size = 0;
}

/** How many slots have been found. */
export const gathered = (): number => size;

function add(slot: number, weight: number): void {
  let at = Math.imul(slot + 1, 0x9e3779b1) >>> (32 - TABLE_BITS);
  for (let place = table[at] as number; place !== 0; place = table[at] as number) {
    if (slots[place - 1] === slot) {
      sums[place - 1] = (sums[place - 1] as number) + weight;
      return;
    }
    at = (at + 1) & MASK;
  }
  slots[size] = slot;
  sums[size] = weight;
  table[at] = ++size;
}

/** Adds a weight to each slot of a list but those in `without`; in all at most {@link READ} are read. @returns how many were read */
export function accumulate(
  list: ArrayLike<number>,
  { from, to, left, seed }: Window,
  weight: number,
  without?: ReadonlyMap<number, unknown>,
): number {
  const length = to - from;
  const read = Math.min(length, left);
  const start = read < length ? Math.imul(seed + 1, 0x9e3779b1) >>> 0 : 0;
  const skips = without !== undefined && without.size > 0;
  let at = length > 0 ? start % length : 0;
  for (let i = 0; i < read; i++, at++) {
    if (at === length) at = 0;
    const slot = list[from + at] as number;
    if (skips && without.has(slot)) continue;
    add(slot, weight);
  }
  return read;
}

/**
 * The slots with the largest sums times their scale, among those with the largest sums; in no order, at most `limit`. It is memory of the module.
 * @param scales by slot
 * @param others scales of slots that have another one
 */
export function largest(
  scales: Float32Array,
  others: ReadonlyMap<number, { scale: number }>,
  limit: number,
): Uint32Array {
  worths.set(sums.subarray(0, size));
  chosen.set(slots.subarray(0, size));
  const weighed = Math.min(size, limit * WEIGHED);
  select(size, weighed);
  for (let i = 0; i < weighed; i++) {
    const slot = chosen[i] as number;
    const other = others.size > 0 ? others.get(slot) : undefined;
    worths[i] = (worths[i] as number) * (other === undefined ? (scales[slot] as number) : other.scale);
  }
  select(weighed, limit);
  return chosen.subarray(0, Math.min(weighed, limit));
}

/** Hoare's quickselect: of the first `among` worths the `count` largest go to the front. */
function select(among: number, count: number): void {
  let low = 0;
  let high = among - 1;
  while (low < high && count < among) {
    const pivot = worths[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((worths[i] as number) > pivot) i++;
      while ((worths[j] as number) < pivot) j--;
      if (i > j) break;
      const worth = worths[i] as number;
      const slot = chosen[i] as number;
      worths[i] = worths[j] as number;
      chosen[i++] = chosen[j] as number;
      worths[j] = worth;
      chosen[j--] = slot;
    }
    if (count <= j + 1) high = j;
    else if (count > i) low = i;
    else return;
  }
}

/** Squares of the weights of one vector's features, by number: what others share with it is then added up without comparing two lists. */
const squares = new Float32Array(65_536);

/** Numbers of features, from `from` to before `to`. */
interface Features {
  numbers: Uint16Array;
  from: number;
  to: number;
}

export function mark({ numbers, from, to }: Features, weights: Float32Array): void {
  for (let i = from; i < to; i++) {
    const number = numbers[i] as number;
    const weight = weights[number] as number;
    squares[number] = weight * weight;
  }
}

export function unmark({ numbers, from, to }: Features): void {
  for (let i = from; i < to; i++) squares[numbers[i] as number] = 0;
}

/** The sum of the squares of what a vector shares with the marked one. */
export function marked({ numbers, from, to }: Features): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += squares[numbers[i] as number] as number;
  return sum;
}

/** The same of two vectors, whose numbers are ascending. */
export function inCommon(one: Features, two: Features, weights: Float32Array): number {
  let i = one.from;
  let j = two.from;
  let sum = 0;
  while (i < one.to && j < two.to) {
    const a = one.numbers[i] as number;
    const b = two.numbers[j] as number;
    if (a === b) {
      const weight = weights[a] as number;
      sum += weight * weight;
      i++;
      j++;
    } else if (a < b) i++;
    else j++;
  }
  return sum;
}
