import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv, KeyKind } from '../env.ts';
import { readShopKeys, type ShopKey } from './keys.ts';
import { Problem } from './problem.ts';

let readFrom: string | undefined;
let known: Map<string, ShopKey> | null = null;

/** The keys of this deployment; the secret is parsed once per isolate. */
export function shopKeys(secret: string | undefined): Map<string, ShopKey> | null {
  if (secret !== readFrom) {
    readFrom = secret;
    known = readShopKeys(secret);
  }
  return known;
}

/** A key, and whether it came in the address. */
export interface Carried {
  key: string;
  from: 'header' | 'query';
}

/** The key a request carries: a Bearer token, or `?key=` (publishable keys only, since addresses end up in logs). */
export function keyOf(request: Request): Carried | null {
  const header = request.headers.get('Authorization');
  if (header !== null) {
    const match = /^Bearer +([^\s]+) *$/i.exec(header);
    return match?.[1] ? { key: match[1], from: 'header' } : null;
  }
  const at = request.url.indexOf('?');
  if (at < 0) return null;
  const key = new URLSearchParams(request.url.slice(at)).get('key');
  return key ? { key, from: 'query' } : null;
}

/**
 * Lets a request in by the key it carries and says for which shop (`c.var.shop`, `c.var.keyKind`).
 * @throws Problem `no-keys`, `no-key`, `unknown-key`, `key-may-not`
 */
export function admit(c: Context<AppEnv>, carried: Carried | null, needed: KeyKind): void {
  const keys = shopKeys(c.env.SHOP_KEYS);
  if (keys === null)
    throw new Problem('no-keys', 'No keys are set for this deployment.', { headers: { 'Retry-After': '60' } });
  if (carried === null)
    throw new Problem('no-key', 'The request carries no key.', { headers: { 'WWW-Authenticate': 'Bearer' } });
  const found = keys.get(carried.key);
  if (found === undefined) throw new Problem('unknown-key', 'The key is not one of this deployment.');
  if (found.kind === 'secret' && carried.from === 'query')
    throw new Problem('key-may-not', 'A secret key never travels in the address.');
  if (needed === 'secret' && found.kind !== 'secret')
    throw new Problem('key-may-not', 'This route needs a secret key.');
  c.set('shop', found.shop);
  c.set('keyKind', found.kind);
}

/**
 * Middleware: lets a request in by its key; see {@link admit}.
 * @param needed `publishable` admits both kinds, `secret` only secret keys
 */
export function access(needed: KeyKind): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    admit(c, keyOf(c.req.raw), needed);
    await next();
  };
}
