import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { runJob } from '../../src/cron.ts';
import { directoryObject, visitorObject } from '../../src/env.ts';
import type { PersonaPart } from '../../src/personas/schema.ts';
import { forget } from '../../src/snapshot.ts';
import { send, visitor } from '../decide/http.ts';
import { publishIdentity, tokenOf } from '../support/identity.ts';
import { delivered } from '../support/visitor.ts';

const CUSTOMERS = 60;
const DAY_MS = 86_400_000;
const [PK, SK] = ['pk_other', 'sk_other'];

async function buys(visitorId: string, value: number, more: object = {}): Promise<void> {
  const event = {
    name: 'purchase',
    orderId: crypto.randomUUID(),
    timestamp: new Date(Date.now() - DAY_MS).toISOString(),
    currency: 'USD',
    value,
    items: [{ itemId: 'tea', price: value }],
  };
  const body = { visitorId, consent: 'personal', events: [event], ...more };
  const taken = await send('/v1/events', { key: SK, body });
  expect(taken.body, JSON.stringify(taken.body)).toMatchObject({ accepted: 1 });
}

const flushed = (visitorId: string) => delivered(visitorObject(env, 'other', visitorId));
const directory = () => directoryObject(env, 'other');
const knownSpending = async () => (await directory().samples(Date.now())).map((one) => one.facts['rfm.monetary']);

const personaOf = async (visitorId: string): Promise<PersonaPart> => {
  const { body } = await send(`/v1/persona?visitorId=${visitorId}&consent=personal`, { key: PK });
  return body.persona as PersonaPart;
};
const tiers = async () => {
  const { body } = await send('/v1/readiness', { key: SK });
  return (body.personas as { tiers: object }).tiers;
};

test('a shop’s customers are told apart by its own quantiles, once it knows enough; who is erased is in them no more', async () => {
  await publishIdentity({ identity: { secret: { secret: 'IDENTITY' } } }, SK);
  const visitors = Array.from({ length: CUSTOMERS }, (_, i) => visitor(`c${i}`));
  await Promise.all(visitors.slice(0, 40).map((visitorId, i) => buys(visitorId, i + 1)));
  await Promise.all(visitors.slice(0, 40).map(flushed));
  expect(await tiers()).toEqual({ live: false, needs: '10 more customers', customers: 40 });
  expect((await personaOf(visitors[39] ?? '')).rfm).toMatchObject({ monetary: 40, monetaryScore: null, tier: null });

  await Promise.all(visitors.slice(40).map((visitorId, i) => buys(visitorId, i + 41)));
  await Promise.all(visitors.slice(40).map(flushed));
  await runJob({} as ScheduledController, env);
  expect(await env.CONFIG.get('other/aggregates')).toContain('monetary');
  forget('other', 'aggregates');
  expect((await personaOf(visitors[0] ?? '')).rfm).toMatchObject({ monetaryScore: 1, tier: 'low' });
  expect(await tiers()).toEqual({ live: true, needs: null, customers: CUSTOMERS });
  expect((await personaOf(visitors[30] ?? '')).rfm).toMatchObject({ monetaryScore: 3, tier: 'medium' });
  expect((await personaOf(visitors[59] ?? '')).rfm).toMatchObject({ monetaryScore: 5, tier: 'high' });

  const [gone = ''] = visitors;
  expect(await knownSpending()).toContain(1);
  expect((await send(`/v1/visitors/${gone}`, { key: SK, method: 'DELETE' })).status).toBe(200);
  expect(await knownSpending()).not.toContain(1);
  expect(await tiers()).toMatchObject({ customers: CUSTOMERS - 1 });
});

test('a customer is known once, with what was bought on all devices', async () => {
  const [phone, laptop, customerId] = [visitor('phone'), visitor('laptop'), visitor('buyer')];
  const identityToken = await tokenOf(customerId);
  await buys(phone, 1_001);
  await flushed(phone);
  expect(await knownSpending()).toContain(1_001);
  await buys(laptop, 2_002, { customerId });
  await flushed(laptop);
  const { status } = await send('/v1/decide', {
    key: PK,
    body: {
      visitorId: phone,
      customerId,
      identityToken,
      consent: 'personal',
      events: [{ name: 'view_item', items: [{ itemId: 'tea' }] }],
    },
  });
  expect(status).toBe(200);
  await flushed(phone);
  const spent = await knownSpending();
  expect(spent).toContain(3_003);
  expect(spent).not.toContain(1_001);
  expect(spent).not.toContain(2_002);
});

test('with consent for the session only nobody is known to the statistics, and who takes it back is forgotten by them', async () => {
  const [guest, friend] = [visitor('guest'), visitor('friend')];
  await buys(guest, 7_001, { consent: 'session' });
  await flushed(guest);
  await buys(friend, 7_002);
  await flushed(friend);
  expect(await knownSpending()).toContain(7_002);
  await send('/v1/consent', { key: PK, method: 'PUT', body: { visitorId: friend, consent: 'session' } });
  await runDurableObjectAlarm(visitorObject(env, 'other', friend));
  const spent = await knownSpending();
  expect(spent).not.toContain(7_001);
  expect(spent).not.toContain(7_002);
});

test('the samples are for the shop’s servers, and name nobody', async () => {
  const visitorId = visitor('sampled');
  await buys(visitorId, 9_009);
  await flushed(visitorId);
  expect((await send('/v1/personas/samples', { key: PK })).status).toBe(403);
  const { status, body } = await send('/v1/personas/samples', { key: SK });
  expect(status).toBe(200);
  const samples = body.samples as { facts: Record<string, number> }[];
  expect(samples.find(({ facts }) => facts['rfm.monetary'] === 9_009)).toMatchObject({
    facts: { 'rfm.frequency': 1, 'visitor.visits': 1 },
  });
  const held = await send(`/v1/visitors/${visitorId}/export`, { key: SK });
  const { sampledAs } = held.body;
  expect(sampledAs).toBeGreaterThan(0);
  expect(JSON.stringify(body)).not.toContain(String(sampledAs));
  expect(JSON.stringify(body)).not.toContain(visitorId);
  expect(JSON.stringify(body)).not.toContain('"key"');
});
