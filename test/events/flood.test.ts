import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { tallyObject } from '../../src/env.ts';
import type { KeptEvent } from '../../src/events/schema.ts';
import type { Flush } from '../../src/learning/schema.ts';
import { freshProfile, reduce } from '../../src/visitors/reduce.ts';
import { freshTeaching } from '../../src/visitors/state.ts';
import { orderMayTeach, viewsToLearn } from '../../src/visitors/teach.ts';
import { kept, MINUTE, NOON, purchaseOf, SECOND, viewOf } from '../support/events.ts';
import { call, post } from '../support/http.ts';
import { delivered, flushTexts, newcomer } from '../support/visitor.ts';

/** How often each item is taught in all. */
function taught(events: readonly KeptEvent[]): Record<string, number> {
  const profile = freshProfile(NOON);
  const teaching = freshTeaching();
  const counts: Record<string, number> = Object.create(null);
  for (const event of events)
    for (const { itemId } of viewsToLearn(teaching, event, reduce(profile, event, 30)))
      counts[itemId] = (counts[itemId] ?? 0) + 1;
  return { ...counts };
}

const many = (count: number, make: (i: number) => KeptEvent) => Array.from({ length: count }, (_, i) => make(i));
const distinct = (list: Record<string, number>) => Object.keys(list).length;

describe('what one browser teaches', () => {
  test('a hundred views of an item count as a shopper’s, three', () => {
    expect(taught(many(100, (i) => viewOf('a', NOON + i * 5 * SECOND)))).toEqual({ a: 3 });
  });

  test('also when they are said to be of many sessions, or of many campaigns', () => {
    const received = { receivedAt: NOON };
    expect(taught(many(100, (i) => viewOf('a', NOON - i * 40 * MINUTE, received)))).toEqual({ a: 3 });
    const campaigns = many(100, (i) => viewOf('a', NOON + i * SECOND, { ...received, page: { campaign: `c${i}` } }));
    expect(taught(campaigns)).toEqual({ a: 3 });
  });

  test('also of an item with a name that objects have by nature', () => {
    expect(taught(many(100, (i) => viewOf('constructor', NOON + i * 5 * SECOND)))).toEqual({ constructor: 3 });
  });

  test('next time it teaches again', () => {
    const visits = [0, 60, 120].flatMap((minutes) =>
      many(10, (i) => viewOf('a', NOON + minutes * MINUTE + i * 5 * SECOND)),
    );
    expect(taught(visits)).toEqual({ a: 9 });
  });

  test('sixty views a minute, by receipt', () => {
    const burst = many(200, (i) => viewOf(`i${i}`, NOON - 200 * MINUTE + i * MINUTE, { receivedAt: NOON }));
    expect(distinct(taught(burst))).toBe(60);
  });

  test('three hundred views between two pauses', () => {
    const views = many(900, (i) => viewOf(`i${i}`, NOON + i * 5 * SECOND));
    expect(distinct(taught(views))).toBe(300);
  });

  test('the secret key is not capped: the shop imports what happened', () => {
    expect(taught(many(100, (i) => viewOf('a', NOON + i * SECOND, { trusted: true })))).toEqual({ a: 100 });
  });

  test('five orders between two pauses; a server’s all teach', () => {
    const teaching = freshTeaching();
    const order = (trusted: boolean) => (i: number) => purchaseOf(`o${i}`, ['a'], NOON + i, { trusted });
    expect(many(20, order(false)).filter((event) => orderMayTeach(teaching, event))).toHaveLength(5);
    expect(many(20, order(true)).filter((event) => orderMayTeach(teaching, event))).toHaveLength(20);
    expect(orderMayTeach(teaching, kept('purchase', NOON + 31 * MINUTE, { orderId: 'later' }))).toBe(true);
  });
});

describe('a flood over the wire', () => {
  const agent = (text: string) => ({ headers: { 'User-Agent': text } });

  test('is kept and counted whole, and teaches like a shopper', async () => {
    const { visitorId, stub } = newcomer();
    const now = Date.now();
    const counted = async () => (await tallyObject(env, 'demo').events()).total;
    const before = await counted();
    const events = Array.from({ length: 100 }, (_, i) => ({
      eventId: `flood-${i}`,
      name: 'view_item',
      timestamp: new Date(now - (100 - i) * 5 * SECOND).toISOString(),
      items: [{ itemId: 'flooded' }],
    }));
    const answer = await post('/v1/events', { visitorId, consent: 'personal', events });
    expect(await answer.json()).toMatchObject({ accepted: 100 });
    await delivered(stub);
    const flushes = (await flushTexts(stub)).map((text) => JSON.parse(text) as Flush);
    expect(flushes.flatMap((flush) => flush.views)).toHaveLength(3);
    expect((await counted()) - before).toBe(100);
    const exported = await call(`/v1/visitors/me/export?visitorId=${visitorId}`);
    const held = await exported.json<{ events: unknown[]; profile: { session: { views: number } } }>();
    expect(held.events).toHaveLength(100);
    expect(held.profile.session.views).toBe(100);
  });

  test.each([
    ['a crawler', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
    ['a monitor', 'HeadlessChrome/120 Lighthouse'],
    ['a script', 'python-requests/2.31'],
  ])('%s is answered, and neither kept nor learnt from', async (_name, userAgent) => {
    const { visitorId } = newcomer();
    const body = { visitorId, consent: 'personal', events: [{ name: 'view_item', items: [{ itemId: 'a' }] }] };
    const answer = await post('/v1/events', body, agent(userAgent));
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ accepted: 0 });
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect((await call(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(404);
  });
});
