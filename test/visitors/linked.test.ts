import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { customerObject, tallyObject, visitorObject } from '../../src/env.ts';
import type { Part } from '../../src/visitors/schema-parts.ts';
import { DAY, observationOf, purchaseOf, viewOf } from '../support/events.ts';
import { ALLOW, alarmOf, delivered, exportOf, flushTexts, newcomer, rowsOf, type Stub } from '../support/visitor.ts';

function customer() {
  const customerId = crypto.randomUUID();
  return { customerId, proof: { customerId, login: null }, stub: customerObject(env, 'demo', customerId) };
}

const idsOf = async (stub: Stub): Promise<string[]> =>
  ((await exportOf(stub, Date.now()))?.events ?? []).map((event) => event.eventId).toSorted();

/** Changes what the object has on disk as if it had stopped half-way, and starts it anew. */
async function restartedWith(stub: Stub, change: (core: Record<string, unknown>) => void): Promise<void> {
  await runInDurableObject(stub, (_object, { storage }) => {
    const { body } = storage.sql.exec<{ body: string }>(`SELECT body FROM kept WHERE kind = 'state'`).one();
    const state = JSON.parse(body);
    change(state.core);
    storage.sql.exec(`UPDATE kept SET body = ? WHERE kind = 'state'`, JSON.stringify(state));
  });
  await evictDurableObject(stub);
}

/** Rows written by a piece of work in an object. */
async function rowsWrittenBy(stub: Stub, work: () => Promise<unknown>): Promise<number> {
  await runInDurableObject(stub, (_object, { storage }) => {
    const { exec } = storage.sql;
    const counting = (query: string, ...bindings: unknown[]) => {
      const cursor = exec.call(storage.sql, query, ...bindings);
      const written = Reflect.get(storage.sql, 'written') as number;
      Object.defineProperty(storage.sql, 'written', { value: written + cursor.rowsWritten, configurable: true });
      return cursor;
    };
    Object.defineProperty(storage.sql, 'written', { value: 0, configurable: true });
    Object.defineProperty(storage.sql, 'exec', { value: counting, configurable: true });
  });
  await work();
  return runInDurableObject(stub, (_object, { storage }) => {
    const written = Reflect.get(storage.sql, 'written') as number;
    Reflect.deleteProperty(storage.sql, 'exec');
    return written;
  });
}

describe('a visitor who was identified', () => {
  test('is still the customer’s after both objects were unloaded', async () => {
    const { visitorId, stub } = newcomer();
    const { proof, stub: of } = customer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())], { proof }));
    for (const one of [stub, of]) await evictDurableObject(one);
    await stub.observe(observationOf(visitorId, [viewOf('b', Date.now())]));
    const { memory } = await of.recall({ consent: ALLOW, orders: true, now: Date.now() });
    expect(memory.profile?.viewed.map((one) => one.itemId).toSorted()).toEqual(['a', 'b']);
    expect(await idsOf(of)).toHaveLength(2);
  });

  test('tells the customer’s object by alarm what it could not tell at once', async () => {
    const { visitorId, stub } = newcomer();
    const { proof, stub: of } = customer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())], { proof }));
    await runInDurableObject(
      of,
      (_object, { storage }) => void storage.sql.exec(`DELETE FROM kept WHERE kind = 'part'`),
    );
    await evictDurableObject(of);
    await restartedWith(stub, (core) => Object.assign(core, { syncAt: Date.now() - 1 }));
    expect((await of.recall({ consent: ALLOW, orders: true, now: Date.now() })).memory.profile).toBeNull();
    await runDurableObjectAlarm(stub);
    expect((await of.recall({ consent: ALLOW, orders: true, now: Date.now() })).memory.profile?.events).toBe(1);
    await runDurableObjectAlarm(stub);
    expect(await alarmOf(stub)).toBeGreaterThan(Date.now() + 60_000);
  });

  test('a part is never replaced by an older state of itself', async () => {
    const { visitorId, stub } = newcomer();
    const { proof, customerId, stub: of } = customer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())], { proof }));
    const part = await runInDurableObject(of, (object) => (Reflect.get(object, 'state').parts as Part[])[0]);
    if (part === undefined) throw new Error('the customer has no part');
    await stub.observe(observationOf(visitorId, [viewOf('b', Date.now())]));
    const told = { shop: 'demo', customerId, retention: { eventsDays: 90, profileDays: 400 }, now: Date.now() };
    for (const late of [part, { ...part, version: part.version - 1, profile: null }])
      expect(await of.adopt({ ...told, part: late })).toBeNull();
    const { memory } = await of.recall({ consent: ALLOW, orders: true, now: Date.now() });
    expect(memory.profile?.events).toBe(2);
  });

  test('writes one row of its own and one of the customer’s for a request', async () => {
    const { visitorId, stub } = newcomer();
    const { proof, stub: of } = customer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())], { proof }));
    let own = 0;
    const theirs = await rowsWrittenBy(of, async () => {
      own = await rowsWrittenBy(stub, () => stub.observe(observationOf(visitorId, [viewOf('b', Date.now())])));
    });
    expect([own, theirs]).toEqual([1, 1]);
  });

  test('counts and delivers by itself: the customer takes the history over, never the counts', async () => {
    const [shop, visitorId] = ['takes-over', crypto.randomUUID()];
    const stub = visitorObject(env, shop, visitorId);
    const { proof, customerId } = customer();
    const of = customerObject(env, shop, customerId);
    const first = [viewOf('a', Date.now()), purchaseOf('o-1', ['a'], Date.now())];
    await stub.observe(observationOf(visitorId, first, { shop }));
    await stub.observe(observationOf(visitorId, [viewOf('b', Date.now())], { shop, proof }));
    expect(await idsOf(of)).toHaveLength(3);
    for (const one of [stub, of]) await one.wake();
    await delivered(stub);
    expect((await tallyObject(env, shop).events()).total).toBe(3);
    expect(await flushTexts(of)).toEqual([]);
  }, 20_000);
});

