import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { visitorObject } from '../../src/env.ts';
import type { Flush } from '../../src/learning/schema.ts';
import type { VisitorExport } from '../../src/visitors/schema.ts';
import { KINDS } from '../../src/visitors/store.ts';
import { DAY, kept, MINUTE, observationOf, purchaseOf, SECOND, viewOf } from '../support/events.ts';

const ALLOW = { given: 'personal', cap: null, fallback: 'session' } as const;
const SESSION = { given: 'session', cap: null, fallback: 'session' } as const;

function newcomer() {
  const visitorId = crypto.randomUUID();
  return { visitorId, stub: visitorObject(env, 'demo', visitorId) };
}

type Stub = ReturnType<typeof newcomer>['stub'];

/** The runtime's types give up on `unknown` within an answer. */
const exportOf = async (stub: Stub, now: number): Promise<VisitorExport | null> =>
  (await stub.exportAll(now)) as unknown as VisitorExport | null;

const rowsOf = (stub: Stub) =>
  runInDurableObject(stub, (_instance, state) => {
    const isThere = state.storage.sql.exec(`SELECT 1 FROM sqlite_master WHERE name = 'kept'`).toArray().length > 0;
    if (!isThere) return [];
    return state.storage.sql
      .exec<{ kind: string; number: number; body: string | null }>('SELECT kind, number, body FROM kept')
      .toArray();
  });

const flushTexts = async (stub: Stub): Promise<string[]> =>
  (await rowsOf(stub)).filter((row) => row.kind === 'batch').map((row) => row.body ?? '');

/** Waits until the queue has delivered what the visitor flushed. */
const delivered = (stub: Stub) =>
  expect.poll(async () => (await stub.wake()).undelivered, { timeout: 15_000, interval: 200 }).toEqual([]);

const alarmOf = (stub: Stub) => runInDurableObject(stub, (_instance, state) => state.storage.getAlarm());

describe('taking events', () => {
  test('an event is counted once, in any number of requests', async () => {
    const { visitorId, stub } = newcomer();
    const event = viewOf('a', Date.now());
    expect(await stub.observe(observationOf(visitorId, [event, event]))).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(await stub.observe(observationOf(visitorId, [event]))).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test('it is still known after flushing and after the object was unloaded', async () => {
    const { visitorId, stub } = newcomer();
    const event = viewOf('a', Date.now());
    await stub.observe(observationOf(visitorId, [event]));
    await evictDurableObject(stub);
    expect(await stub.observe(observationOf(visitorId, [event]))).toMatchObject({ duplicates: 1 });
    await runDurableObjectAlarm(stub);
    await evictDurableObject(stub);
    expect(await stub.observe(observationOf(visitorId, [event]))).toMatchObject({ duplicates: 1 });
  });

  test('two thousand ids are known exactly, in pages, after the object was unloaded', async () => {
    const { visitorId, stub } = newcomer();
    const events = Array.from({ length: 2000 }, (_, i) => kept('page_view', Date.now() - i));
    for (let i = 0; i < 2000; i += 500) await stub.observe(observationOf(visitorId, events.slice(i, i + 500)));
    await runDurableObjectAlarm(stub);
    await evictDurableObject(stub);
    expect((await rowsOf(stub)).some((row) => row.kind === 'ids')).toBe(true);
    const again = [...events.slice(700, 1100), kept('page_view', Date.now())];
    expect(await stub.observe(observationOf(visitorId, again))).toMatchObject({ accepted: 1, duplicates: 400 });
    const held = await exportOf(stub, Date.now());
    expect(held?.events).toHaveLength(2001);
    expect(new Set(held?.events.map((event) => event.sequence)).size).toBe(2001);
  });

  test('a warm request writes one row', async () => {
    const { visitorId, stub } = newcomer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())]));
    const written = await runInDurableObject(stub, async (instance, state) => {
      const before = state.storage.sql.exec('SELECT 1').rowsWritten;
      const counted: number[] = [];
      const { exec } = state.storage.sql;
      const counting: typeof exec = (query, ...bindings) => {
        const cursor = exec.call(state.storage.sql, query, ...bindings);
        counted.push(cursor.rowsWritten);
        return cursor as never;
      };
      Object.defineProperty(state.storage.sql, 'exec', { value: counting, configurable: true });
      await instance.observe(observationOf(visitorId, [viewOf('b', Date.now())]));
      Reflect.deleteProperty(state.storage.sql, 'exec');
      return counted.reduce((sum, rows) => sum + rows, before);
    });
    expect(written).toBe(1);
  });

  test('somebody who is only asked about leaves no trace', async () => {
    const { stub } = newcomer();
    expect((await stub.recall({ consent: ALLOW, orders: true, now: Date.now() })).memory).toEqual({
      profile: null,
      stored: null,
    });
    expect(await exportOf(stub, Date.now())).toBeNull();
    expect(await rowsOf(stub)).toEqual([]);
    expect(await alarmOf(stub)).toBeNull();
  });

  test('the memory comes along when asked for, orders only when those are', async () => {
    const { visitorId, stub } = newcomer();
    const events = [viewOf('a', Date.now()), purchaseOf('o1', ['a'], Date.now())];
    const first = await stub.observe(observationOf(visitorId, events, { recall: true }));
    expect(first.memory?.profile?.session.items.map((item) => item.itemId)).toEqual(['a']);
    expect(first.memory?.profile?.orders).toEqual([]);
    const { memory } = await stub.recall({ consent: ALLOW, orders: true, now: Date.now() });
    expect(memory.profile?.orders.map((order) => order.orderId)).toEqual(['o1']);
  });

  test('orders and profile come back after the object was unloaded', async () => {
    const { visitorId, stub } = newcomer();
    const ids = Array.from({ length: 1000 }, (_, i) => `item-${i}-${'x'.repeat(100)}`);
    const orders = Array.from({ length: 6 }, (_, i) =>
      purchaseOf(`o${i}`, ids, Date.now() - i * DAY, { trusted: true }),
    );
    for (const order of orders) await stub.observe(observationOf(visitorId, [order]));
    const before = await stub.recall({ consent: ALLOW, orders: true, now: Date.now() });
    await evictDurableObject(stub);
    expect(await stub.recall({ consent: ALLOW, orders: true, now: Date.now() })).toEqual(before);
    expect(before.memory.profile?.orders.map((order) => order.orderId)).toEqual(['o5', 'o4', 'o3', 'o2', 'o1', 'o0']);
  });
});

