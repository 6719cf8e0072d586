import type { Context } from 'hono';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import { holdToRate } from '../http/rate.ts';
import { type Caller, callerOf, keepVisitor } from '../http/visitor.ts';
import type { Snapshot } from '../snapshot.ts';
import { consentUsed } from '../visitors/consent.ts';
import type { Memory, Observation } from '../visitors/schema.ts';
import { type CheckedEvent, checkEvents, refuse } from './check.ts';
import { enrich } from './enrich.ts';
import { keptEvent, type Receipt } from './normalize.ts';
import { deviceOf } from './page.ts';
import type { Consent, KeptEvent } from './schema.ts';
import { type EventEnvelope, parseTime, type Rejection } from './wire.ts';

/** Objects called at the same time for one request of a server. */
const AT_ONCE = 20;
const NOTHING_HELD: Memory = { profile: null, stored: null };

export interface TakeOptions {
  snapshot: Pick<Snapshot, 'config' | 'catalogue'>;
  /** Whether the answer carries what is remembered, in the same call of the visitor's object. */
  recall: boolean;
  /** Whether the memory carries past orders: there may be many. */
  orders?: boolean;
  /** False: nothing is taken and no cookie set, as for a dry run; what is remembered is read all the same. */
  record?: boolean;
  /** Who calls, where that is known already; see `callerOf`. */
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
}

/** Whose events: the name of the object that remembers them. */
type Owners = Map<string, KeptEvent[]>;

const objectOf = (c: Context<AppEnv>, sender: string) =>
  sender.startsWith('c:')
    ? customerObject(c.env, c.var.shop, sender.slice(2))
    : visitorObject(c.env, c.var.shop, sender.slice(2));

function receiptOf(c: Context<AppEnv>, envelope: Envelope, options: TakeOptions & { caller: Caller }): Receipt {
  const { caller, snapshot } = options;
  const { headers, cf } = c.req.raw;
  const seenFrom = typeof cf?.country === 'string' ? cf.country : headers.get('CF-IPCountry');
  return {
    receivedAt: c.var.now,
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

/** Whose an event is. With the secret key it may say so itself; a browser speaks for its own visitor alone. */
function ownerOf({ wire }: CheckedEvent, caller: Caller): string | null {
  if (caller.trusted && wire.customerId !== undefined) return `c:${wire.customerId}`;
  if (wire.visitorId === undefined || wire.visitorId === caller.visitorId) return caller.sender;
  return caller.trusted ? `v:${wire.visitorId}` : null;
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
    const known = owners.get(owner);
    if (known === undefined) owners.set(owner, [kept]);
    else known.push(kept);
  }
  for (const kept of owners.values()) enrich(kept, snapshot.catalogue);
  rejected.sort((a, b) => a.index - b.index);
  return { owners, rejected, claimed };
}

/** Runs work over a list, so many at a time. */
export async function eachOf<T, R>(list: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < list.length; i += AT_ONCE)
    results.push(...(await Promise.all(list.slice(i, i + AT_ONCE).map(run))));
  return results;
}

/**
 * Takes the events of a request: checks each by itself, gives them to the objects of whoever they are about, and answers with what became of them. A
 * request without events takes nothing and may still recall. Holds the visitor to the rate and sets the visitor's cookie.
 * @throws Problem `too-many-requests`; whatever an object call throws when it cannot be reached, in which case sending again is harmless for events
 * with ids
 */
export async function takeEvents(c: Context<AppEnv>, envelope: Envelope, given: TakeOptions): Promise<Taken> {
  const { config } = given.snapshot;
  const caller = given.caller ?? callerOf(c, envelope, config);
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
  };
  const refuses = caller.consent.given === 'none' || (caller.issued && taken.consentUsed === 'none');
  if (caller.bot || refuses) return taken;
  if (given.record === false) owners.clear();
  const observations = [...owners].map(([sender, events]): Observation => {
    const isOwn = sender === caller.sender;
    return {
      shop: c.var.shop,
      sender,
      events,
      now: c.var.now,
      consent: caller.consent,
      flushSeconds: config.freshness.flushSeconds,
      sessionMinutes: config.learning.sessionMinutes,
      retention: { eventsDays: config.retention.eventsDays, profileDays: config.retention.profileDays },
      ...(claimed === null ? {} : { traits: { customerId: claimed } }),
      recall: given.recall && isOwn,
      orders: given.orders ?? false,
    };
  });
  const answers = await eachOf(observations, (one) => objectOf(c, one.sender).observe(one));
  answers.forEach((answer, i) => {
    taken.accepted += answer.accepted;
    taken.duplicates += answer.duplicates;
    if (i === 0 || observations[i]?.sender === caller.sender) taken.consentUsed = answer.consentUsed;
    if (answer.memory !== null) taken.memory = answer.memory;
  });
  if (given.recall && !caller.issued && !owners.has(caller.sender)) {
    const asked = { consent: caller.consent, orders: given.orders ?? false, now: c.var.now };
    const recalled = await objectOf(c, caller.sender).recall(asked);
    taken.consentUsed = recalled.consentUsed;
    taken.memory = recalled.memory;
  }
  if (given.record !== false) keepVisitor(c, caller, taken.consentUsed);
  return taken;
}
