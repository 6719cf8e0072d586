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
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, FNV_PRIME);
  }
  return hash >>> 0;
}

/**
 * The bucket of a unit: the FNV-1a of the FNV-1a, in steps of 1/10,000 (GrowthBook's hash version 2). One pass would correlate experiments.
 * @param seed one per purpose
 * @param unit the visitor's id, or whatever is randomised
 * @returns a number in [0, 1)
 */
export function bucket(seed: string, unit: string): number {
  return (fnv1a32(String(fnv1a32(seed + unit))) % 10_000) / 10_000;
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
