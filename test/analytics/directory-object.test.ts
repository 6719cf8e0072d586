import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { directoryObject, tallyObject, visitorObject } from '../../src/env.ts';

let shops = 0;
function directoryOf(): { shop: string; directory: ReturnType<typeof directoryObject> } {
  shops += 1;
  const shop = `directory-${shops}`;
  return { shop, directory: directoryObject(env, shop) };
}

describe('windows', () => {
  test('are pending until they are settled, and that outlives the object’s memory', async () => {
    const { directory } = directoryOf();
    expect(await directory.pending()).toBe(0);
    await directory.opened({ sender: 'v:a', window: 1, events: 3 });
    await directory.opened({ sender: 'c:b', window: 7, events: 2 });
    await evictDurableObject(directory);
    expect(await directory.pending()).toBe(5);
    await directory.settled([{ sender: 'v:a', window: 1 }]);
    await evictDurableObject(directory);
    expect(await directory.pending()).toBe(2);
    await directory.settled([
      { sender: 'c:b', window: 7 },
      { sender: 'c:b', window: 7 },
    ]);
    await evictDurableObject(directory);
    expect(await directory.pending()).toBe(0);
  });

  test('may be settled out of order', async () => {
    const { directory } = directoryOf();
    await directory.opened({ sender: 'v:a', window: 1, events: 3 });
    await directory.opened({ sender: 'v:a', window: 2, events: 4 });
    await directory.settled([{ sender: 'v:a', window: 2 }]);
    expect(await directory.pending()).toBe(3);
    await directory.settled([{ sender: 'v:a', window: 3 }]);
    await directory.opened({ sender: 'v:a', window: 3, events: 5 });
    await directory.settled([{ sender: 'v:a', window: 1 }]);
    expect(await directory.pending()).toBe(0);
  });
});

const MINUTE_MS = 60_000;
let visitors = 0;

/** A visitor of shop demo with an unflushed event, whose alarm is lost and whose object has forgotten itself. */
async function strandedVisitor(): Promise<ReturnType<typeof visitorObject>> {
  visitors += 1;
  const visitorId = `stranded-visitor-${visitors}`;
  const answer = await exports.default.fetch('http://shop.test/v1/events', {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_demo' },
    body: JSON.stringify({ visitorId, consent: 'personal', events: [{ eventId: 'e1', name: 'page_view' }] }),
  });
  expect(answer.status).toBe(202);
  const visitor = visitorObject(env, 'demo', visitorId);
  await runInDurableObject(visitor, (_, state) => state.storage.deleteAlarm());
  await evictDurableObject(visitor);
  return visitor;
}

const demo = directoryObject(env, 'demo');

describe('the sweep', () => {
  test('wakes who has been open for too long, and nobody else, and not again at once', async () => {
    const visitor = await strandedVisitor();
    expect(await demo.pending()).toBe(1);
    const now = Date.now();
    expect(await demo.sweep('demo', now)).toBe(0);
    expect(await demo.sweep('demo', now + 2 * MINUTE_MS)).toBe(1);
    expect(await demo.sweep('demo', now + 2 * MINUTE_MS + 1_000)).toBe(0);
    // It has flushed; it is settled when the queue delivers.
    expect(await runInDurableObject(visitor, (_, state) => state.storage.getAlarm())).not.toBeNull();
    await expect.poll(() => demo.pending(), { timeout: 8_000 }).toBe(0);
    expect((await tallyObject(env, 'demo').events()).total).toBe(1);
    expect(await demo.sweep('demo', now + 6 * MINUTE_MS)).toBe(0);
  });

  test('of an isolate that starts wakes whoever the directory knows from an earlier life, whatever the age, once a minute', async () => {
    const visitor = await strandedVisitor();
    const now = Date.now() + MINUTE_MS / 2;
    const start = { isolateStart: true };
    const inTheSameLife = await demo.sweep('demo', now - 2 * MINUTE_MS, start);
    await evictDurableObject(demo);
    expect([inTheSameLife, await demo.sweep('demo', now, start)]).toEqual([0, 1]);
    expect(await demo.sweep('demo', now + 1_000, start)).toBe(0);
    expect(await visitor.wake()).toBeDefined();
    await expect.poll(() => demo.pending(), { timeout: 8_000 }).toBe(0);
  });

  test('closes what the visitor knows to be delivered', async () => {
    const { shop, directory } = directoryOf();
    await directory.opened({ sender: 'v:nobody-in-particular', window: 1, events: 1 });
    expect(await directory.sweep(shop, Date.now() + 2 * MINUTE_MS)).toBe(1);
    expect(await directory.pending()).toBe(0);
  });

  test('that finds more than it may wake continues by alarm until all were woken', async () => {
    const { shop, directory } = directoryOf();
    const senders = Array.from({ length: 130 }, (_, n) => `v:nobody-in-particular-${n}`);
    await Promise.all(senders.map((sender) => directory.opened({ sender, window: 1, events: 1 })));
    const now = Date.now() + 2 * MINUTE_MS;
    expect(await directory.sweep(shop, now)).toBe(100);
    await runDurableObjectAlarm(directory);
    await expect.poll(() => directory.pending()).toBe(0);
  });
});
