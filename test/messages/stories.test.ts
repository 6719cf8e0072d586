import { beforeAll, describe, expect, test, vi } from 'vitest';
import { putItems, send, visitor } from '../decide/http.ts';

const HOUR = 3_600_000;
const CONFIG = {
  shop: { currency: 'GBP', locale: 'en-GB', timeZone: 'Europe/London' },
  consent: { default: 'personal' },
  attention: { perPage: 1, perSession: 5, minutesBetween: 0 },
  audiences: { saver: { 'rfm.frequency': 0, 'affinity.priceBand.5': { $gt: 0.5 } } },
  messages: {
    instalments: {
      placement: 'item',
      type: 'inline',
      priority: 60,
      audience: 'saver',
      trigger: { on: 'page', page: ['item'] },
      content: { en: { text: 'Pay in three instalments, or see {{recommendations:alternatives.0.title}}' } },
    },
    'welcome-back': {
      placement: 'top',
      type: 'banner',
      priority: 50,
      trigger: { on: 'return', afterHours: 24, page: ['home'] },
      caps: { perSession: 1 },
      content: { en: { text: 'Nice to see you again' } },
    },
    sorry: {
      placement: 'top',
      type: 'popup',
      priority: 90,
      trigger: { on: 'event', event: 'order.delayed' },
      content: { en: { text: 'Your order takes a day longer. We are sorry.' } },
    },
    'sold-out': {
      placement: 'item',
      type: 'inline',
      audience: { 'page.availability': 'out_of_stock' },
      content: { en: { headline: 'Much like it', items: '{{recommendations:alternatives:2}}' } },
    },
    help: {
      placement: 'corner',
      type: 'popup',
      trigger: { on: 'idle', page: ['checkout'] },
      content: { en: { text: 'May I help?' } },
    },
    stay: {
      placement: 'corner',
      type: 'popup',
      trigger: { on: 'exit', page: ['category'] },
      content: { en: { text: 'Before you go' } },
    },
    more: {
      placement: 'corner',
      type: 'bar',
      trigger: { on: 'scroll', page: ['search'], percent: 80 },
      content: { en: { text: 'More below' } },
    },
    guide: {
      placement: 'corner',
      type: 'bar',
      trigger: { on: 'dwell', page: ['guide'], afterSeconds: 15 },
      content: { en: { text: 'A guide' } },
    },
  },
};

beforeAll(async () => {
  const about = { categories: ['Kitchen > Pots'], brand: 'Iron' };
  await putItems([
    ...[10, 20, 30, 40].map((price, i) => ({ itemId: `plain-${i}`, title: `Plain ${i}`, price, ...about })),
    { itemId: 'dear', title: 'The dear pot', price: 900, ...about },
    { itemId: 'gone', title: 'A pot that is gone', price: 35, availability: 'out_of_stock', ...about },
  ]);
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
}, 60_000);

interface Answer {
  messages: {
    messageId: string;
    type: string;
    impressionId: string;
    content: Record<string, unknown>;
    trigger: object;
  }[];
  suppressed: { messageId: string; why: string }[];
}
let sent = 0;
const event = (fields: object) => ({ eventId: `s${++sent}`, ...fields });
async function visit(visitorId: string, body: object, key = 'pk_demo'): Promise<Answer> {
  const page = { type: 'home' };
  const events = [event({ name: 'page_view' })];
  const answer = await send('/v1/decide', { key, body: { visitorId, page, events, include: ['messages'], ...body } });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Answer;
}
const shown = ({ messages }: Answer): string[] => messages.map((one) => one.messageId);

