import type { Context } from 'hono';
import { DETAIL_FIELDS, itemDetails } from '../catalog/store.ts';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import { type Consent, leastConsent } from '../events/schema.ts';
import { callerWith, statesCustomer, takeEvents } from '../events/take.ts';
import { exposeMet } from '../http/exposing.ts';
import { decideMessages } from '../http/offers.ts';
import { overridesOf } from '../http/overrides.ts';
import { Problem } from '../http/problem.ts';
import { holdToRate } from '../http/rate.ts';
import { signedIds } from '../http/recommendation-ids.ts';
import { type Caller, keepVisitor } from '../http/visitor.ts';
import type { Recommendation } from '../recommendations/schema.ts';
import { fnv1a32 } from '../shared/hash.ts';
import { seededRandom } from '../shared/random.ts';
import { type Snapshot, snapshotOf } from '../snapshot.ts';
import { consentUsed } from '../visitors/consent.ts';
import { unpacked } from '../visitors/packed.ts';
import type { Arrival, Profile, Recalled, Standing } from '../visitors/schema.ts';
import { arrivalOf } from './arrival.ts';
import { type Circumstances, decide } from './decide.ts';
import { armsOf } from './experiments.ts';
import { issuedOf, type Making } from './issue.ts';
import { INCOMPLETE, notesOf, UNTRACED } from './notes.ts';
import { cardsNeeded, drawId } from './place.ts';
import { rankRequest } from './query.ts';
import { fieldsRanked, RANKING, rankItems } from './rank.ts';
import { type Scene, sceneOf } from './scene.ts';
import type { DecideAnswer, DecideRequest } from './schema.ts';
import type { RankAnswer, RankRequest, WhyNotAnswer } from './schema-questions.ts';
import { surroundingsOf } from './surroundings.ts';
import { explainItem } from './why-not.ts';

/** How long a page waits for the visitor's memory before it is decided without. A warm object in the same region answers within 20 ms, a cold one in 100. */
export const PATIENCE_MS = 250;

/** A question about the memory itself waits longer: without it there is nothing to answer. So do events, which must be on disk before they are acknowledged. */
export const LONG_PATIENCE_MS = 3_000;

export interface TakeOptions {
  /** Entries of the visitor's own lists. */
  count?: number | undefined;
  /** Whether the memory is what is asked for. */
  isAboutMemory?: boolean;
  /** Whose cards are read beside those of the asked placements. */
  strategies?: readonly string[];
}

interface Remembered {
  profile: Profile | null;
  consentUsed: Consent;
  degraded: boolean;
  /** Null where nothing could be asked. */
  standing: Standing | null;
  events?: DecideAnswer['events'];
}

/** What the work brings within a time; null when it takes longer or fails, which is logged. @throws Problem that the work throws */
function inTime<T>(work: PromiseLike<T>, milliseconds: number): Promise<T | null> {
  // One promise, for every page waits here.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), milliseconds);
    work.then(
      (done) => {
        clearTimeout(timer);
        resolve(done);
      },
      (error: unknown) => {
        clearTimeout(timer);
        if (error instanceof Problem) return reject(error);
        console.warn(JSON.stringify({ memory: 'not to be had', error: String(error) }));
        resolve(null);
      },
    );
  });
}

/** Whether anything can be held that may be read: not under an id that was issued just now, and not without consent. */
function mayRemember({ issued, sender, consent, proof }: Caller): boolean {
  if (issued && sender.startsWith('v:') && proof === null) return false;
  return leastConsent(consent.given, consent.cap) !== 'none';
}

/** What is remembered of whoever calls, as of a time. @param options.milliseconds how long to wait for it */
export async function recall(
  c: Context<AppEnv>,
  caller: Caller,
  { milliseconds, now = c.get('now'), arrival }: { milliseconds: number; now?: number; arrival?: Arrival | undefined },
): Promise<Remembered> {
  const shop = c.get('shop');
  await holdToRate(c, caller.visitorId);
  const unknown = { profile: null, standing: null, consentUsed: consentUsed(caller.consent, null) };
  if (!mayRemember(caller)) return { ...unknown, degraded: false };
  const name = caller.sender.slice(2);
  const object = caller.sender.startsWith('c:') ? customerObject(c.env, shop, name) : visitorObject(c.env, shop, name);
  const { consent, proof } = caller;
  const asked = {
    shop,
    consent,
    orders: true,
    now,
    ...(proof === null ? {} : { proof }),
    ...(arrival ? { arrival } : {}),
  };
  const text = await inTime(object.recallAsText(JSON.stringify(asked)), milliseconds);
  if (text === null) return { ...unknown, degraded: true };
  const { memory, standing, consentUsed: used } = unpacked<Recalled>(text);
  return { profile: memory.profile, consentUsed: used, degraded: false, standing };
}

