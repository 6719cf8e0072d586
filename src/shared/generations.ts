/** Values by number, made when they are asked for. */
export interface Generations<V> {
  of(key: number): V;
  drop(key: number): void;
}

/**
 * Keeps what was used lately in two generations, of which the older one is dropped as a whole: nothing has to be kept in order.
 * @param kept values in a generation; at most twice as many are in memory
 */
export function generations<V extends object>(kept: number, make: () => V): Generations<V> {
  let young = new Map<number, V>();
  let old = new Map<number, V>();
  return {
    of(key) {
      const known = young.get(key);
      if (known !== undefined) return known;
      if (young.size >= kept) {
        old = young;
        young = new Map();
      }
      const value = old.get(key) ?? make();
      young.set(key, value);
      return value;
    },
    drop(key) {
      young.delete(key);
      old.delete(key);
    },
  };
}
