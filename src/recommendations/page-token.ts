/**
 * The `next` token: what earlier pages have shown, by a 32-bit hash of the card key, so that the next page repeats nothing, whoever answers it. It holds no
 * visitor and no secret; one that was tampered with hides items from who tampered.
 */

/** What earlier pages have shown. */
export interface Shown {
  /** How many items. */
  count: number;
  /** For whatever is left to chance on the pages: an unsigned 32-bit number. */
  seed: number;
  has(key: number): boolean;
  hashes: readonly number[];
}

/** Items that a token can name: after so many a list has no next page. */
const TOKEN_ITEMS = 500;

/** The longest token: five bytes of head and four for each item, in base64. */
export const TOKEN_LENGTH = Math.ceil(((5 + 4 * TOKEN_ITEMS) * 4) / 3) + 4;

const FORMAT = 1;
const HEAD_BYTES = 5;

/** The half of a card key that is its first hash. */
const hashOf = (key: number): number => Math.floor(key / 2_097_152) >>> 0;

export function shownBefore(seed: number, hashes: readonly number[] = []): Shown {
  const known = new Set(hashes);
  return { count: hashes.length, seed, hashes, has: (key) => known.size > 0 && known.has(hashOf(key)) };
}

/** The token for the page after these keys; null where a list ends. */
export function tokenAfter(before: Shown, keys: readonly number[]): string | null {
  const all = [...before.hashes, ...keys.map(hashOf)];
  if (all.length > TOKEN_ITEMS) return null;
  const bytes = new Uint8Array(HEAD_BYTES + 4 * all.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FORMAT);
  view.setUint32(1, before.seed);
  for (const [i, hash] of all.entries()) view.setUint32(HEAD_BYTES + 4 * i, hash);
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

/** @returns null when the text is no token of ours */
export function readToken(text: string): Shown | null {
  if (text.length > TOKEN_LENGTH || !/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return null;
  const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  if (bytes.length < HEAD_BYTES || bytes[0] !== FORMAT || (bytes.length - HEAD_BYTES) % 4 !== 0) return null;
  const view = new DataView(bytes.buffer);
  const hashes = Array.from({ length: (bytes.length - HEAD_BYTES) / 4 }, (_, i) => view.getUint32(HEAD_BYTES + 4 * i));
  return shownBefore(view.getUint32(1), hashes);
}