describe('flushing', () => {
  test('is due after the shop’s seconds, and what was fixed does not change', async () => {
    const { visitorId, stub } = newcomer();
    const now = Date.now();
    await stub.observe(observationOf(visitorId, [viewOf('a', now - 20 * SECOND), viewOf('b', now)], { now }));
    expect(await alarmOf(stub)).toBe(now + 10 * SECOND);
    expect(await flushTexts(stub)).toEqual([]);
    await runDurableObjectAlarm(stub);
    const [text = ''] = await flushTexts(stub);
    const flush = JSON.parse(text) as Flush;
    expect(flush.views.map((view) => view.itemId)).toEqual(['a', 'b']);
    expect(flush.sender).toBe(`v:${visitorId}`);
    expect(flush.window).toBe(now);
    await stub.observe(observationOf(visitorId, [viewOf('c', now)]));
    await evictDurableObject(stub);
    await stub.wake();
    const texts = await flushTexts(stub);
    expect(texts[0]).toBe(text);
    expect(texts).toHaveLength(2);
  });

  test('the shards hear of every event once, and then the visitor is at rest', async () => {
    const { visitorId, stub } = newcomer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now()), viewOf('b', Date.now())]));
    await runDurableObjectAlarm(stub);
    await delivered(stub);
    expect((await exportOf(stub, Date.now()))?.unconfirmedFlushes).toBe(0);
  }, 20_000);
});

