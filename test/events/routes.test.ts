import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVENT_NAMES } from '../../src/events/schema.ts';
import { call, post, SHOP } from '../support/http.ts';

interface Answer {
  visitorId: string;
  accepted: number;
  duplicates: number;
  rejected: { index: number; type: string; detail: string }[];
  consentUsed: string;
}

interface Export {
  events: { eventId: string; sequence: number; name: string; timestamp: string; page?: { url?: string } }[];
  profile: { traits: Record<string, unknown>; session: { device: string | null } };
}

const view = (itemId: string, eventId: string = crypto.randomUUID()) => ({
  eventId,
  name: 'view_item',
  items: [{ itemId }],
});
const newcomer = (): string => crypto.randomUUID();

async function take(body: unknown, init: Parameters<typeof post>[2] = {}): Promise<Answer> {
  const answer = await post('/v1/events', body, init);
  expect(answer.status, await answer.clone().text()).toBe(202);
  return answer.json();
}

async function exportOf(visitorId: string, kind = 'visitors'): Promise<Export> {
  const answer = await call(`/v1/${kind}/${visitorId}/export`, { key: 'sk_demo' });
  expect(answer.status).toBe(200);
  return answer.json();
}

describe('POST /v1/events', () => {
  test('takes events and says what became of each', async () => {
    const visitorId = newcomer();
    const events = [
      view('a', 'one'),
      { name: 'view_item', items: [{ itemId: 'a', price: -1 }] },
      view('b', 'two'),
      view('a', 'one'),
      'x',
    ];
    const answer = await take({ visitorId, consent: 'personal', events });
    expect(answer).toMatchObject({ visitorId, accepted: 2, duplicates: 1, consentUsed: 'personal' });
    expect(answer.rejected).toEqual([
      { index: 1, type: '/problems/invalid', detail: 'events[1].items[0].price: is 0 or more' },
      { index: 4, type: '/problems/invalid', detail: 'events[4]: an event is an object' },
    ]);
    expect((await exportOf(visitorId)).events.map((event) => [event.eventId, event.sequence])).toEqual([
      ['one', 1],
      ['two', 2],
    ]);
  });

  test('a hundred requests at once, a third of them repeated: each event is there exactly once', async () => {
    const visitorId = newcomer();
    const bodies = Array.from({ length: 75 }, (_, i) => ({
      visitorId,
      consent: 'personal',
      events: [view(`i${i}`, `e${i}-0`), view(`i${i}`, `e${i}-1`)],
    }));
    const requests = [...bodies, ...bodies.slice(0, 25)].sort((a, b) =>
      (a.events[0]?.eventId ?? '').localeCompare(b.events[0]?.eventId ?? ''),
    );
    const answers = await Promise.all(requests.map((body) => take(body)));
    const sum = (read: (answer: Answer) => number) => answers.reduce((total, answer) => total + read(answer), 0);
    expect(sum((answer) => answer.accepted)).toBe(150);
    expect(sum((answer) => answer.duplicates)).toBe(50);
    const { events } = await exportOf(visitorId);
    expect(events.map((event) => event.eventId).toSorted()).toEqual(
      bodies.flatMap((body) => body.events.map((event) => event.eventId)).toSorted(),
    );
    expect(events.map((event) => event.sequence)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
  });

  test.each([
    ['text/plain', '?key=pk_demo', null],
    ['application/x-www-form-urlencoded', '', 'pk_demo'],
  ])('reads JSON whatever the content type says: %s', async (type, query, key) => {
    const answer = await call(`/v1/events${query}`, {
      method: 'POST',
      key,
      headers: { 'Content-Type': type },
      body: JSON.stringify({ events: [view('a')] }),
    });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ accepted: 1 });
  });

  test('reads gzip', async () => {
    const text = JSON.stringify({ visitorId: newcomer(), events: [view('a')] });
    const zipped = await new Response(
      new Blob([text]).stream().pipeThrough(new CompressionStream('gzip')),
    ).arrayBuffer();
    const answer = await call('/v1/events', { method: 'POST', body: zipped, headers: { 'Content-Encoding': 'gzip' } });
    expect(await answer.json()).toMatchObject({ accepted: 1 });
  });

  test.each([
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xc3, 0x28, 0x7d]), {}, 400],
    ['half a document', '{"events":[', {}, 400],
    ['nothing', '', {}, 400],
    ['no gzip that says it is', 'hello', { 'Content-Encoding': 'gzip' }, 400],
    ['an encoding nobody knows', '{}', { 'Content-Encoding': 'br' }, 415],
    ['more than 500 KB', `{"events":["${'x'.repeat(500_000)}"]}`, {}, 413],
    ['no events', '{}', {}, 422],
    ['more than 500 events', JSON.stringify({ events: Array.from({ length: 501 }, () => 1) }), {}, 422],
    ['a visitorId that is too short', '{"visitorId":"short","events":[1]}', {}, 422],
    ['a consent nobody knows', '{"consent":"all","events":[1]}', {}, 422],
  ])('refuses %s', async (_name, body, headers, status) => {
    const answer = await call('/v1/events', { method: 'POST', body, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  });

  test('gzip that swells over the limit is refused', async () => {
    const text = JSON.stringify({ events: ['x'.repeat(5_000_000)] });
    const zipped = await new Response(
      new Blob([text]).stream().pipeThrough(new CompressionStream('gzip')),
    ).arrayBuffer();
    const answer = await call('/v1/events', { method: 'POST', body: zipped, headers: { 'Content-Encoding': 'gzip' } });
    expect(answer.status).toBe(413);
  });

  test('nothing that JSON can say is our fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...EVENT_NAMES), async (plain, name) => {
        const event = typeof plain === 'object' ? { ...plain, name } : { name, items: plain, timestamp: plain };
        for (const body of [plain, { events: plain }, { events: [event, plain] }, { ...event, items: [plain] }]) {
          const answer = await post('/v1/events', body, { key: 'sk_demo' });
          expect(answer.status, JSON.stringify(body)).toBeLessThan(500);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('what nests for ever does not bring it down', async () => {
    const deep = '['.repeat(60_000) + ']'.repeat(60_000);
    const body = `{"events":[{"name":"page_view","x":${deep},"properties":{"y":${deep}}}]}`;
    const answer = await call('/v1/events', { method: 'POST', body });
    expect(answer.status).toBe(202);
  });

  test('a big order and a big batch fit', async () => {
    const visitorId = newcomer();
    const items = Array.from({ length: 20_000 }, (_, i) => ({ itemId: `i${i}` }));
    expect(
      await take({ visitorId, consent: 'personal', events: [{ name: 'purchase', orderId: 'big', items }] }),
    ).toMatchObject({ accepted: 1 });
    const events = Array.from({ length: 500 }, (_, i) => ({ ...view(`i${i}`), note: 'x'.repeat(700) }));
    for (let i = 0; i < 4; i++)
      expect(
        (
          await take({
            visitorId,
            consent: 'personal',
            events: events.map((event) => ({ ...event, eventId: `${i}${event.eventId}` })),
          })
        ).accepted,
      ).toBe(500);
    expect((await exportOf(visitorId)).events).toHaveLength(2001);
  });
});

describe('who it is about', () => {
  const origin = { Origin: SHOP };

  test('an id is issued and kept in a cookie where the page is the shop’s own', async () => {
    const answer = await post('/v1/events', { consent: 'personal', events: [view('a')] }, { headers: origin });
    const { visitorId }: Answer = await answer.json();
    const cookie = answer.headers.get('Set-Cookie') ?? '';
    expect(cookie).toMatch(
      new RegExp(`^fw_visitor=${visitorId}; Path=/; Max-Age=\\d+; Secure; HttpOnly; SameSite=Lax$`),
    );
    const again = await take(
      { consent: 'personal', events: [view('b')] },
      { headers: { ...origin, Cookie: `other=1; fw_visitor=${visitorId}` } },
    );
    expect(again.visitorId).toBe(visitorId);
  });

  test('with session consent the cookie ends with the browser', async () => {
    const answer = await post('/v1/events', { consent: 'session', events: [view('a')] }, { headers: origin });
    expect(answer.headers.get('Set-Cookie')).toMatch(/^fw_visitor=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  });

  test.each([
    ['from elsewhere', { Origin: 'https://evil.example' }],
    ['from nowhere', {}],
    ['from an opaque origin', { Origin: 'null' }],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('%s no cookie is set, and none counts', async (_name, headers) => {
    const visitorId = newcomer();
    const answer = await post(
      '/v1/events',
      { events: [view('a')] },
      { headers: { ...headers, Cookie: `fw_visitor=${visitorId}` } },
    );
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect(((await answer.json()) as Answer).visitorId).not.toBe(visitorId);
  });

  test('the cookie counts where the browser says it is the same site', async () => {
    const visitorId = newcomer();
    const headers = { 'Sec-Fetch-Site': 'same-site', Cookie: `fw_visitor=${visitorId}` };
    expect((await take({ events: [view('a')] }, { headers })).visitorId).toBe(visitorId);
  });

  test('a browser speaks for its own visitor alone', async () => {
    const [visitorId, other] = [newcomer(), newcomer()];
    const answer = await take({ visitorId, events: [{ ...view('a'), visitorId: other }, view('b')] });
    expect(answer).toMatchObject({
      accepted: 1,
      rejected: [{ index: 0, detail: 'events[0].visitorId: only the secret key may send events of another visitor' }],
    });
    expect((await call(`/v1/visitors/${other}/export`, { key: 'sk_demo' })).status).toBe(404);
  });

  test('a customerId without proof is a trait and opens nothing', async () => {
    const [visitorId, customerId] = [newcomer(), newcomer()];
    await take({ visitorId, customerId, consent: 'personal', events: [view('a')] });
    expect((await exportOf(visitorId)).profile.traits).toEqual({ customerId });
    expect((await call(`/v1/customers/${customerId}`, { key: 'sk_demo' })).status).toBe(404);
  });

  test('a server sends the history of many at once, with times of long ago', async () => {
    const [customer, visitor] = [newcomer(), newcomer()];
    const timestamp = '2011-03-01T08:26:00.000Z';
    const order = {
      eventId: 'h1',
      name: 'purchase',
      customerId: customer,
      orderId: 'o1',
      timestamp,
      learn: false,
      items: [{ itemId: 'a', price: 1, quantity: 2 }],
    };
    const answer = await take(
      { consent: 'personal', events: [order, { ...view('b', 'h2'), visitorId: visitor, timestamp }] },
      { key: 'sk_demo' },
    );
    expect(answer).toMatchObject({ accepted: 2, rejected: [] });
    expect((await exportOf(customer, 'customers')).events).toMatchObject([{ eventId: 'h1', timestamp }]);
    expect((await exportOf(visitor)).events).toMatchObject([{ eventId: 'h2', timestamp }]);
  });
});

describe('who does not count', () => {
  const bot = {
    'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    Origin: SHOP,
  };

  test('a crawler is answered and forgotten', async () => {
    const visitorId = newcomer();
    const answer = await post('/v1/events', { visitorId, events: [view('a')] }, { headers: bot });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ accepted: 0 });
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect((await call(`/v1/visitors/${visitorId}`, { key: 'sk_demo' })).status).toBe(404);
  });

  test('a server whose client looks like one is not', async () => {
    expect(await take({ visitorId: newcomer(), events: [view('a')] }, { key: 'sk_demo', headers: bot })).toMatchObject({
      accepted: 1,
    });
  });

  test('who consents to nothing leaves nothing, not even a cookie', async () => {
    const visitorId = newcomer();
    const answer = await post(
      '/v1/events',
      { visitorId, consent: 'none', events: [view('a')] },
      { headers: { Origin: SHOP } },
    );
    expect(await answer.json()).toMatchObject({ accepted: 0, consentUsed: 'none' });
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect((await call(`/v1/visitors/${visitorId}`, { key: 'sk_demo' })).status).toBe(404);
  });

  test.each([
    ['the body', { consent: 'personal' }, {}, 'personal'],
    ['the shop’s default', {}, {}, 'session'],
    ['Sec-GPC, which caps', { consent: 'personal' }, { 'Sec-GPC': '1' }, 'session'],
    [
      'Sec-GPC that a server passes on',
      { consent: 'personal' },
      { 'Sec-GPC': '1', Authorization: 'Bearer sk_demo' },
      'session',
    ],
  ])('consent follows %s', async (_name, body, headers, consentUsed) => {
    expect(await take({ ...body, events: [view('a')] }, { headers })).toMatchObject({ consentUsed });
  });
});
