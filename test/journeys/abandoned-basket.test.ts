import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OutboxObject } from '../../src/integrations/outbox-object.ts';
import { MINUTE } from '../support/events.ts';
import { type Journey, startJourney } from '../support/journey.ts';

const HOUR = 60 * MINUTE;
const ITEMS = ['tea', 'cup', 'pot'].map((itemId, i) => ({
  itemId,
  title: `The ${itemId}`,
  price: 10 + i,
  categories: ['Kitchen'],
  url: `https://shop.example/${itemId}`,
}));
const CONFIG = {
  shop: { name: 'Demo', currency: 'GBP' },
  identity: { traits: ['email'] },
  carts: { abandonedAfterMinutes: 60, restoreUrl: 'https://shop.example/cart?restore={token}' },
};

let shop: Journey;
const begin = async (options: { answers?: string; events?: string[] } = {}): Promise<void> => {
  shop = await startJourney(CONFIG, { events: ['cart.abandoned'], ...options });
  await shop.call('/v1/catalog/items', { key: 'sk', method: 'PUT', body: ITEMS });
};
beforeEach(() => begin());
afterEach(() => shop.end());

const newcomer = (): string => crypto.randomUUID();

async function take(visitorId: string, name: string, itemId: string, rest: object = {}): Promise<void> {
  const event = { name, currency: 'GBP', items: [{ itemId, price: 10 }], ...rest };
  await shop.call('/v1/events', { body: { visitorId, consent: 'personal', events: [event] } });
}