describe('the assistant', () => {
  test('offers instalments to the one for whom they decide, and to nobody else', async () => {
    const dreamer = visitor('dreamer');
    const item = { type: 'item', itemId: 'dear' };
    const views = (itemId: string) => [
      event({ name: 'view_item', items: [{ itemId, price: itemId === 'dear' ? 900 : 10 }] }),
    ];
    const answer = await visit(dreamer, { page: item, events: views('dear') });
    expect(answer.messages).toMatchObject([
      { messageId: 'instalments', type: 'inline', content: { text: expect.stringMatching(/or see Plain \d$/) } },
    ]);
    expect(
      shown(await visit(visitor('frugal'), { page: { type: 'item', itemId: 'plain-0' }, events: views('plain-0') })),
    ).toEqual([]);
    const bought = event({ name: 'purchase', orderId: dreamer, items: [{ itemId: 'plain-1', price: 20 }] });
    await visit(dreamer, { page: { type: 'thanks' }, events: [bought] });
    expect(shown(await visit(dreamer, { page: item, events: views('dear') }))).toEqual([]);
  });

  test('greets who comes back after a day, once a visit, and not who has just been here', async () => {
    const start = Date.now();
    const visitorId = visitor('returning');
    expect(shown(await visit(visitorId, {}))).toEqual([]);
    vi.setSystemTime(start + 2 * HOUR);
    expect(shown(await visit(visitorId, {}))).toEqual([]);
    vi.setSystemTime(start + 30 * HOUR);
    expect(shown(await visit(visitorId, {}))).toEqual(['welcome-back']);
    expect(await visit(visitorId, {})).toMatchObject({ messages: [], suppressed: [{ why: 'cap_session' }] });
    // Whose session alone may be remembered has never been here before.
    expect(shown(await visit(visitorId, { consent: 'none' }))).toEqual([]);
    vi.useRealTimers();
  });

  test('apologises before the customer complains, on whichever device comes first', async () => {
    const [customerId, phone, laptop] = [visitor('customer'), visitor('phone'), visitor('laptop')];
    for (const visitorId of [phone, laptop])
      expect(shown(await visit(visitorId, { customerId }, 'sk_demo'))).toEqual([]);
    const told = event({ name: 'custom', key: 'order.delayed' });
    await send('/v1/events', { key: 'sk_demo', body: { customerId, events: [told] } });
    expect((await visit(laptop, { customerId }, 'sk_demo')).messages).toMatchObject([
      { messageId: 'sorry', type: 'popup' },
    ]);
    expect(shown(await visit(phone, { customerId }, 'sk_demo'))).toEqual([]);
  });

  test('does not say again what was sent away, on no device of the customer', async () => {
    const [customerId, phone, laptop] = [visitor('customer'), visitor('phone'), visitor('laptop')];
    const told = () => event({ name: 'custom', key: 'order.delayed' });
    const tell = (visitorId: string) => send('/v1/events', { key: 'sk_demo', body: { visitorId, events: [told()] } });
    // Sent away before anybody knew whose phone it is.
    await tell(phone);
    const [sorry] = (await visit(phone, {})).messages;
    await visit(phone, { events: [event({ name: 'dismiss', impressionId: sorry?.impressionId })] });
    for (const visitorId of [phone, laptop]) await visit(visitorId, { customerId }, 'sk_demo');
    await tell(laptop);
    const answer = await visit(laptop, { customerId }, 'sk_demo');
    expect(answer).toMatchObject({ messages: [], suppressed: [{ messageId: 'sorry', why: 'dismissed' }] });
  });

  test('offers what is like an item that is sold out', async () => {
    const { messages } = await visit(visitor('late'), { page: { type: 'item', itemId: 'gone' } });
    expect(messages).toMatchObject([
      { messageId: 'sold-out', content: { items: [{ title: expect.stringContaining('Plain') }, {}] } },
    ]);
    expect(shown(await visit(visitor('early'), { page: { type: 'item', itemId: 'plain-2' } }))).toEqual([]);
  });

  test.each([
    ['checkout', 'help', { on: 'idle', afterSeconds: 60 }],
    ['category', 'stay', { on: 'exit' }],
    ['search', 'more', { on: 'scroll', percent: 80 }],
    ['guide', 'guide', { on: 'dwell', afterSeconds: 15 }],
  ])('leaves it to the page of type %s when to say it, and says what it needs', async (type, messageId, trigger) => {
    expect((await visit(visitor('waits'), { page: { type } })).messages).toMatchObject([{ messageId, trigger }]);
  });

  test('answers the same by GET', async () => {
    const visitorId = visitor('get');
    await send('/v1/events', {
      key: 'sk_demo',
      body: { visitorId, events: [event({ name: 'custom', key: 'order.delayed' })] },
    });
    const { body } = await send(`/v1/messages?visitorId=${visitorId}&page=home`);
    expect(body).toMatchObject({
      messages: [{ messageId: 'sorry', type: 'popup', variant: null, reason: 'order.delayed' }],
      suppressed: [],
    });
  });
});