/** Takes the request's events, and what is remembered with them, in one call of the visitor's object. */
async function take(
  c: Context<AppEnv>,
  request: DecideRequest,
  from: { caller: Caller; snapshot: Snapshot; arrival: Arrival | undefined },
): Promise<Remembered> {
  const { caller, snapshot } = from;
  const { visitorId } = caller;
  const { sentAt, context, events = [] } = request;
  const envelope = { sentAt, context: { page: request.page, ...context }, events };
  const taken = await inTime(
    takeEvents(c, envelope, { snapshot, recall: true, orders: true, caller, cart: from.arrival?.cart }),
    LONG_PATIENCE_MS,
  );
  if (taken === null) {
    const rejected = events.map((_, index) => ({
      index,
      type: '/problems/unavailable',
      detail: 'Send this event again.',
    }));
    const used = consentUsed(caller.consent, null);
    const answer = { visitorId, accepted: 0, duplicates: 0, rejected, consentUsed: used };
    return { profile: null, consentUsed: used, degraded: true, standing: null, events: answer };
  }
  const { memory, standing, ...answer } = taken;
  const remembered = { profile: memory?.profile ?? null, consentUsed: taken.consentUsed, degraded: false, standing };
  return request.events === undefined ? remembered : { ...remembered, events: answer };
}

/** @throws Problem `unknown-placement` that names those there are */
function checkPlacements(request: DecideRequest, { config }: Snapshot): void {
  const issues = (request.placements ?? []).flatMap(({ placement }, i) =>
    config.placements[placement] === undefined
      ? [{ path: `placements[${i}].placement`, message: `there is no placement "${placement}"` }]
      : [],
  );
  if (issues.length === 0) return;
  const names = Object.keys(config.placements).join(', ');
  throw new Problem('unknown-placement', `${issues[0]?.message}; there are: ${names}`, { issues });
}

/** Adds the fields that only the published item details have. One KV read per chunk of the catalogue, kept in the isolate. */
async function addDetails(
  c: Context<AppEnv>,
  snapshot: Snapshot,
  answer: { request: DecideRequest; placements: Record<string, Recommendation> },
) {
  const wanted = (answer.request.placements ?? []).flatMap(({ placement, fields = [] }) => {
    const named = fields.length === 0 ? [] : DETAIL_FIELDS.filter((field) => fields.includes(field));
    return named.length > 0 ? [{ items: answer.placements[placement]?.items ?? [], named }] : [];
  });
  if (wanted.length === 0) return;
  const itemIds = wanted.flatMap(({ items }) => items.map((item) => item.itemId));
  const { catalogue, shop } = snapshot;
  const details = await itemDetails(c.env.CATALOG, shop, { itemIds, catalogue, now: c.get('now') });
  for (const { items, named } of wanted) {
    for (const item of items) {
      const whole = details.get(item.itemId);
      for (const field of named) if (whole?.[field] !== undefined) item[field] = whole[field];
    }
  }
}

/** Signs what the placements of an answer are; without a secret their ids stay as they were drawn. */
async function sign(c: Context<AppEnv>, answer: DecideAnswer, making: Making): Promise<void> {
  const placements = Object.entries(answer.placements ?? {});
  if (placements.length === 0) return;
  const ids = await signedIds(
    c.env,
    c.get('shop'),
    placements.map((one) => issuedOf(answer, one, making)),
  );
  ids?.forEach((id, i) => {
    const recommendation = placements[i]?.[1];
    if (recommendation !== undefined) recommendation.recommendationId = id;
  });
}

/** A request brought together with everything that its answer is made from, and what the way there has shown. */
interface Prepared {
  scene: Scene;
  circumstances: Circumstances;
  snapshot: Snapshot;
  making: Making;
  caller: Caller;
  /** Hands the visitor's id on, unless the events have done so. */
  keep(): void;
  events: DecideAnswer['events'];
}

/** The request as it may be asked: how an answer came about is told to who holds the secret key. */
function permitted(c: Context<AppEnv>, request: DecideRequest): DecideRequest {
  return request.explain === 'trace' && c.get('keyKind') !== 'secret' ? { ...request, explain: 'merchant' } : request;
}

/**
 * Brings everything together: one object call for the visitor's memory (the same that takes its events), none where nothing can be held or may be read;
 * cards from the isolate's memory.
 * @throws Problem `unknown-placement`, `too-many-requests`, `invalid-identity-token`
 */
