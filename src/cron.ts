import { directoryObject, type Env } from './env.ts';
import { shopKeys } from './http/access.ts';

/** The shops of this deployment, as its keys name them. */
export function shopsOf(env: Env): string[] {
  return [...new Set([...(shopKeys(env.SHOP_KEYS)?.values() ?? [])].map((key) => key.shop))];
}

/** Every five minutes: wakes the visitors whose flushes nobody confirmed, shop by shop. One shop's failure is not another's. */
export async function runJob(_controller: ScheduledController, env: Env): Promise<void> {
  const now = Date.now();
  const sweeps = await Promise.allSettled(shopsOf(env).map((shop) => directoryObject(env, shop).sweep(shop, now)));
  for (const sweep of sweeps)
    if (sweep.status === 'rejected') console.error(JSON.stringify({ sweep: 'failed', error: String(sweep.reason) }));
}

const swept = new Set<string>();

/**
 * For the first request that an isolate has for a shop: wakes the visitors whose alarms may have died with the process before (a local server that was
 * killed has forgotten its alarms and its queue). To be kept alive by `waitUntil`.
 * @returns null when this isolate has done so before
 */
export function sweepOnce(env: Env, shop: string, now: number): Promise<void> | null {
  if (swept.has(shop)) return null;
  swept.add(shop);
  return directoryObject(env, shop)
    .sweep(shop, now, { isolateStart: true })
    .then(
      () => undefined,
      (error: unknown) => {
        swept.delete(shop);
        console.error(JSON.stringify({ shop, sweep: 'failed', error: String(error) }));
      },
    );
}
