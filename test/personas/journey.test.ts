import { beforeAll, describe, expect, test } from 'vitest';
import type { PersonaPart } from '../../src/personas/schema.ts';
import { putItems, send, visitor } from '../decide/http.ts';
import { publishIdentity, tokenOf } from '../support/identity.ts';

const PERSONAS = Object.fromEntries(
  ['tea', 'books'].map((category) => [
    category,
    { signals: [{ condition: { [`affinity.category.${category}`]: { $gt: 0.5 } }, weight: 3 }] },
  ]),
);
const CONFIG = {
  consent: { default: 'personal' },
  personas: {
    ...PERSONAS,
    'gift-hunter': { prior: [{ condition: { 'context.campaign': 'christmas' }, weight: 2 }] },
  },
};

beforeAll(async () => {
  await putItems([
    { itemId: 'assam', title: 'Assam', price: 5, categories: ['Tea'] },
    { itemId: 'novel', title: 'A novel', price: 20, salePrice: 10, categories: ['Books'] },
  ]);
  await publishIdentity(CONFIG);
});

async function views(visitorId: string, itemId: string, times: number, more: object = {}): Promise<PersonaPart> {
  const event = () => ({ eventId: crypto.randomUUID(), name: 'view_item', items: [{ itemId }] });
  const body = { visitorId, include: ['persona'], events: Array.from({ length: times }, event), ...more };
  const answer = await send('/v1/decide', { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.persona as PersonaPart;
}

async function asked(visitorId: string, query = ''): Promise<PersonaPart> {
  const answer = await send(`/v1/persona?visitorId=${visitorId}${query}`);
  return answer.body.persona as PersonaPart;
}

describe('who the visitor seems to be', () => {
  test('is known by the first events, and changes with the second request that says so; asking changes nothing', async () => {
    const visitorId = visitor('hysteresis');
    expect(await views(visitorId, 'assam', 2)).toMatchObject({ key: 'tea', challenger: null });
    expect(await views(visitorId, 'novel', 9)).toMatchObject({ key: 'tea', challenger: 'books' });
    for (let i = 0; i < 3; i++) expect(await asked(visitorId)).toMatchObject({ key: 'tea', challenger: 'books' });
    expect(await views(visitorId, 'novel', 1)).toMatchObject({ key: 'books', challenger: null });
    expect(await asked(visitorId)).toMatchObject({ key: 'books', challenger: null });
  });

  test('an event that is sent again is no second update', async () => {
    const visitorId = visitor('again');
    const events = Array.from({ length: 9 }, () => ({
      eventId: crypto.randomUUID(),
      name: 'view_item',
      items: [{ itemId: 'novel' }],
    }));
    await views(visitorId, 'assam', 2);
    for (let i = 0; i < 3; i++) expect(await views(visitorId, '', 0, { events })).toMatchObject({ key: 'tea' });
  });

  test('is held through the visits that consent lets be remembered, and not read with less', async () => {
    const visitorId = visitor('consent');
    await views(visitorId, 'assam', 2, { consent: 'personal' });
    const session = await views(visitorId, 'novel', 1, { consent: 'session' });
    expect(session).toMatchObject({ key: 'unknown', challenger: null });
    expect((await asked(visitorId)).key).toBe('tea');
    const { body } = await send(`/v1/visitors/${visitorId}/export`, { key: 'sk_demo' });
    expect(JSON.stringify(body)).toContain('"held":{"key"');
    await send(`/v1/visitors/${visitorId}`, { key: 'sk_demo', method: 'DELETE' });
    expect(await asked(visitorId)).toMatchObject({ key: 'unknown', lifecycle: 'new' });
  });

  test('is first what the context says, as long as nothing is known', async () => {
    const visitorId = visitor('prior');
    const christmas = { context: { campaign: 'christmas' } };
    const first = await views(visitorId, '', 0, { ...christmas, events: undefined });
    expect(first).toMatchObject({ key: 'gift-hunter', reasons: [{ code: 'context', detail: 'campaign', weight: 2 }] });
    const later = await views(visitorId, 'assam', 9, christmas);
    const prior = later.alternatives.find((one) => one.key === 'gift-hunter')?.confidence ?? 0;
    const unknown = later.alternatives.find((one) => one.key === 'unknown')?.confidence ?? 1;
    expect(Math.log(prior / unknown)).toBeCloseTo(2 / 4, 1);
    expect(later.key).toBe('tea');
  });

  test('of a customer is held for the whole history, across devices', async () => {
    const [phone, laptop, customerId] = [visitor('phone'), visitor('laptop'), visitor('customer')];
    const identityToken = await tokenOf(customerId);
    const signedIn = { customerId, identityToken };
    expect(await views(phone, 'assam', 3, signedIn)).toMatchObject({ key: 'tea' });
    expect(await views(laptop, 'novel', 9, signedIn)).toMatchObject({ key: 'tea', challenger: 'books' });
    expect(await views(laptop, 'novel', 1, signedIn)).toMatchObject({ key: 'books' });
    expect(await views(phone, '', 0, { ...signedIn, events: undefined })).toMatchObject({ key: 'books' });
    expect(await asked(phone)).toMatchObject({ key: 'tea' });
  });

  test('comes with the stage of the customer’s life and what was bought', async () => {
    const visitorId = visitor('life');
    const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const events = [200, 190, 180, 170].map((days) => ({
      visitorId,
      name: 'purchase',
      orderId: `${visitorId}-${days}`,
      timestamp: at(days),
      currency: 'USD',
      items: [{ itemId: 'assam', price: 5, quantity: 2 }],
    }));
    const taken = await send('/v1/events', { key: 'sk_demo', body: { visitorId, events } });
    expect(taken.body, JSON.stringify(taken.body)).toMatchObject({ accepted: 4 });
    const known = await asked(visitorId);
    expect(known).toMatchObject({ lifecycle: 'lapsed', rfm: { frequency: 4, monetary: 40 } });
    expect(known.rfm.recencyDays).toBeCloseTo(170, 1);
    expect(await asked(visitor('nobody'))).toMatchObject({
      lifecycle: 'new',
      rfm: { recencyDays: null, frequency: 0 },
    });
  });
});
