import type { Context } from 'hono';
import { experimentsOf } from '../decide/compiled.ts';
import { DecidePage } from '../decide/schema.ts';
import { surroundingsOf } from '../decide/surroundings.ts';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import { metAsStated } from '../experiments/stated.ts';
import { identified, keepIdentity } from '../http/identity.ts';
import { networkOf } from '../http/network.ts';
import { holdToRate } from '../http/rate.ts';
import { readId } from '../http/recommendation-ids.ts';
import { type Caller, callerOf, keepVisitor } from '../http/visitor.ts';
import { key53 } from '../shared/hash.ts';
import type { Snapshot } from '../snapshot.ts';
import { consentUsed } from '../visitors/consent.ts';
import { unpacked } from '../visitors/packed.ts';
import { wantedBy } from '../visitors/quiet.ts';
import type { Judging, Memory, Observation, Observed, Proof, Recalled, Standing } from '../visitors/schema.ts';
import type { StatedCart } from '../visitors/state-cart.ts';
import { type CheckedEvent, checkEvents, refuse } from './check.ts';
import { consentStated } from './consent-event.ts';
import { creditEchoes, echoedIds } from './echo.ts';
import { enrich } from './enrich.ts';
import { keptTraits } from './loyalty.ts';
import { keptEvent, type Receipt } from './normalize.ts';
import { deviceOf } from './page.ts';
import type { Consent, KeptEvent } from './schema.ts';
import { type EventEnvelope, parseTime, type Rejection } from './wire.ts';

const HOUR_MS = 3_600_000;
/** RecommendationIds that one request may have verified; others are credited with nothing. */
const MOST_IDS = 1_000;
/** Objects called at the same time for one request of a server. */
const AT_ONCE = 20;
const NOTHING_HELD: Memory = { profile: null, stored: null };
const NOBODY: Standing = { customerId: null, login: null, isLinked: false };

export interface TakeOptions {
  snapshot: Pick<Snapshot, 'config' | 'catalogue' | 'versions' | 'aggregates'>;
  /** Whether the answer carries what is remembered, in the same call of the visitor's object. */
  recall: boolean;
  /** Whether the memory carries past orders: there may be many. */
  orders?: boolean;
  /** False: nothing is taken and no cookie set, as for a dry run; what is remembered is read all the same. */
  record?: boolean;
  /** The basket that the request states besides its events. */
  cart?: StatedCart | undefined;
  /** Who calls, where that is known already, with what proves it; see `callerOf` and `identified`. */
  caller?: Caller;
  /** The events were translated from a foreign dialect. */
  isForeign?: boolean;
  /** The way to an event in the body, `events[i]` unless said otherwise. */
  pathTo?: (index: number) => PropertyKey[];
}

/** What became of a request's events. */
export interface Taken {
  visitorId: string;
  accepted: number;
  duplicates: number;
  rejected: Rejection[];
  consentUsed: Consent;
  /** Null unless asked for. A visitor of whom nothing may be read has a memory without a profile. */
  memory: Memory | null;
  /** What the memory was made from. */
  standing: Standing;
}

/** Who remembers events: the name of the object, and of a visitor the customer who is proven. */
interface Owner {
  sender: string;
  proof: Proof | null;
  events: KeptEvent[];
}
type Owners = Map<string, Owner>;

const objectOf = (c: Context<AppEnv>, sender: string) =>
  sender.startsWith('c:')
    ? customerObject(c.env, c.get('shop'), sender.slice(2))
    : visitorObject(c.env, c.get('shop'), sender.slice(2));

function receiptOf(c: Context<AppEnv>, envelope: Envelope, options: TakeOptions & { caller: Caller }): Receipt {
  const { caller, snapshot } = options;
  const { headers, cf } = c.req.raw;
  const seenFrom = typeof cf?.country === 'string' ? cf.country : headers.get('CF-IPCountry');
  return {
    receivedAt: c.get('now'),
    sentAt: envelope.sentAt === undefined ? null : parseTime(envelope.sentAt),
    trusted: caller.trusted,
    consent: consentUsed(caller.consent, null),
    learn: envelope.learn ?? true,
    context: envelope.context,
    // A server's own place and software say nothing about the visitor.
    country: caller.trusted ? undefined : (seenFrom ?? undefined),
    device: caller.trusted ? undefined : deviceOf(headers.get('User-Agent')),
    currency: snapshot.config.shop.currency,
    issueId: () => crypto.randomUUID(),
  };
}

type Envelope = Omit<EventEnvelope, 'events'> & { events?: readonly unknown[] | undefined };

