import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { directoryObject, learnerObject, tallyObject } from '../../src/env.ts';
import type { Flush } from '../../src/learning/schema.ts';
import { kept, MINUTE, purchaseOf, SECOND, viewOf } from '../support/events.ts';
import { expectTruth } from './truth.ts';
import { createWorld, type World } from './world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.end());

const ANNA = 'anna-who-is-a-visitor';
const BERT = 'bert-who-is-a-visitor';

/** Two visitors have done something; nothing is flushed. */
async function visits(): Promise<void> {
  const now = Date.now();
  const at = (seconds: number) => now + seconds * SECOND;
  await world.post(ANNA, [viewOf('cup', at(0)), viewOf('pot', at(12)), purchaseOf('o-1', ['cup', 'pot'], at(20))]);
  await world.post(BERT, [viewOf('pot', at(1)), viewOf('pan', at(14)), kept('search', at(15), { query: 'pan' })]);
}

async function flushed(): Promise<void> {
  await visits();
  world.pass(11 * SECOND);
  await world.ring(world.visitor(ANNA));
  await world.ring(world.visitor(BERT));
}

async function expectRest(): Promise<void> {
  expect(world.faults.unmet()).toEqual([]);
  expect(await world.rest()).toBe(true);
  await expectTruth(world);
}

async function expectPublished(): Promise<void> {
  const learner = learnerObject(world.real, world.shop);
  await learner.publish(Date.now() + MINUTE);
  expect((await learner.unpublished()).events).toBe(0);
}

describe('the consumer', () => {
  test.each([
    ['before it counts', 'tally.apply', 'before'],
    ['after it counted', 'tally.apply', 'after'],
    ['before it teaches', 'learner.apply', 'before'],
    ['after it taught', 'learner.apply', 'after'],
    ['before it settles', 'directory.settled', 'before'],
    ['after it settled', 'directory.settled', 'after'],
  ] as const)('throws %s', async (_, call, when) => {
    await flushed();
    world.faults.next(call, when);
    await world.deliver();
    expect(world.faults.queue.map((message) => message.attempts)).toEqual([2, 2]);
    await expectRest();
  });

  test('fails with half of a batch: the other half is delivered without it from the third attempt on', async () => {
    await flushed();
    const [{ flushId: poisoned } = { flushId: '' }] = world.faults.queue.map((message) => message.body as Flush);
    const poison = (_shop: unknown, flushes: unknown) => {
      if ((flushes as Flush[]).some((flush) => flush.flushId === poisoned)) throw new Error('Out of memory.');
    };
    world.faults.always('tally.apply', { before: poison });
    for (let attempt = 1; attempt <= 3; attempt++) await world.deliver();
    expect((await tallyObject(world.real, world.shop).events()).total).toBe(3);
    expect(world.faults.queue).toMatchObject([{ body: { flushId: poisoned }, attempts: 4 }]);
    await expectRest();
  });

  test('takes the same message five times, in any order and at the same time', async () => {
    await flushed();
    const copies = world.faults.queue.flatMap((message) =>
      Array.from({ length: 4 }, (_, n) => ({ ...message, id: `${message.id}-${n}` })),
    );
    world.faults.queue.push(...copies.reverse());
    const ids = world.faults.queue.map((message) => message.id);
    const parts = [0, 1, 2].map((part) => new Set(ids.filter((_, at) => at % 3 === part)));
    await Promise.all(parts.map((part) => world.deliver(({ id }) => part.has(id))));
    expect(world.faults.queue).toEqual([]);
    await expectRest();
  });
});

