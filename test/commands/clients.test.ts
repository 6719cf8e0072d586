import { randomUUID } from 'node:crypto';
import { jitsuAnalytics } from '@jitsu/js';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevServer, type Exported, startDevServer } from '../support/dev-server.ts';
import { type Mishap, startUnreliable } from '../support/unreliable.ts';

const HOUR_MS = 3_600_000;
/** A client's resends may carry the time of the first attempt. */
const TOLERANCE_MS = 15_000;

/** Whoever is visited: a library of a server, told what its visitors do. */
interface Visit {
  identify(): unknown;
  page(url: string): unknown;
  track(event: string, properties: Record<string, unknown>, at?: Date): unknown;
  end(): Promise<unknown>;
}

interface Who {
  anonymousId: string;
  userId: string;
}

type Properties = { [name: string]: string | number | { [name: string]: string | number }[] };

/** Its messages carry the anonymous id, as those of a server that reads the visitor's cookie. */
function segment(url: string, key: string, { anonymousId, userId }: Who, path = '/v1/batch'): Visit {
  const client = new Analytics({ writeKey: key, host: url, path, flushInterval: 300 });
  return {
    identify: () => client.identify({ anonymousId, userId, traits: { plan: 'x' } }),
    page: (page) => client.page({ anonymousId, name: 'Home', properties: { url: page } }),
    track: (event, properties, at) =>
      client.track({ anonymousId, event, properties, ...(at === undefined ? {} : { timestamp: at }) }),
    end: () => client.closeAndFlush({ timeout: 30_000 }),
  };
}

function rudder(url: string, key: string, { anonymousId, userId }: Who, gzip = true): Visit {
  // The first message goes at once, the others together.
  const client = new RudderAnalytics(key, { dataPlaneUrl: url, gzip, flushInterval: 500, logLevel: 'none' });
  return {
    identify: () => client.identify({ anonymousId, userId, traits: { plan: 'x' } }),
    page: (page) => client.page({ anonymousId, name: 'Home', properties: { url: page } }),
    track: (event, properties, at) =>
      client.track({
        anonymousId,
        event,
        properties: properties as Properties,
        ...(at === undefined ? {} : { timestamp: at }),
      }),
    end: () => client.flush(),
  };
}

function jitsu(url: string, key: string, { anonymousId, userId }: Who, s2s = false): Visit {
  const client = jitsuAnalytics({ host: url, writeKey: `${key}:secret`, s2s });
  const sent: Promise<unknown>[] = [client.setAnonymousId(anonymousId) as unknown as Promise<unknown>];
  return {
    identify: () => sent.push(client.identify(userId, { plan: 'x' })),
    page: (page) => sent.push(client.page('Home', { url: page })),
    track: (event, properties) => sent.push(client.track(event, properties as Properties)),
    end: () => Promise.all(sent),
  };
}

const MUG = { product_id: 'mug', price: 12.5, currency: 'EUR' };
const PAGE = 'https://shop.example/mugs';

/** What every client is told, an hour ago as far as it can say so. */
async function tell(visit: Visit, orderId: string): Promise<void> {
  const then = new Date(Date.now() - HOUR_MS);
  await visit.identify();
  await visit.page(PAGE);
  await visit.track('Product Viewed', MUG, then);
  await visit.track('Product Added', { ...MUG, quantity: 2 }, then);
  const order = {
    order_id: orderId,
    total: 27.5,
    currency: 'EUR',
    products: [{ product_id: 'mug', price: 12.5, quantity: 2 }],
  };
  await visit.track('Order Completed', order, then);
  await visit.track('Newsletter Joined', { list: 'weekly' });
  await visit.end();
}

const TWO_MUGS = [{ itemId: 'mug', price: 12.5, quantity: 2 }];
const expectedOf = (orderId: string): Partial<Exported>[] => [
  { name: 'add_to_cart', items: TWO_MUGS, currency: 'EUR' },
  { name: 'custom', key: 'Newsletter Joined' },
  { name: 'custom', key: 'identify' },
  { name: 'page_view', page: { url: PAGE } },
  { name: 'purchase', items: TWO_MUGS, orderId, value: 27.5, currency: 'EUR' },
  { name: 'view_item', items: [{ itemId: 'mug', price: 12.5 }], currency: 'EUR' },
];