describe('a basket that its visitor leaves', () => {
  test('is told once the visitor has been away for as long as the shop says, with what it takes to write', async () => {
    const visitorId = newcomer();
    const traits = { email: 'anna@shop.example', shoeSize: 41 };
    const add = { name: 'add_to_cart', currency: 'GBP', items: [{ itemId: 'tea', price: 9, quantity: 2 }] };
    await shop.call('/v1/events', { body: { visitorId, consent: 'personal', traits, events: [add] } });
    await shop.pass(59 * MINUTE, shop.visitor(visitorId));
    expect(await shop.heard()).toEqual([]);
    await shop.pass(2 * MINUTE, shop.visitor(visitorId));
    const [message, ...others] = await shop.heard();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      type: 'cart.abandoned',
      data: {
        shop: shop.shop,
        visitorId,
        customerId: null,
        traits: { email: 'anna@shop.example' },
        cart: {
          lines: [{ itemId: 'tea', title: 'The tea', quantity: 2, price: 9, url: 'https://shop.example/tea' }],
          quantity: 2,
          value: 18,
          currency: 'GBP',
        },
        restoreUrl: expect.stringMatching(/^https:\/\/shop\.example\/cart\?restore=[\w.-]+$/),
      },
    });
    expect(message?.data.traits).not.toHaveProperty('shoeSize');
    expect(message?.data.recommendations).toEqual(
      expect.arrayContaining([expect.objectContaining({ itemId: 'pot', title: 'The pot', price: 12 })]),
    );
    const link = new URL(String(message?.data.restoreUrl)).searchParams.get('restore');
    const phone = newcomer();
    const restored = { visitorId: phone, consent: 'personal' };
    expect(await shop.call(`/v1/cart/restore/${link}`, { body: restored })).toMatchObject({
      restored: true,
      cart: { lines: [{ itemId: 'tea', quantity: 2 }] },
    });
  });

  test('is told once for as long as it stays the same, and again when it has changed', async () => {
    const visitorId = newcomer();
    const away = () => shop.pass(2 * HOUR, shop.visitor(visitorId));
    await take(visitorId, 'add_to_cart', 'tea');
    await away();
    await take(visitorId, 'view_item', 'cup');
    await take(visitorId, 'view_cart', 'tea');
    await away();
    expect(await shop.heard()).toHaveLength(1);
    await take(visitorId, 'add_to_cart', 'cup');
    await away();
    expect(await shop.heard()).toHaveLength(2);
    await take(visitorId, 'purchase', 'tea', { orderId: `o-${visitorId}` });
    await take(visitorId, 'remove_from_cart', 'cup');
    await away();
    expect(await shop.heard()).toHaveLength(2);
    await take(visitorId, 'add_to_cart', 'tea');
    await away();
    expect(await shop.heard()).toHaveLength(3);
  });

  test('is not told while its visitor is still there, be it only with pages', async () => {
    const visitorId = newcomer();
    await take(visitorId, 'add_to_cart', 'tea');
    for (let pages = 0; pages < 5; pages++) {
      await shop.pass(40 * MINUTE, shop.visitor(visitorId));
      await shop.call('/v1/decide', { body: { visitorId, consent: 'personal', include: ['persona'] } });
    }
    expect(await shop.heard()).toEqual([]);
    await shop.pass(HOUR, shop.visitor(visitorId));
    expect(await shop.heard()).toHaveLength(1);
  });

  test.each<[string, (visitorId: string) => Promise<unknown>]>([
    ['bought', (visitorId) => take(visitorId, 'purchase', 'tea', { orderId: `o-${visitorId}` })],
    ['emptied', (visitorId) => take(visitorId, 'remove_from_cart', 'tea')],
    [
      'stated as empty',
      (visitorId) => shop.call('/v1/decide', { body: { visitorId, consent: 'personal', cart: [], include: ['cart'] } }),
    ],
    [
      'followed by session consent',
      (visitorId) => shop.call('/v1/consent', { method: 'PUT', body: { visitorId, consent: 'session' } }),
    ],
    ['erased', (visitorId) => shop.call(`/v1/visitors/me?visitorId=${visitorId}`, { method: 'DELETE' })],
  ])('is not told when it was %s', async (_name, act) => {
    const visitorId = newcomer();
    await take(visitorId, 'add_to_cart', 'tea');
    await act(visitorId);
    await shop.pass(3 * HOUR, shop.visitor(visitorId));
    expect(await shop.posted()).toEqual([]);
  });

  test('is not told of a session that was not to be remembered, nor of a history that was imported', async () => {
    const [shy, old] = [newcomer(), newcomer()];
    const add = { name: 'add_to_cart', items: [{ itemId: 'tea' }] };
    await shop.call('/v1/events', { body: { visitorId: shy, consent: 'session', events: [add] } });
    const timestamp = new Date(Date.now() - 30 * 24 * HOUR).toISOString();
    const events = [{ ...add, visitorId: old, timestamp, learn: false }];
    await shop.call('/v1/events', { key: 'sk', body: { visitorId: old, consent: 'personal', events } });
    await shop.pass(3 * HOUR, shop.visitor(shy), shop.visitor(old));
    expect(await shop.posted()).toEqual([]);
  });

  test('of a customer is told once, whole, whatever number of devices filled it', async () => {
    const [phone, laptop, customerId] = [newcomer(), newcomer(), `customer-${newcomer()}`];
    const add = (visitorId: string, itemId: string) => ({
      ...{ visitorId, customerId, consent: 'personal' },
      events: [{ name: 'add_to_cart', items: [{ itemId }] }],
    });
    const places = [shop.visitor(phone), shop.visitor(laptop), shop.customer(customerId)];
    await shop.call('/v1/events', { key: 'sk', body: add(phone, 'tea') });
    await shop.pass(40 * MINUTE, ...places);
    await shop.call('/v1/events', { key: 'sk', body: add(laptop, 'cup') });
    await shop.pass(40 * MINUTE, ...places);
    expect(await shop.heard()).toEqual([]);
    await shop.pass(HOUR, ...places);
    await shop.pass(24 * HOUR, ...places);
    const heard = await shop.heard();
    expect(heard).toHaveLength(1);
    expect(heard[0]?.data).toMatchObject({
      visitorId: laptop,
      customerId,
      cart: { lines: [{ itemId: 'tea' }, { itemId: 'cup' }] },
    });
  });

  test('goes with the customer who is identified later, and is not told again', async () => {
    const [visitorId, customerId] = [newcomer(), `customer-${newcomer()}`];
    await take(visitorId, 'add_to_cart', 'tea');
    await shop.pass(2 * HOUR, shop.visitor(visitorId));
    const events = [{ name: 'view_item', items: [{ itemId: 'tea' }] }];
    await shop.call('/v1/events', { key: 'sk', body: { visitorId, customerId, consent: 'personal', events } });
    await shop.pass(2 * HOUR, shop.visitor(visitorId), shop.customer(customerId));
    expect(await shop.heard()).toHaveLength(1);
    const path = `/v1/customers/${customerId}/export`;
    expect(await shop.call(path, { key: 'sk' })).toMatchObject({ outgoing: [{ type: 'cart.abandoned' }] });
    await shop.call(`/v1/customers/${customerId}`, { key: 'sk', method: 'DELETE' });
    expect(await shop.call('/v1/endpoints/crm/deliveries', { key: 'sk' })).toMatchObject({ items: [] });
  });
});

