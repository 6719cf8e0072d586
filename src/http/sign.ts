import { hexOf } from '../shared/hex.ts';

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' };
const ENCODER = new TextEncoder();

const importKey = (bytes: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, ALGORITHM, false, ['sign']);

/** The HMAC-SHA-256 of each text under a secret, in hexadecimal digits. */
export async function hmacHex(secret: string, texts: readonly string[]): Promise<string[]> {
  const key = await importKey(ENCODER.encode(secret));
  const signatures = texts.map((text) => crypto.subtle.sign('HMAC', key, ENCODER.encode(text)));
  return (await Promise.all(signatures)).map((signature) => hexOf(new Uint8Array(signature)));
}

export async function hmac(key: CryptoKey, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
}

/** Keys that an isolate keeps: one for every shop and purpose. */
const MOST_KEYS = 1_000;
const keys = new Map<string, { key: CryptoKey; secret: string }>();

/** A key for one purpose, derived from a secret; imported once per isolate. */
export async function derivedKey(secret: string, purpose: string): Promise<CryptoKey> {
  const known = keys.get(purpose);
  if (known?.secret === secret) return known.key;
  const key = await importKey(await hmac(await importKey(ENCODER.encode(secret)), ENCODER.encode(purpose)));
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(purpose, { key, secret });
  return key;
}
