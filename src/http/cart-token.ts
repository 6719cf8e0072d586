/** A basket as a link carries it: what is in it and until when, signed. It says nothing of whose it was, and nothing is stored when it is issued. */
import type { Env } from '../env.ts';
import { base64Url, bytesOfBase64Url } from '../shared/base64.ts';
import { DAY_MS } from '../shared/decay.ts';
import { derivedKey, hmac } from './sign.ts';

const PURPOSE = 'cart';
const KEPT_DAYS = 7;
/** Of the HMAC-SHA-256: 128 bits. */
const SIGNATURE_BYTES = 16;
/** Mail clients and proxies cut longer addresses; a basket that does not fit is carried in part. */
const MOST_CHARACTERS = 4_000;

export interface CarriedLine {
  itemId: string;
  quantity: number;
}

/** What a token carries. */
export interface CarriedCart {
  shop: string;
  lines: CarriedLine[];
  /** Epoch milliseconds. */
  expiresAt: number;
}

type Body = [shop: string, expiresAt: number, lines: [string, number][]];

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream) {
  const body = new Response(bytes as BodyInit).body;
  if (body === null) return new Uint8Array();
  return new Uint8Array(await new Response(body.pipeThrough(stream as ReadableWritablePair)).arrayBuffer());
}

async function signatureOf(secret: string, bytes: Uint8Array): Promise<Uint8Array> {
  return (await hmac(await derivedKey(secret, PURPOSE), bytes)).subarray(0, SIGNATURE_BYTES);
}

/** @returns null without a secret, or for an empty basket */
export async function cartToken(
  { SIGNING_SECRET }: Pick<Env, 'SIGNING_SECRET'>,
  shop: string,
  { lines, now }: { lines: readonly CarriedLine[]; now: number },
): Promise<string | null> {
  if (!SIGNING_SECRET || lines.length === 0) return null;
  const body: Body = [shop, now + KEPT_DAYS * DAY_MS, lines.map(({ itemId, quantity }) => [itemId, quantity])];
  const text = new TextEncoder().encode(JSON.stringify(body));
  const packed = await through(text, new CompressionStream('deflate-raw'));
  const token = `${base64Url(packed)}.${base64Url(await signatureOf(SIGNING_SECRET, packed))}`;
  if (token.length <= MOST_CHARACTERS || lines.length === 1) return token;
  return cartToken({ SIGNING_SECRET }, shop, { lines: lines.slice(0, Math.ceil(lines.length / 2)), now });
}

/** @returns null for what was not issued here, or is over */
export async function readCartToken(
  { SIGNING_SECRET }: Pick<Env, 'SIGNING_SECRET'>,
  token: string,
  now: number,
): Promise<CarriedCart | null> {
  const [packed, signature] = token.split('.').map(bytesOfBase64Url);
  if (!SIGNING_SECRET || !packed || !signature || token.split('.').length !== 2) return null;
  const right = await signatureOf(SIGNING_SECRET, packed);
  let differences = signature.length ^ right.length;
  // As long for a wrong signature as for the right one.
  right.forEach((byte, i) => {
    differences |= byte ^ (signature[i] ?? 0);
  });
  if (differences !== 0) return null;
  const text = new TextDecoder().decode(await through(packed, new DecompressionStream('deflate-raw')));
  const [shop, expiresAt, lines] = JSON.parse(text) as Body;
  if (expiresAt <= now) return null;
  return { shop, expiresAt, lines: lines.map(([itemId, quantity]) => ({ itemId, quantity })) };
}
