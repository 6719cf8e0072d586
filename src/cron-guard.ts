import { resolveConfig } from './config/defaults.ts';
import type { SiteConfigInput } from './config/schema.ts';
import { configStore } from './config/store.ts';
import { configObject, type Env, tallyObject } from './env.ts';
import type { Plan } from './experiments/plan.ts';
import { comparisonOf } from './experiments/results.ts';
import { guardedPlans, harmDone, withStopped } from './experiments/stop.ts';
import { forget } from './snapshot.ts';

/** Who publishes where nobody asked for it. */
const PUBLISHER = 'floorwalker';

async function harmOf(env: Env, shop: string, { plan, now }: { plan: Plan; now: number }): Promise<string | null> {
  const tally = tallyObject(env, shop);
  const [cells, log] = await Promise.all([
    tally.experimentCells(plan.experiment, plan.phase),
    plan.bandit === null ? [] : tally.weightsLog(plan.experiment, plan.phase),
  ]);
  return harmDone(plan, comparisonOf(plan, cells, { now, armsOf: () => [], log }));
}

/**
 * Stops the experiments of a shop that certainly harm a guardrail: the config is published again with their status `stopped`, as a version of its own that says why.
 * Whoever publishes at the same moment goes first; five minutes later it is looked at again.
 * @param now epoch milliseconds
 */
export async function stopHarmful(env: Env, shop: string, now: number): Promise<void> {
  const published = await configStore(env.CONFIG).read(shop);
  if (published === null || guardedPlans(resolveConfig(published.config)).length === 0) return;
  const current = await configObject(env, shop).current();
  if (current === null) return;
  const config = JSON.parse(current.config) as SiteConfigInput;
  const harms = await Promise.all(
    guardedPlans(resolveConfig(config)).map(async (plan) => ({
      key: plan.experiment,
      why: await harmOf(env, shop, { plan, now }),
    })),
  );
  const harmful = harms.filter(({ why }) => why !== null);
  if (harmful.length === 0) return;
  const why = harmful.map((one) => one.why).join(' ');
  const stopped = withStopped(
    config,
    harmful.map(({ key }) => key),
  );
  const outcome = await configObject(env, shop).publish({
    shop,
    config: JSON.stringify(stopped),
    expected: current.version,
    by: PUBLISHER,
    rollbackOf: null,
    why,
    now,
  });
  if (outcome.done) forget(shop, 'config');
  console.warn(JSON.stringify({ shop, stopped: harmful.map(({ key }) => key), published: outcome.done, why }));
}
