import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { visitorObject } from '../../src/env.ts';
import { send, visitor } from '../decide/http.ts';
import { delivered } from '../support/visitor.ts';

interface Said {
  messages: { messageId: string; impressionId: string; trigger: object }[];
  suppressed: { messageId: string; why: string; impressionId?: string; trigger?: object }[];
}

const leaving = (rest: object = {}) => ({
  ...{ placement: 'corner', type: 'popup', priority: 9, trigger: { on: 'exit', page: ['home', 'category'] } },
  ...{ caps: { perSession: 1 }, content: { en: { text: 'Before you go' } }, ...rest },
});

/** A shop with a message that waits for the visitor to leave, and one for the basket; one of them a visit. @returns the name of the first */
async function shopWith(rest: object = {}, attention: object = { perSession: 1 }): Promise<string> {
  const name = `stay-${crypto.randomUUID()}`;
  const basket = { placement: 'top', trigger: { on: 'page', page: ['cart'] }, content: { en: { text: 'Hello' } } };
  const config = {
    consent: { default: 'personal' },
    attention: { perPage: 2, minutesBetween: 0, ...attention },
    messages: { [name]: leaving(rest), basket },
  };
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: config });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  return name;
}

async function open(visitorId: string, type: string, rest: object = {}, key = 'pk_demo'): Promise<Said> {
  const body = { visitorId, page: { type }, include: ['messages'], ...rest };
  const answer = await send('/v1/decide', { key, body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Said;
}
const shown = ({ messages }: Said): string[] => messages.map((one) => one.messageId);
const why = ({ suppressed }: Said): string[] => suppressed.map((one) => one.why);

let sent = 0;
const report = async (visitorId: string, impressionId: string | undefined, name = 'impression'): Promise<void> => {
  const events = [{ eventId: `w${++sent}`, name, impressionId }];
  expect((await send('/v1/events', { body: { visitorId, events } })).body).toMatchObject({ accepted: 1 });
};

describe('a message that waits for the visitor to leave', () => {
  test('is handed to page after page until it is shown, and then no more in this visit', async () => {
    const name = await shopWith();
    const visitorId = visitor('wanders');
    const first = await open(visitorId, 'home', { unshown: [] });
    expect(first.messages).toMatchObject([{ messageId: name, trigger: { on: 'exit', withinSeconds: 300 } }]);
    const unshown = first.messages.map((one) => one.impressionId);
    const second = await open(visitorId, 'category', { unshown });
    expect(shown(second)).toEqual([name]);
    expect(why(await open(visitorId, 'home'))).toEqual(['cap_session']);
    await report(visitorId, second.messages[0]?.impressionId);
    expect(why(await open(visitorId, 'home', { unshown: [] }))).toEqual(['cap_session']);
    await delivered(visitorObject(env, 'demo', visitorId));
    const { messages } = (await send('/v1/analytics/messages', { key: 'sk_demo' })).body as { messages: object };
    expect(messages).toMatchObject({ [name]: { offers: 2, impressions: 1 } });
  });

  test('takes nobody’s turn on the page after the one on which it was not shown, even where that page has none for it', async () => {
    await shopWith();
    const visitorId = visitor('turns');
    const { messages } = await open(visitorId, 'home', { unshown: [] });
    expect(why(await open(visitorId, 'cart'))).toEqual(['budget_session']);
    await open(visitorId, 'item', { unshown: messages.map((one) => one.impressionId) });
    expect(shown(await open(visitorId, 'cart'))).toEqual(['basket']);
  });

  test('was shown to whoever sent it away or clicked it, whatever else was reported', async () => {
    for (const event of ['select_promotion', 'dismiss']) {
      await shopWith({ caps: {} });
      const visitorId = visitor('clicks');
      const { messages } = await open(visitorId, 'home');
      const id = messages[0]?.impressionId ?? '';
      await report(visitorId, id, event);
      expect(why(await open(visitorId, 'cart', { unshown: [id] }))).toEqual(['budget_session']);
    }
  });

  test('is held a place on all devices of a customer, and counted on all of them when one shows it', async () => {
    const name = await shopWith({ caps: { perDay: 1 } }, { perSession: 9 });
    const [customerId, phone, laptop] = [visitor('customer'), visitor('phone'), visitor('laptop')];
    const on = (visitorId: string, rest: object = {}) => open(visitorId, 'home', { customerId, ...rest }, 'sk_demo');
    const events = () => [{ eventId: `w${++sent}`, name: 'page_view' }];
    const { messages } = await on(phone, { events: events() });
    expect(shown({ messages, suppressed: [] })).toEqual([name]);
    expect(why(await on(laptop, { events: events() }))).toEqual(['cap_day']);
    const again = await on(phone, { unshown: messages.map((one) => one.impressionId) });
    expect(shown(again)).toEqual([name]);
    const id = again.messages[0]?.impressionId;
    await report(phone, id);
    // A page that says the contrary afterwards changes nothing.
    expect(why(await on(laptop, { unshown: [id] }))).toEqual(['cap_day']);
  });

  describe.each([
    ['shown', 0],
    ['held out', 1],
  ])('%s, with a holdout', (_arm, coverage) => {
    /** What the page has to report of it, held out or not. */
    const idIn = ({ messages, suppressed }: Said): string | undefined =>
      messages.find((one) => one.messageId !== 'basket')?.impressionId ??
      suppressed.find((one) => one.why === 'holdout')?.impressionId;

    test('leaves others their turn where its moment does not come, and takes it where it does', async () => {
      await shopWith({ holdout: { seed: 'h', coverage } });
      const [stays, leaves] = [visitor('stays'), visitor('leaves')];
      const first = idIn(await open(stays, 'home', { unshown: [] }));
      expect(first).toEqual(expect.any(String));
      expect(shown(await open(stays, 'cart', { unshown: [first] }))).toEqual(['basket']);
      const second = idIn(await open(leaves, 'home', { unshown: [] }));
      await report(leaves, second);
      expect(why(await open(leaves, 'cart', { unshown: [] }))).toEqual(['budget_session']);
    });

    test('takes its turn at once where the page does not say what it shows of both', async () => {
      await shopWith({ holdout: { seed: 'h', coverage } });
      const visitorId = visitor('plain');
      await open(visitorId, 'home');
      expect(why(await open(visitorId, 'cart'))).toEqual(['budget_session']);
      expect(why(await open(visitorId, 'cart', { unshown: ['i_anything'] }))).toEqual(['budget_session']);
    });
  });

  test('that is held out counts as neither shown nor clicked, and nothing bought is credited to it', async () => {
    const name = await shopWith({ holdout: { seed: 'h', coverage: 1 } });
    const visitorId = visitor('ghost');
    const { suppressed } = await open(visitorId, 'home', { unshown: [] });
    expect(suppressed).toMatchObject([{ messageId: name, why: 'holdout', trigger: { on: 'exit' } }]);
    await report(visitorId, suppressed[0]?.impressionId);
    const order = { eventId: `w${++sent}`, name: 'purchase', orderId: visitorId, currency: 'GBP', value: 9 };
    await send('/v1/events', { body: { visitorId, events: [{ ...order, items: [{ itemId: 'tea' }] }] } });
    await delivered(visitorObject(env, 'demo', visitorId));
    const { messages } = (await send('/v1/analytics/messages', { key: 'sk_demo' })).body as { messages: object };
    expect(messages).toMatchObject({ [name]: { offers: 0, ghosts: 1, impressions: 0, clicks: 0, orders: 0 } });
  });
});
