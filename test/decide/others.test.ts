import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { learnerObject, visitorObject } from '../../src/env.ts';
import { forget } from '../../src/snapshot.ts';
import { putItems, send, visitor } from './http.ts';

const ITEMS = ['tea', 'cup', 'pot', 'spoon'].map((itemId, i) => ({
  itemId,
  title: `The ${itemId}`,
  price: i + 1,
  currency: 'GBP',
}));

let orders = 0;

/** Makes the log be written into the chunks, as its ten minutes would. */
async function checkpoint(): Promise<void> {
  await evictDurableObject(learnerObject(env, 'demo'));
  await runInDurableObject(learnerObject(env, 'demo'), (_, { storage }) => {
    storage.sql.exec('UPDATE log SET at = 0');
  });
  await evictDurableObject(learnerObject(env, 'demo'));
  await runDurableObjectAlarm(learnerObject(env, 'demo'));
}

/** A purchase by a visitor through the secret key, flushed, learnt and published. */
async function buy(visitorId: string, ...itemIds: string[]): Promise<void> {
  const orderId = `order-${++orders}`;
  const items = itemIds.map((itemId) => ({ itemId, price: 2, quantity: 1 }));
  const event = { eventId: orderId, name: 'purchase', orderId, currency: 'GBP', value: 2, items };
  const answer = await send('/v1/events', {
    key: 'sk_demo',
    body: { visitorId, consent: 'personal', events: [event] },
  });
  expect(answer.status).toBe(202);
  const object = visitorObject(env, 'demo', visitorId);
  await vi.waitFor(async () => expect((await object.wake()).undelivered).toEqual([]), {
    timeout: 10_000,
    interval: 50,
  });
  await learnerObject(env, 'demo').publish(Date.now());
  forget('demo', 'cards');
}

async function others(query = ''): Promise<{ itemId: string; buyers: number }[]> {
  const { status, body } = await send(`/v1/recently-bought?scope=everyone${query}`);
  expect(status).toBe(200);
  return body.recentlyBought as { itemId: string; buyers: number }[];
}

const [ann, bob, cleo] = ['ann', 'bob', 'cleo'].map(visitor) as [string, string, string];

beforeAll(async () => {
  await putItems(ITEMS);
  const placements = { here: { strategies: [{ strategy: 'recently_bought_by_others' }], fallback: [] } };
  const body = { freshness: { cardsSeconds: 1 }, placements };
  expect((await send('/v1/config', { key: 'sk_demo', method: 'PUT', body })).status).toBeLessThan(300);
});

describe('what everyone bought', () => {
  test('is listed from the third buyer on; one who buys three times is one buyer', async () => {
    await buy(ann, 'tea', 'cup');
    await buy(ann, 'cup');
    await buy(ann, 'cup');
    await buy(bob, 'tea');
    expect(await others()).toEqual([]);
    await buy(cleo, 'tea');
    await vi.waitFor(
      async () => {
        await learnerObject(env, 'demo').publish(Date.now());
        forget('demo', 'cards');
        expect(await others()).toEqual([
          { itemId: 'tea', title: 'The tea', buyers: 3, price: 1, currency: 'GBP', availability: 'in_stock' },
        ]);
      },
      { timeout: 10_000, interval: 200 },
    );
  });

  test('is a strategy, and a part of a decision that asks for it', async () => {
    const request = { placements: [{ placement: 'here' }], include: ['recommendations', 'boughtByOthers'] };
    const { body } = await send('/v1/decide', { body: request });
    expect(body.boughtByOthers).toMatchObject([{ itemId: 'tea', buyers: 3 }]);
    const here = (body.placements as Record<string, { strategy: string; items: object[] }>).here;
    expect(here).toMatchObject({
      strategy: 'recently_bought_by_others',
      items: [{ itemId: 'tea', reasons: [{ code: 'bought_by_others', detail: '3' }] }],
    });
    expect((await send('/v1/decide', { body: { page: { type: 'home' } } })).body).not.toHaveProperty('boughtByOthers');
  });

  test('does not count who asks: then there are two others', async () => {
    expect(await others(`&visitorId=${ann}&consent=personal`)).toEqual([]);
    expect(await others(`&visitorId=${visitor('dora')}&consent=personal`)).toHaveLength(1);
  });

  test('names nobody in what is kept for it, and keeps it for three days', async () => {
    const kept = () =>
      runInDurableObject(learnerObject(env, 'demo'), (_, { storage }) =>
        ['state', 'log', 'buyers', 'journal'].flatMap((table) =>
          storage.sql
            .exec(`SELECT * FROM ${table}`)
            .toArray()
            .flatMap((row) => Object.values(row))
            .map((value) => (value instanceof ArrayBuffer ? new TextDecoder('latin1').decode(value) : String(value))),
        ),
      );
    await checkpoint();
    for (const text of await kept()) for (const name of [ann, bob, cleo]) expect(text).not.toContain(name);
    const hours = () =>
      runInDurableObject(
        learnerObject(env, 'demo'),
        (_, { storage }) => storage.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM buyers').one().n,
      );
    expect(await hours()).toBeGreaterThan(0);
    vi.setSystemTime(Date.now() + 73 * 3_600_000);
    await checkpoint();
    vi.useRealTimers();
    expect(await hours()).toBe(0);
  });
});
