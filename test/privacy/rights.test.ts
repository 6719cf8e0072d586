import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { customerObject, tallyObject, visitorObject } from '../../src/env.ts';
import { hmacHex } from '../../src/http/sign.ts';
import type { Flush } from '../../src/learning/schema.ts';
import { KINDS } from '../../src/visitors/store.ts';
import { kept } from '../support/events.ts';
import { call } from '../support/http.ts';
import {
  Browser,
  exported,
  newCustomer,
  newcomer,
  publishIdentity,
  purchase,
  take,
  tokenOf,
  view,
  viewsOf,
} from '../support/identity.ts';
import { flushTexts, rowsOf } from '../support/visitor.ts';

beforeAll(() => publishIdentity({ identity: { secret: { secret: 'IDENTITY' }, traits: ['size', 'age'] } }));

const PAST = new Date(Date.now() - 60_000).toISOString();
const own = (visitorId: string) => visitorObject(env, 'demo', visitorId);
const of = (customerId: string) => customerObject(env, 'demo', customerId);

async function erase(path: string, key = 'sk_demo', headers: Record<string, string> = {}) {
  const answer = await call(path, { method: 'DELETE', key, headers });
  expect(answer.status).toBe(200);
  const { receipt }: { receipt: Record<string, unknown> & { signature: string } } = await answer.json();
  return receipt;
}

