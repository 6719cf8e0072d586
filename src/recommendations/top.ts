/** A list of card keys with weights, heaviest first. */
export interface Ranked {
  readonly keys: Float64Array;
  readonly weights: Float64Array;
}

export const NOTHING_RANKED: Ranked = { keys: new Float64Array(0), weights: new Float64Array(0) };

/** Collects the `limit` heaviest of any number of keys in O(n log limit), without keeping the others (a bounded binary heap, smallest on top). */
export interface TopList {
  /** Weights of 0 or less, and those that are no numbers, are not taken. */
  add(key: number, weight: number): void;
  ranked(): Ranked;
}

/** @param limit at least 1 */
export function topList(limit: number): TopList {
  const keys: number[] = [];
  const weights: number[] = [];
  const swap = (i: number, j: number): void => {
    const key = keys[i] as number;
    const weight = weights[i] as number;
    keys[i] = keys[j] as number;
    weights[i] = weights[j] as number;
    keys[j] = key;
    weights[j] = weight;
  };
  // Among equal weights the smaller key is the better one, so that the order never depends on the order of arrival.
  const worse = (i: number, j: number): boolean => {
    const a = weights[i] as number;
    const b = weights[j] as number;
    return a < b || (a === b && (keys[i] as number) > (keys[j] as number));
  };
  const sink = (): void => {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= keys.length) return;
      const child = left + 1 < keys.length && worse(left + 1, left) ? left + 1 : left;
      if (!worse(child, at)) return;
      swap(child, at);
      at = child;
    }
  };
  const rise = (): void => {
    let at = keys.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!worse(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  };
  return {
    add(key, weight) {
      if (!(weight > 0)) return;
      if (keys.length < limit) {
        keys.push(key);
        weights.push(weight);
        rise();
      } else if (weight > (weights[0] as number) || (weight === weights[0] && key < (keys[0] as number))) {
        keys[0] = key;
        weights[0] = weight;
        sink();
      }
    },
    ranked() {
      const order = keys.map((_, i) => i).sort((i, j) => (worse(i, j) ? 1 : -1));
      return {
        keys: Float64Array.from(order, (i) => keys[i] as number),
        weights: Float64Array.from(order, (i) => weights[i] as number),
      };
    },
  };
}
