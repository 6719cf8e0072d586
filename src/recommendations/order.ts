/** Candidates by number: higher scores come first, of equal ones the smaller key. */
export interface Ordered {
  scores: ArrayLike<number>;
  keys: ArrayLike<number>;
}

function isBefore({ scores, keys }: Ordered, a: number, b: number): boolean {
  const one = scores[a] as number;
  const other = scores[b] as number;
  return one > other || (one === other && (keys[a] as number) < (keys[b] as number));
}

function numbersTo(size: number): number[] {
  const numbers = new Array<number>(size);
  for (let i = 0; i < size; i++) numbers[i] = i;
  return numbers;
}

/**
 * Sorts only as far as somebody reads: a binary heap that is emptied one by one (O(n) to build, O(log n) for each place read). Answers need the first ten of
 * hundreds of candidates.
 * @returns the number of the candidate at a place, from 0; -1 beyond the last
 */
export function lazyOrder(size: number, of: Ordered): (place: number) => number {
  const sorted: number[] = [];
  let heap: number[] = [];
  let left = size;
  const sink = (from: number): void => {
    let at = from;
    const moving = heap[at] as number;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= left) break;
      if (child + 1 < left && isBefore(of, heap[child + 1] as number, heap[child] as number)) child++;
      if (!isBefore(of, heap[child] as number, moving)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = moving;
  };
  return (place) => {
    const known = sorted[place];
    if (known !== undefined) return known;
    if (sorted.length === 0) {
      heap = numbersTo(size);
      for (let i = (size >> 1) - 1; i >= 0; i--) sink(i);
    }
    while (sorted.length <= place && left > 0) {
      sorted.push(heap[0] as number);
      left--;
      heap[0] = heap[left] as number;
      sink(0);
    }
    return sorted[place] ?? -1;
  };
}

/**
 * The first `count` of a {@link lazyOrder}, in no order: for whoever wants to know only which they are (Hoare's quickselect, O(n)).
 * @param count at least 1
 */
export function firstOf(size: number, of: Ordered, count: number): readonly number[] {
  const numbers = numbersTo(size);
  let low = 0;
  let high = count < size ? size - 1 : 0;
  while (low < high) {
    const pivot = numbers[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while (isBefore(of, numbers[i] as number, pivot)) i++;
      while (isBefore(of, pivot, numbers[j] as number)) j--;
      if (i > j) break;
      const number = numbers[i] as number;
      numbers[i++] = numbers[j] as number;
      numbers[j--] = number;
    }
    if (count <= j + 1) high = j;
    else if (count > i) low = i;
    else break;
  }
  numbers.length = Math.min(size, count);
  return numbers;
}
