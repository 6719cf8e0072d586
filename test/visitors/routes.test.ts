import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { hmacHex } from '../../src/http/sign.ts';
import { call, post, SHOP } from '../support/http.ts';

const put = (path: string, body: unknown, init: Parameters<typeof call>[1] = {}) =>
  call(path, { method: 'PUT', body: JSON.stringify(body), ...init });

async function visitorWith(events: unknown[], consent = 'personal'): Promise<string> {
  const visitorId = crypto.randomUUID();
  const answer = await post('/v1/events', { visitorId, consent, events });
  expect(await answer.json()).toMatchObject({ accepted: events.length });
  return visitorId;
}

const view = { name: 'view_item', items: [{ itemId: 'a', item_brand: 'Clay' }] };
const purchase = (orderId: string) => ({
  name: 'purchase',
  orderId,
  currency: 'GBP',
  items: [{ itemId: 'a', price: 2, quantity: 3 }],
});

describe('what is held', () => {
  test('a profile says why it is so', async () => {
    const visitorId = await visitorWith([view, { name: 'search', query: 'mugs' }, purchase('p-1')]);
    const answer = await call(`/v1/visitors/${visitorId}`, { key: 'sk_demo' });
    expect(await answer.json()).toMatchObject({
      visitorId,
      consent: null,
      counts: { events: 3, eventsHeld: 3, orders: 1, itemsViewed: 1 },
      profile: {
        session: { number: 1, views: 1, searches: ['mugs'] },
        affinities: { brand: [{ name: 'Clay', share: 1 }] },
        orders: [{ orderId: 'p-1', value: 6, lines: [{ itemId: 'a', quantity: 3, price: 2 }] }],
      },
    });
  });

  test('the export has everything, in order, with times as they are written', async () => {
    const visitorId = await visitorWith([view, purchase('p-2')]);
    const held: { events: { timestamp: string; name: string }[]; profile: { createdAt: string } } = await (
      await call(`/v1/visitors/${visitorId}/export`, { key: 'sk_demo' })
    ).json();
    expect(held.events.map((event) => event.name)).toEqual(['view_item', 'purchase']);
    expect(new Date(held.events[0]?.timestamp ?? '').toISOString()).toBe(held.events[0]?.timestamp);
    expect(new Date(held.profile.createdAt).toISOString()).toBe(held.profile.createdAt);
  });

  test.each([
    ['GET', '/v1/visitors/nobody-at-all-here', 'sk_demo', 404],
    ['GET', '/v1/visitors/nobody-at-all-here/export', 'sk_demo', 404],
    ['DELETE', '/v1/visitors/nobody-at-all-here', 'sk_demo', 404],
    ['GET', '/v1/customers/nobody', 'sk_demo', 404],
    ['GET', '/v1/customers/nobody/export', 'sk_demo', 404],
    ['DELETE', '/v1/customers/nobody', 'sk_demo', 404],
    ['GET', '/v1/visitors/me/export?visitorId=nobody-at-all-here', 'pk_demo', 404],
    ['GET', '/v1/visitors/me/export', 'pk_demo', 422],
    ['DELETE', '/v1/visitors/me', 'pk_demo', 422],
    ['DELETE', '/v1/recently-bought/a?visitorId=nobody-at-all-here', 'pk_demo', 404],
    ['GET', '/v1/visitors/short', 'sk_demo', 404],
    ['GET', '/v1/visitors/nobody-at-all-here', 'pk_demo', 403],
    ['DELETE', '/v1/customers/nobody', 'pk_demo', 403],
  ])('%s %s with %s is %i', async (method, path, key, status) => {
    const answer = await call(path, { method, key });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  });

  test('another shop knows nothing of it', async () => {
    const visitorId = await visitorWith([view]);
    expect((await call(`/v1/visitors/${visitorId}`, { key: 'sk_other' })).status).toBe(404);
  });
});

