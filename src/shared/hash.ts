/**
 * Hashes. All of them are pure and stable across releases: what is stored under a hash today must be found under it tomorrow.
 */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * 32-bit FNV-1a over UTF-16 code units, as GrowthBook's SDKs compute it.
 * @param text any string
 * @returns an unsigned 32-bit integer
 */
export function fnv1a32(text: string): number {
  return fnvOnwards(FNV_OFFSET, text) >>> 0;
}

/** Goes on hashing where another text has ended. */
function fnvOnwards(from: number, text: string): number {
  let hash = from;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash;
}

const MOST_DIGITS = 10;
const digits = new Uint8Array(MOST_DIGITS);

/** The FNV-1a of a number's decimal text, without the text. @param n an unsigned 32-bit integer */
function fnvOfDecimal(n: number): number {
  let at = MOST_DIGITS;
  // The first division is of what may not fit into a signed integer; the others are cheap.
  let left = Math.trunc(n / 10) | 0;
  digits[--at] = n - left * 10;
  while (left > 0) {
    const tens = (left / 10) | 0;
    digits[--at] = left - tens * 10;
    left = tens;
  }
  let hash = FNV_OFFSET;
  for (; at < MOST_DIGITS; at++) hash = Math.imul(hash ^ (48 + (digits[at] ?? 0)), FNV_PRIME);
  return hash >>> 0;
}

const BUCKETS = 10_000;

const bucketAfter = (from: number, unit: string): number =>
  (fnvOfDecimal(fnvOnwards(from, unit) >>> 0) % BUCKETS) / BUCKETS;

/**
 * The bucket of a unit: the FNV-1a of the FNV-1a, in steps of 1/10,000 (GrowthBook's hash version 2). One pass would correlate experiments.
 * @param seed one per purpose
 * @param unit the visitor's id, or whatever is randomised
 * @returns a number in [0, 1)
 */
export function bucket(seed: string, unit: string): number {
  return bucketAfter(fnvOnwards(FNV_OFFSET, seed), unit);
}

/** {@link bucket} of one seed, which is hashed once; asked of the same unit again, it knows the answer. */
export function bucketOf(seed: string): (unit: string) => number {
  const from = fnvOnwards(FNV_OFFSET, seed);
  let last = '';
  let known = bucketAfter(from, last);
  return (unit) => {
    if (unit === last) return known;
    last = unit;
    known = bucketAfter(from, unit);
    return known;
  };
}

function mix(seed: number, text: string): number {
  let hash = seed | 0;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * A 53-bit key for a text: the largest hash that a JavaScript number holds exactly, so that keys live in `Float64Array`s and `Map`s.
 * Two of a million items share a key with probability 6e-5.
 * @returns an integer in [0, 2^53)
 */
export function key53(text: string): number {
  return mix(0x9747b28c, text) * 2_097_152 + (mix(0x3c6ef372, text) >>> 11);
}
