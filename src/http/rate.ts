import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';
import { Problem } from './problem.ts';

/** Seconds over which the binding counts, as wrangler.toml declares it. */
const PERIOD_SECONDS = 60;

/**
 * Holds a visitor to 600 requests a minute. The secret key is not limited; neither is anybody where the binding is absent.
 * @throws Problem `too-many-requests` with `Retry-After`
 */
export async function holdToRate(c: Context<AppEnv>, visitorId: string): Promise<void> {
  const limiter: RateLimit | undefined = c.env.RATE_LIMIT;
  if (c.var.keyKind === 'secret' || limiter === undefined) return;
  const { success } = await limiter.limit({ key: `${c.var.shop}:${visitorId}` });
  if (success) return;
  throw new Problem('too-many-requests', 'This visitor has sent more than 600 requests in a minute.', {
    headers: { 'Retry-After': String(PERIOD_SECONDS) },
  });
}
