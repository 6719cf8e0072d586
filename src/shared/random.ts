/** A source of uniform numbers in [0, 1), passed as an argument wherever chance is needed. */
export type Random = () => number;

/**
 * A seeded generator (Tommy Ettinger's mulberry32): the same seed gives the same sequence on every platform. Not for secrets.
 * @param seed an unsigned 32-bit integer; use `fnv1a32(text)` to seed from a text
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Draws `count` distinct elements without replacement (a partial Fisher–Yates shuffle); all of them, shuffled, when there are fewer.
 */
export function sample<T>(from: readonly T[], count: number, random: Random): T[] {
  const pool = from.slice();
  const taken = Math.min(count, pool.length);
  for (let i = 0; i < taken; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    const chosen = pool[j] as T;
    pool[j] = pool[i] as T;
    pool[i] = chosen;
  }
  pool.length = taken;
  return pool;
}
