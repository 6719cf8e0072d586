import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { directoryObject, learnerObject, tallyObject } from '../../src/env.ts';
import { DAY, MINUTE, SECOND, viewOf } from '../support/events.ts';
import { exportOf } from '../support/visitor.ts';
import type { Sent } from './faults.ts';
import { archiveOf, expectTruth } from './truth.ts';
import { createWorld, type World } from './world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.end());

const ANNA = 'anna-who-is-a-visitor';

/** A visitor has done three things, and they are in the queue. */
async function flushed(): Promise<void> {
  const now = Date.now();
  await world.post(ANNA, [viewOf('cup', now), viewOf('pot', now + 12 * SECOND), viewOf('pan', now + 20 * SECOND)]);
  world.pass(11 * SECOND);
  await world.ring(world.visitor(ANNA));
}

async function expectRest(): Promise<void> {
  expect(await world.rest()).toBe(true);
  await expectTruth(world);
}

interface Letters {
  total: number;
  items: { flushId: string; events: number; deaths: number; why: string; delivered: boolean; redrivable: boolean }[];
}

describe('dead letters', () => {
  test('fill with what fails too often, are seen, and are sent again', async () => {
    const visitors = Array.from({ length: 12 }, (_, n) => `one-of-many-visitors-${n}`);
    for (const visitorId of visitors)
      await world.post(visitorId, [viewOf('cup', Date.now()), viewOf('pot', Date.now() + 1)]);
    world.pass(11 * SECOND);
    for (const visitorId of visitors) await world.ring(world.visitor(visitorId));
    world.faults.always('learner.apply', 'before');
    for (let attempt = 1; attempt <= 11; attempt++) await world.deliver();
    expect(world.faults.queue).toEqual([]);
    const letters = await world.ask<Letters>('/v1/dead-letters');
    expect(letters.total).toBe(visitors.length);
    for (const letter of letters.items)
      expect(letter).toMatchObject({
        events: 2,
        deaths: 1,
        delivered: false,
        why: 'Error: learner.apply cannot be reached.',
      });
    const ready = await world.ask<{ delivery: unknown }>('/v1/readiness');
    expect(ready.delivery).toEqual({ lagSeconds: 11, undelivered: 12, deadLetters: 12, losses: 0 });
    const texts = await runInDurableObject(directoryObject(world.real, world.shop), (_, { storage }) =>
      storage.sql
        .exec<{ body: string }>('SELECT body FROM letters')
        .toArray()
        .map((row) => row.body),
    );
    for (const visitorId of visitors) expect(texts.join()).not.toContain(visitorId);

    world.faults.clear();
    const some = letters.items.slice(0, 2).map((letter) => letter.flushId);
    const first = await world.ask('/v1/dead-letters/redrive', {
      method: 'POST',
      body: JSON.stringify({ flushIds: [...some, 'not.1'] }),
    });
    expect(first).toEqual({ redriven: 2, delivered: 0, unreadable: 0, unknown: ['not.1'], left: 0 });
    await world.deliver();
    expect((await tallyObject(world.real, world.shop).events()).total).toBe(24);
    await expectRest();
    expect((await world.ask<Letters>('/v1/dead-letters')).total).toBe(0);
  });

  test('of a visitor who was erased are gone: what happened is counted, and nothing else', async () => {
    await flushed();
    world.faults.always('tally.apply', 'before');
    for (let attempt = 1; attempt <= 11; attempt++) await world.deliver();
    const directory = directoryObject(world.real, world.shop);
    expect((await directory.delivery(Date.now())).deadLetters).toBe(1);
    world.faults.clear();
    const anna = world.visitor(ANNA);
    await anna.erase(Date.now());
    expect((await directory.delivery(Date.now())).deadLetters).toBe(0);
    for (let n = 0; n < 6; n++) {
      world.pass(20 * MINUTE);
      await world.ring(anna);
      for (const { body } of world.faults.queue) expect(JSON.stringify(body)).not.toMatch(/anna|cup|pot|pan/);
      await world.deliver();
    }
    expect(await tallyObject(world.real, world.shop).events()).toEqual({ total: 3, byName: { view_item: 3 } });
    expect((await learnerObject(world.real, world.shop).unpublished()).events).toBe(0);
    expect((await exportOf(anna, Date.now()))?.events ?? []).toEqual([]);
    expect(await archiveOf(world)).toEqual([]);
  });

  test('that are no flushes can be seen, and not be sent', async () => {
    world.faults.queue.push({ id: 'strange', body: { shop: world.shop, flushId: 7 }, attempts: 11 });
    await world.deliver();
    const letters = await world.ask<Letters>('/v1/dead-letters');
    expect(letters.items).toMatchObject([{ flushId: 'strange', events: 0, delivered: false, redrivable: false }]);
    expect(letters.items[0]?.why).toContain('no flush: flushId');
    const answer = await world.ask('/v1/dead-letters/redrive', { method: 'POST', body: '{}' });
    expect(answer).toEqual({ redriven: 0, delivered: 0, unreadable: 1, unknown: [], left: 0 });
  });

  test('of which only the reason was noted go when their flush has arrived', async () => {
    await flushed();
    const [copy] = world.faults.queue;
    world.faults.next('tally.apply', 'before');
    await world.deliver((message) => {
      message.attempts = 11;
      return true;
    });
    const directory = directoryObject(world.real, world.shop);
    await runInDurableObject(directory, (_, { storage }) => storage.sql.exec('UPDATE letters SET body = NULL'));
    const redrive = () => world.ask('/v1/dead-letters/redrive', { method: 'POST', body: '{}' });
    expect(await redrive()).toMatchObject({ redriven: 0, delivered: 0, unreadable: 1, left: 0 });
    world.faults.queue.push({ ...(copy as Sent), attempts: 1 });
    await world.deliver();
    expect(await redrive()).toMatchObject({ redriven: 0, delivered: 1, unreadable: 0, left: 0 });
    await expectRest();
  });

  test('are struck off where their visitor has sent the flush again meanwhile, and go after two weeks', async () => {
    await flushed();
    const [copy] = world.faults.queue;
    world.faults.next('tally.apply', 'before');
    await world.deliver((message) => {
      message.attempts = 11;
      return true;
    });
    const letters = () => world.ask<Letters>('/v1/dead-letters');
    expect((await letters()).items).toMatchObject([{ delivered: false, deaths: 1 }]);
    world.faults.queue.push({ ...(copy as Sent), attempts: 1 });
    await world.deliver();
    expect((await letters()).items).toMatchObject([{ delivered: true }]);
    world.pass(13 * DAY);
    expect((await letters()).total).toBe(1);
    const answer = await world.ask('/v1/dead-letters/redrive', { method: 'POST', body: '{}' });
    expect(answer).toEqual({ redriven: 0, delivered: 1, unreadable: 0, unknown: [], left: 0 });
    expect((await letters()).total).toBe(0);
    world.faults.queue.push({ ...(copy as Sent), id: 'late', attempts: 11 });
    world.faults.next('tally.apply', 'before');
    await world.deliver();
    expect((await letters()).total).toBe(1);
    world.pass(14 * DAY);
    expect((await letters()).total).toBe(0);
  });
});

describe('losses', () => {
  test('are what a visitor has given up after two weeks without a confirmation, and nothing else', async () => {
    await flushed();
    world.faults.always('learner.apply', 'before');
    world.faults.always('tally.apply', 'before');
    for (let day = 0; day < 15; day++) {
      world.pass(DAY);
      await world.ring(world.visitor(ANNA));
      world.faults.queue.splice(0);
    }
    const ready = await world.ask<{ delivery: { losses: number } }>('/v1/readiness');
    expect(ready.delivery.losses).toBe(3);
  });
});
