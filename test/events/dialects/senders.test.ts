import { beforeAll, describe, expect, test } from 'vitest';
import { call, post, SHOP } from '../../support/http.ts';
import { basic, eventsOf, newcomer, publish, send, view } from './send.ts';

describe('whose events they are', () => {
  test('an id that breaks our rule is kept hashed, per shop, and found by the secret key as it was sent', async () => {
    const short = `anon ${Math.random()}`;
    await send('/v1/track', view(short));
    expect(await eventsOf(short)).toMatchObject([{ name: 'view_item' }]);
    const profile = await call(`/v1/visitors/${encodeURIComponent(short)}`, { key: 'sk_demo' });
    const { visitorId } = (await profile.json()) as { visitorId: string };
    expect(visitorId).toMatch(/^h_[0-9a-f]{32}$/);
    expect((await call(`/v1/visitors/${encodeURIComponent(short)}`, { key: 'sk_other' })).status).toBe(404);
    const erased = await call(`/v1/visitors/${encodeURIComponent(short)}`, { method: 'DELETE', key: 'sk_demo' });
    expect(await erased.json()).toMatchObject({ receipt: { subject: visitorId, events: 1 } });
  });

  test('what such an id was made from can be guessed, so no browser may name it', async () => {
    const short = `anon ${Math.random()}`;
    await send('/v1/track', view(short));
    await send('/v1/track', { ...view(''), anonymousId: undefined, userId: short });
    const { visitorId } = (await (
      await call(`/v1/visitors/${encodeURIComponent(short)}`, { key: 'sk_demo' })
    ).json()) as { visitorId: string };
    for (const id of [visitorId, visitorId.replace('h_', 'u_')]) {
      expect((await call(`/v1/visitors/me/export?visitorId=${id}`)).status).toBe(403);
      expect((await call(`/v1/visitors/me?visitorId=${id}`, { method: 'DELETE' })).status).toBe(403);
      expect((await post('/v1/events', { visitorId: id, events: [{ name: 'page_view' }] })).status).toBe(403);
      expect((await post('/v1/decide', { visitorId: id, placements: [] })).status).toBe(403);
    }
  });

  test('a user id alone is a trait of somebody made from it with a browser’s key, the customer with the secret one', async () => {
    const userId = `user-${Math.random()}`;
    const message = { ...view(''), anonymousId: undefined, userId };
    await send('/v1/track', message);
    expect(await eventsOf(userId, 'customers')).toBe(404);
    expect(await eventsOf(userId)).toMatchObject([{ name: 'view_item' }]);
    await send('/v1/track', message, basic('sk_demo'));
    expect(await eventsOf(userId, 'customers')).toMatchObject([{ name: 'view_item' }]);
  });

  test('a batch of a server may be about many, each in their order', async () => {
    const people = [newcomer(), newcomer(), newcomer()];
    const batch = [0, 1, 2].flatMap((n) => people.map((id) => view(id, { properties: { product_id: `i${n}` } })));
    expect(await (await send('/v1/batch', { batch })).json()).toMatchObject({ accepted: 9 });
    for (const id of people)
      expect(await eventsOf(id)).toMatchObject([0, 1, 2].map((n) => ({ items: [{ itemId: `i${n}` }] })));
  });

  test('messages about nobody are one newcomer’s', async () => {
    const batch = [1, 2].map((n) => ({ type: 'track', event: `X${n}`, context: { locale: n === 1 ? 'de' : 'en' } }));
    const answer = await send('/v1/dialects/ga4', {
      events: [
        { event: 'a', language: 'de' },
        { event: 'b', language: 'en' },
      ],
    });
    const { visitorId } = (await answer.json()) as { visitorId: string };
    expect(await eventsOf(visitorId)).toHaveLength(2);
    expect(await (await send('/v1/batch', { batch })).json()).toMatchObject({ accepted: 2 });
  });

  test('of an identify call those traits are kept that the config allows', async () => {
    await publish({ identity: { traits: ['plan'] } });
    const visitor = newcomer();
    await send('/v1/identify', {
      anonymousId: visitor,
      userId: 'u1',
      traits: { email: 'a@shop.example', plan: 'gold', list: [1] },
    });
    const text = await (await call(`/v1/visitors/${visitor}/export`, { key: 'sk_demo' })).text();
    expect(text).toContain('"identify"');
    expect(text).not.toContain('a@shop.example');
    expect(JSON.parse(text)).toMatchObject({ profile: { traits: { plan: 'gold', customerId: 'u1' } } });
  });
});

describe('consent', () => {
  beforeAll(() =>
    publish({
      consent: {
        default: 'personal',
        categories: {
          Advertising: 'personal',
          Analytics: 'session',
          ad_storage: 'personal',
          marketingAllowed: 'personal',
        },
      },
    }),
  );

  const segment = (categoryPreferences: object) => (id: string) =>
    ['/v1/track', view(id, { context: { consent: { categoryPreferences } } })] as const;
  test.each([
    ['Segment, all granted', segment({ Advertising: true, Analytics: true }), 'personal'],
    ['Segment, advertising denied', segment({ advertising: false }), 'session'],
    ['Segment, analytics denied', segment({ Advertising: true, Analytics: false }), null],
    ['Segment, unknown ones denied', segment({ Functional: false }), 'personal'],
    [
      'RudderStack',
      (id: string) =>
        ['/v1/track', view(id, { context: { consentManagement: { deniedConsentIds: ['Advertising'] } } })] as const,
      'session',
    ],
    [
      'Consent Mode',
      (id: string) =>
        [
          '/v1/dialects/ga4',
          {
            visitorId: id,
            events: [
              ['consent', 'default', { ad_storage: 'denied' }],
              ['event', 'share'],
            ],
          },
        ] as const,
      'session',
    ],
    [
      'Shopify',
      (id: string) =>
        [
          '/v1/dialects/shopify',
          { visitorId: id, customerPrivacy: { marketingAllowed: false }, events: [{ name: 'page_viewed' }] },
        ] as const,
      'session',
    ],
  ])('%s', async (_name, request, expected) => {
    const visitor = newcomer();
    const [path, body] = request(visitor);
    expect((await send(path, body)).status).toBeLessThan(300);
    const held = await eventsOf(visitor);
    if (expected === null) expect(held).toBe(404);
    else expect(held).toMatchObject([{ consent: expected }]);
  });

  test('Sec-GPC caps', async () => {
    const visitor = newcomer();
    await send('/v1/track', view(visitor), { ...basic('pk_demo'), 'Sec-GPC': '1' });
    expect(await eventsOf(visitor)).toMatchObject([{ consent: 'session' }]);
  });
});

describe('resends and hiccups', () => {
  test('the same message twice is one event', async () => {
    const message = view(newcomer());
    await send('/v1/track', message);
    expect(await (await send('/v1/batch', { batch: [message, message] })).json()).toMatchObject({
      accepted: 0,
      duplicates: 2,
    });
  });

  test('a visitor over the rate is told when to come back, and nothing is doubled', async () => {
    const visitor = newcomer();
    const batch = Array.from({ length: 3 }, () => view(visitor));
    // A minute may end in between, and the limit begin anew.
    let status = 200;
    for (let i = 0; i < 1300 && status === 200; i++) {
      const answer = await send('/v1/batch', { batch }, { ...basic('pk_demo'), Origin: SHOP });
      status = answer.status;
      if (status === 200) continue;
      expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/);
      expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('Retry-After');
    }
    expect(status).toBe(429);
    expect(await eventsOf(visitor)).toHaveLength(3);
  });
});
