/**
 * Sorts only as far as somebody reads: a binary heap that is emptied one by one (O(n) to build, O(log n) for each place read). Answers need the first ten of
 * hundreds of candidates.
 * @param scores higher is better; of equal ones the smaller tie-breaker comes first
 * @returns the number of the candidate at a place, from 0; -1 beyond the last
 */
export function lazyOrder(size: number, scores: ArrayLike<number>, ties: ArrayLike<number>): (place: number) => number {
  const heap = new Int32Array(size);
  for (let i = 1; i < size; i++) heap[i] = i;
  const sorted: number[] = [];
  let left = size;
  const before = (a: number, b: number): boolean => {
    const one = scores[a] as number;
    const other = scores[b] as number;
    return one > other || (one === other && (ties[a] as number) < (ties[b] as number));
  };
  const sink = (from: number): void => {
    let at = from;
    const moving = heap[at] as number;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= left) break;
      if (child + 1 < left && before(heap[child + 1] as number, heap[child] as number)) child++;
      if (!before(heap[child] as number, moving)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = moving;
  };
  for (let i = (size >> 1) - 1; i >= 0; i--) sink(i);
  return (place) => {
    while (sorted.length <= place && left > 0) {
      sorted.push(heap[0] as number);
      left--;
      heap[0] = heap[left] as number;
      sink(0);
    }
    return sorted[place] ?? -1;
  };
}
