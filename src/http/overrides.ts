/** Variations that somebody tries out, by a signed token: whoever holds it sees them, and nothing of it is counted. */
import type { Context } from 'hono';
import type { AppEnv, Env } from '../env.ts';
import { base64Url } from '../shared/base64.ts';
import { hexOf } from '../shared/hex.ts';
import { Problem } from './problem.ts';
import { derivedKey, hmac } from './sign.ts';

const TOKEN = /^q_[A-Za-z0-9_-]{1,3000}\.[0-9a-f]{64}$/;
const HEADER = 'X-Experiment-Overrides';

/** Variations by experiment. */
export type Overrides = Record<string, string>;

const ENCODER = new TextEncoder();

async function signatureOf(secret: string, shop: string, payload: string): Promise<string> {
  return hexOf(await hmac(await derivedKey(secret, `overrides:${shop}`), ENCODER.encode(payload)));
}

/** @param until epoch milliseconds @returns null without a secret to sign with */
export async function issueOverrides(
  { SIGNING_SECRET }: Pick<Env, 'SIGNING_SECRET'>,
  shop: string,
  { variations, until }: { variations: Overrides; until: number },
): Promise<string | null> {
  if (!SIGNING_SECRET) return null;
  const payload = base64Url(ENCODER.encode(JSON.stringify({ variations, until })));
  return `q_${payload}.${await signatureOf(SIGNING_SECRET, shop, payload)}`;
}

async function readOverrides(
  { SIGNING_SECRET }: Pick<Env, 'SIGNING_SECRET'>,
  token: string,
  { shop, now }: { shop: string; now: number },
): Promise<Overrides | null> {
  if (!SIGNING_SECRET || !TOKEN.test(token)) return null;
  const [payload = '', signature = ''] = token.slice(2).split('.');
  const right = await signatureOf(SIGNING_SECRET, shop, payload);
  let differences = 0;
  // As long for a wrong signature as for the right one.
  for (let i = 0; i < right.length; i++) differences |= right.charCodeAt(i) ^ signature.charCodeAt(i);
  if (differences !== 0) return null;
  const { variations, until } = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as {
    variations: Overrides;
    until: number;
  };
  return now < until ? variations : null;
}

/**
 * The variations that a request tries out: by the token in its body, its query or its header; undefined without one.
 * @throws Problem `invalid` for a token that was not issued here for this shop, or has expired
 */
export async function overridesOf(c: Context<AppEnv>, stated: unknown): Promise<Overrides | undefined> {
  const token = stated ?? c.req.query('overrides') ?? c.req.header(HEADER);
  if (token === undefined) return undefined;
  const { shop, now } = c.var;
  const overrides = typeof token === 'string' ? await readOverrides(c.env, token, { shop, now }) : null;
  if (overrides !== null) return overrides;
  const message = 'is no token of POST /v1/experiments/overrides, or has expired';
  throw new Problem('invalid', `overrides ${message}`, { issues: [{ path: 'overrides', message }] });
}
