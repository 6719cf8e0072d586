import { stopHarmful } from './cron-guard.ts';
import { directoryObject, type Env, tallyObject } from './env.ts';
import { shopKeys } from './http/access.ts';

/** The shops of this deployment, as its keys name them. */
export function shopsOf(env: Env): string[] {
  return [...new Set([...(shopKeys(env.SHOP_KEYS)?.values() ?? [])].map((key) => key.shop))];
}

/** Every five minutes, shop by shop: wakes the visitors whose flushes nobody confirmed, publishes what decisions need of the counters, and stops
 * experiments that harm a guardrail. One shop's failure is not another's. */
export async function runJob(_controller: ScheduledController, env: Env): Promise<void> {
  const now = Date.now();
  const jobs = shopsOf(env).flatMap((shop) => [
    ['sweep', shop, directoryObject(env, shop).sweep(shop, now)] as const,
    ['aggregates', shop, publishAggregates(env, shop, now)] as const,
    ['guardrails', shop, stopHarmful(env, shop, now)] as const,
  ]);
  const outcomes = await Promise.allSettled(jobs.map(([, , work]) => work));
  for (const [i, outcome] of outcomes.entries()) {
    const [job, shop] = jobs[i] ?? [];
    if (outcome.status === 'rejected') console.error(JSON.stringify({ shop, job, failed: String(outcome.reason) }));
  }
}

/** Composes the aggregates of a shop: what other objects know, and what the tally has counted. */
async function publishAggregates(env: Env, shop: string, now: number): Promise<void> {
  const quantiles = await directoryObject(env, shop).quantiles(now);
  await tallyObject(env, shop).writeAggregates(shop, { quantiles }, now);
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
