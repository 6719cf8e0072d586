/**
 * Forward decay (Cormode, Shkapenyuk, Srivastava, Xu: "Forward decay", ICDE 2009): a weight is stored multiplied by `2^((t − landmark)/halfLife)`,
 * so that adding needs no clock and reading multiplies once by `2^(−(T − landmark)/halfLife)`.
 */
export const DAY_MS = 86_400_000;

/**
 * What a weight of 1 at time `at` is stored as.
 * @param at epoch milliseconds
 * @param landmark epoch milliseconds
 * @param halfLifeMs milliseconds, above 0
 */
export function grow(at: number, landmark: number, halfLifeMs: number): number {
  return 2 ** ((at - landmark) / halfLifeMs);
}

/** What a stored weight is multiplied by to be read at time `at`. Same units as {@link grow}. */
export function fade(at: number, landmark: number, halfLifeMs: number): number {
  return 2 ** (-(at - landmark) / halfLifeMs);
}

/** Landmarks are whole multiples of this many half-lives, so that two stores can be brought to one landmark by an exact power of two. */
export const LANDMARK_HALF_LIVES = 32;

/**
 * The landmark for a time: the multiple of 32 half-lives at or before it. The same time gives the same landmark, whoever asks.
 */
export function landmarkFor(at: number, halfLifeMs: number): number {
  const step = LANDMARK_HALF_LIVES * halfLifeMs;
  return Math.floor(at / step) * step;
}

/** The day of a time in UTC, like `2026-11-22`. @param at epoch milliseconds */
export function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
