const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Bytes that are written at once; a multiple of three. */
const AT_ONCE = 3_000;

/**
 * Bytes as text that fits into an address or a cookie (RFC 4648, section 5), without padding. Made of character codes: what `btoa` makes and what is put
 * together from pieces is written as JSON in a slower way, and a whole answer with it.
 * @param prefix in ASCII, what the text begins with
 */
export function base64Url(bytes: Uint8Array, prefix = ''): string {
  let text = '';
  let codes: number[] = [];
  for (let i = 0; i < prefix.length; i++) codes.push(prefix.charCodeAt(i));
  for (let i = 0; i < bytes.length; i += 3) {
    const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const characters = Math.min(bytes.length - i, 3) + 1;
    for (let k = 0; k < characters; k++) codes.push(ALPHABET.charCodeAt((three >> (18 - 6 * k)) & 63));
    if ((i + 3) % AT_ONCE !== 0) continue;
    text += String.fromCharCode(...codes);
    codes = [];
  }
  const last = String.fromCharCode(...codes);
  return text === '' ? last : text + last;
}

/** @returns null for what is no such text */
export function bytesOfBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));
}
