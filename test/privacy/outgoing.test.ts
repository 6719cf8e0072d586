import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { outboxObject } from '../../src/env.ts';
import type { Delivery, OutgoingEvent } from '../../src/integrations/schema.ts';
import { call } from '../support/http.ts';
import { newCustomer, newcomer, publishIdentity, take, tokenOf, view } from '../support/identity.ts';

const CRM = { url: 'https://crm.example/in', secret: { secret: 'CRM' }, events: ['browse.abandoned'] };
beforeAll(() => publishIdentity({ endpoints: { crm: CRM } }));

const outbox = () => outboxObject(env, 'demo');

/** Puts a message about somebody in line, as the visitor's object does. */
async function tell(subject: string): Promise<void> {
  const contact = { customerId: subject.startsWith('c:') ? subject.slice(2) : null, email: 'a@shop.example' };
  const event: OutgoingEvent = {
    messageId: crypto.randomUUID(),
    type: 'browse.abandoned',
    subject,
    at: Date.now(),
    contact,
    data: { items: [{ itemId: 'private' }] },
  };
  await outbox().emit([event]);
}

// The runtime's types know no value of unknown shape, which an event's own fields are.
const waiting = async (subject: string) => ((await outbox().about([subject])) as unknown as Delivery[]).length;

interface Export {
  outgoing: { endpoint: string; type: string; state: string; contact: object; data: object }[];
}

async function answered<T>(path: string, init: Parameters<typeof call>[1] = {}): Promise<T> {
  const answer = await call(path, init);
  expect(answer.status).toBe(200);
  return answer.json();
}

/** A visitor who was identified, and a message about each of the two. */
async function household() {
  const [visitorId, customerId] = [newcomer(), newCustomer()];
  const identityToken = await tokenOf(customerId);
  await take({ visitorId, identityToken, events: [view('a')] });
  await tell(`v:${visitorId}`);
  await tell(`c:${customerId}`);
  return { visitorId, customerId, identityToken };
}

const putConsent = (body: object, key: string) =>
  answered<{ receipt: { messages: number } }>('/v1/consent', { method: 'PUT', key, body: JSON.stringify(body) });
const erase = (path: string, key: string, headers = {}) =>
  answered<{ receipt: { messages: number } }>(path, { method: 'DELETE', key, headers });

describe('messages to the shop’s endpoints', () => {
  test('are in the export of whom they are about', async () => {
    const { visitorId, customerId, identityToken } = await household();
    const own = await answered<Export>(`/v1/visitors/me/export?visitorId=${visitorId}`);
    expect(own.outgoing).toMatchObject([{ endpoint: 'crm', type: 'browse.abandoned', contact: { customerId: null } }]);
    const headers = { 'X-Identity-Token': identityToken };
    for (const whole of [
      await answered<Export>(`/v1/visitors/me/export?visitorId=${visitorId}`, { headers }),
      await answered<Export>(`/v1/customers/${encodeURIComponent(customerId)}/export`, { key: 'sk_demo' }),
    ])
      expect(whole.outgoing).toMatchObject([
        { contact: { customerId, email: 'a@shop.example' }, data: { items: [{ itemId: 'private' }] } },
        { contact: { customerId: null } },
      ]);
  });

  type Household = Awaited<ReturnType<typeof household>>;
  test.each<[string, (of: Household) => Promise<unknown>]>([
    ['the visitor’s erasure', ({ visitorId }) => erase(`/v1/visitors/me?visitorId=${visitorId}`, 'pk_demo')],
    [
      'the customer’s erasure with proof',
      ({ visitorId, identityToken }) =>
        erase(`/v1/visitors/me?visitorId=${visitorId}`, 'pk_demo', { 'X-Identity-Token': identityToken }),
    ],
    [
      'the customer’s erasure by the shop',
      async ({ customerId }) => {
        const { receipt } = await erase(`/v1/customers/${encodeURIComponent(customerId)}`, 'sk_demo');
        expect(receipt.messages).toBe(2);
      },
    ],
    ['a withdrawal by the visitor', ({ visitorId }) => putConsent({ visitorId, consent: 'session' }, 'pk_demo')],
    ['a refusal by the visitor', ({ visitorId }) => putConsent({ visitorId, consent: 'none' }, 'pk_demo')],
    ['a withdrawal by the customer', ({ customerId }) => putConsent({ customerId, consent: 'session' }, 'sk_demo')],
    ['a refusal by the customer', ({ customerId }) => putConsent({ customerId, consent: 'none' }, 'sk_demo')],
  ])('go with %s, of the visitor and of the customer whose history the visitor is part of', async (_name, act) => {
    const of = await household();
    await act(of);
    expect([await waiting(`v:${of.visitorId}`), await waiting(`c:${of.customerId}`)]).toEqual([0, 0]);
  });

  test('stay where somebody else is erased', async () => {
    const [one, other] = [await household(), await household()];
    await erase(`/v1/visitors/me?visitorId=${one.visitorId}`, 'pk_demo');
    expect(await waiting(`c:${other.customerId}`)).toBe(1);
  });
});
