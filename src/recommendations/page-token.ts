/**
 * The `next` token: what earlier pages have shown, by a 32-bit hash of the card key, so that the next page repeats nothing, whoever answers it. It holds no
 * visitor and no secret; one that was tampered with hides items from who tampered.
 */
import { base64Url, bytesOfBase64Url } from '../shared/base64.ts';

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

/** The token for the page after these items; null where a list ends. */
export function tokenAfter({ hashes, seed }: Shown, shown: readonly { key: number }[]): string | null {
  const count = hashes.length + shown.length;
  if (count > TOKEN_ITEMS) return null;
  const bytes = new Uint8Array(HEAD_BYTES + 4 * count);
  let at = 1;
  const put = (word: number): void => {
    for (let shift = 24; shift >= 0; shift -= 8) bytes[at++] = word >>> shift;
  };
  bytes[0] = FORMAT;
  put(seed);
  for (const hash of hashes) put(hash);
  for (const { key } of shown) put(hashOf(key));
  return base64Url(bytes);
}

/** @returns null when the text is no token of ours */
export function readToken(text: string): Shown | null {
  const bytes = text.length > TOKEN_LENGTH ? null : bytesOfBase64Url(text);
  if (bytes === null || bytes.length < HEAD_BYTES || bytes[0] !== FORMAT || (bytes.length - HEAD_BYTES) % 4 !== 0)
    return null;
  const view = new DataView(bytes.buffer);
  const hashes = Array.from({ length: (bytes.length - HEAD_BYTES) / 4 }, (_, i) => view.getUint32(HEAD_BYTES + 4 * i));
  return shownBefore(view.getUint32(1), hashes);
}
