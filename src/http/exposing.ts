import type { Context } from 'hono';
import { type FieldsRead, firstMet } from '../decide/exposed.ts';
import type { Scene } from '../decide/scene.ts';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import type { Consent } from '../events/schema.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Caller } from './visitor.ts';

/**
 * Lets the visitor's object know what a decision exposes its visitor to for the first time, after the answer; a dry run, a crawler, a trial of variations and
 * who is asked about without an id expose nobody.
 */
export function exposeMet(
  c: Context<AppEnv>,
  scene: Scene,
  by: { caller: Caller; snapshot: Snapshot; consentUsed: Consent; read?: FieldsRead },
): void {
  const { caller, consentUsed, read = null } = by;
  const { config, versions } = by.snapshot;
  const { request, now, overrides } = scene;
  const isNobody = caller.issued && (request.session !== undefined || caller.sender.startsWith('c:'));
  if (request.dryRun || caller.bot || isNobody || overrides !== undefined || consentUsed === 'none') return;
  if (Object.keys(config.experiments).length + Object.keys(config.holdouts).length === 0) return;
  const { met, buckets } = firstMet(scene, config, read);
  if (met.length === 0 && Object.keys(buckets).length === 0) return;
  const { shop } = c.var;
  const { sender, consent, proof } = caller;
  const name = sender.slice(2);
  const object = sender.startsWith('c:') ? customerObject(c.env, shop, name) : visitorObject(c.env, shop, name);
  const { eventsDays, profileDays } = config.retention;
  const told = object.expose({
    ...{ shop, sender, consent, proof, now, met, buckets },
    config: versions.config,
    sessionMinutes: config.learning.sessionMinutes,
    flushSeconds: config.freshness.flushSeconds,
    retention: { eventsDays, profileDays },
  });
  const failed = (error: unknown): void =>
    console.warn(JSON.stringify({ shop, exposure: 'lost', error: String(error) }));
  c.executionCtx.waitUntil(Promise.resolve(told).catch(failed));
}
