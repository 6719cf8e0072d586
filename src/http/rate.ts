import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';
import { networkOf } from './network.ts';
import { Problem } from './problem.ts';

/** Seconds over which the bindings count, as wrangler.toml declares them. */
const PERIOD_SECONDS = 60;

async function isWithin(limiter: RateLimit | undefined, key: string): Promise<boolean> {
  return limiter === undefined || (await limiter.limit({ key })).success;
}

/**
 * Holds a visitor to 600 requests a minute, and whoever invents visitors to 6,000 a minute from one network (the first 24 bits of an IPv4 address, 48 of
 * IPv6; not on a local network). The secret key is not limited; neither is anybody where a binding is absent.
 * @throws Problem `too-many-requests` with `Retry-After`
 */
export async function holdToRate(c: Context<AppEnv>, visitorId: string): Promise<void> {
  if (c.get('keyKind') === 'secret') return;
  const shop = c.get('shop');
  const network = await networkOf(c);
  const [visitorMay, networkMay] = await Promise.all([
    isWithin(c.env.RATE_LIMIT, `${shop}:${visitorId}`),
    network === undefined || isWithin(c.env.NETWORK_LIMIT, `${shop}:${network}`),
  ]);
  if (visitorMay && networkMay) return;
  const detail = visitorMay
    ? 'More than 6,000 requests came from this network in a minute.'
    : 'This visitor has sent more than 600 requests in a minute.';
  throw new Problem('too-many-requests', detail, { headers: { 'Retry-After': String(PERIOD_SECONDS) } });
}
