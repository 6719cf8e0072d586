import { directoryObject, type Env } from './env.ts';
import { shopKeys } from './http/access.ts';

/** The shops of this deployment, as its keys name them. */
export function shopsOf(env: Env): string[] {
  return [...new Set([...(shopKeys(env.SHOP_KEYS)?.values() ?? [])].map((key) => key.shop))];
}

/** Every five minutes: wakes the visitors whose flushes nobody confirmed, shop by shop. */
export async function runJob(_controller: ScheduledController, env: Env): Promise<void> {
  await Promise.all(shopsOf(env).map((shop) => directoryObject(env, shop).sweep(Date.now())));
}
