import { runDurableObjectAlarm } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { EventsCounted } from '../../src/analytics/schema.ts';
import type { Readiness } from '../../src/analytics/schema-readiness.ts';
import { learnerObject, visitorObject } from '../../src/env.ts';

const HEADERS = { Authorization: 'Bearer sk_demo' };

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const answer = await exports.default.fetch(`http://shop.test${path}`, { headers: HEADERS, ...init });
  expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
  return (await answer.json()) as T;
}

const events = (query = '') => ask<EventsCounted>(`/v1/analytics/events${query}`);
const readiness = () => ask<Readiness>('/v1/readiness');

test('both routes are for servers', async () => {
  for (const path of ['/v1/analytics/events', '/v1/readiness']) {
    const answer = await exports.default.fetch(`http://shop.test${path}`, {
      headers: { Authorization: 'Bearer pk_demo' },
    });
    expect(answer.status).toBe(403);
  }
});

test.each(['?from=yesterday', '?to=2026-13-01', '?from=2026-01-01&from=2026-01-02'])(
  'days %s are refused',
  async (q) => {
    const answer = await exports.default.fetch(`http://shop.test/v1/analytics/events${q}`, { headers: HEADERS });
    expect(answer.status).toBe(422);
  },
);

test('what visitors did is pending until it is in published cards, and is counted to the event', async () => {
  expect(await events()).toEqual({ total: 0, byName: {} });
  const empty = await readiness();
  expect(empty.learning.pending).toBe(0);
  expect(empty.live).toBe(false);
  expect(empty.capabilities.bought_together).toEqual({ live: false, needs: '1 more item in the catalogue' });

  const visits = ['personal', 'session', 'personal'].map((consent, n) => ({
    visitorId: `visitor-of-delivery-${n}`,
    consent,
    events: [
      { eventId: 'e1', name: 'view_item', items: [{ itemId: 'cup' }] },
      { eventId: 'e2', name: 'view_item', items: [{ itemId: `pot-${n}` }] },
      // History builds profiles and teaches nothing, but it is counted.
      { eventId: 'e3', name: 'view_item', items: [{ itemId: 'old' }], learn: false, timestamp: '2025-01-31T12:00:00Z' },
      {
        eventId: 'e4',
        name: 'purchase',
        orderId: `order-${n}`,
        currency: 'GBP',
        value: 12.5,
        items: [{ itemId: 'cup', price: 12.5 }, { itemId: 'old' }],
      },
    ],
  }));
  for (const visit of visits) {
    const body = JSON.stringify(visit);
    const taken = await ask<{ accepted: number }>('/v1/events', { method: 'POST', headers: HEADERS, body });
    expect(taken.accepted).toBe(4);
    // Sent again, as clients do.
    const again = await ask<{ duplicates: number }>('/v1/events', { method: 'POST', headers: HEADERS, body });
    expect(again.duplicates).toBe(4);
  }
  expect((await readiness()).learning.pending).toBeGreaterThan(0);

  for (const { visitorId } of visits)
    expect(await runDurableObjectAlarm(visitorObject(env, 'demo', visitorId))).toBe(true);
  await expect.poll(async () => (await readiness()).learning.waiting.visitors, { timeout: 8_000 }).toBe(0);
  expect(await events()).toEqual({ total: 12, byName: { view_item: 9, purchase: 3 } });
  expect(await events('?to=2025-12-31')).toEqual({ total: 3, byName: { view_item: 3 } });

  // What its alarm does when the interval between publications is over.
  await learnerObject(env, 'demo').publish(Date.now() + 60_000);
  await expect.poll(async () => (await readiness()).learning.pending, { timeout: 8_000 }).toBe(0);
  expect((await events()).total).toBe(12);

  const ready = await readiness();
  // What is answered from now on is of the cards in which nothing is missing.
  const { version } = await learnerObject(env, 'demo').unpublished();
  expect(version).not.toBe('k0');
  expect(ready.learning.published).toBe(version);
  expect(ready.capabilities.recently_bought).toEqual({ live: true, needs: null });
  expect(ready.unseenEvents).not.toContain('purchase');
  expect(ready.unseenEvents).toContain('search');
  expect(ready.fallbacks.map((one) => one.placement)).toContain('item-page');
});