async function consent(body: object, key = 'pk_demo'): Promise<Record<string, unknown>> {
  const answer = await call('/v1/consent', { method: 'PUT', key, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return answer.json();
}

/** A customer with two devices, each with a view and an order, and an order that the shop's server reported. */
async function household() {
  const [phone, laptop, customerId] = [newcomer(), newcomer(), newCustomer()];
  const identityToken = await tokenOf(customerId);
  for (const [visitorId, name] of [
    [phone, 'phone'],
    [laptop, 'laptop'],
  ] as const) {
    const events = [
      view(`on-${name}`, { timestamp: PAST }),
      purchase(`${name}-${visitorId}`, `from-${name}`, { timestamp: PAST }),
    ];
    await take({ visitorId, identityToken, events });
  }
  await take({ customerId, events: [purchase(`server-${phone}`, 'in-store', { timestamp: PAST })] }, 'sk_demo');
  return { phone, laptop, customerId, identityToken };
}

describe('erasure', () => {
  test('of a customer takes all visitors along; the receipt lists what went and is signed', async () => {
    const { phone, laptop, customerId } = await household();
    const receipt = await erase(`/v1/customers/${encodeURIComponent(customerId)}`);
    expect(receipt).toMatchObject({ subject: customerId, shop: 'demo', events: 5, orders: 3, profile: true, links: 2 });
    const { signature, ...said } = receipt;
    expect([signature]).toEqual(await hmacHex(env.SIGNING_SECRET ?? '', [JSON.stringify(said)]));
    expect(await exported('customers', customerId)).toBeNull();
    for (const visitorId of [phone, laptop]) {
      expect(await exported('visitors', visitorId)).toBeNull();
      expect(JSON.stringify(await rowsOf(own(visitorId)))).not.toContain(customerId);
    }
  });

  test('leaves a tombstone: late deliveries bring nobody back, under whichever id they come', async () => {
    const { phone, laptop, customerId, identityToken } = await household();
    await erase(`/v1/customers/${encodeURIComponent(customerId)}`);
    const late = () => [view('late', { timestamp: PAST, eventId: crypto.randomUUID() })];
    const nothing = { accepted: 0, duplicates: 1 };
    expect(await take({ visitorId: phone, events: late() })).toMatchObject(nothing);
    expect(await take({ visitorId: laptop, identityToken, events: late() })).toMatchObject(nothing);
    expect(await take({ customerId, events: late() }, 'sk_demo')).toMatchObject(nothing);
    // A device that was never seen before, with what it had kept back.
    expect(await take({ visitorId: newcomer(), identityToken, events: late() })).toMatchObject(nothing);
    expect(viewsOf(await exported('customers', customerId))).toEqual([]);
    expect(await take({ visitorId: phone, events: [view('new')] })).toMatchObject({ accepted: 1 });
    expect(viewsOf(await exported('customers', customerId))).toEqual([]);
  });

  test('by a bare visitorId takes what that visitor sent, also out of the customer’s history, and no more', async () => {
    const { phone, laptop, customerId } = await household();
    const receipt = await erase(`/v1/visitors/me?visitorId=${phone}`, 'pk_demo');
    expect(receipt).toMatchObject({ subject: phone, events: 2, orders: 1, links: 1 });
    expect(JSON.stringify(receipt)).not.toContain(customerId);
    const held = await exported('customers', customerId);
    expect(viewsOf(held).toSorted()).toEqual(['from-laptop', 'in-store', 'on-laptop']);
    expect(held?.profile?.orders).toHaveLength(2);
    expect(held?.visitors).toMatchObject([{ visitorId: laptop }]);
    expect(JSON.stringify(await rowsOf(of(customerId)))).not.toContain('on-phone');
  });

  test('with proof takes the customer: by the token, or by the identity cookie', async () => {
    const { phone, customerId, identityToken } = await household();
    const receipt = await erase(`/v1/visitors/me?visitorId=${phone}`, 'pk_demo', { 'X-Identity-Token': identityToken });
    expect(receipt).toMatchObject({ subject: customerId, events: 5, orders: 3, links: 2 });
    const browser = new Browser();
    const other = newCustomer();
    await browser.post('/v1/events', { consent: 'personal', identityToken: await tokenOf(other), events: [view('a')] });
    const answer = await browser.send('/v1/visitors/me', { method: 'DELETE' });
    expect(await answer.json()).toMatchObject({ receipt: { subject: other, events: 1 } });
    expect([...browser.cookies.keys()]).toEqual([]);
    expect(await exported('customers', other)).toBeNull();
  });

  test('takes what was handed over by a device that has changed hands', async () => {
    const [visitorId, ann, bea] = [newcomer(), newCustomer(), newCustomer()];
    await take({ visitorId, identityToken: await tokenOf(ann), events: [view('a-1')] });
    await take({ visitorId, identityToken: await tokenOf(bea), events: [view('b-1')] });
    expect(await erase(`/v1/customers/${encodeURIComponent(ann)}`)).toMatchObject({ events: 1, links: 1 });
    expect(await rowsOf(of(ann))).toMatchObject([{ kind: 'state' }]);
    expect(viewsOf(await exported('customers', bea))).toEqual(['b-1']);
  });

  test('reaches a visitor who hears of it late: what it tells of then is refused, and it erases itself', async () => {
    const { phone, customerId } = await household();
    await runInDurableObject(of(customerId), async (object, state) => {
      // As if the visitor could not have been reached: the customer's object has lost sight of it.
      state.storage.sql.exec(`DELETE FROM kept WHERE kind = 'part'`);
      Reflect.get(object, 'state').parts = [];
    });
    await of(customerId).erase(Date.now() + 1);
    expect(await exported('visitors', phone)).toMatchObject({ belongsToCustomer: true });
    await take({ visitorId: phone, events: [view('x', { timestamp: new Date(Date.now() + 5_000).toISOString() })] });
    expect(await exported('visitors', phone)).toBeNull();
    expect(viewsOf(await exported('customers', customerId))).toEqual([]);
  });

  test('leaves no more of what is on its way than how many events there were', async () => {
    const visitorId = newcomer();
    await take({ visitorId, events: [view('private'), purchase(`o-${visitorId}`, 'private')] });
    const before = await tallyObject(env, 'demo').events();
    expect(await erase(`/v1/visitors/me?visitorId=${visitorId}`, 'pk_demo')).toMatchObject({ flushes: 1 });
    const texts = await flushTexts(own(visitorId));
    expect(texts).toHaveLength(1);
    for (const text of texts) {
      expect(text).not.toMatch(new RegExp(`private|${visitorId}|o-`));
      expect((JSON.parse(text) as Flush).counted.map((one) => one.name)).toEqual(['view_item', 'purchase']);
    }
    await runDurableObjectAlarm(own(visitorId));
    const counted = async () => (await tallyObject(env, 'demo').events()).total;
    await expect.poll(counted, { timeout: 15_000 }).toBeGreaterThanOrEqual(before.total + 2);
    await own(visitorId).wake();
    expect(await flushTexts(own(visitorId))).toEqual([]);
  }, 20_000);
});

describe('what is stored', () => {
  test('is covered by the export and by erasure, every kind of it', async () => {
    const [visitorId, customerId] = [newcomer(), newCustomer()];
    const identityToken = await tokenOf(customerId);
    await take({ visitorId, identityToken, events: [view('a')] });
    await take({ visitorId, identityToken: await tokenOf(newCustomer()), events: [view('b')] });
    await take({ visitorId: newcomer(), identityToken, events: [view('c')] });
    const many = Array.from({ length: 600 }, () => kept('page_view', Date.now())).map(({ name, eventId }) => ({
      name,
      eventId,
    }));
    for (let i = 0; i < 600; i += 300) await take({ customerId, events: many.slice(i, i + 300) }, 'sk_demo');
    await take({ customerId, events: [purchase(`all-${visitorId}`, 'x')] }, 'sk_demo');
    await runDurableObjectAlarm(of(customerId));
    const kinds = new Set((await rowsOf(of(customerId))).map((row) => row.kind));
    expect([...kinds].toSorted()).toEqual(KINDS.toSorted());
    const answer = await call(`/v1/customers/${encodeURIComponent(customerId)}/export`, { key: 'sk_demo' });
    const held: Record<string, unknown> & { rows: object; events: unknown[]; flushes: unknown[] } = await answer.json();
    expect(Object.keys(held.rows).toSorted()).toEqual(KINDS.toSorted());
    expect(held.events).toHaveLength(603);
    expect(held.flushes.length).toBeGreaterThan(0);
    for (const named of ['profile', 'consent', 'consents', 'visitors', 'retention', 'archivedAs', 'sessionEndsAt'])
      expect(held).toHaveProperty(named);
    await erase(`/v1/customers/${encodeURIComponent(customerId)}`);
    const left = await rowsOf(of(customerId));
    expect(left.every(({ kind, body }) => kind === 'state' || (kind === 'batch' && !/"x"|all-/.test(body ?? '')))).toBe(
      true,
    );
  });

  test('holds no address of the network, wherever it was sent', async () => {
    const [visitorId, customerId] = [newcomer(), newCustomer()];
    const address = '203.0.113.77';
    const headers = { 'CF-Connecting-IP': address, 'X-Forwarded-For': `${address}, 10.1.2.3`, 'X-Real-IP': address };
    const body = {
      visitorId,
      consent: 'personal',
      identityToken: await tokenOf(customerId),
      events: [view('a'), purchase(`ip-${visitorId}`, 'a')],
    };
    for (const path of ['/v1/events', '/v1/decide'])
      expect((await call(path, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBeLessThan(300);
    await runDurableObjectAlarm(own(visitorId));
    for (const stub of [own(visitorId), of(customerId)]) {
      const rows = await runInDurableObject(stub, (_object, state) =>
        JSON.stringify(state.storage.sql.exec('SELECT * FROM kept').toArray()),
      );
      expect(rows).toContain('"a');
      expect(rows).not.toMatch(/203\.0\.113|10\.1\.2\.3/);
    }
  });

  test('of traits is what the config allows', async () => {
    const visitorId = newcomer();
    await take({
      visitorId,
      traits: { size: 'M', email: 'a@shop.example', age: 41, constructor: 'x' },
      events: [view('a')],
    });
    const held: { profile: { traits: object } } = await (
      await call(`/v1/visitors/${visitorId}`, { key: 'sk_demo' })
    ).json();
    expect(held.profile.traits).toEqual({ size: 'M', age: 41 });
  });
});

describe('consent', () => {
  test('is recorded with its time and source, and the newer one wins', async () => {
    const visitorId = newcomer();
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const said = (consent: string, minutes: number) => ({
      ...{ name: 'custom', key: 'consent', timestamp: at(minutes), properties: { consent } },
    });
    await consent({ visitorId, consent: 'personal', timestamp: at(30) });
    await take({ visitorId, events: [said('session', 40)] });
    expect((await exported('visitors', visitorId))?.consent).toMatchObject({ consent: 'personal', source: 'visitor' });
    await take({ visitorId, events: [said('session', 20), said('personal', 25)] });
    expect((await exported('visitors', visitorId))?.consent).toMatchObject({ consent: 'session', source: 'event' });
    expect(await consent({ visitorId, consent: 'personal', timestamp: at(21) })).toMatchObject({ consent: 'session' });
    await consent({ visitorId, consent: 'personal' }, 'sk_demo');
    const held: { consents: { consent: string; at: string }[] } = await (
      await call(`/v1/visitors/me/export?visitorId=${visitorId}`)
    ).json();
    expect(held).toMatchObject({
      consent: { consent: 'personal', source: 'server' },
      consents: [
        { consent: 'personal', source: 'visitor' },
        { consent: 'session', source: 'event' },
      ],
    });
    expect(new Date(held.consents[0]?.at ?? '').toISOString()).toBe(held.consents[0]?.at);
  });

  test('taken back by a visitor, takes what the visitor did out of the customer’s history', async () => {
    const { phone, customerId } = await household();
    expect(await consent({ visitorId: phone, consent: 'session' })).toMatchObject({
      receipt: { profile: true, links: 1 },
    });
    const held = await exported('customers', customerId);
    expect(viewsOf(held).toSorted()).toEqual(['from-laptop', 'in-store', 'on-laptop']);
    expect((await exported('visitors', phone))?.belongsToCustomer).toBe(false);
  });

  test.each([
    ['the shop’s server', async (customerId: string) => consent({ customerId, consent: 'none' }, 'sk_demo')],
    [
      'the customer',
      async (customerId: string, visitorId: string) =>
        consent({ visitorId, consent: 'none', identityToken: await tokenOf(customerId) }),
    ],
  ])('refused by %s, reaches every visitor at once', async (_name, refuse) => {
    const { phone, laptop, customerId } = await household();
    expect(await refuse(customerId, laptop)).toMatchObject({ consent: 'none', receipt: { events: 5, orders: 3 } });
    for (const visitorId of [phone, laptop]) {
      expect(await exported('visitors', visitorId)).toMatchObject({
        profile: null,
        events: [],
        consent: { consent: 'none' },
      });
      expect(await take({ visitorId, events: [view('after')] })).toMatchObject({ accepted: 0, consentUsed: 'none' });
    }
    expect(await exported('customers', customerId)).toMatchObject({ profile: null, events: [], visitors: [] });
  });

  test('of the customer restricts a visitor who says nothing', async () => {
    const { customerId, identityToken } = await household();
    await consent({ customerId, consent: 'session' }, 'sk_demo');
    const visitorId = newcomer();
    expect(await take({ visitorId, identityToken, events: [view('x')] })).toMatchObject({ consentUsed: 'session' });
    expect((await exported('customers', customerId))?.visitors).toEqual([]);
  });
});

test('Global Privacy Control is declared where browsers look for it', async () => {
  const answer = await call('/.well-known/gpc.json', { key: null });
  expect(answer.headers.get('Content-Type')).toContain('application/json');
  expect(await answer.json()).toEqual({ gpc: true, lastUpdate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
});