describe('one’s own', () => {
  test('is read and erased by the id, or by the cookie of the shop’s own page', async () => {
    const visitorId = await visitorWith([view]);
    const cookie = { Origin: SHOP, Cookie: `fw_visitor=${visitorId}` };
    expect((await call(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(200);
    expect((await call('/v1/visitors/me/export', { headers: cookie })).status).toBe(200);
    expect((await call('/v1/visitors/me/export', { headers: { Cookie: cookie.Cookie } })).status).toBe(422);
    const erased = await call('/v1/visitors/me', { method: 'DELETE', headers: cookie });
    expect(await erased.json()).toMatchObject({ receipt: { subject: visitorId, events: 1, profile: true } });
    expect(erased.headers.get('Set-Cookie')).toContain('fw_visitor=; Path=/; Max-Age=0');
    expect((await call(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(404);
  });

  test('an item can be taken out of what was bought', async () => {
    const visitorId = await visitorWith([purchase('p-3')]);
    const answer = await call(`/v1/recently-bought/a?visitorId=${visitorId}`, { method: 'DELETE' });
    expect(await answer.json()).toEqual({ itemId: 'a', hidden: true });
    const held: { profile: { hidden: string[] } } = await (
      await call(`/v1/visitors/${visitorId}`, { key: 'sk_demo' })
    ).json();
    expect(held.profile.hidden).toEqual(['a']);
  });
});

describe('erasure', () => {
  test('is receipted, signed, and lasting', async () => {
    const timestamp = new Date(Date.now() - 60_000).toISOString();
    const old = { eventId: 'old', timestamp, ...view };
    const visitorId = await visitorWith([old, purchase('p-4')]);
    const answer = await call(`/v1/visitors/${visitorId}`, { method: 'DELETE', key: 'sk_demo' });
    const { receipt }: { receipt: Record<string, unknown> & { signature: string } } = await answer.json();
    expect(receipt).toMatchObject({ subject: visitorId, shop: 'demo', events: 2, orders: 1, profile: true });
    const { signature, ...said } = receipt;
    expect([signature]).toEqual(await hmacHex(env.SIGNING_SECRET ?? '', [JSON.stringify(said)]));
    expect((await call(`/v1/visitors/${visitorId}/export`, { key: 'sk_demo' })).status).toBe(404);
    const again = await post('/v1/events', { visitorId, consent: 'personal', events: [old] });
    expect(await again.json()).toMatchObject({ accepted: 0, duplicates: 1 });
    expect((await call(`/v1/visitors/${visitorId}/export`, { key: 'sk_demo' })).status).toBe(404);
  });

  test('of a customer works the same', async () => {
    const customerId = `customer/${crypto.randomUUID()}`;
    await post('/v1/events', { customerId, consent: 'personal', events: [purchase('p-5')] }, { key: 'sk_demo' });
    const path = `/v1/customers/${encodeURIComponent(customerId)}`;
    expect(await (await call(path, { key: 'sk_demo' })).json()).toMatchObject({ customerId, counts: { orders: 1 } });
    expect((await call(path, { method: 'DELETE', key: 'sk_demo' })).status).toBe(200);
    expect((await call(path, { key: 'sk_demo' })).status).toBe(404);
  });
});

describe('PUT /v1/consent', () => {
  test('a withdrawal acts at once', async () => {
    const visitorId = await visitorWith([view, purchase('p-6')]);
    const answer = await put('/v1/consent', { visitorId, consent: 'none' });
    expect(await answer.json()).toMatchObject({ visitorId, consent: 'none', receipt: { events: 2, orders: 1 } });
    const after = await post('/v1/events', { visitorId, consent: 'personal', events: [view] });
    expect(await after.json()).toMatchObject({ accepted: 0, consentUsed: 'none' });
  });

  test('what is stored raises the shop’s default, and can be taken back', async () => {
    const visitorId = crypto.randomUUID();
    await put('/v1/consent', { visitorId, consent: 'personal' });
    const silent = { visitorId, events: [view] };
    expect(await (await post('/v1/events', silent)).json()).toMatchObject({ consentUsed: 'personal' });
    await put('/v1/consent', { visitorId, consent: 'session' });
    expect(await (await post('/v1/events', silent)).json()).toMatchObject({ consentUsed: 'session' });
  });

  test('of a customer is stated by the shop’s server alone', async () => {
    const body = { customerId: 'c-1', consent: 'none' };
    expect((await put('/v1/consent', body)).status).toBe(403);
    expect((await put('/v1/consent', body, { key: 'sk_demo' })).status).toBe(200);
  });

  test.each([[{ consent: 'none' }], [{ visitorId: 'short', consent: 'none' }], [{ visitorId: 'long-enough-for-one' }]])(
    '%o is refused',
    async (body) => {
      expect((await put('/v1/consent', body)).status).toBe(422);
    },
  );
});