describe('consent', () => {
  test('none stores nothing', async () => {
    const { visitorId, stub } = newcomer();
    const answer = await stub.observe(
      observationOf(visitorId, [viewOf('a', Date.now())], { consent: { ...ALLOW, given: 'none' }, recall: true }),
    );
    expect(answer).toEqual({
      accepted: 0,
      duplicates: 0,
      consentUsed: 'none',
      memory: { profile: null, stored: null },
    });
    expect(await rowsOf(stub)).toEqual([]);
  });

  test('session lasts for the session: then nothing is left, not even a row', async () => {
    const { visitorId, stub } = newcomer();
    const events = [viewOf('a', Date.now()), purchaseOf('o1', ['a'], Date.now())];
    await stub.observe(observationOf(visitorId, events, { consent: SESSION }));
    const during = await stub.recall({ consent: SESSION, orders: true, now: Date.now() });
    expect(during.memory.profile?.orders).toHaveLength(1);
    await runDurableObjectAlarm(stub);
    await delivered(stub);
    expect((await exportOf(stub, Date.now()))?.events).toHaveLength(2);
    // The first may be left over from waiting for the queue.
    for (let i = 0; i < 2; i++) await runDurableObjectAlarm(stub);
    expect(await exportOf(stub, Date.now())).toBeNull();
    expect(await rowsOf(stub)).toEqual([]);
    expect(await alarmOf(stub)).toBeNull();
  }, 20_000);

  test('what was remembered before the session stays, what the session did to it goes', async () => {
    const { visitorId, stub } = newcomer();
    const then = Date.now() - DAY;
    const item = (itemId: string) => ({ items: [{ itemId, brand: itemId }] });
    await stub.observe(
      observationOf(visitorId, [kept('view_item', then, item('old')), purchaseOf('o1', ['old'], then)], { now: then }),
    );
    await stub.observe(
      observationOf(visitorId, [kept('view_item', Date.now(), item('new')), purchaseOf('o2', ['new'], Date.now())], {
        consent: SESSION,
      }),
    );
    await evictDurableObject(stub);
    const during = await stub.recall({ consent: ALLOW, orders: true, now: Date.now() });
    expect(Object.keys(during.memory.profile?.affinities.brand ?? {})).toEqual(['old', 'new']);
    const later = Date.now() + 31 * MINUTE;
    const after = await stub.recall({ consent: ALLOW, orders: true, now: later });
    expect(Object.keys(after.memory.profile?.affinities.brand ?? {})).toEqual(['old']);
    const held = await exportOf(stub, later);
    expect(held?.profile?.orders.map((order) => order.orderId)).toEqual(['o1']);
    expect(held?.events.map((event) => event.name)).toEqual(['view_item', 'purchase']);
    await evictDurableObject(stub);
    expect((await exportOf(stub, later))?.profile?.orders).toHaveLength(1);
  });

  test('session consent reads the session, not the past', async () => {
    const { visitorId, stub } = newcomer();
    const then = Date.now() - DAY;
    await stub.observe(observationOf(visitorId, [viewOf('old', then), purchaseOf('o1', ['old'], then)], { now: then }));
    await stub.observe(observationOf(visitorId, [viewOf('new', Date.now())]));
    const { memory, consentUsed } = await stub.recall({ consent: SESSION, orders: true, now: Date.now() });
    expect(consentUsed).toBe('session');
    expect(memory.profile?.viewed.map((one) => one.itemId)).toEqual(['new']);
    expect(memory.profile?.orders).toEqual([]);
  });

  test('what is stored counts where a request says nothing, and caps where it does', async () => {
    const { visitorId, stub } = newcomer();
    const stated = { shop: 'demo', sender: `v:${visitorId}`, now: Date.now() };
    const silent = { given: null, cap: null, fallback: 'session' } as const;
    const usedFor = async (consent: { given: 'personal' | null; cap: 'session' | null; fallback: 'session' }) =>
      (await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())], { consent }))).consentUsed;
    expect(await usedFor(silent)).toBe('session');
    await stub.setConsent({ ...stated, consent: 'personal' });
    expect(await usedFor(silent)).toBe('personal');
    expect(await usedFor({ ...silent, cap: 'session' })).toBe('session');
    await stub.setConsent({ ...stated, consent: 'session' });
    expect(await usedFor({ ...silent, given: 'personal' })).toBe('session');
  });

  test('taking personal back to session keeps the session that goes on, until it ends', async () => {
    const { visitorId, stub } = newcomer();
    const then = Date.now() - DAY;
    await stub.observe(observationOf(visitorId, [viewOf('old', then), purchaseOf('o1', ['old'], then)], { now: then }));
    await runDurableObjectAlarm(stub);
    await stub.observe(observationOf(visitorId, [viewOf('new', Date.now())]));
    const erased = await stub.setConsent({
      shop: 'demo',
      sender: `v:${visitorId}`,
      consent: 'session',
      now: Date.now(),
    });
    expect(erased).toMatchObject({ events: 2, orders: 1 });
    const held = await exportOf(stub, Date.now());
    expect(held?.events.map((event) => event.consent)).toEqual(['session']);
    expect(held?.profile?.viewed.map((one) => one.itemId)).toEqual(['new']);
    const after = await exportOf(stub, Date.now() + 31 * MINUTE);
    expect(after).toMatchObject({ profile: null, events: [], consent: { consent: 'session' } });
  });

  test('refusing erases at once and is remembered', async () => {
    const { visitorId, stub } = newcomer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())]));
    const erased = await stub.setConsent({ shop: 'demo', sender: `v:${visitorId}`, consent: 'none', now: Date.now() });
    expect(erased).toMatchObject({ events: 1, profile: true });
    await evictDurableObject(stub);
    const answer = await stub.observe(observationOf(visitorId, [viewOf('b', Date.now())]));
    expect(answer).toMatchObject({ accepted: 0, consentUsed: 'none' });
    expect(await exportOf(stub, Date.now())).toMatchObject({ profile: null, events: [], consent: { consent: 'none' } });
  });
});

