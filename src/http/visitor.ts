import type { Context } from 'hono';
import { isbot } from 'isbot';
import type { AppEnv } from '../env.ts';
import { MOST_AGENT } from '../events/page.ts';
import type { Consent } from '../events/schema.ts';
import type { ConsentAsked, Proof } from '../visitors/schema.ts';
import { isDerived } from './foreign-visitor.ts';
import { originAllowed } from './origin.ts';
import { Problem } from './problem.ts';

const COOKIE = 'fw_visitor';
const COOKIE_DAYS = 400;
const VISITOR_ID = /^[A-Za-z0-9_-]{16,64}$/;

/** A storefront's server loader, and a developer's first try at the command line: no crawler calls itself that and reports events. */
const PLAIN_CLIENT = /^(node|undici|node-fetch|curl)\b/i;

function isBot(userAgent: string): boolean {
  return !PLAIN_CLIENT.test(userAgent) && isbot(userAgent);
}

/** What of the shop's config says who may call and what counts without consent. */
export interface CallerRules {
  origins: readonly string[];
  consent: { default: Consent; gpc: Consent };
}

/** Who a request is about, and what it may do. Nothing has been stored or read for it yet. */
export interface Caller {
  visitorId: string;
  /** The id was issued by this request: nothing can be held under it. */
  issued: boolean;
  /** Name of the object that remembers: `v:<visitorId>`, or `c:<customerId>` where the secret key states a customer and no visitor. */
  sender: string;
  /** Of a visitor: the customer whom the request proves, and by what; see `identity.ts`. */
  proof: Proof | null;
  /** A customerId stated without proof: a trait, which opens nothing. */
  claimed: string | null;
  /** A crawler, judged by the user agent of publishable requests only. */
  bot: boolean;
  trusted: boolean;
  consent: ConsentAsked;
  /** The request comes from a page that may hold our cookie. */
  mayHoldCookie: boolean;
}

function isFirstParty(request: Request, origins: readonly string[]): boolean {
  const site = request.headers.get('Sec-Fetch-Site');
  if (site === 'same-origin' || site === 'same-site') return true;
  const origin = request.headers.get('Origin');
  return origin !== null && originAllowed(origin, request.url, origins);
}

/** The value of a cookie, null when it is not there. @param name of letters and underscores */
export function cookieOf(request: Request, name: string): string | null {
  const header = request.headers.get('Cookie');
  if (header === null) return null;
  return new RegExp(`(?:^|;\\s*)${name}=([^;\\s]*)`).exec(header)?.[1] ?? null;
}

function cookieId(request: Request): string | null {
  const value = cookieOf(request, COOKIE);
  return value !== null && VISITOR_ID.test(value) ? value : null;
}

/** Holds back who names a visitor by an id that was made from another tool's without the secret key. @throws Problem `key-may-not` */
function checkNamed(visitorId: string | null): void {
  if (visitorId !== null && isDerived(visitorId))
    throw new Problem(
      'key-may-not',
      'This visitorId was made from another tool’s id: only the secret key may name it.',
    );
}

/**
 * Says who a request is about: the body's `visitorId`, else the cookie where it counts, else a new id. A `customerId` is believed from the secret key
 * alone; `identified` adds what tokens and the identity cookie prove.
 */
export function callerOf(
  c: Context<AppEnv>,
  stated: { visitorId?: string | undefined; customerId?: string | undefined; consent?: Consent | undefined },
  rules: CallerRules,
): Caller {
  const request = c.req.raw;
  const trusted = c.get('keyKind') === 'secret';
  const mayHoldCookie = !trusted && isFirstParty(request, rules.origins);
  const known = stated.visitorId ?? (mayHoldCookie ? cookieId(request) : null);
  if (!trusted) checkNamed(known);
  const visitorId = known ?? crypto.randomUUID();
  const agent = trusted ? null : request.headers.get('User-Agent');
  // Only browsers say it: a server that does passes a visitor's own words on.
  const gpc = request.headers.get('Sec-GPC') === '1';
  const customerId = trusted ? stated.customerId : undefined;
  return {
    visitorId,
    issued: known === null,
    sender: customerId !== undefined && known === null ? `c:${customerId}` : `v:${visitorId}`,
    proof: customerId !== undefined && known !== null ? { customerId, login: null } : null,
    claimed: trusted ? null : (stated.customerId ?? null),
    bot: agent !== null && isBot(agent.slice(0, MOST_AGENT)),
    trusted,
    consent: { given: stated.consent ?? null, cap: gpc ? rules.consent.gpc : null, fallback: rules.consent.default },
    mayHoldCookie,
  };
}

/**
 * The visitor that a request of its own is about, where the id must be known already.
 * @throws Problem `invalid` when neither the request nor a cookie that counts names one
 */
export function ownVisitorId(c: Context<AppEnv>, stated: string | undefined, origins: readonly string[]): string {
  const request = c.req.raw;
  const known = stated ?? (isFirstParty(request, origins) ? cookieId(request) : null);
  if (c.get('keyKind') !== 'secret') checkNamed(known);
  if (known !== null) return known;
  const issues = [{ path: 'visitorId', message: 'is required where no cookie of an allowed origin says it' }];
  throw new Problem('invalid', 'The request does not say which visitor it is about: visitorId is missing.', { issues });
}

/** Gives the browser an issued id to keep: until it is closed with `session` consent, 400 days with `personal`, never with `none`. */
export function keepVisitor(c: Context<AppEnv>, caller: Caller, consentUsed: Consent): void {
  if (!caller.issued || !caller.mayHoldCookie || caller.bot || consentUsed === 'none') return;
  const age = consentUsed === 'personal' ? `; Max-Age=${COOKIE_DAYS * 86_400}` : '';
  c.header('Set-Cookie', `${COOKIE}=${caller.visitorId}; Path=/${age}; Secure; HttpOnly; SameSite=Lax`, {
    append: true,
  });
}

/** Takes the visitor's cookie away, after erasure or refusal. */
export function forgetCookie(c: Context<AppEnv>): void {
  if (cookieId(c.req.raw) === null) return;
  c.header('Set-Cookie', `${COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`, { append: true });
}