/**
 * Whose an event is. With the secret key it may say so itself, and a visitor and a customer named together belong together; a browser speaks for its own
 * visitor alone.
 */
function ownerOf({ wire }: CheckedEvent, caller: Caller): Omit<Owner, 'events'> | null {
  const { visitorId, customerId } = wire;
  const isOther = visitorId !== undefined && visitorId !== caller.visitorId;
  if (!caller.trusted) return isOther ? null : caller;
  const ofAll = caller.sender.startsWith('c:') ? caller.sender.slice(2) : caller.proof?.customerId;
  const stated = customerId ?? ofAll;
  const proof = stated === undefined ? null : { customerId: stated, login: null };
  if (visitorId !== undefined) return { sender: `v:${visitorId}`, proof };
  if (customerId === undefined || customerId === ofAll) return caller;
  return { sender: `c:${customerId}`, proof: null };
}

/** Facts that may be kept: those that the config allows, and a customerId that was stated without proof. */
function traitsOf(
  envelope: Envelope,
  claimed: string | null,
  allowed: readonly string[],
): NonNullable<Observation['traits']> {
  const kept = keptTraits(envelope.traits ?? {}, allowed);
  return claimed === null ? kept : { ...kept, customerId: claimed };
}

function sortOut(
  c: Context<AppEnv>,
  envelope: Envelope,
  options: TakeOptions & { caller: Caller },
): { owners: Owners; rejected: Rejection[]; claimed: string | null } {
  const { caller, snapshot } = options;
  const pathTo = options.pathTo ?? ((index: number) => ['events', index]);
  const { events, rejected } = checkEvents(envelope.events ?? [], pathTo, options);
  const receipt = receiptOf(c, envelope, options);
  const owners: Owners = new Map();
  let claimed = caller.claimed;
  for (const event of events) {
    const owner = ownerOf(event, caller);
    if (owner === null) {
      const why = 'only the secret key may send events of another visitor';
      rejected.push(refuse(event.index, [...pathTo(event.index), 'visitorId'], why));
      continue;
    }
    if (!caller.trusted) claimed ??= event.wire.customerId ?? null;
    const kept = keptEvent(event, receipt);
    const { sender, proof } = owner;
    if (kept.name === 'exposure' && sender.startsWith('v:')) {
      const met = metAsStated(experimentsOf(snapshot.config, snapshot.aggregates.weights), kept, sender.slice(2));
      if (met !== null) kept.met = met;
    }
    const name = `${sender} ${proof?.customerId ?? ''}`;
    const known = owners.get(name);
    if (known === undefined) owners.set(name, { sender, proof, events: [kept] });
    else known.events.push(kept);
  }
  for (const { events } of owners.values()) enrich(events, snapshot.catalogue);
  rejected.sort((a, b) => a.index - b.index);
  return { owners, rejected, claimed };
}

/** Finds out which recommendations the events echo: each id is verified once, however many events carry it. */
async function credit(
  c: Context<AppEnv>,
  owners: Owners,
  { config, catalogue }: TakeOptions['snapshot'],
): Promise<void> {
  const events = [...owners.values()].flatMap((owner) => owner.events);
  const ids = [...new Set(events.flatMap(echoedIds))].slice(0, MOST_IDS);
  const read = await Promise.all(ids.map((id) => readId(c.env, c.get('shop'), id)));
  const issued = new Map(ids.map((id, i) => [id, read[i] ?? null]));
  const windowMs = config.attribution.windowHours * HOUR_MS;
  for (const event of events) creditEchoes(event, { issued, windowMs, catalogue });
}

/** What of a request says who the visitor might be, as a decision reads it. */
function judgingOf(c: Context<AppEnv>, { context = {} }: Envelope): Omit<Judging, 'config' | 'quantiles'> {
  const { page, ...rest } = context;
  const stated = page === undefined ? {} : (DecidePage.safeParse(page).data ?? {});
  return { page: stated, context: { ...rest, ...surroundingsOf(c, { context: rest }) } };
}

/** Runs work over a list, so many at a time. */
export async function eachOf<T, R>(list: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < list.length; i += AT_ONCE)
    results.push(...(await Promise.all(list.slice(i, i + AT_ONCE).map(run))));
  return results;
}

/** Whether a request says itself which customer its visitor is. */
export function statesCustomer({ sender, proof }: Caller): boolean {
  return proof?.login === null && sender.startsWith('v:');
}

