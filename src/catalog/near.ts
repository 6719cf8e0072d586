/*
 * Adds up weights by slot over memory of the module, so that looking for neighbours allocates nothing but its answer. Between begin() and largest()
 * nothing else runs.
 */
let sums = new Float32Array(1_024);
let touched = new Uint32Array(1_024);
let size = 0;
/** Side by side what is selected from: reading it in order is several times faster than going by slot. */
let worths = new Float32Array(0);
let chosen = new Uint32Array(0);

/** What of a list is read: `from` to `to`, at most `left`; of a longer one a part that depends on the seed, so that everybody in it is found by somebody. */
interface Window {
  from: number;
  to: number;
  left: number;
  seed: number;
}

/** @param slots how many there are */
export function begin(slots: number): void {
  if (sums.length < slots) {
    sums = new Float32Array(Math.max(slots, sums.length * 2));
    touched = new Uint32Array(sums.length);
  }
  for (let i = 0; i < size; i++) sums[touched[i] as number] = 0;
  size = 0;
}

/** Adds a weight to each slot of a list but those in `without`. @returns how many were read */
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
    const sum = sums[slot] as number;
    if (sum === 0) touched[size++] = slot;
    sums[slot] = sum + weight;
  }
  return read;
}

/**
 * The slots with the largest sums times their scale, in no order, at most `limit`.
 * @param scales by slot
 * @param others scales of slots that have another one
 */
export function largest(
  scales: Float32Array,
  others: ReadonlyMap<number, { scale: number }>,
  limit: number,
): Uint32Array {
  if (worths.length < size) {
    worths = new Float32Array(touched.length);
    chosen = new Uint32Array(touched.length);
  }
  for (let i = 0; i < size; i++) {
    const slot = touched[i] as number;
    const other = others.size > 0 ? others.get(slot) : undefined;
    worths[i] = (sums[slot] as number) * (other === undefined ? (scales[slot] as number) : other.scale);
    chosen[i] = slot;
  }
  select(limit);
  return chosen.slice(0, Math.min(size, limit));
}

/** Hoare's quickselect: the `count` largest go to the front. */
function select(count: number): void {
  let low = 0;
  let high = size - 1;
  while (low < high && count < size) {
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