describe('erasure', () => {
  test('leaves no row but when it was; older events count as duplicates', async () => {
    const { visitorId, stub } = newcomer();
    const now = Date.now();
    const old = viewOf('a', now - MINUTE);
    await stub.observe(observationOf(visitorId, [old, purchaseOf('o1', ['a'], now - MINUTE)]));
    await runDurableObjectAlarm(stub);
    expect((await rowsOf(stub)).map((row) => row.kind)).toEqual(expect.arrayContaining(['state', 'batch', 'orders']));
    expect(await stub.erase(now)).toEqual({ events: 2, orders: 1, profile: true, erasedAt: now });
    expect((await rowsOf(stub)).map((row) => row.kind)).toEqual(['state']);
    expect((await rowsOf(stub))[0]?.body).not.toContain('"a"');
    expect(await exportOf(stub, now)).toBeNull();
    expect(await stub.erase(now)).toBeNull();
    await evictDurableObject(stub);
    const again = await stub.observe(observationOf(visitorId, [old, viewOf('b', now + 1)], { now: now + 1 }));
    expect(again).toMatchObject({ accepted: 1, duplicates: 1 });
  });

  test('every kind of row that is ever written is one that export counts', async () => {
    const { visitorId, stub } = newcomer();
    const events = Array.from({ length: 600 }, () => kept('page_view', Date.now()));
    for (let i = 0; i < 600; i += 300) await stub.observe(observationOf(visitorId, events.slice(i, i + 300)));
    await stub.observe(observationOf(visitorId, [purchaseOf('o1', ['a'], Date.now())]));
    await runDurableObjectAlarm(stub);
    const kinds = new Set((await rowsOf(stub)).map((row) => row.kind));
    expect([...kinds].toSorted()).toEqual(KINDS.toSorted());
    expect(Object.keys((await exportOf(stub, Date.now()))?.rows ?? {}).toSorted()).toEqual(KINDS.toSorted());
  });
});

describe('retention', () => {
  test('events go after their days, orders with the profile after its own', async () => {
    const { visitorId, stub } = newcomer();
    const now = Date.now();
    await stub.observe(
      observationOf(visitorId, [viewOf('a', now), purchaseOf('o1', ['a'], now - 4000 * DAY, { trusted: true })], {
        now,
      }),
    );
    const alarms: number[] = [];
    let held = await exportOf(stub, now);
    const counts: [number, number][] = [];
    await delivered(stub);
    for (let i = 0; i < 8; i++) {
      const alarm = await alarmOf(stub);
      if (alarm === null) break;
      alarms.push(alarm);
      await runDurableObjectAlarm(stub);
      held = await exportOf(stub, now);
      counts.push([held?.events.length ?? 0, held?.profile?.orders.length ?? 0]);
    }
    expect(counts).toContainEqual([2, 1]);
    expect(counts).toContainEqual([0, 1]);
    expect(counts.at(-1)).toEqual([0, 0]);
    expect(await rowsOf(stub)).toEqual([]);
    expect(Math.max(...alarms)).toBeGreaterThanOrEqual(now + 400 * DAY);
  }, 20_000);
});
