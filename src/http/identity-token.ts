/** The identity token: a JWT in which the shop vouches for a customer. */
import { createLocalJWKSet, decodeProtectedHeader, errors, type JWTVerifyOptions, jwtVerify } from 'jose';
import * as z from 'zod';
import type { SiteConfig } from '../config/schema.ts';
import type { Env } from '../env.ts';
import { CustomerId } from '../events/schema.ts';
import { getOutside } from './outside.ts';
import { Problem } from './problem.ts';
import { secretOf } from './secrets.ts';

/** A secret or a key set is asked for again after this time. */
const FRESH_MS = 300_000;
/** A token that does not hold under a cached key may have been signed with a newer one; that is looked after at most this often. */
const ROTATION_MS = 10_000;
/** Keys that cannot be fetched again are trusted for so long. */
const STALE_MS = 86_400_000;
const MOST_CACHED = 200;
const MOST_CHARACTERS = 10_000;

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });
type KeySet = z.infer<typeof KeySet>;

interface Cached {
  at: number;
  key: Uint8Array | KeySet | null;
}

const cache = new Map<string, Cached>();

/** What signs for a shop. `name` says where it comes from, and is what it is cached under. */
interface KeySource {
  name: string;
  algorithms: string[];
  /** Null when there is none. @throws Problem `unavailable` when it cannot be had now */
  get(): Promise<Uint8Array | KeySet | null>;
}

const refuse = (why: string): Problem =>
  new Problem('invalid-identity-token', `The identity token does not hold: ${why}.`);

async function keyOfSecret(env: Env, shop: string, name: string): Promise<Uint8Array | null> {
  const value = await secretOf(env, shop, name);
  return value === null ? null : new TextEncoder().encode(value);
}

async function keySetOf(env: Env, url: string): Promise<KeySet> {
  const parsed = KeySet.safeParse(await getOutside(url, env.ALLOW_LOOPBACK));
  if (parsed.success) return parsed.data;
  throw new Problem('unavailable', 'The keys by which identity tokens are checked cannot be had now.', {
    headers: { 'Retry-After': '10' },
  });
}

/** The kind of key that an algorithm belongs to; a token cannot choose another one. */
function sourceOf(env: Env, shop: string, from: { identity: SiteConfig['identity']; alg: unknown }): KeySource | null {
  const { alg, identity } = from;
  const { secret, jwksUrl } = identity;
  if (alg === 'HS256' && secret !== null)
    return { name: `secret ${shop} ${secret}`, algorithms: ['HS256'], get: () => keyOfSecret(env, shop, secret) };
  if ((alg === 'ES256' || alg === 'RS256') && jwksUrl !== null)
    return { name: `keys ${jwksUrl}`, algorithms: [alg], get: () => keySetOf(env, jwksUrl) };
  return null;
}

async function keyFrom(source: KeySource, now: number, mostMs: number): Promise<Cached> {
  const known = cache.get(source.name);
  if (known !== undefined && Math.abs(now - known.at) < mostMs) return known;
  try {
    const got = { at: now, key: await source.get() };
    if (cache.size >= MOST_CACHED) cache.clear();
    cache.set(source.name, got);
    return got;
  } catch (error) {
    // Keys that were good five minutes ago are better than none.
    if (known !== undefined && Math.abs(now - known.at) < STALE_MS) return known;
    throw error;
  }
}

async function subjectOf(token: string, { key }: Cached, options: JWTVerifyOptions): Promise<string> {
  if (key === null) throw refuse('this shop has no secret by which it could be checked');
  const { payload } =
    key instanceof Uint8Array
      ? await jwtVerify(token, key, options)
      : await jwtVerify(token, createLocalJWKSet(key), options);
  const subject = CustomerId.safeParse(payload.sub);
  if (!subject.success) throw refuse('its sub is no customerId');
  return subject.data;
}

function whyNot(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is missing or wrong`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (error instanceof errors.JWKSNoMatchingKey) return 'none of the shop’s keys has signed it';
  return 'it is no token that could be checked';
}

function algorithmOf(token: string): unknown {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    throw refuse('it is no JWT');
  }
}

/**
 * Checks an identity token: signed by the shop's secret (HS256) or by one of its published keys (ES256, RS256), with `sub` and `exp`, in its time, and
 * from the issuer and for the audience that the config names.
 * @param now epoch milliseconds
 * @returns the customerId
 * @throws Problem `invalid-identity-token` with the reason; `unavailable` when the published keys cannot be had
 */
export async function customerOf(
  env: Env,
  shop: string,
  { token, identity, now }: { token: string; identity: SiteConfig['identity']; now: number },
): Promise<string> {
  if (token.length > MOST_CHARACTERS) throw refuse('it is too long');
  const source = sourceOf(env, shop, { identity, alg: algorithmOf(token) });
  if (source === null) throw refuse('this shop has no key of the kind by which it is signed');
  const { issuer, audience } = identity;
  const options: JWTVerifyOptions = {
    algorithms: source.algorithms,
    requiredClaims: ['exp', 'sub'],
    currentDate: new Date(now),
    ...(issuer === null ? {} : { issuer }),
    ...(audience === null ? {} : { audience }),
  };
  const held = await keyFrom(source, now, FRESH_MS);
  try {
    return await subjectOf(token, held, options);
  } catch (error) {
    const mayBeNewer =
      held.key === null ||
      error instanceof errors.JWSSignatureVerificationFailed ||
      error instanceof errors.JWKSNoMatchingKey;
    const newer = mayBeNewer ? await keyFrom(source, now, ROTATION_MS) : held;
    if (newer === held) throw error instanceof Problem ? error : refuse(whyNot(error));
    try {
      return await subjectOf(token, newer, options);
    } catch (again) {
      throw again instanceof Problem ? again : refuse(whyNot(again));
    }
  }
}