describe('a message about a basket', () => {
  const left = async (): Promise<string> => {
    const visitorId = newcomer();
    await take(visitorId, 'add_to_cart', 'tea');
    return visitorId;
  };

  test('that the receiver does not take is sent again under the same id, until it is', async () => {
    shop.end();
    await begin({ answers: '500,503,200' });
    const visitorId = await left();
    for (let hours = 0; hours < 8; hours++) await shop.pass(HOUR, shop.visitor(visitorId));
    const posted = await shop.posted();
    expect(posted.map((one) => one.status)).toEqual([500, 503, 200]);
    expect(new Set(posted.map((one) => one.headers['webhook-id'])).size).toBe(1);
    expect(await shop.heard()).toMatchObject([{ type: 'cart.abandoned' }]);
    const path = `/v1/endpoints/crm/deliveries`;
    const log = await shop.call<{ items: { attempts: { status: number }[] }[] }>(path, { key: 'sk' });
    expect(log.items[0]?.attempts.map((one) => one.status)).toEqual([500, 503, 200]);
  });

  test('is the same one when its object falls asleep between noting and sending it', async () => {
    const visitorId = await left();
    const visitor = shop.visitor(visitorId);
    const refused = vi.spyOn(OutboxObject.prototype, 'tell').mockRejectedValue(new Error('Out of reach.'));
    await shop.pass(61 * MINUTE, visitor);
    expect(await shop.posted()).toEqual([]);
    const noted = await errandsOf(visitor);
    expect(noted).toMatchObject([{ errand: 'tell', event: { type: 'cart.abandoned' } }]);
    refused.mockRestore();
    await shop.evict(visitor);
    await shop.pass(HOUR, visitor);
    await shop.evict(visitor);
    await shop.pass(HOUR, visitor);
    const heard = await shop.heard();
    expect(heard.map((one) => one.messageId)).toEqual([noted[0]?.event?.messageId]);
    expect(await errandsOf(visitor)).toEqual([]);
  });

  test('is the same one when the answer to it is lost', async () => {
    const visitorId = await left();
    const { tell } = OutboxObject.prototype;
    const lost = vi.spyOn(OutboxObject.prototype, 'tell').mockImplementation(async function (
      this: OutboxObject,
      ...of
    ) {
      await tell.apply(this, of);
      throw new Error('The connection was lost.');
    });
    await shop.pass(61 * MINUTE, shop.visitor(visitorId));
    lost.mockRestore();
    await shop.pass(HOUR, shop.visitor(visitorId));
    expect(await shop.heard()).toHaveLength(1);
  });

  test('that was noted is not sent to anybody who is erased in between', async () => {
    const visitorId = await left();
    const refused = vi.spyOn(OutboxObject.prototype, 'tell').mockRejectedValue(new Error('Out of reach.'));
    await shop.pass(61 * MINUTE, shop.visitor(visitorId));
    await shop.call(`/v1/visitors/me?visitorId=${visitorId}`, { method: 'DELETE' });
    refused.mockRestore();
    await shop.pass(HOUR, shop.visitor(visitorId));
    expect(await shop.posted()).toEqual([]);
  });

  test('goes to the endpoints that ask for it, and of a visit without a basket what was looked at', async () => {
    shop.end();
    await begin({ events: ['browse.abandoned'] });
    const [buyer, looker] = [await left(), newcomer()];
    await take(looker, 'view_item', 'pot');
    await take(looker, 'view_item', 'cup');
    for (let hours = 0; hours < 3; hours++) await shop.pass(HOUR, shop.visitor(buyer), shop.visitor(looker));
    const heard = await shop.heard();
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({
      type: 'browse.abandoned',
      data: { visitorId: looker, items: [{ itemId: 'cup', title: 'The cup' }, { itemId: 'pot' }] },
    });
  });
});

/** What an object has still to tell others. */
function errandsOf(stub: DurableObjectStub): Promise<{ errand: string; event?: { messageId: string } }[]> {
  return runInDurableObject(stub, (_object, state) => {
    const rows = state.storage.sql.exec<{ body: string }>(`SELECT body FROM kept WHERE kind = 'state'`).toArray();
    return JSON.parse(rows[0]?.body ?? '{}').core.errands;
  });
}
