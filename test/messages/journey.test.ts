import { beforeAll, describe, expect, test } from 'vitest';
import { putItems, send, visitor } from '../decide/http.ts';

const CONFIG = {
  shop: { currency: 'GBP', locale: 'en-GB', timeZone: 'Europe/London' },
  consent: { default: 'personal' },
  carts: { freeShippingFrom: 35 },
  messages: {
    'free-shipping': {
      placement: 'cart',
      type: 'bar',
      priority: 50,
      audience: { 'cart.value': { $gte: 20, $lt: 35 } },
      trigger: { on: 'page', page: ['cart'], afterSeconds: 3 },
      caps: { perSession: 1 },
      content: {
        'en-GB': { headline: 'Only {{cart.toFreeShipping}} to free delivery' },
        de: { headline: 'Nur noch {{cart.toFreeShipping}} bis zur freien Lieferung' },
      },
    },
    delayed: {
      placement: 'top',
      priority: 90,
      trigger: { on: 'event', event: 'order.delayed' },
      content: { en: { text: 'We are sorry: your order takes a day longer.' } },
    },
    'for-tea': {
      placement: 'inline',
      audience: { 'page.itemId': 'tea' },
      content: { en: { text: '{{recommendations:bestsellers.0.title}}', items: '{{recommendations:bestsellers:2}}' } },
    },
  },
};

beforeAll(async () => {
  await putItems(['tea', 'cup', 'pot'].map((itemId, i) => ({ itemId, title: `The <${itemId}>`, price: 10 + i })));
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
});

interface Messages {
  messages: { messageId: string; content: Record<string, unknown>; impressionId: string; trigger: object }[];
  suppressed: { messageId: string; why: string }[];
}

async function ask(visitorId: string, body: object = {}, key = 'pk_demo'): Promise<Messages> {
  const cart = [{ itemId: 'tea', quantity: 3 }];
  const answer = await send('/v1/decide', {
    key,
    body: { visitorId, page: { type: 'cart' }, cart, include: ['messages'], ...body },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Messages;
}
const shown = ({ messages }: Messages): string[] => messages.map((one) => one.messageId);

describe('a message', () => {
  test('says the right thing at the right moment, once', async () => {
    const visitorId = visitor('message');
    const first = await ask(visitorId);
    expect(first.messages).toMatchObject([
      {
        messageId: 'free-shipping',
        content: { headline: 'Only £5.00 to free delivery' },
        trigger: { on: 'page', afterSeconds: 3 },
      },
    ]);
    const second = await ask(visitorId);
    expect(second).toMatchObject({ messages: [], suppressed: [{ messageId: 'free-shipping', why: 'cap_session' }] });
  });

  test('is said in the visitor’s language, with money as it is written there', async () => {
    const { messages } = await ask(visitor('german'), { context: { locale: 'de-AT' } });
    expect(String(messages[0]?.content.headline)).toMatch(/^Nur noch £.?5[.,]00 bis|^Nur noch .*5,00/);
  });

  test('is said once to twenty pages that ask at the same time', async () => {
    const visitorId = visitor('many');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(visitorId)));
    expect(answers.flatMap(shown)).toEqual(['free-shipping']);
  });

  test('is not counted in a dry run, nor shown to others than its audience', async () => {
    const visitorId = visitor('dry');
    for (let times = 0; times < 3; times++)
      expect(shown(await ask(visitorId, { dryRun: true }))).toEqual(['free-shipping']);
    expect(shown(await ask(visitorId, { cart: [{ itemId: 'tea', quantity: 9 }] }))).toEqual([]);
    expect(shown(await ask(visitorId))).toEqual(['free-shipping']);
  });

  test('is not for those without consent to it', async () => {
    const visitorId = visitor('none');
    const answer = await ask(visitorId, { consent: 'none' });
    expect(answer).toMatchObject({ messages: [], suppressed: [{ messageId: 'free-shipping', why: 'consent' }] });
  });

  test('that was dismissed does not come back', async () => {
    const visitorId = visitor('dismiss');
    const events = [{ eventId: 'd1', name: 'dismiss', messageId: 'free-shipping' }];
    expect((await send('/v1/events', { body: { visitorId, events } })).body.accepted).toBe(1);
    expect(await ask(visitorId)).toMatchObject({ messages: [], suppressed: [{ why: 'dismissed' }] });
  });

  test('apologises before the customer complains, once for each time that the shop tells', async () => {
    const visitorId = visitor('delayed');
    const tell = (eventId: string, key = 'sk_demo') =>
      send('/v1/events', { key, body: { visitorId, events: [{ eventId, name: 'custom', key: 'order.delayed' }] } });
    await tell('t0', 'pk_demo');
    expect(shown(await ask(visitorId, { page: { type: 'home' } }))).toEqual([]);
    await tell('t1');
    expect(shown(await ask(visitorId, { page: { type: 'home' } }))).toEqual(['delayed']);
    expect(shown(await ask(visitorId, { page: { type: 'home' } }))).toEqual([]);
  });

  test('brings recommendations that hold no markup', async () => {
    const { messages } = await ask(visitor('items'), { page: { type: 'item', itemId: 'tea' }, cart: [] });
    expect(String(messages[0]?.content.text)).toMatch(/^The &lt;(cup|pot)&gt;$/);
    expect(messages[0]?.content.items).toMatchObject([{ title: expect.not.stringContaining('<') }, {}]);
  });

  test('counts for all devices of a customer', async () => {
    const customerId = visitor('customer');
    const devices = [visitor('phone'), visitor('laptop')];
    const answers: Messages[] = [];
    for (const visitorId of devices) answers.push(await ask(visitorId, { customerId, consent: 'personal' }, 'sk_demo'));
    expect(answers.map(shown)).toEqual([['free-shipping'], []]);
    expect(answers[1]?.suppressed).toMatchObject([{ messageId: 'free-shipping' }]);
  });

  test('is in the export, and gone with the visitor', async () => {
    const visitorId = visitor('export');
    await ask(visitorId);
    const held = await send(`/v1/visitors/me/export?visitorId=${visitorId}`);
    expect(JSON.stringify(held.body)).toContain('free-shipping');
    await send(`/v1/visitors/me?visitorId=${visitorId}`, { method: 'DELETE' });
    expect((await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(404);
  });

  test('is to be had by itself', async () => {
    const visitorId = visitor('single');
    const tell = { visitorId, events: [{ eventId: 'x', name: 'custom', key: 'order.delayed' }] };
    await send('/v1/events', { key: 'sk_demo', body: tell });
    const answer = await send(`/v1/messages?visitorId=${visitorId}&page=home`);
    expect(answer.body).toMatchObject({ messages: [{ messageId: 'delayed', placement: 'top' }], suppressed: [] });
  });
});
