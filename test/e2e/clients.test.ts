import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevServer, type Exported, startDevServer } from '../support/dev-server.ts';
import { type Mishap, startUnreliable } from '../support/unreliable.ts';
import { pageBundle } from './page-bundle.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const TOLERANCE_MS = 30_000;
const PATH = '/mugs';

let server: DevServer;
let shop: Server;
let shopUrl: string;
let browser: Browser;

/** A shop's page with the clients in it, on an origin of its own. */
async function openShop(): Promise<void> {
  const script = await pageBundle(join(import.meta.dirname, 'clients-page.ts'));
  shop = createServer((request, response) => {
    if (request.url === '/clients.js') response.setHeader('Content-Type', 'text/javascript').end(script);
    else
      response
        .setHeader('Content-Type', 'text/html')
        .end('<!doctype html><title>Mugs</title><script src="/clients.js"></script>');
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const address = shop.address();
  shopUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** A page of a new person; what it loads from elsewhere than this machine is written down. */
async function visit(): Promise<{ page: Page; elsewhere: string[] }> {
  const context = await browser.newContext({ userAgent: USER_AGENT });
  const page = await context.newPage();
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith('http') && new URL(request.url()).hostname !== '127.0.0.1')
      elsewhere.push(request.url());
  });
  await page.goto(shopUrl + PATH);
  return { page, elsewhere };
}

const TWO_MUGS = [{ itemId: 'mug', price: 12.5, quantity: 2 }];
const expectedOf = (orderId: string): Partial<Exported>[] => [
  { name: 'add_to_cart', items: TWO_MUGS, currency: 'EUR' },
  { name: 'custom', key: 'Newsletter Joined' },
  { name: 'custom', key: 'identify' },
  { name: 'page_view', page: { url: shopUrl + PATH } },
  { name: 'purchase', items: TWO_MUGS, orderId, value: 27.5, currency: 'EUR' },
  { name: 'view_item', items: [{ itemId: 'mug', price: 12.5 }], currency: 'EUR' },
];

const MISHAPS: Mishap[] = [
  { do: 'refuse', status: 429 },
  { do: 'refuse', status: 503 },
  { do: 'lose', status: 503 },
];

describe.skipIf(!existsSync(CHROMIUM))('browser clients, as npm has them', () => {
  beforeAll(async () => {
    await openShop();
    server = await startDevServer({ consent: { default: 'personal' } });
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--headless'],
    });
  });

  afterAll(async () => {
    await browser?.close();
    shop?.close();
    await server?.stop();
  });

  test.each([
    ['@segment/analytics-next', 'segment', false, []],
    ['@segment/analytics-next, batching', 'segment', true, []],
    ['@segment/analytics-next, refused at first', 'segment', false, MISHAPS],
    ['@segment/analytics-next, batching, refused at first', 'segment', true, MISHAPS],
    ['@rudderstack/analytics-js', 'rudder', false, []],
    ['@rudderstack/analytics-js, by beacon', 'rudder', true, []],
    ['@rudderstack/analytics-js, refused at first', 'rudder', false, MISHAPS],
  ] as const)(
    '%s: every event arrives exactly once, with name, items, money and time',
    async (_name, client, variant, mishaps) => {
      const proxy = await startUnreliable(server.url, mishaps);
      const { page, elsewhere } = await visit();
      const isThrough = mishaps.length > 0;
      const told = {
        url: isThrough ? proxy.url : server.url,
        isThrough,
        userId: `user-${randomUUID()}`,
        orderId: randomUUID(),
      };
      const anonymousId = await page.evaluate<string>(`${client}(${JSON.stringify(told)}, ${variant})`);
      expect(anonymousId).toMatch(/^[\w-]{36}$/);
      await expect
        .poll(async () => (await server.eventsOf(anonymousId)).length, { timeout: 50_000, interval: 300 })
        .toBe(6);
      if (isThrough) {
        await expect.poll(() => proxy.posts.length, { timeout: 20_000 }).toBeGreaterThan(mishaps.length);
        // Whatever is still on its way after a mishap has time to arrive, and to be doubled.
        await page.waitForTimeout(3_000);
      }
      const held = await server.eventsOf(anonymousId);
      expect(held.toSorted((a, b) => (`${a.name} ${a.key}` < `${b.name} ${b.key}` ? -1 : 1))).toMatchObject(
        expectedOf(told.orderId),
      );
      expect(new Set(held.map((event) => event.eventId)).size).toBe(6);
      for (const { name, timestamp } of held)
        expect(Math.abs(Date.now() - Date.parse(timestamp)), name).toBeLessThan(TOLERANCE_MS);
      if (isThrough) {
        const sent = proxy.posts.flat();
        expect(new Set(sent)).toEqual(new Set(held.map((event) => event.eventId)));
        expect(sent.length).toBeGreaterThan(6);
      }
      expect(elsewhere).toEqual([]);
      await page.context().close();
      await proxy.stop();
    },
    90_000,
  );
});
