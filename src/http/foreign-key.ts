import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';
import { admit, type Carried, shopKeys } from './access.ts';

function basicUser(header: string | null): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  try {
    return atob(encoded.replace(/-/g, '+').replace(/_/g, '/')).split(':')[0] || undefined;
  } catch {
    return undefined;
  }
}

/** The key as clients of other tools carry it beside the body: Basic auth (as the user), Bearer, `X-Write-Key`, then the address. */
export function foreignKeyOf(request: Request): Carried | null {
  const authorization = request.headers.get('Authorization');
  const inHeader =
    basicUser(authorization) ??
    /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1] ??
    request.headers.get('X-Write-Key');
  if (inHeader) return { key: inHeader, from: 'header' };
  const { searchParams } = new URL(request.url);
  const inQuery = searchParams.get('writeKey') || searchParams.get('key') || searchParams.get('api_secret');
  return inQuery ? { key: inQuery, from: 'query' } : null;
}

/** The key in a body of the tracking API: its own, or that of its first message. */
export function bodyKeyOf(body: unknown): Carried | null {
  if (typeof body !== 'object' || body === null) return null;
  const { writeKey, batch } = body as { writeKey?: unknown; batch?: unknown };
  if (typeof writeKey === 'string' && writeKey !== '') return { key: writeKey, from: 'header' };
  return Array.isArray(batch) ? bodyKeyOf({ writeKey: batch[0]?.writeKey }) : null;
}

/**
 * Lets a request of a foreign client in. Jitsu's keys are `id:secret`: where the whole is no key of ours, what stands before the colon may be.
 * @throws Problem as `access` does
 */
export function admitForeign(c: Context<AppEnv>, carried: Carried | null): void {
  const keys = shopKeys(c.env.SHOP_KEYS);
  const isWhole = carried === null || keys?.has(carried.key) !== false;
  admit(c, isWhole ? carried : { ...carried, key: carried.key.split(':')[0] ?? '' }, 'publishable');
}
