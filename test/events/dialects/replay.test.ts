import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../support/http.ts';
import { type Expected, expectedOf } from './expected.ts';
import { ofOthers, type RecordedRequest, recordings } from './recorded.ts';

const WEEK_MS = 7 * 86_400_000;
const PAGE = 'http://my-shop.example';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

interface Found extends Record<string, unknown> {
  eventId: string;
  timestamp: string;
  receivedAt: string;
}

/** The recorded request with a key of ours, and with a browser's user agent: recordings were made by a headless one. */
async function requestOf(recorded: RecordedRequest, key: string): Promise<[string, RequestInit]> {
  const query = new URLSearchParams(recorded.query);
  if (query.has('writeKey')) query.set('writeKey', key);
  if (recorded.path.endsWith('/tp2') && recorded.method === 'POST') query.set('key', key);
  const headers = new Headers({ 'User-Agent': BROWSER, Origin: PAGE });
  for (const name of ['content-type', 'content-encoding', 'access-control-request-method', 'anonymousid']) {
    const value = recorded.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  if (recorded.headers.authorization !== undefined) headers.set('Authorization', `Basic ${btoa(`${key}:`)}`);
  if (recorded.headers['x-write-key'] !== undefined) headers.set('X-Write-Key', `${key}:secret`);
  const init: RequestInit = { method: recorded.method, headers };
  if (recorded.body !== undefined) {
    const text = new Blob([JSON.stringify(recorded.body).replaceAll(/"wk(_test_123)?"/g, `"${key}"`)]);
    const isZipped = recorded.headers['content-encoding'] === 'gzip';
    init.body = await new Response(
      isZipped ? text.stream().pipeThrough(new CompressionStream('gzip')) : text,
    ).arrayBuffer();
  }
  const path = recorded.path.replace('wk_test_123', key);
  return [query.size > 0 ? `${path}?${query}` : path, init];
}

async function eventsOf(kind: 'visitors' | 'customers', id: string): Promise<Found[]> {
  const answer = await call(`/v1/${kind}/${encodeURIComponent(id)}/export`, { key: 'sk_demo' });
  return answer.status === 200 ? ((await answer.json()) as { events: Found[] }).events : [];
}

/** Finds what was expected, exactly once, with the right name, items and money. */
async function find(expected: Expected, isTrusted: boolean): Promise<Found> {
  const isCustomer = isTrusted && expected.customer !== null;
  const events = await eventsOf(
    isCustomer ? 'customers' : 'visitors',
    isCustomer ? (expected.customer ?? '') : expected.visitor,
  );
  const found = events.filter((event) => event.eventId === expected.eventId);
  expect(found, expected.eventId).toHaveLength(1);
  const { name, key, items, orderId, value, currency } = expected;
  const ordered = name === 'purchase' ? 'USD' : undefined;
  const [event] = found;
  expect({ name, key, items, orderId, value, currency: currency ?? ordered }).toEqual({
    name: event?.name,
    key: event?.key,
    items: event?.items,
    orderId: event?.orderId,
    value: event?.value,
    currency: event?.currency,
  });
  return event as Found;
}

async function publish(config: object): Promise<void> {
  const answer = await call('/v1/config', { method: 'PUT', key: 'sk_demo', body: JSON.stringify(config) });
  expect(answer.status, await answer.clone().text()).toBe(200);
}

test.skipIf(recordings.length > 0)('without the recordings of real clients nothing is replayed', () => {
  expect(recordings).toEqual([]);
});

describe.skipIf(recordings.length === 0)('requests of real clients, as recorded', () => {
  beforeAll(() => publish({ origins: [PAGE], consent: { default: 'personal' } }));
  afterAll(() => publish({}));

  test.each(recordings)('%s: every request is taken and every event is found', async (name, { requests }) => {
    const expected: Expected[] = [];
    for (const recorded of ofOthers(requests, `browser ${name}`)) {
      const [path, init] = await requestOf(recorded, 'pk_demo');
      const answer = await call(path, { ...init, key: null });
      expect(answer.status, `${recorded.method} ${path}: ${await answer.clone().text()}`).toBeLessThan(300);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(PAGE);
      if (recorded.method === 'POST') expected.push(...expectedOf(recorded));
    }
    expect(expected.length).toBeGreaterThan(0);
    for (const one of expected) {
      const event = await find(one, false);
      const receivedAt = Date.parse(event.receivedAt);
      // A resend carries a later sentAt; the first that arrived counts.
      const { age } = expected.find(({ eventId }) => eventId === one.eventId) ?? one;
      expect(Date.parse(event.timestamp)).toBe(receivedAt - Math.min(age, WEEK_MS));
    }
  });

  const servers = recordings.filter(([name]) => /node/.test(name));
  test.each(servers)('%s with the secret key: told of customers, at the times it says', async (name, { requests }) => {
    const expected: Expected[] = [];
    for (const recorded of ofOthers(requests, `secret ${name}`)) {
      const [path, init] = await requestOf(recorded, 'sk_demo');
      const answer = await call(path, { ...init, key: null });
      expect(answer.status).toBe(200);
      expected.push(...expectedOf(recorded));
    }
    for (const one of expected)
      expect(Date.parse((await find(one, true)).timestamp)).toBe(Math.min(one.at, Date.now()));
  });

  test('one bad message among them is named and hurts no other', async () => {
    const good = {
      type: 'track',
      event: 'Product Viewed',
      anonymousId: 'somebody',
      messageId: 'm1',
      properties: { product_id: 'a' },
    };
    const body = JSON.stringify({
      writeKey: 'pk_demo',
      batch: [good, null, { type: 'track' }, { ...good, messageId: 'm2' }, 7],
    });
    const answer = await call('/v1/batch', { method: 'POST', key: null, body, headers: { 'User-Agent': BROWSER } });
    expect(await answer.json()).toMatchObject({
      success: true,
      accepted: 2,
      rejected: [{ index: 1 }, { index: 2 }, { index: 4 }],
    });
    expect((await eventsOf('visitors', 'somebody')).map((event) => event.eventId)).toEqual(['m1', 'm2']);
  });
});
