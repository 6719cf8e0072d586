/** Values by key, made when they are asked for. */
export interface Generations<K, V> {
  of(key: K): V;
  drop(key: K): void;
}

/**
 * Keeps what was used lately in two generations, of which the older one is dropped as a whole: nothing has to be kept in order.
 * @param kept values in a generation; at most twice as many are in memory
 */
export function generations<K, V extends object | number>(kept: number, make: (key: K) => V): Generations<K, V> {
  let young = new Map<K, V>();
  let old = new Map<K, V>();
  return {
    of(key) {
      const known = young.get(key);
      if (known !== undefined) return known;
      if (young.size >= kept) {
        old = young;
        young = new Map();
      }
      const value = old.get(key) ?? make(key);
      young.set(key, value);
      return value;
    },
    drop(key) {
      young.delete(key);
      old.delete(key);
    },
  };
}
