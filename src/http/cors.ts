import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from '../env.ts';
import { snapshotOf } from '../snapshot.ts';
import { shopKeys } from './access.ts';
import { setHeaders } from './answer-headers.ts';
import { originAllowed } from './origin.ts';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const EXPOSED = 'ETag, Retry-After, X-Request-Id';
const PREFLIGHT_SECONDS = 86_400;

/** Whether one of the shops lets this origin call. */
async function allowedBy(c: Context<AppEnv>, shops: Iterable<string>, origin: string): Promise<boolean> {
  if (originAllowed(origin, c.req.url, [])) return true;
  for (const shop of shops) {
    const { config } = await snapshotOf(c.env, shop, {
      now: c.get('now'),
      waitUntil: (work) => c.executionCtx.waitUntil(work),
    });
    if (originAllowed(origin, c.req.url, config.origins)) return true;
  }
  return false;
}

function allShops(c: Context<AppEnv>): Set<string> {
  return new Set([...(shopKeys(c.env.SHOP_KEYS)?.values() ?? [])].map((key) => key.shop));
}

const withOrigin = (vary: string | null): string => (vary === null ? 'Origin' : `${vary}, Origin`);

/**
 * Middleware: reflects the origins that the shop's config allows, and the headers a preflight asks for. A preflight carries no key, so there any shop of the deployment may allow.
 */
export const cors: MiddlewareHandler<AppEnv> = async (c, next) => {
  const origin = c.req.header('Origin');
  if (origin === undefined) return next();
  const asked = c.req.header('Access-Control-Request-Method');
  if (c.req.method === 'OPTIONS' && asked !== undefined) {
    const headers: Record<string, string> = { Vary: 'Origin, Access-Control-Request-Headers' };
    if (await allowedBy(c, allShops(c), origin)) {
      headers['Access-Control-Allow-Origin'] = origin;
      headers['Access-Control-Allow-Credentials'] = 'true';
      headers['Access-Control-Allow-Methods'] = METHODS;
      headers['Access-Control-Allow-Headers'] = c.req.header('Access-Control-Request-Headers') ?? '';
      headers['Access-Control-Max-Age'] = String(PREFLIGHT_SECONDS);
    }
    return c.body(null, 204, headers);
  }
  await next();
  const shop = c.get('shop');
  const varies = { Vary: withOrigin(c.res.headers.get('Vary')) };
  if (!(await allowedBy(c, shop === undefined ? allShops(c) : [shop], origin))) return setHeaders(c, varies);
  setHeaders(c, {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': EXPOSED,
    ...varies,
  });
};
