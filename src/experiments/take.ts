import type { Context } from 'hono';
import type { Aggregates } from '../analytics/schema-aggregates.ts';
import type { SiteConfig } from '../config/schema.ts';
import { factsWithPersona } from '../decide/compiled.ts';
import { heldOutOf } from '../decide/experiments.ts';
import { type Asker, sceneOf } from '../decide/scene.ts';
import { DecideContext, DecideRequest } from '../decide/schema.ts';
import { surroundingsOf } from '../decide/surroundings.ts';
import { PATIENCE_MS, recall } from '../decide/take.ts';
import type { AppEnv } from '../env.ts';
import { VisitorId } from '../events/schema.ts';
import { callerWith } from '../events/take.ts';
import { overridesOf } from '../http/overrides.ts';
import { holdToRate } from '../http/rate.ts';
import { snapshotOf } from '../snapshot.ts';
import type { Facts } from '../targeting/schema.ts';
import type { Precedents } from './decide.ts';

/** Whatever is randomised, with everything that is known of it. */
interface Unit {
  config: SiteConfig;
  /** By which its bandits deal. */
  weights: Aggregates['weights'];
  /** The same that a decision for this visitor goes by. */
  facts: Facts;
  /** In a holdout of the shop, without experiments. */
  isHeldOut: boolean;
  /** Variations that are to stay. */
  precedents: Precedents;
}

const FIELDS: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>> = DecideContext.shape;

/** What of a context decisions can read; what else is said under their names stays a fact, whatever it is. */
function readable(context: Readonly<Record<string, unknown>>): DecideContext {
  const entries = Object.entries(context).filter(
    ([name, value]) => !Object.hasOwn(FIELDS, name) || FIELDS[name]?.safeParse(value).success,
  );
  return DecideContext.parse(Object.fromEntries(entries));
}

/** Who a visitorId is, as far as it is remembered. Any other text is a unit of which nothing can be. */
async function askerOf(c: Context<AppEnv>, unit: string, config: SiteConfig): Promise<Asker> {
  if (!VisitorId.safeParse(unit).success) {
    await holdToRate(c, unit);
    return { visitorId: unit, customerId: null, profile: null };
  }
  const caller = await callerWith(c, DecideRequest.parse({ visitorId: unit }), config);
  const { profile, standing } = await recall(c, caller, { milliseconds: PATIENCE_MS });
  return { visitorId: unit, customerId: standing?.customerId ?? null, profile };
}

/**
 * Brings together what is known of a unit, for whoever asks about experiments alone: one object call for a visitor's memory, none for any other unit.
 * @param context facts that the caller states, of any shape
 * @throws Problem `too-many-requests`, `key-may-not`
 */
export async function takeUnit(
  c: Context<AppEnv>,
  unit: string,
  context: Readonly<Record<string, unknown>>,
): Promise<Unit> {
  const { shop, now } = c.var;
  const snapshot = await snapshotOf(c.env, shop, { now, waitUntil: (work) => c.executionCtx.waitUntil(work) });
  const asker = await askerOf(c, unit, snapshot.config);
  const request = DecideRequest.parse({ context: readable(context) });
  const placed = { ...request, context: { ...request.context, ...surroundingsOf(c, request) } };
  const scene = sceneOf(placed, asker, { ...snapshot, now });
  const facts = factsWithPersona(scene).with({ context: { ...scene.facts.context, ...context } });
  const { config, aggregates } = snapshot;
  const overrides = await overridesOf(c, context.overrides);
  return {
    config,
    weights: aggregates.weights,
    facts,
    isHeldOut: overrides === undefined && heldOutOf(config, unit)?.experiments === 'none',
    precedents: {
      buckets: asker.profile?.buckets,
      ...(overrides === undefined ? {} : { overrides }),
    },
  };
}
