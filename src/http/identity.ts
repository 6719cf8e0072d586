/** Who a visitor is known to be: by the secret key, by an identity token, or by the cookie that was issued for one. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { SiteConfig } from '../config/schema.ts';
import type { AppEnv } from '../env.ts';
import { base64Url, bytesOfBase64Url } from '../shared/base64.ts';
import type { Proof, Standing } from '../visitors/schema.ts';
import { customerOf } from './identity-token.ts';
import { Problem } from './problem.ts';
import { hmacHex } from './sign.ts';
import { type Caller, cookieOf } from './visitor.ts';

const COOKIE = 'fw_identity';
/** Nobody has to log in more often than that to see what they bought; a token says it sooner. */
const COOKIE_DAYS = 14;
const HEADER = 'X-Identity-Token';
const VALUE = /^([A-Za-z0-9_-]{1,1500})\.([0-9a-f]{64})$/;

/** What the cookie says. It holds for one visitor of one shop, within the login in which it was issued. */
const Said = z.object({
  shop: z.string(),
  visitorId: z.string(),
  customerId: z.string(),
  login: z.number(),
  /** Epoch milliseconds. */
  until: z.number(),
});

const encode = (said: z.infer<typeof Said>): string => base64Url(new TextEncoder().encode(JSON.stringify(said)));

function decode(text: string): z.infer<typeof Said> | null {
  try {
    return Said.safeParse(JSON.parse(new TextDecoder().decode(bytesOfBase64Url(text) ?? undefined))).data ?? null;
  } catch {
    return null;
  }
}

async function signatureOf(secret: string, text: string): Promise<string> {
  const [signature = ''] = await hmacHex(secret, [`${COOKIE}:${text}`]);
  return signature;
}

/** Takes as long for a wrong signature as for the right one. */
function isSame(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let differences = 0;
  for (let i = 0; i < one.length; i++) differences |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return differences === 0;
}

async function cookieProof(c: Context<AppEnv>, visitorId: string): Promise<Proof | null> {
  const secret = c.env.SIGNING_SECRET;
  const [, text, signature] = VALUE.exec(cookieOf(c.req.raw, COOKIE) ?? '') ?? [];
  if (!secret || text === undefined || signature === undefined) return null;
  if (!isSame(await signatureOf(secret, text), signature)) return null;
  const said = decode(text);
  if (said === null || said.shop !== c.get('shop') || said.visitorId !== visitorId || said.until <= c.get('now'))
    return null;
  return { customerId: said.customerId, login: said.login };
}

/** The customer whom a request names, proven or not. */
function customerStated({ sender, proof, claimed }: Caller): string | null {
  return sender.startsWith('c:') ? sender.slice(2) : (proof?.customerId ?? claimed);
}

/** The identity token of a request: in the body, or where there is none, in the header `X-Identity-Token`. */
export function tokenOf(c: Context<AppEnv>, stated: string | undefined): string | undefined {
  return stated ?? c.req.header(HEADER);
}

/**
 * The caller with what proves who it is. A token states the customer; the cookie only opens what was stated in its login, and counts for pages of allowed
 * origins alone.
 * @throws Problem `invalid-identity-token`, also where the token is not of the customer whom the request states; `unavailable`
 */
export async function identified(
  c: Context<AppEnv>,
  caller: Caller,
  { token: stated, identity }: { token?: string | undefined; identity: SiteConfig['identity'] },
): Promise<Caller> {
  const token = tokenOf(c, stated);
  if (token === undefined) {
    if (caller.proof !== null || caller.issued || !caller.mayHoldCookie) return caller;
    return { ...caller, proof: await cookieProof(c, caller.visitorId) };
  }
  const customerId = await customerOf(c.env, c.get('shop'), { token, identity, now: c.get('now') });
  const other = customerStated(caller) ?? customerId;
  if (other !== customerId)
    throw new Problem('invalid-identity-token', 'The identity token is of another customer than the request states.');
  if (caller.trusted && caller.issued) return { ...caller, sender: `c:${customerId}`, proof: null };
  return { ...caller, claimed: null, proof: { customerId, login: null } };
}

/** Gives the browser the cookie that opens the merged history after a login, until it expires. */
export async function keepIdentity(c: Context<AppEnv>, caller: Caller, { customerId, login }: Standing): Promise<void> {
  const { visitorId, proof, mayHoldCookie, bot } = caller;
  const secret = c.env.SIGNING_SECRET;
  if (!secret || !mayHoldCookie || bot || proof?.login !== null || customerId === null || login === null) return;
  const seconds = COOKIE_DAYS * 86_400;
  const text = encode({ shop: c.get('shop'), visitorId, customerId, login, until: c.get('now') + seconds * 1000 });
  const value = `${text}.${await signatureOf(secret, text)}`;
  c.header('Set-Cookie', `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`, {
    append: true,
  });
}

/** Takes the identity cookie away. */
export function forgetIdentity(c: Context<AppEnv>): void {
  if (cookieOf(c.req.raw, COOKIE) === null) return;
  c.header('Set-Cookie', `${COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`, { append: true });
}
