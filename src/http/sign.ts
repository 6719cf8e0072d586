import { hexOf } from '../shared/hex.ts';

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' };

/** The HMAC-SHA-256 of each text under a secret, in hexadecimal digits. */
export async function hmacHex(secret: string, texts: readonly string[]): Promise<string[]> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), ALGORITHM, false, ['sign']);
  const signatures = texts.map((text) => crypto.subtle.sign('HMAC', key, encoder.encode(text)));
  return (await Promise.all(signatures)).map((signature) => hexOf(new Uint8Array(signature)));
}
