import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCartToken } from '../../src/http/cart-token.ts';
import { putItems, send, visitor } from '../decide/http.ts';
import { DAY } from '../support/events.ts';
import { newCustomer, publishIdentity, tokenOf } from '../support/identity.ts';

beforeAll(async () => {
  await publishIdentity({});
  await putItems(['tea', 'cup', 'pot'].map((itemId, i) => ({ itemId, title: `The ${itemId}`, price: 10 + i })));
});

interface Cart {
  cart: { lines: { itemId: string; quantity: number; title: string | null }[]; value: number };
}
interface Restored extends Cart {
  restored: boolean;
  consentUsed: string;
  missing: string[];
  expiresAt: string;
}

const quantities = ({ cart }: Cart): Record<string, number> =>
  Object.fromEntries(cart.lines.map((line) => [line.itemId, line.quantity]));

async function page(visitorId: string, cart: object[] | undefined, rest: object = {}) {
  const answer = await send('/v1/decide', {
    body: { visitorId, consent: 'personal', cart, include: ['cart'], ...rest },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

async function basketOf(visitorId: string): Promise<Cart & { restoreToken: string }> {
  const answer = await send(`/v1/cart?visitorId=${visitorId}&consent=personal`, { key: 'sk_demo' });
  return answer.body as unknown as Cart & { restoreToken: string };
}

async function restore(token: string, body: object, key = 'pk_demo'): Promise<Restored> {
  const answer = await send(`/v1/cart/restore/${token}`, { key, body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Restored;
}

async function tokenFor(lines: object[]): Promise<string> {
  const visitorId = visitor('saved');
  await page(visitorId, lines);
  return (await basketOf(visitorId)).restoreToken;
}

describe('the basket', () => {
  test('is what events and the requests of pages say, the later of them', async () => {
    const visitorId = visitor('basket');
    const add = { name: 'add_to_cart', items: [{ itemId: 'tea', quantity: 2 }] };
    await send('/v1/events', { body: { visitorId, consent: 'personal', events: [add] } });
    expect(quantities(await basketOf(visitorId))).toEqual({ tea: 2 });
    await page(visitorId, [{ itemId: 'tea', quantity: 1 }, { itemId: 'cup' }]);
    expect(quantities(await basketOf(visitorId))).toEqual({ tea: 1, cup: 1 });
    await send('/v1/events', {
      body: { visitorId, consent: 'personal', events: [{ ...add, name: 'remove_from_cart' }] },
    });
    expect(quantities(await basketOf(visitorId))).toEqual({ cup: 1 });
    await page(visitorId, []);
    expect(quantities(await basketOf(visitorId))).toEqual({});
  });

  test('stays as it is where a page does not state it, a dry run does, or nobody consents', async () => {
    const visitorId = visitor('basket');
    await page(visitorId, [{ itemId: 'tea' }]);
    await page(visitorId, undefined);
    await page(visitorId, [{ itemId: 'cup' }], { dryRun: true });
    await page(visitorId, [{ itemId: 'cup' }], { consent: 'none' });
    expect(quantities(await basketOf(visitorId))).toEqual({ tea: 1 });
  });

  test('of a customer is that of all devices: one that has nothing in it empties none', async () => {
    const [phone, laptop, identityToken] = [visitor('phone'), visitor('laptop'), await tokenOf(newCustomer())];
    await page(phone, [{ itemId: 'tea' }], { identityToken });
    await page(laptop, [], { identityToken });
    await page(laptop, [{ itemId: 'cup', quantity: 3 }], { identityToken });
    const ask = { headers: { 'X-Identity-Token': identityToken } };
    const whole = await send(`/v1/cart?visitorId=${laptop}&consent=personal`, ask);
    expect(quantities(whole.body as unknown as Cart)).toEqual({ tea: 1, cup: 3 });
    await page(phone, [], { identityToken });
    const after = await send(`/v1/cart?visitorId=${laptop}&consent=personal`, ask);
    expect(quantities(after.body as unknown as Cart)).toEqual({ cup: 3 });
  });
});

describe('a link to a basket', () => {
  test('shows it to whoever opens it, and changes nothing', async () => {
    const token = await tokenFor([{ itemId: 'tea', quantity: 2 }, { itemId: 'pot' }]);
    const { body: answer } = await send(`/v1/cart/restore/${token}`);
    expect(answer).toMatchObject({
      missing: [],
      cart: { value: 32, lines: [{ itemId: 'tea', title: 'The tea' }, {}] },
    });
    expect(JSON.stringify(answer)).not.toContain('visitorId');
  });

  test('gives it back on another device, once however often it is used', async () => {
    const token = await tokenFor([{ itemId: 'tea', quantity: 2 }, { itemId: 'pot' }]);
    const other = visitor('other');
    await page(other, [{ itemId: 'tea', quantity: 1 }, { itemId: 'cup' }]);
    for (let times = 0; times < 2; times++)
      expect(await restore(token, { visitorId: other, consent: 'personal' })).toMatchObject({ restored: true });
    expect(quantities(await basketOf(other))).toEqual({ tea: 2, cup: 1, pot: 1 });
  });

  test('is answered but not remembered without consent', async () => {
    const token = await tokenFor([{ itemId: 'tea', quantity: 2 }]);
    const other = visitor('other');
    const answer = await restore(token, { visitorId: other, consent: 'none' });
    expect(answer).toMatchObject({ restored: false, consentUsed: 'none' });
    expect(quantities(answer)).toEqual({ tea: 2 });
    expect(quantities(await basketOf(other))).toEqual({});
    expect(await restore(token, { visitorId: other, consent: 'session' })).toMatchObject({ restored: true });
  });

  test('leaves out what is gone', async () => {
    await putItems([{ itemId: 'rare', title: 'Rare', price: 1 }]);
    const token = await tokenFor([{ itemId: 'tea' }, { itemId: 'rare' }]);
    await send('/v1/catalog/items/rare', { key: 'sk_demo', method: 'DELETE' });
    const answer = await restore(token, { visitorId: visitor('other'), consent: 'personal' });
    expect(answer.missing).toEqual(['rare']);
    expect(quantities(answer)).toEqual({ tea: 1 });
  });

  test('holds for seven days, for its own shop, as it was signed', async () => {
    const token = await tokenFor([{ itemId: 'tea' }]);
    const statusOf = async (path: string, key = 'pk_demo') => (await send(`/v1/cart/restore/${path}`, { key })).status;
    const [packed = '', signature = ''] = token.split('.');
    const flipped = `${packed[0] === 'A' ? 'B' : 'A'}${packed.slice(1)}`;
    expect(await statusOf(token)).toBe(200);
    expect(await statusOf(token, 'pk_other')).toBe(404);
    for (const forged of [`${flipped}.${signature}`, packed, `${packed}.`, `${packed}.${signature.slice(2)}`, 'x'])
      expect([forged, await statusOf(forged)]).toEqual([forged, 404]);
    expect(await readCartToken(env, token, Date.now() + 7 * DAY - 60_000)).toMatchObject({ shop: 'demo' });
    expect(await readCartToken(env, token, Date.now() + 7 * DAY)).toBeNull();
  });

  test('is told to the shop’s server only', async () => {
    const visitorId = visitor('basket');
    await page(visitorId, [{ itemId: 'tea' }]);
    const browser = await send(`/v1/cart?visitorId=${visitorId}&consent=personal`);
    expect(browser.body).not.toHaveProperty('restoreToken');
    expect((await basketOf(visitor('nobody'))).restoreToken).toBeNull();
  });

  test('carries a very large basket in part rather than not at all', async () => {
    const lines = Array.from({ length: 200 }, () => ({ itemId: `${crypto.randomUUID()}${crypto.randomUUID()}` }));
    const token = await tokenFor(lines);
    expect(token.length).toBeLessThan(4_001);
    expect((await send(`/v1/cart/restore/${token}`)).body.missing).not.toEqual([]);
  });
});
