import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { customerObject, visitorObject } from '../../src/env.ts';
import { putItems, send, visitor } from '../decide/http.ts';
import { delivered } from '../support/visitor.ts';

const HOUR = 3_600_000;
let sent = 0;
const event = (name: string, rest: object = {}) => ({ eventId: `d${++sent}`, name, ...rest });

/** A shop with this one message. @returns its name */
async function shopWith(message: object): Promise<string> {
  const name = `m-${crypto.randomUUID()}`;
  const config = {
    consent: { default: 'personal' },
    attribution: { windowHours: 72 },
    attention: { perSession: 99, minutesBetween: 0 },
    messages: { [name]: { placement: 'top', content: { en: { text: 'Hello' } }, ...message } },
  };
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: config });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  return name;
}

/** A page of a device; with a customerId the shop's server says whose it is. */
async function open(
  visitorId: string,
  customerId: string | null,
  page = 'home',
): Promise<{ messageId: string; impressionId: string }[]> {
  const body = { visitorId, page: { type: page }, events: [event('page_view')], include: ['messages'] };
  const stated = customerId === null ? body : { ...body, customerId };
  const answer = await send('/v1/decide', { key: customerId === null ? 'pk_demo' : 'sk_demo', body: stated });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.messages as { messageId: string; impressionId: string }[];
}

const tell = async (visitorId: string, events: object[]): Promise<void> =>
  expect((await send('/v1/events', { body: { visitorId, events } })).body).toMatchObject({ accepted: events.length });
const buy = (orderId: string, value = 10) =>
  event('purchase', { orderId, currency: 'GBP', value, items: [{ itemId: 'tea' }] });

async function figures(message: string, ...devices: string[]): Promise<Record<string, unknown> | undefined> {
  for (const each of devices) await delivered(visitorObject(env, 'demo', each));
  const { body } = await send('/v1/analytics/messages', { key: 'sk_demo' });
  return (body.messages as Record<string, Record<string, unknown>>)[message];
}

/** A phone and a laptop, and the customer whose they are. */
const people = () => [visitor('customer'), visitor('phone'), visitor('laptop')] as const;

afterEach(() => {
  vi.useRealTimers();
});

describe('an order from a browser', () => {
  test('is credited to what the customer was shown on another device, once, whichever devices report it', async () => {
    await putItems([{ itemId: 'tea', title: 'Tea', price: 4 }]);
    const name = await shopWith({});
    const [customerId, phone, laptop] = people();
    const [shown] = await open(phone, customerId);
    await open(laptop, customerId, 'account');
    await tell(phone, [
      event('impression', { impressionId: shown?.impressionId }),
      event('select_promotion', { impressionId: shown?.impressionId }),
    ]);
    const once = { orders: 1, ordersAfterClick: 1, revenue: { GBP: 10 } };
    await tell(laptop, [buy(`o-${name}`)]);
    expect(await figures(name, phone, laptop)).toMatchObject(once);
    await tell(phone, [buy(`o-${name}`)]);
    await send('/v1/events', { key: 'sk_demo', body: { customerId, events: [buy(`o-${name}`)] } });
    await delivered(customerObject(env, 'demo', customerId));
    expect(await figures(name, phone, laptop)).toMatchObject(once);
  });

  test('is credited to it where that order is what makes the device the customer’s', async () => {
    const name = await shopWith({});
    const [customerId, phone, laptop] = people();
    const [shown] = await open(phone, customerId);
    await tell(phone, [event('impression', { impressionId: shown?.impressionId })]);
    await send('/v1/events', { key: 'sk_demo', body: { visitorId: laptop, customerId, events: [buy(`o-${name}`)] } });
    expect(await figures(name, phone, laptop)).toMatchObject({ orders: 1, ordersAfterClick: 0 });
  });

  test('is not where it came too late, where nothing was seen, or where the devices are strangers', async () => {
    const name = await shopWith({});
    const [customerId, phone, laptop] = people();
    const [shown] = await open(phone, customerId);
    await open(laptop, customerId);
    await tell(laptop, [buy(`unseen-${name}`)]);
    await tell(phone, [event('impression', { impressionId: shown?.impressionId })]);
    const stranger = visitor('stranger');
    await tell(stranger, [buy(`strange-${name}`)]);
    const now = Date.now();
    vi.setSystemTime(now + 80 * HOUR);
    await tell(laptop, [buy(`late-${name}`)]);
    vi.useRealTimers();
    expect(await figures(name, phone, laptop, stranger)).toMatchObject({ impressions: 1, orders: 0 });
  });
});

describe('a visit on another device of a customer', () => {
  const greeting = () => shopWith({ trigger: { on: 'return', afterHours: 24 } });
  const greets = async (visitorId: string, customerId: string | null): Promise<boolean> =>
    (await open(visitorId, customerId)).length > 0;

  test('after a day is a return, though that device is new', async () => {
    await greeting();
    const [customerId, phone, laptop] = people();
    const start = Date.now();
    vi.setSystemTime(start);
    expect(await greets(phone, customerId)).toBe(false);
    vi.setSystemTime(start + 30 * HOUR);
    expect(await greets(laptop, customerId)).toBe(true);
    // Whoever is not known to be the customer has never been here.
    expect(await greets(visitor('stranger'), null)).toBe(false);
  });

  test('within a day of the one on the other device is none, and neither is what goes on on both', async () => {
    await greeting();
    const [customerId, phone, laptop] = people();
    const start = Date.now();
    vi.setSystemTime(start);
    expect(await greets(phone, customerId)).toBe(false);
    expect(await greets(laptop, customerId)).toBe(false);
    vi.setSystemTime(start + 20 * HOUR);
    expect(await greets(laptop, customerId)).toBe(false);
    // The phone was last here 40 hours ago, the customer 20.
    vi.setSystemTime(start + 40 * HOUR);
    expect(await greets(phone, customerId)).toBe(false);
    vi.setSystemTime(start + 40 * HOUR + 600_000);
    expect(await greets(laptop, customerId)).toBe(false);
  });

  test('goes on being a return on the device on which the customer came back, whatever the other does meanwhile', async () => {
    await greeting();
    const [customerId, phone, laptop] = people();
    const start = Date.now();
    const at = (hours: number, minutes: number) => vi.setSystemTime(start + hours * HOUR + minutes * 60_000);
    at(0, 0);
    expect(await greets(phone, customerId)).toBe(false);
    at(48, 0);
    expect(await greets(phone, customerId)).toBe(true);
    at(48, 5);
    await greets(laptop, customerId);
    at(48, 10);
    expect(await greets(phone, customerId)).toBe(true);
    // Now the laptop's visit lies within the phone's: it is the same one.
    at(48, 15);
    expect(await greets(laptop, customerId)).toBe(true);
  });
});
