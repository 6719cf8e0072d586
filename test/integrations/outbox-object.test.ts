import { reset, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { configObject, outboxObject } from '../../src/env.ts';
import type { Delivery, OutgoingEvent } from '../../src/integrations/schema.ts';
import { NOON } from '../support/events.ts';

const SECRET = `whsec_${btoa('a secret that nobody guesses')}`;
const URL_IN = 'https://crm.example/in';
const HOUR = 3_600_000;

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

interface Received {
  url: string;
  headers: Headers;
  body: string;
}

/** The other server: answers in the order given, the last answer for ever. */
function receiver(...statuses: number[]): Received[] {
  const received: Received[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    received.push({ url: request.url, headers: request.headers, body: await request.text() });
    return new Response(null, { status: statuses[Math.min(received.length, statuses.length) - 1] ?? 200 });
  });
  return received;
}

async function publish(url = URL_IN, events = ['cart.abandoned']): Promise<void> {
  const config = JSON.stringify({ endpoints: { crm: { url, secret: { secret: 'CRM' }, events } } });
  const object = configObject(env, 'demo');
  await object.putSecret('CRM', SECRET, NOON);
  await object.publish({ shop: 'demo', config, expected: null, by: 'test', rollbackOf: null, now: NOON });
}

function abandoned(messageId: string, subject = 'c:anna'): OutgoingEvent {
  const contact = { customerId: 'anna', email: null };
  return { messageId, type: 'cart.abandoned', subject, at: NOON, contact, data: { cart: { value: 3 } } };
}

const outbox = () => outboxObject(env, 'demo');
const ring = () => runDurableObjectAlarm(outbox());

async function listed(): Promise<Delivery[]> {
  const page = (await outbox().deliveries('crm', { cursor: null, state: null })) as unknown as { items: Delivery[] };
  return page.items;
}

describe('an outgoing event', () => {
  test('is signed so that the receiver’s library vouches for it, and sent once however often it is told', async () => {
    await publish();
    const received = receiver(204);
    for (let times = 0; times < 3; times++) await outbox().emit([abandoned('msg_1')]);
    await ring();
    await outbox().emit([abandoned('msg_1')]);
    expect(await ring()).toBe(false);
    expect(received).toHaveLength(1);
    const [{ headers, body } = { headers: new Headers(), body: '' }] = received;
    const verified = new Webhook(SECRET).verify(body, Object.fromEntries(headers));
    expect(verified).toMatchObject({ type: 'cart.abandoned', data: { cart: { value: 3 } } });
    expect(headers.get('webhook-id')).toBe('msg_1');
    const forged = body.replace('3', '4');
    expect(() => new Webhook(SECRET).verify(forged, Object.fromEntries(headers))).toThrow();
    expect(await listed()).toMatchObject([{ state: 'delivered', attempts: [{ status: 204, why: null }] }]);
  });

  test('that fails is tried again under the same id, for three days and no longer', async () => {
    // An alarm that lies in the machine's own past would ring by itself.
    const start = Date.now() + HOUR;
    vi.useFakeTimers({ now: start, toFake: ['Date'] });
    await publish();
    const received = receiver(500);
    await outbox().emit([abandoned('msg_1')]);
    for (let attempt = 0; attempt < 10; attempt++) {
      await ring();
      vi.setSystemTime(((await listed())[0]?.nextAt ?? 0) || Date.now());
    }
    expect(received).toHaveLength(10);
    expect(new Set(received.map(({ headers }) => headers.get('webhook-id')))).toEqual(new Set(['msg_1']));
    expect(new Set(received.map(({ headers }) => headers.get('webhook-timestamp'))).size).toBeGreaterThan(8);
    expect(await listed()).toMatchObject([{ state: 'failed', nextAt: 0 }]);
    expect(Date.now() - start).toBeLessThan(80 * HOUR);
  });

  test('is sent again by hand under the same id', async () => {
    await publish();
    const received = receiver(400, 200);
    await outbox().emit([abandoned('msg_1')]);
    await ring();
    expect(await outbox().resend('crm', 'msg_1')).not.toBeNull();
    expect(await outbox().resend('crm', 'msg_2')).toBeNull();
    await ring();
    expect(received.map(({ headers }) => headers.get('webhook-id'))).toEqual(['msg_1', 'msg_1']);
    expect(await listed()).toMatchObject([{ state: 'delivered' }]);
  });

  test('goes only to those who asked for its kind', async () => {
    await publish(URL_IN, ['product.back_in_stock']);
    const received = receiver(200);
    expect(await outbox().emit([abandoned('msg_1')])).toBe(0);
    await ring();
    expect(received).toHaveLength(0);
  });

  test('is gone with the person it is about, sent or waiting', async () => {
    await publish();
    const received = receiver(200);
    await outbox().emit([abandoned('msg_1', 'c:anna'), abandoned('msg_2', 'c:ben')]);
    expect(await outbox().forget('c:anna')).toBe(1);
    await ring();
    expect(received.map(({ headers }) => headers.get('webhook-id'))).toEqual(['msg_2']);
    expect(await listed()).toHaveLength(1);
  });
});

describe('an endpoint', () => {
  test('that answers 410 gets nothing more until it is switched on again, or named at another address', async () => {
    await publish();
    const received = receiver(410, 200);
    await outbox().emit([abandoned('msg_1')]);
    await ring();
    expect(await outbox().endpoints()).toMatchObject({ crm: { off: { why: '410 Gone' }, failed: 1 } });
    expect(await outbox().emit([abandoned('msg_2')])).toBe(0);
    expect(await outbox().enable('crm')).toBe(true);
    expect(await outbox().emit([abandoned('msg_2')])).toBe(1);
    await ring();
    expect(received).toHaveLength(2);
  });

  test('at a new address is another one', async () => {
    await publish();
    const received = receiver(410, 200);
    await outbox().emit([abandoned('msg_1')]);
    await ring();
    await publish('https://crm.example/other');
    expect(await outbox().emit([abandoned('msg_2')])).toBe(1);
    await ring();
    expect(received.map(({ url }) => url)).toEqual([URL_IN, 'https://crm.example/other']);
  });

  test('that has left the config gets nothing, and its messages are given up', async () => {
    await publish();
    const received = receiver(200);
    await outbox().emit([abandoned('msg_1')]);
    const object = configObject(env, 'demo');
    await object.publish({ shop: 'demo', config: '{}', expected: null, by: 'test', rollbackOf: null, now: NOON });
    await ring();
    expect(received).toHaveLength(0);
    expect(await outbox().deliveries('crm', { cursor: null, state: null })).toBeNull();
    expect(await outbox().about(['c:anna'])).toMatchObject([{ state: 'failed' }]);
  });

  test.each(['http://127.0.0.1:9/in', 'http://localhost:9/in'])('on this machine is not called: %s', async (url) => {
    await publish(url);
    const received = receiver(200);
    await outbox().emit([abandoned('msg_1')]);
    await ring();
    expect(received).toHaveLength(0);
    expect(await listed()).toMatchObject([
      { state: 'waiting', attempts: [{ status: null, why: 'may not be called' }] },
    ]);
  });
});
