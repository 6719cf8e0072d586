import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';
import { deviceOf } from '../events/page.ts';
import type { DecideRequest } from './schema.ts';

/** Where a request comes from and with what, as far as its body does not say. */
export interface Surroundings {
  /** Two letters. */
  country?: string;
  device?: string;
}

/** What a browser's request shows of itself; a server's own place and client say nothing about the visitor. */
export function surroundingsOf(c: Context<AppEnv>, { context = {} }: Pick<DecideRequest, 'context'>): Surroundings {
  if (c.get('keyKind') === 'secret') return {};
  const found: Surroundings = {};
  const country = c.req.raw.cf?.country;
  if (context.country === undefined && typeof country === 'string' && country.length === 2) found.country = country;
  const device = context.device === undefined ? deviceOf(c.req.header('User-Agent') ?? null) : undefined;
  if (device !== undefined) found.device = device;
  return found;
}
