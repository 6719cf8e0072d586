/** Cards and counters rebuilt from the archive, by way of the routes that `npm run replay` uses. */
import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Replayed, replay } from '../../src/commands/replaying/lessons.ts';
import { learnerObject, tallyObject } from '../../src/env.ts';
import type { KeptEvent } from '../../src/events/schema.ts';
import { createCards } from '../../src/learning/cards.ts';
import type { ArchivedEvent } from '../../src/learning/schema.ts';
import { uploadParts } from '../../src/learning/stored.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { key53 } from '../../src/shared/hash.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { DAY, kept, MINUTE, purchaseOf, SECOND, viewOf } from '../support/events.ts';
import { expectTruth, learntCards } from './truth.ts';
import { createWorld, type World } from './world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.end());

const VISITORS = Array.from({ length: 12 }, (_, n) => `visitor-to-be-replayed-${n}`);
const random = seededRandom(7);
const itemId = () => `item-${Math.floor(random() ** 2 * 25)}`;

/** A visit: views a while apart, some by our own recommendations, with a change of campaign, an order, history that teaches nothing. */
function visit(now: number, n: number): KeptEvent[] {
  const trusted = n % 3 === 0;
  const views = Array.from({ length: 3 + (n % 5) }, (_, i): KeptEvent => {
    const items = [{ itemId: itemId(), ...(i % 4 === 3 ? { recommendationId: 'r_1', own: true as const } : {}) }];
    const page = i === 2 ? { page: { campaign: `campaign-${n % 2}` } } : {};
    return kept('view_item', now + i * 15 * SECOND, { items, trusted, ...page });
  });
  const chosen = kept('select_item', now + 90 * SECOND, {
    items: [{ itemId: 'item-3', recommendationId: 'r_2', own: true }],
    trusted,
  });
  const reached = viewOf('item-3', now + 95 * SECOND, { trusted });
  const history = viewOf('item-9', now - 300 * DAY, { trusted: true, learn: false });
  const order = purchaseOf(`order-${n % 9}`, [`item-${n % 9}`, `item-${(n % 9) + 1}`], now + 100 * SECOND, { trusted });
  return [...views, chosen, reached, order, ...(n % 4 === 0 ? [history] : [])];
}

async function day(round: number): Promise<void> {
  for (const [n, visitorId] of VISITORS.entries()) {
    await world.post(visitorId, visit(Date.now(), n + round));
    world.pass(11 * SECOND);
    await world.ring(world.visitor(visitorId));
    if (n % 3 === 2) await world.deliver();
  }
  await world.deliver();
  world.pass(90 * MINUTE);
}

async function archive(until: number): Promise<ArchivedEvent[]> {
  const { items } = await world.ask<{ items: { day: string; hour: string; n: number }[] }>('/v1/archive');
  const events: ArchivedEvent[] = [];
  for (const { day: of, hour, n } of items.filter((one) => one.n <= until).sort((a, b) => a.n - b.n)) {
    const answer = await world.call(`/v1/archive/${of}/${hour}/${n}`);
    expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson');
    const text = new TextDecoder().decode(await answer.arrayBuffer());
    for (const line of text.trimEnd().split('\n')) events.push(JSON.parse(line) as ArchivedEvent);
  }
  return events;
}

interface Begun {
  rebuildId: string;
  until: number;
  lastKey: string;
}

const begin = () => world.ask<Begun>('/v1/cards/rebuild', { method: 'POST' });

async function built({ until }: Begun): Promise<{ parts: Uint8Array<ArrayBuffer>[]; replayed: Replayed }> {
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  const replayed = replay(await archive(until), cards, { keyOf: key53, sessionMinutes: 30, timeZone: 'UTC' });
  return { parts: [...uploadParts(cards)], replayed };
}

async function upload({ rebuildId }: Begun, parts: readonly Uint8Array<ArrayBuffer>[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const [chunk, body] of parts.entries()) {
    const path = `/v1/cards?importId=${rebuildId}&chunk=${chunk}&chunks=${parts.length}&replace=true`;
    answers.push(await world.ask(path, { method: 'PUT', body }));
  }
  return answers;
}