describe('an object restarts', () => {
  test.each([
    ['the visitor, before the queue has the flush', 'before'],
    ['the visitor, when the queue has the flush', 'after'],
  ] as const)('%s', async (_, when) => {
    await visits();
    world.pass(11 * SECOND);
    const anna = world.visitor(ANNA);
    const state = await runInDurableObject(anna, (_one, context) => context);
    const abort = () => {
      state.abort('Out of memory.');
      return new Promise(() => undefined);
    };
    world.faults.next('queue.send', when === 'before' ? { before: abort } : { after: abort });
    await world.ring(anna);
    expect(world.faults.queue).toHaveLength(when === 'before' ? 0 : 1);
    await expectRest();
  });

  test('the visitor, while the directory is told', async () => {
    const anna = world.visitor(ANNA);
    const state = await runInDurableObject(anna, (_one, context) => context);
    const abort = () => {
      state.abort('Out of memory.');
      return new Promise(() => undefined);
    };
    world.faults.next('directory.opened', { before: abort });
    expect(await world.post(ANNA, [viewOf('cup', Date.now())])).toBe(false);
    await expectRest();
  });

  test.each(['tally', 'learner', 'directory'] as const)('the %s, between two attempts', async (place) => {
    await flushed();
    world.faults.next('directory.settled', 'before');
    await world.deliver();
    await world.crash(place);
    await world.deliver();
    await world.crash(place);
    await expectRest();
  });

  test('the tally, when the archive has a value that it has not struck off', async () => {
    await flushed();
    await world.deliver();
    const tally = tallyObject(world.real, world.shop);
    const state = await runInDurableObject(tally, (_one, context) => context);
    world.faults.next('archive.put', {
      after: () => {
        state.abort('Out of memory.');
        return new Promise(() => undefined);
      },
    });
    world.pass(61 * MINUTE);
    await world.ring('tally');
    await world.post(ANNA, [viewOf('jug', Date.now())]);
    await expectRest();
  });

  test('the learner, while it publishes', async () => {
    await flushed();
    await world.deliver();
    const learner = learnerObject(world.real, world.shop);
    const state = await runInDurableObject(learner, (_one, context) => context);
    world.faults.next('cards.put', {
      after: () => {
        state.abort('Out of memory.');
        return new Promise(() => undefined);
      },
    });
    await world.ring('learner');
    await world.post(BERT, [viewOf('jug', Date.now())]);
    await expectRest();
    await expectPublished();
  });

  test('the visitor, whose alarm is lost as well: the sweep finds it', async () => {
    await visits();
    const anna = world.visitor(ANNA);
    await runInDurableObject(anna, (_, state) => state.storage.deleteAlarm());
    await world.crash(anna);
    world.pass(2 * MINUTE);
    await world.sweep();
    expect(world.faults.queue.length).toBeGreaterThan(0);
    await expectRest();
  });
});

describe('the queue', () => {
  test('forgets a message', async () => {
    await flushed();
    world.faults.queue.shift();
    await world.deliver();
    expect((await tallyObject(world.real, world.shop).events()).total).toBe(3);
    await expectRest();
  });

  test('refuses messages, and takes one without saying so', async () => {
    await visits();
    world.faults.next('queue.send', 'before', 'after', 'before');
    for (let n = 0; n < 4; n++) {
      world.pass(MINUTE);
      await world.ring(world.visitor(ANNA));
      await world.ring(world.visitor(BERT));
    }
    await expectRest();
  });
});

describe('KV', () => {
  test('refuses the archive and the cards, and takes a value without saying so', async () => {
    world.faults.next('archive.put', 'before', 'after', 'before');
    world.faults.next('cards.put', 'before', 'after', 'before', 'before');
    await flushed();
    for (let n = 0; n < 6; n++) {
      await world.deliver();
      world.pass(61 * MINUTE);
      await world.ring('tally');
      await world.ring('learner');
      await world.post(ANNA, [viewOf(`item-${n}`, Date.now())]);
      await world.ring(world.visitor(ANNA));
    }
    await expectRest();
    await expectPublished();
  });

  test('is a minute behind', async () => {
    world.faults.behind = true;
    await flushed();
    for (let n = 0; n < 4; n++) {
      await world.deliver();
      world.pass(n % 2 === 0 ? 61 * MINUTE : 20 * SECOND);
      await world.ring('tally');
      await world.ring('learner');
      await world.post(BERT, [viewOf(`item-${n}`, Date.now())]);
      await world.ring(world.visitor(BERT));
    }
    await expectRest();
    await expectPublished();
  });
});

describe('pending', () => {
  test('is not 0 before every flush of a window has been applied, in whatever order they come', async () => {
    const now = Date.now();
    const many = Array.from({ length: 250 }, (_, n) => viewOf(`item-${n % 9}`, now + n * SECOND, { trusted: true }));
    await world.post(ANNA, many);
    world.pass(11 * SECOND);
    await world.ring(world.visitor(ANNA));
    const pending = () => directoryObject(world.real, world.shop).pending();
    expect(world.faults.queue.length).toBeGreaterThan(2);
    // The one that closes the window comes first, and then all but one.
    await world.deliver((_, at) => at === world.faults.queue.length - 1);
    expect(await pending()).toBe(250);
    await world.deliver((_, at) => at > 0);
    expect(await pending()).toBe(250);
    await world.deliver();
    await world.deliver();
    expect(await pending()).toBe(0);
    await expectRest();
  });
});