async function prepare(c: Context<AppEnv>, asked: DecideRequest, options: TakeOptions): Promise<Prepared> {
  const [shop, now, random] = [c.get('shop'), c.get('now'), c.get('random')];
  const request = permitted(c, asked);
  const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
  const snapshot = await snapshotOf(c.env, shop, { now, waitUntil });
  checkPlacements(request, snapshot);
  const caller = await callerWith(c, request, snapshot.config);
  // What only reads makes no visitor a customer's.
  const takes = !request.dryRun && c.req.method !== 'GET' && (request.events !== undefined || statesCustomer(caller));
  const patience = options.isAboutMemory ? LONG_PATIENCE_MS : PATIENCE_MS;
  const surroundings = surroundingsOf(c, request);
  const placed = { ...request, context: { ...request.context, ...surroundings } };
  const arrival =
    c.req.method === 'GET' ? undefined : arrivalOf(placed, { caller, config: snapshot.config, shop, now });
  const remembered = await (takes
    ? take(c, request, { caller, snapshot, arrival })
    : recall(c, caller, { milliseconds: patience, arrival }));
  const stated = caller.sender.startsWith('c:') ? caller.sender.slice(2) : null;
  const customerId = stated ?? remembered.standing?.customerId ?? null;
  const { profile } = remembered;
  const held = snapshot.reader.sessions;
  const sessions = held?.index ?? null;
  const overrides = await overridesOf(c, request.overrides);
  const known = { ...snapshot, sessions, now, overrides };
  const scene = sceneOf(placed, { visitorId: caller.visitorId, customerId, profile }, known);
  const isSeeded = request.seed !== undefined;
  const seed = request.seed === undefined ? Math.floor(random() * 2 ** 32) : fnv1a32(request.seed);
  const notes = notesOf(request, caller, remembered.standing);
  if (request !== asked) notes.push(UNTRACED);
  const cards = await snapshot.reader.cards(cardsNeeded(scene, options.strategies), waitUntil);
  if (!cards.isWhole) notes.push(INCOMPLETE);
  return {
    scene,
    snapshot,
    caller,
    circumstances: {
      consentUsed: remembered.consentUsed,
      versions: held === null ? snapshot.versions : { ...snapshot.versions, sessions: `s${held.version}` },
      degraded: remembered.degraded,
      notes,
      cards,
      random: seededRandom(seed),
      count: options.count,
    },
    making: { now, seed, isSeeded, isDryRun: request.dryRun, profile, surroundings, arms: armsOf(scene.assigned) },
    keep: () => {
      if (!takes && !request.dryRun) keepVisitor(c, caller, remembered.consentUsed);
    },
    events: remembered.events,
  };
}

/** Answers a request: everything is brought together (see {@link prepare}), then comes the pure decision. */
export async function takeRequest(
  c: Context<AppEnv>,
  request: DecideRequest,
  options: TakeOptions = {},
): Promise<DecideAnswer> {
  const { scene, circumstances, snapshot, making, caller, keep, events } = await prepare(c, request, options);
  const messages = await decideMessages(c, scene, { ...circumstances, seed: making.seed, caller });
  const answer = decide(scene, messages === null ? circumstances : { ...circumstances, messages });
  // What a decision draws begins with 32 bits, so that a replay can draw the same; that is too few to name all decisions.
  if (!making.isSeeded) answer.decisionId = drawId('d', c.get('random'));
  await sign(c, answer, making);
  if (answer.placements !== undefined) await addDetails(c, snapshot, { request, placements: answer.placements });
  if (events !== undefined) answer.events = events;
  keep();
  exposeMet(c, scene, { caller, snapshot, consentUsed: circumstances.consentUsed });
  return answer;
}

/** Why an item is or is not in a placement. @throws Problem as {@link takeRequest} */
export async function takeWhyNot(c: Context<AppEnv>, request: DecideRequest, itemId: string): Promise<WhyNotAnswer> {
  const { scene, circumstances, keep } = await prepare(c, request, {});
  const answer = explainItem(scene, circumstances, itemId);
  if (answer === null) throw new Problem('unknown-placement', 'The request names no placement.');
  keep();
  return answer;
}

/** The caller's list in the visitor's order. @throws Problem as {@link takeRequest} */
export async function takeRank(c: Context<AppEnv>, { items, ...asked }: RankRequest): Promise<RankAnswer> {
  const prepared = await prepare(c, rankRequest(asked), { strategies: [RANKING] });
  const { scene, circumstances, snapshot, caller, keep } = prepared;
  const answer = rankItems(scene, circumstances, items);
  keep();
  exposeMet(c, scene, { caller, snapshot, consentUsed: circumstances.consentUsed, read: fieldsRanked(scene) });
  return answer;
}
