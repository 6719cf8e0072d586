/*
 * Adds up weights by slot over memory of the module, so that looking for neighbours allocates nothing but its answer. Between begin() and largest()
 * nothing else runs.
 */
let sums = new Float32Array(1_024);
let touched = new Uint32Array(1_024);
let size = 0;

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
  for (let i = 0; i < size; i++) {
    const slot = touched[i] as number;
    const other = others.size > 0 ? others.get(slot) : undefined;
    sums[slot] = (sums[slot] as number) * (other === undefined ? (scales[slot] as number) : other.scale);
  }
  select(limit);
  return touched.slice(0, Math.min(size, limit));
}

/** Hoare's quickselect: the `count` largest go to the front. */
function select(count: number): void {
  let low = 0;
  let high = size - 1;
  while (low < high && count < size) {
    const pivot = sums[touched[(low + high) >> 1] as number] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((sums[touched[i] as number] as number) > pivot) i++;
      while ((sums[touched[j] as number] as number) < pivot) j--;
      if (i > j) break;
      const moved = touched[i] as number;
      touched[i++] = touched[j] as number;
      touched[j--] = moved;
    }
    if (count <= j + 1) high = j;
    else if (count > i) low = i;
    else return;
  }
}
