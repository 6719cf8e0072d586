import type { Context } from 'hono';
import type { SiteConfig } from '../../config/schema.ts';
import type { AppEnv } from '../../env.ts';
import { isDerived, userVisitorIdOf, visitorIdOf } from '../../http/foreign-visitor.ts';
import { Problem, problemOf } from '../../http/problem.ts';
import { type Caller, callerOf } from '../../http/visitor.ts';
import { snapshotOf } from '../../snapshot.ts';
import { withCategories } from '../consent-categories.ts';
import { eachOf, type Taken, takeEvents } from '../take.ts';
import type { Rejection } from '../wire.ts';
import { isServerSoftware } from './software.ts';
import type { Translated, Translation } from './translated.ts';

/** What became of the messages of a foreign body; indexes count in its own list. */
export type ForeignTaken = Pick<Taken, 'accepted' | 'duplicates' | 'rejected'> &
  Partial<Pick<Taken, 'visitorId' | 'consentUsed'>>;

/** Messages in a row that say the same about everything but what happened. */
interface Run {
  visitorId: string | undefined;
  said: Translated;
  events: Record<string, unknown>[];
  /** Where they stand in the body. */
  indices: number[];
}

/** Who a message is about: its anonymous id, or, where a browser's key says nothing but a user id, somebody made from that. */
async function visitorOf(c: Context<AppEnv>, { visitor, customerId }: Translated): Promise<string | undefined> {
  if (visitor !== undefined) return visitorIdOf(visitor, c.var.shop);
  if (customerId === undefined || c.var.keyKind === 'secret') return undefined;
  return userVisitorIdOf(customerId, c.var.shop);
}

function isSame(run: Run, visitorId: string | undefined, message: Translated): boolean {
  const share = (one: Translated) => {
    const { customerId, sentAt, consent, given, context, traits } = one;
    return JSON.stringify([customerId, sentAt, consent, given, context?.locale, context?.campaign, traits]);
  };
  return run.visitorId === visitorId && share(run.said) === share(message);
}

/** The messages by whom they are about, each one's in their order. */
async function runsBySender(c: Context<AppEnv>, messages: Translation): Promise<Map<string, Run[]>> {
  const bySender = new Map<string, Run[]>();
  for (const [index, message] of messages.entries()) {
    if (!message) continue;
    const visitorId = await visitorOf(c, message);
    const isCustomer = c.var.keyKind === 'secret' && message.customerId !== undefined;
    const sender = isCustomer ? `c:${message.customerId}` : `v:${visitorId ?? ''}`;
    const runs = bySender.get(sender) ?? [];
    bySender.set(sender, runs);
    let run = runs.at(-1);
    if (run === undefined || !isSame(run, visitorId, message)) {
      run = { visitorId, said: message, events: [], indices: [] };
      runs.push(run);
    }
    const { page } = message.context ?? {};
    run.events.push(page === undefined ? message.event : { ...message.event, page });
    run.indices.push(index);
  }
  return bySender;
}

function callerFor(c: Context<AppEnv>, { said }: Run, visitorId: string | undefined, config: SiteConfig): Caller {
  const stated = { customerId: said.customerId, consent: said.given };
  // An id made from another tool's may be written under by a browser, though it may not name it.
  const isHidden = visitorId !== undefined && c.var.keyKind !== 'secret' && isDerived(visitorId);
  const caller = callerOf(c, isHidden ? stated : { ...stated, visitorId }, config);
  if (isHidden) Object.assign(caller, { visitorId, issued: false, sender: `v:${visitorId}` });
  if (said.consent !== undefined)
    caller.consent = withCategories(caller.consent, said.consent, config.consent.categories);
  caller.bot &&= !isServerSoftware(c.req.header('User-Agent') ?? null);
  return caller;
}

/** Takes the runs of one sender, one after the other: what happened later comes later. */
async function takeRuns(c: Context<AppEnv>, runs: readonly Run[], isSingle: boolean): Promise<Taken[]> {
  const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
  const snapshot = await snapshotOf(c.env, c.var.shop, { now: c.var.now, waitUntil });
  const all: Taken[] = [];
  for (const run of runs) {
    const { said, events, indices } = run;
    const visitorId = run.visitorId ?? all[0]?.visitorId;
    const caller = callerFor(c, run, visitorId, snapshot.config);
    const { locale, campaign } = said.context ?? {};
    const envelope = {
      visitorId,
      customerId: said.customerId,
      sentAt: said.sentAt,
      traits: said.traits,
      context: { locale, campaign },
      events,
    };
    const pathTo = (index: number) => (isSingle ? [] : [indices[index] ?? index]);
    const taken = await takeEvents(c, envelope, { snapshot, caller, pathTo, recall: false, isForeign: true });
    const rejected = taken.rejected.map((one) => ({ ...one, index: indices[one.index] ?? one.index }));
    all.push({ ...taken, rejected });
  }
  return all;
}

function nameless(messages: Translation): Rejection[] {
  return messages.flatMap((message, index) =>
    message === null ? [{ index, type: '/problems/invalid', detail: 'The message names no event.' }] : [],
  );
}

/**
 * Takes the messages of a foreign body through the one pipeline. A message that cannot be taken is named in the answer and hurts no other.
 * @throws Problem `too-many-requests`, or `unavailable` for whatever fails on our side: foreign clients send again after 429 and 503, and drop their
 * events for good after any other refusal
 */
export async function takeForeign(c: Context<AppEnv>, messages: Translation): Promise<ForeignTaken> {
  try {
    const bySender = await runsBySender(c, messages);
    const taken = (await eachOf([...bySender.values()], (runs) => takeRuns(c, runs, messages.length === 1))).flat();
    const sum = (read: (one: Taken) => number): number => taken.reduce((total, one) => total + read(one), 0);
    const last = bySender.size === 1 ? taken.at(-1) : undefined;
    return {
      ...(last === undefined ? {} : { visitorId: last.visitorId, consentUsed: last.consentUsed }),
      accepted: sum((one) => one.accepted),
      duplicates: sum((one) => one.duplicates),
      rejected: [...nameless(messages), ...taken.flatMap((one) => one.rejected)].sort((a, b) => a.index - b.index),
    };
  } catch (error) {
    const problem = problemOf(error, c.var.requestId);
    if (problem.slug !== 'internal') throw problem;
    throw new Problem('unavailable', 'The events could not be taken now.', { headers: { 'Retry-After': '5' } });
  }
}
