import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { DAY, kept, MINUTE, observationOf, purchaseOf, viewOf } from '../support/events.ts';
import { ALLOW, alarmOf, delivered, exportOf, newcomer, rowsOf, SESSION, statedBy } from '../support/visitor.ts';

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
      standing: { customerId: null, login: null, isLinked: false },
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
    const stated = statedBy(visitorId);
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
    const { erased } = await stub.setConsent({ ...statedBy(visitorId), consent: 'session' });
    expect(erased).toMatchObject({ events: 2, orders: 1 });
    const held = await exportOf(stub, Date.now());
    expect(held?.events.map((event) => event.consent)).toEqual(['session']);
    expect(held?.profile?.viewed.map((one) => one.itemId)).toEqual(['new']);
    const after = await exportOf(stub, Date.now() + 31 * MINUTE);
    expect(after).toMatchObject({ profile: null, events: [], consent: { consent: 'session' } });
  });

  test('what is older than the session that goes on is taken back even before it was flushed', async () => {
    const { visitorId, stub } = newcomer();
    const now = Date.now();
    const events = [viewOf('old', now - DAY / 8), viewOf('new', now)];
    await stub.observe(observationOf(visitorId, events, { now }));
    const { erased } = await stub.setConsent({ ...statedBy(visitorId), consent: 'session' });
    expect(erased).toMatchObject({ events: 1 });
    const held = await exportOf(stub, now);
    expect(held?.events.map((event) => event.items?.[0]?.itemId)).toEqual(['new']);
  });

  test('refusing erases at once and is remembered', async () => {
    const { visitorId, stub } = newcomer();
    await stub.observe(observationOf(visitorId, [viewOf('a', Date.now())]));
    const { erased } = await stub.setConsent({ ...statedBy(visitorId), consent: 'none' });
    expect(erased).toMatchObject({ events: 1, profile: true });
    await evictDurableObject(stub);
    const answer = await stub.observe(observationOf(visitorId, [viewOf('b', Date.now())]));
    expect(answer).toMatchObject({ accepted: 0, consentUsed: 'none' });
    expect(await exportOf(stub, Date.now())).toMatchObject({ profile: null, events: [], consent: { consent: 'none' } });
  });
});