/** Who calls, with what proves it. @throws Problem `invalid-identity-token`, `unavailable` */
export async function callerWith(
  c: Context<AppEnv>,
  stated: Parameters<typeof callerOf>[1] & { identityToken?: string | undefined },
  config: Snapshot['config'],
): Promise<Caller> {
  return identified(c, callerOf(c, stated, config), { token: stated.identityToken, identity: config.identity });
}

/**
 * Takes the events of a request: checks each by itself, gives them to the objects of whoever they are about, and answers with what became of them. A
 * request without events takes nothing and may still recall. Holds the visitor to the rate and sets the visitor's cookie.
 * @throws Problem `too-many-requests`, `invalid-identity-token`; whatever an object call throws when it cannot be reached, in which case sending again is harmless for events
 * with ids
 */
export async function takeEvents(c: Context<AppEnv>, envelope: Envelope, given: TakeOptions): Promise<Taken> {
  const { config } = given.snapshot;
  const caller = given.caller ?? (await callerWith(c, envelope, config));
  const options = { ...given, caller };
  const held = holdToRate(c, caller.visitorId);
  // Checked while the limiter is asked; taken only when it has answered.
  const { owners, rejected, claimed } = sortOut(c, envelope, options);
  await held;
  const taken: Taken = {
    visitorId: caller.visitorId,
    accepted: 0,
    duplicates: 0,
    rejected,
    consentUsed: consentUsed(caller.consent, null),
    memory: given.recall ? NOTHING_HELD : null,
    standing: NOBODY,
  };
  const refuses = caller.consent.given === 'none' || (caller.issued && taken.consentUsed === 'none');
  if (caller.bot || refuses) return taken;
  if (given.record === false) owners.clear();
  else await credit(c, owners, given.snapshot);
  if (
    given.record !== false &&
    (statesCustomer(caller) || given.cart !== undefined) &&
    ![...owners.values()].some(({ sender }) => sender === caller.sender)
  )
    owners.set('', { sender: caller.sender, proof: caller.proof, events: [] });
  const network = await networkOf(c);
  const { versions, aggregates } = given.snapshot;
  const judging = { ...judgingOf(c, envelope), config: versions.config, quantiles: aggregates.quantiles };
  const observations = [...owners.values()].map(({ sender, proof, events }): Observation => {
    const isOwn = sender === caller.sender;
    return {
      shop: c.get('shop'),
      sender,
      events,
      now: c.get('now'),
      consent: caller.consent,
      flushSeconds: config.freshness.flushSeconds,
      sessionMinutes: config.learning.sessionMinutes,
      attributionMs: config.attribution.windowHours * HOUR_MS,
      retention: { eventsDays: config.retention.eventsDays, profileDays: config.retention.profileDays },
      quiet: wantedBy(config),
      ...(given.cart === undefined || !isOwn ? {} : { cart: given.cart }),
      visit: key53(crypto.randomUUID()),
      ...(network === undefined ? {} : { network }),
      traits: traitsOf(envelope, claimed, config.identity.traits),
      ...(proof === null ? {} : { proof }),
      ...consentStated(events),
      ...(isOwn && events.length > 0 ? { judging } : {}),
      recall: given.recall && isOwn,
      orders: given.orders ?? false,
    };
  });
  const answers = await eachOf(observations, async (one) =>
    unpacked<Observed>(await objectOf(c, one.sender).observeAsText(JSON.stringify(one))),
  );
  answers.forEach((answer, i) => {
    taken.accepted += answer.accepted;
    taken.duplicates += answer.duplicates;
    if (i === 0 || observations[i]?.sender === caller.sender) taken.consentUsed = answer.consentUsed;
    if (observations[i]?.sender === caller.sender) taken.standing = answer.standing;
    if (answer.memory !== null) taken.memory = answer.memory;
  });
  const isHeard = observations.some(({ sender }) => sender === caller.sender);
  if (given.recall && !caller.issued && !isHeard) {
    const { consent, proof } = caller;
    const asked = { shop: c.get('shop'), consent, orders: given.orders ?? false, now: c.get('now') };
    const text = await objectOf(c, caller.sender).recallAsText(
      JSON.stringify(proof === null ? asked : { ...asked, proof }),
    );
    const recalled = unpacked<Recalled>(text);
    taken.consentUsed = recalled.consentUsed;
    taken.memory = recalled.memory;
    taken.standing = recalled.standing;
  }
  if (given.record !== false) {
    keepVisitor(c, caller, taken.consentUsed);
    await keepIdentity(c, caller, taken.standing);
  }
  return taken;
}