describe('changing hands', () => {
  test('takes a history of any size along, and is repeated after a crash without doubling', async () => {
    const { visitorId, stub } = newcomer();
    const [ann, bea] = [customer(), customer()];
    const events = Array.from({ length: 500 }, (_, i) => viewOf(`item-${i}-${'x'.repeat(150)}`, Date.now() - i));
    for (let i = 0; i < 3; i++) {
      const some = events.map((event) => ({ ...event, eventId: `${event.eventId}-${i}` }));
      await stub.observe(observationOf(visitorId, some, { proof: ann.proof }));
    }
    // As if it had stopped when the customer's object had everything and the visitor's had not let go yet.
    const state = await runInDurableObject(stub, (object) => structuredClone(Reflect.get(object, 'state').core));
    await stub.logout();
    await restartedWith(stub, (core) =>
      Object.assign(core, { customer: state.customer, part: state.part, version: state.version }),
    );
    await stub.observe(observationOf(visitorId, [viewOf('b', Date.now())], { proof: bea.proof }));
    expect(await idsOf(bea.stub)).toHaveLength(1);
    const kinds = (await rowsOf(ann.stub)).map((row) => row.kind);
    expect(kinds.filter((kind) => kind === 'part')).toHaveLength(1);
    const first = await exportOf(ann.stub, Date.now());
    expect(new Set(first?.events.map((event) => event.eventId)).size).toBe(first?.events.length);
  });

  test('what was acknowledged before is still delivered, once', async () => {
    const [shop, visitorId] = ['changes-hands', crypto.randomUUID()];
    const stub = visitorObject(env, shop, visitorId);
    const [ann, bea] = [customer(), customer()];
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())], { shop, proof: ann.proof }));
    await stub.observe(observationOf(visitorId, [viewOf('b', Date.now())], { shop, proof: bea.proof }));
    await stub.wake();
    await delivered(stub);
    expect((await tallyObject(env, shop).events()).total).toBe(2);
    for (const one of [ann, bea]) expect(await idsOf(customerObject(env, shop, one.customerId))).toHaveLength(1);
  }, 20_000);

  test('of two customers at the same time leaves each event with one of them', async () => {
    const { visitorId, stub } = newcomer();
    const [ann, bea] = [customer(), customer()];
    const sent = await Promise.all(
      Array.from({ length: 6 }, (_, i) => {
        const event = viewOf(`item-${i}`, Date.now());
        const { proof } = i % 2 === 0 ? ann : bea;
        return stub.observe(observationOf(visitorId, [event], { proof })).then(() => event.eventId);
      }),
    );
    const held = [...(await idsOf(ann.stub)), ...(await idsOf(bea.stub))].toSorted();
    expect(held).toEqual(sent.toSorted());
  });
});

describe('retention', () => {
  test('of what was handed over: events go after their days, and everything with the customer’s profile', async () => {
    const { visitorId, stub } = newcomer();
    const { proof, stub: of } = customer();
    const now = Date.now() - 80 * DAY;
    await stub.observe(observationOf(visitorId, [viewOf('a', now), purchaseOf('o-2', ['a'], now)], { proof, now }));
    await stub.logout();
    expect(await idsOf(of)).toHaveLength(2);
    const counts: string[] = [];
    for (let i = 0; i < 8 && (await alarmOf(of)) !== null; i++) {
      await runDurableObjectAlarm(of);
      const held = await exportOf(of, Date.now());
      counts.push(`${held?.events.length ?? 0} ${held?.profile?.orders.length ?? 0}`);
    }
    expect(counts).toContain('0 1');
    expect(counts.at(-1)).toBe('0 0');
    expect(await rowsOf(of)).toEqual([]);
  });

  test('of the archive is KV’s: what is written there has an end', async () => {
    const { visitorId, stub } = newcomer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())]));
    await stub.wake();
    await delivered(stub);
    await runDurableObjectAlarm(tallyObject(env, 'demo'));
    const { keys } = await env.ARCHIVE.list({ prefix: 'demo/' });
    expect(keys.length).toBeGreaterThan(0);
    for (const { expiration = 0 } of keys) {
      expect(expiration * 1000).toBeGreaterThan(Date.now() + 89 * DAY);
      expect(expiration * 1000).toBeLessThan(Date.now() + 91 * DAY);
    }
  }, 20_000);
});

test('a visitor who is only asked about a customer leaves no trace', async () => {
  const { visitorId } = newcomer();
  const stub = visitorObject(env, 'demo', visitorId);
  const { proof, stub: of } = customer();
  const asked = { shop: 'demo', consent: ALLOW, orders: true, now: Date.now(), proof };
  expect((await stub.recall(asked)).memory.profile).toBeNull();
  for (const one of [stub, of]) expect(await rowsOf(one)).toEqual([]);
});
