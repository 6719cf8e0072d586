import type { Context } from 'hono';
import { resolveConfig } from '../config/defaults.ts';
import type { SiteConfig, SiteConfigInput } from '../config/schema.ts';
import { decide } from '../decide/decide.ts';
import { cardsNeeded } from '../decide/place.ts';
import { type Scene, sceneOf } from '../decide/scene.ts';
import type { DecideRequest } from '../decide/schema.ts';
import { LONG_PATIENCE_MS, recall } from '../decide/take.ts';
import { type AppEnv, configObject, learnerObject } from '../env.ts';
import { callerWith } from '../events/take.ts';
import { parseTime } from '../events/wire.ts';
import { Problem } from '../http/problem.ts';
import { readId } from '../http/recommendation-ids.ts';
import { NO_PAST, type PastCards, pastCards, pastSessions } from '../learning/past-reader.ts';
import type { SessionIndex } from '../learning/session-index.ts';
import { popularityOf } from '../recommendations/popularity.ts';
import { type Issued, stampOf } from '../recommendations/recommendation-id.ts';
import { DAY_MS } from '../shared/decay.ts';
import { seededRandom } from '../shared/random.ts';
import { type Snapshot, snapshotOf } from '../snapshot.ts';
import { consentUsed } from '../visitors/consent.ts';
import { differences } from './compare.ts';
import type { ReplayAnswer, ReplayRequest } from './schema.ts';

/** The config of a version, null when it is not there any more. */
async function configAt(
  c: Context<AppEnv>,
  version: number,
  { versions, config }: Snapshot,
): Promise<SiteConfig | null> {
  if (version === versions.config) return config;
  if (version === 0) return resolveConfig({});
  const stored = await configObject(c.env, c.var.shop).get(version);
  return stored === null ? null : resolveConfig(JSON.parse(stored.config) as SiteConfigInput);
}

/** The cards of a version, as far as they are needed; null when they are not there any more. */
async function cardsAt(c: Context<AppEnv>, version: string, keys: readonly number[]): Promise<PastCards | null> {
  if (version === 'k0') return NO_PAST;
  const { shop } = c.var;
  const manifest = await learnerObject(c.env, shop).publication(Number(version.slice(1)));
  return manifest === null ? null : pastCards(c.env.CARDS, shop, { manifest, keys });
}

/** When it was decided. Of a seeded answer the id tells the day alone. */
function timeOf({ at, isSeeded }: Issued, stated: ReplayRequest['at'], now: number): number {
  if (!isSeeded) return at;
  return stated === undefined ? Math.min(now, at + DAY_MS - 1) : parseTime(stated);
}

/** Who asked, and what is remembered of them today, as of then; nothing where nothing was read. */
async function askerOf(
  c: Context<AppEnv>,
  request: DecideRequest,
  from: { issued: Issued; config: SiteConfig; now: number },
) {
  const { issued, config, now } = from;
  const caller = await callerWith(c, request, config);
  const { sender, visitorId } = caller;
  const stated = sender.startsWith('c:') ? sender.slice(2) : null;
  if (issued.stamp === null)
    return { asker: { visitorId, customerId: stated, profile: null }, consent: consentUsed(caller.consent, null) };
  const held = await recall(c, caller, { milliseconds: LONG_PATIENCE_MS, now });
  const customerId = stated ?? held.standing?.customerId ?? null;
  return { asker: { visitorId, customerId, profile: held.profile }, consent: held.consentUsed };
}

/** The scene as it was: with the counts of then, and whatever else has a version. */
function sceneAt(
  scene: Scene,
  request: DecideRequest,
  { counts, sessions }: PastCards & { sessions: SessionIndex | null },
): Scene {
  const popularity = counts === scene.counts ? scene.popularity : popularityOf(counts, scene.catalogue);
  return sceneOf(request, scene.asker, { ...scene, counts, popularity, sessions });
}

/** @throws Problem `invalid` for an id that was not issued here for this shop, and for a request that does not ask for its placement */
export async function replayRequest(
  c: Context<AppEnv>,
  { recommendationId, request, at }: ReplayRequest,
): Promise<ReplayAnswer> {
  const {
    env,
    var: { shop },
  } = c;
  const issued = await readId(env, shop, recommendationId);
  if (issued === null) {
    const message = 'was not issued by this deployment for this shop';
    throw new Problem('invalid', `recommendationId ${message}`, { issues: [{ path: 'recommendationId', message }] });
  }
  const { versions, placement, country, device } = issued;
  const now = timeOf(issued, at, c.var.now);
  const snapshot = await snapshotOf(env, shop, { now: c.var.now, waitUntil: (work) => c.executionCtx.waitUntil(work) });
  const gone: string[] = [];
  const past = await configAt(c, versions.config, snapshot);
  if (past === null) gone.push(`config ${versions.config}`);
  const config = past ?? snapshot.config;
  if (snapshot.versions.catalog !== versions.catalog) gone.push(`catalog ${versions.catalog}`);
  const { asker, consent } = await askerOf(c, request, { issued, config, now });
  if (stampOf(asker.profile) !== issued.stamp) gone.push('visitor');
  const context = { ...request.context, ...(country !== null && { country }), ...(device !== null && { device }) };
  const placed = { ...request, context };
  const sessions = versions.sessions === undefined ? null : await pastSessions(env.CARDS, shop, versions.sessions);
  if (versions.sessions !== undefined && sessions === null) gone.push(`sessions ${versions.sessions}`);
  const today = sceneOf(placed, asker, { ...snapshot, config, sessions, now });
  const keys = cardsNeeded(today);
  const found = await cardsAt(c, versions.cards, keys);
  if (found === null) gone.push(`cards ${versions.cards}`);
  const cards = found ?? { counts: snapshot.counts, cards: await snapshot.reader.cards(keys) };
  const { placements } = decide(sceneAt(today, placed, { ...cards, sessions }), {
    ...{ consentUsed: consent, versions, degraded: false, notes: [], cards: cards.cards },
    random: seededRandom(issued.seed),
  });
  const answer = placements?.[placement];
  if (answer === undefined && config.placements[placement] !== undefined) {
    const message = `does not ask for "${placement}", which the recommendationId is of`;
    throw new Problem('invalid', `The request ${message}`, { issues: [{ path: 'request.placements', message }] });
  }
  const items = answer?.items ?? [];
  const differs = differences(
    items.map((item) => item.itemId),
    issued.items,
  );
  return {
    identical: differs.length === 0 && answer?.strategy === issued.strategy && answer.fallback === issued.fallback,
    ...{ placement, strategy: answer?.strategy ?? '', fallback: answer?.fallback ?? false },
    decidedAt: new Date(now).toISOString(),
    ...{ versions, items, gone, differs },
  };
}