const inOrder = (events: Exported[]): Exported[] =>
  events.toSorted((a, b) => (`${a.name} ${a.key}` < `${b.name} ${b.key}` ? -1 : 1));

let server: DevServer;

beforeAll(async () => {
  server = await startDevServer({ consent: { default: 'personal' } });
}, 90_000);
afterAll(() => server?.stop());

interface Case {
  client: string;
  visit(url: string, who: Who): Visit;
  /** Whether it can say when something happened. */
  saysWhen: boolean;
  /** With the secret key, what names a user is the customer's. */
  isTrusted?: boolean;
}

const CASES: Case[] = [
  { client: '@segment/analytics-node', visit: (url, who) => segment(url, 'pk_demo', who), saysWhen: true },
  {
    client: '@segment/analytics-node under a prefix',
    visit: (url, who) => segment(url, 'pk_demo', who, '/segment/v1/batch'),
    saysWhen: true,
  },
  {
    client: '@segment/analytics-node with the secret key',
    visit: (url, who) => segment(url, 'sk_demo', who),
    saysWhen: true,
    isTrusted: true,
  },
  { client: '@rudderstack/rudder-sdk-node', visit: (url, who) => rudder(url, 'pk_demo', who), saysWhen: true },
  {
    client: '@rudderstack/rudder-sdk-node without gzip',
    visit: (url, who) => rudder(url, 'pk_demo', who, false),
    saysWhen: true,
  },
  { client: '@jitsu/js', visit: (url, who) => jitsu(url, 'pk_demo', who), saysWhen: false },
  { client: '@jitsu/js from server to server', visit: (url, who) => jitsu(url, 'pk_demo', who, true), saysWhen: false },
];

const newcomer = (): Who => ({ anonymousId: randomUUID(), userId: `user-${randomUUID()}` });

/** Once a server has said who a visitor is, everything is the customer's. */
async function heldOf({ anonymousId, userId }: Who, isTrusted = false): Promise<Exported[]> {
  return inOrder(isTrusted ? await server.eventsOf(userId, 'customers') : await server.eventsOf(anonymousId));
}

async function expectWhole(who: Who, orderId: string, { saysWhen, isTrusted }: Case): Promise<void> {
  const held = await heldOf(who, isTrusted);
  expect(held).toMatchObject(expectedOf(orderId));
  expect(new Set(held.map((event) => event.eventId)).size).toBe(held.length);
  for (const { name, timestamp } of held) {
    const isThen = saysWhen && ['view_item', 'add_to_cart', 'purchase'].includes(name);
    const off = Date.now() - (isThen ? HOUR_MS : 0) - Date.parse(timestamp);
    expect(Math.abs(off), `${name} at ${timestamp}`).toBeLessThan(TOLERANCE_MS);
  }
}

describe('libraries of servers, as npm has them', () => {
  test.each(CASES)('$client: every event arrives exactly once, with name, items, money and time', async (one) => {
    const [who, orderId] = [newcomer(), randomUUID()];
    await tell(one.visit(server.url, who), orderId);
    await expect.poll(async () => (await heldOf(who, one.isTrusted)).length, { timeout: 20_000 }).toBe(6);
    await expectWhole(who, orderId, one);
  });

  const MISHAPS: Mishap[] = [
    { do: 'refuse', status: 429 },
    { do: 'refuse', status: 503 },
    { do: 'lose', status: 503 },
  ];
  const resending = CASES.filter(({ client }) => !client.startsWith('@jitsu'));

  test.concurrent.for(resending)(
    '$client: what is refused, and what is taken but not answered, is sent again and not doubled',
    async (one, { expect }) => {
      const proxy = await startUnreliable(server.url, MISHAPS);
      const [who, orderId] = [newcomer(), randomUUID()];
      await tell(one.visit(proxy.url, who), orderId);
      await expect
        .poll(async () => (await heldOf(who, one.isTrusted)).length, { timeout: 40_000, interval: 300 })
        .toBe(6);
      await expect.poll(() => proxy.posts.length, { timeout: 20_000 }).toBeGreaterThan(MISHAPS.length);
      await proxy.stop();
      const [first, second, third, fourth] = proxy.posts;
      expect([second, third, fourth]).toEqual([first, first, first]);
      await expectWhole(who, orderId, one);
    },
  );
});
