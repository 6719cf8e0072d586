/** A shop under faults: visitors who act, a queue that is driven by hand, a clock that is set; and what must hold when everything has come to rest. */
import {
  createExecutionContext,
  createMessageBatch,
  evictDurableObject,
  getQueueResult,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { directoryObject, type Env, learnerObject, tallyObject, visitorObject } from '../../src/env.ts';
import type { KeptEvent } from '../../src/events/schema.ts';
import type { Flush } from '../../src/learning/schema.ts';
import { consume, LAST_ATTEMPT } from '../../src/queue.ts';
import { MINUTE, observationOf } from '../support/events.ts';
import type { Stub } from '../support/visitor.ts';
import { type Faults, injectFaults, type Sent } from './faults.ts';

export type Place = 'tally' | 'learner' | 'directory' | Stub;

export interface World {
  shop: string;
  /** The bindings without faults. */
  real: Env;
  faults: Faults;
  /** Flushes as they were first sent, by id. */
  flushes: Map<string, Flush>;
  /** Ids of the events whose request was answered, by visitor and consent. */
  acknowledged: Map<string, { consent: 'session' | 'personal'; events: Map<string, KeptEvent> }>;
  visitor(visitorId: string): Stub;
  /** Posts events; what is not answered is posted again when everything comes to rest. */
  post(visitorId: string, events: KeptEvent[], consent?: 'session' | 'personal'): Promise<boolean>;
  /** Lets time pass. */
  pass(milliseconds: number): void;
  /** Rings an object's alarm, if it is due. What happens in it is its own affair. */
  ring(place: Place): Promise<void>;
  /** Delivers messages of the queue as a batch, all of them unless said otherwise. */
  deliver(which?: (message: Sent, at: number) => boolean): Promise<void>;
  /** Kills an object without a warning. */
  crash(place: Place): Promise<void>;
  /** Lets an object forget everything that is not on disk. */
  evict(place: Place): Promise<void>;
  /** Calls the Worker with the shop's secret key. */
  call(path: string, init?: { method: string; body?: BodyInit }): Promise<Response>;
  /** The same, for what answers in JSON. @throws unless the answer is of success */
  ask<T>(path: string, init?: { method: string; body?: BodyInit }): Promise<T>;
  sweep(): Promise<void>;
  /** No more faults: waits, rings, delivers, re-drives and sweeps until nothing moves any more. @returns whether that was reached */
  rest(): Promise<boolean>;
  end(): void;
}

let worlds = 0;

/** Of the dead letters' queue there is nothing to test but that it is kept. */
const BATCH = 50;
const ROUNDS = 60;

export function createWorld(): World {
  worlds += 1;
  const shop = `faults-${worlds}-${Math.floor(performance.now())}`;
  const { real, faults } = injectFaults();
  // Ahead of the real time, so that no alarm rings by itself.
  let now = Date.now() + 86_400_000;
  vi.setSystemTime(now);
  const logs = (['error', 'warn'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => undefined),
  );
  const unanswered: { visitorId: string; events: KeptEvent[]; consent: 'session' | 'personal' }[] = [];
  const acknowledged: World['acknowledged'] = new Map();
  const flushes = new Map<string, Flush>();
  const dead: Sent[] = [];
  const app = createApp({ now: Date.now, random: Math.random });

  const visitor = (visitorId: string) => visitorObject(real, shop, visitorId);
  const stubOf = (place: Place) => {
    if (place === 'tally') return tallyObject(real, shop);
    if (place === 'learner') return learnerObject(real, shop);
    return place === 'directory' ? directoryObject(real, shop) : place;
  };

  async function post(
    visitorId: string,
    events: KeptEvent[],
    consent: 'session' | 'personal' = 'personal',
  ): Promise<boolean> {
    const asked = { given: consent, cap: null, fallback: 'session' } as const;
    try {
      await visitor(visitorId).observe(observationOf(visitorId, events, { shop, now, consent: asked }));
    } catch {
      unanswered.push({ visitorId, events, consent });
      return false;
    }
    const known = acknowledged.get(visitorId) ?? { consent, events: new Map<string, KeptEvent>() };
    acknowledged.set(visitorId, known);
    for (const event of events) known.events.set(event.eventId, event);
    return true;
  }

  /** One batch of one queue; what is to be retried goes back, what was retried too often is dead. */
  async function consumed(queue: string, messages: Sent[]): Promise<void> {
    const batch = createMessageBatch(
      queue,
      messages.map(({ id, body, attempts }) => ({ id, body, attempts, timestamp: new Date() })),
    );
    const ctx = createExecutionContext();
    let failed = false;
    await consume(batch, env as Env, ctx).catch(() => {
      failed = true;
    });
    await waitOnExecutionContext(ctx);
    const acked = new Set((await getQueueResult(batch, ctx)).explicitAcks);
    for (const message of messages) {
      if (!failed && acked.has(message.id)) continue;
      const again = { ...message, attempts: message.attempts + 1 };
      if (queue.endsWith('-dead')) dead.push(again);
      else if (again.attempts > LAST_ATTEMPT) dead.push({ ...again, attempts: 1 });
      else faults.queue.push(again);
    }
  }

  /** What is sent again says the same. */
  function note(messages: readonly Sent[]): void {
    for (const { body } of messages) {
      const flush = body as Flush;
      // Dead letters name nobody, and what was erased is counts only.
      if (flush.sender === 'v:nobody' || flush.sender === 'v:erased') continue;
      const known = flushes.get(flush.flushId);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(flush))
        throw new Error(`${flush.flushId} was sent again with another content.`);
      flushes.set(flush.flushId, flush);
    }
  }

  async function deliver(which: (message: Sent, at: number) => boolean = () => true): Promise<void> {
    note(faults.queue);
    const chosen = faults.queue.filter(which);
    faults.queue.splice(0, faults.queue.length, ...faults.queue.filter((message) => !chosen.includes(message)));
    for (let i = 0; i < chosen.length; i += BATCH) await consumed('interactions', chosen.slice(i, i + BATCH));
    while (dead.length > 0) await consumed('interactions-dead', dead.splice(0, BATCH));
  }

  async function call(path: string, init?: { method: string; body?: BodyInit }): Promise<Response> {
    const ctx = createExecutionContext();
    const keyed = { ...env, SHOP_KEYS: JSON.stringify([`sk_${shop}_1`, `pk_${shop}_1`]) };
    const answer = await app.request(path, { ...init, headers: { Authorization: `Bearer sk_${shop}_1` } }, keyed, ctx);
    await waitOnExecutionContext(ctx);
    return answer;
  }

  async function ask<T>(path: string, init?: { method: string; body?: BodyInit }): Promise<T> {
    const answer = await call(path, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async function ring(place: Place): Promise<void> {
    const stub = stubOf(place);
    const at = await runInDurableObject(stub, (_, state) => state.storage.getAlarm());
    if (at !== null && at <= now) await runDurableObjectAlarm(stub).catch(() => undefined);
  }

  async function sweep(): Promise<void> {
    await directoryObject(real, shop).sweep(shop, now);
  }

  async function isAtRest(): Promise<boolean> {
    if (faults.queue.length + dead.length > 0) return false;
    for (const visitorId of acknowledged.keys())
      if ((await visitor(visitorId).wake()).undelivered.length > 0) return false;
    const { pending, deadLetters } = await directoryObject(real, shop).delivery(now);
    return faults.queue.length + pending + deadLetters === 0;
  }

  async function rest(): Promise<boolean> {
    faults.clear();
    for (const { visitorId, events, consent } of unanswered.splice(0)) await post(visitorId, events, consent);
    for (let round = 0; round < ROUNDS; round++) {
      now += 10 * MINUTE;
      vi.setSystemTime(now);
      for (const visitorId of acknowledged.keys()) await ring(visitor(visitorId));
      await deliver();
      await sweep();
      await ask('/v1/dead-letters/redrive', { method: 'POST', body: '{}' });
      await deliver();
      // Sessions are over after half an hour.
      if (round >= 4 && (await isAtRest())) return true;
    }
    return false;
  }

  return {
    shop,
    real,
    faults,
    flushes,
    acknowledged,
    visitor,
    post,
    pass(milliseconds) {
      now += milliseconds;
      vi.setSystemTime(now);
    },
    ring,
    deliver,
    async crash(place) {
      await runInDurableObject(stubOf(place), (_, state) => state.abort('Out of memory.')).catch(() => undefined);
    },
    async evict(place) {
      // One that does not run has nothing to forget.
      await evictDurableObject(stubOf(place)).catch(() => undefined);
    },
    call,
    ask,
    sweep,
    rest,
    end() {
      faults.remove();
      for (const log of logs) log.mockRestore();
      vi.useRealTimers();
    },
  };
}