describe('cards rebuilt from the archive', () => {
  test('are those of the stream, where everybody consented to being remembered', async () => {
    await day(0);
    await day(1);
    expect(await world.rest()).toBe(true);
    const before = await learntCards(world);
    expect((before.neighbours as unknown[]).length).toBeGreaterThan(15);
    // What was learnt is lost.
    await runInDurableObject(learnerObject(world.real, world.shop), (_, { storage }) => {
      for (const table of ['cards', 'counts', 'log', 'state']) storage.sql.exec(`DELETE FROM ${table}`);
    });
    await world.crash('learner');
    const begun = await begin();
    const { parts, replayed } = await built(begun);
    expect(await upload(begun, parts)).toEqual([
      { importId: begun.rebuildId, chunk: 0, accepted: true, replaced: true },
    ]);
    expect(await learntCards(world)).toEqual(before);
    expect(replayed.visitors).toBe(VISITORS.length);
    // The answer got lost, and the part is sent again.
    expect(await upload(begun, parts)).toMatchObject([{ accepted: false, replaced: false }]);
    expect(await learntCards(world)).toEqual(before);
    await world.crash('learner');
    expect(await learntCards(world)).toEqual(before);
  });

  test('take the place of what was learnt, and lose nothing and double nothing that is learnt meanwhile', async () => {
    await day(0);
    // Counted, and not yet learnt, when the rebuild begins.
    await world.post(VISITORS[0] ?? '', visit(Date.now(), 3));
    world.pass(11 * SECOND);
    await world.ring(world.visitor(VISITORS[0] ?? ''));
    world.faults.next('learner.apply', 'before');
    await world.deliver();
    const begun = await begin();
    await world.deliver();
    await world.post(VISITORS[1] ?? '', visit(Date.now(), 5));
    world.pass(11 * SECOND);
    await world.ring(world.visitor(VISITORS[1] ?? ''));
    await world.deliver();
    const { parts } = await built(begun);
    await world.crash('learner');
    await upload(begun, parts);
    await day(2);
    expect(await world.rest()).toBe(true);
    await expectTruth(world);
    const learner = learnerObject(world.real, world.shop);
    await learner.publish(Date.now() + MINUTE);
    expect((await learner.unpublished()).events).toBe(0);
  });

  test('lack what visitors did who consented to a session only; counters keep it', async () => {
    const now = Date.now();
    await world.post(
      'visitor-for-a-session',
      [viewOf('cup', now, { trusted: true }), viewOf('pot', now + SECOND, { trusted: true })],
      'session',
    );
    await world.post(VISITORS[0] ?? '', [
      viewOf('jug', now, { trusted: true }),
      viewOf('pan', now + SECOND, { trusted: true }),
    ]);
    expect(await world.rest()).toBe(true);
    const begun = await begin();
    const { parts, replayed } = await built(begun);
    await upload(begun, parts);
    const { items } = await learntCards(world);
    expect((items as { key: number }[]).map(({ key }) => key).sort()).toEqual(['jug', 'pan'].map(key53).sort());
    expect(replayed.events).toBe(2);
    const counts = { method: 'POST', body: JSON.stringify({ days: replayed.days }) };
    expect(await world.ask('/v1/archive/counts', counts)).toEqual({ raised: 0 });
    expect((await tallyObject(world.real, world.shop).events()).total).toBe(4);
  });

  test('are refused where their rebuild is not the one in progress', async () => {
    await day(0);
    const first = await begin();
    const second = await begin();
    const { parts } = await built(second);
    const path = `/v1/cards?importId=${first.rebuildId}&chunk=0&chunks=1&replace=true`;
    expect((await world.call(path, { method: 'PUT', body: parts[0] ?? '' })).status).toBe(409);
    expect(await upload(second, parts)).toMatchObject([{ replaced: true }]);
  });

  test('cannot be begun while the archive cannot be written', async () => {
    await day(0);
    world.faults.next('archive.put', 'before');
    expect((await world.call('/v1/cards/rebuild', { method: 'POST' })).status).toBe(503);
    expect((await begin()).lastKey).toMatch(/^\d{4}-\d\d-\d\d\/\d\d\/1$/);
  });
});

test('counters that were lost are raised to what the archive knows, once', async () => {
  await day(0);
  expect(await world.rest()).toBe(true);
  const tally = tallyObject(world.real, world.shop);
  const whole = await tally.events();
  const { replayed } = await built(await begin());
  await runInDurableObject(tally, (_, { storage }) => storage.sql.exec('DELETE FROM counters'));
  await world.crash('tally');
  expect((await tally.events().catch(() => tallyObject(world.real, world.shop).events())).total).toBe(0);
  const counts = { method: 'POST', body: JSON.stringify({ days: replayed.days }) };
  expect(await world.ask('/v1/archive/counts', counts)).toEqual({ raised: whole.total });
  expect(await world.ask('/v1/archive/counts', counts)).toEqual({ raised: 0 });
  expect(await tallyObject(world.real, world.shop).events()).toEqual(whole);
});
