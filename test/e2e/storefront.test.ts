import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucket } from '../../src/shared/hash.ts';
import { type DevServer, startDevServer } from '../support/dev-server.ts';
import { LOOK, openStorefront, type Storefront } from './storefront.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

type Arm = 'control' | 'b';

const CONFIG = {
  consent: { default: 'personal' },
  freshness: { flushSeconds: 1, cardsSeconds: 1 },
  shop: { currency: 'EUR' },
  metrics: {
    conversion: { type: 'proportion', event: 'purchase', windowHours: 72 },
    revenue: { type: 'mean', event: 'purchase', value: 'value', windowHours: 72 },
  },
  experiments: {
    'item-layout': {
      status: 'running',
      phase: 1,
      seed: 'item-layout',
      variations: [
        { key: 'control', value: { columns: 2 } },
        { key: 'b', value: { columns: 3 } },
      ],
      goals: ['conversion'],
      secondary: ['revenue'],
    },
  },
};

/** A new visitor whom chance gives this variation. */
function visitorOf(arm: Arm): string {
  for (;;) {
    const visitorId = randomUUID();
    if ((bucket('item-layout', visitorId) < 0.5 ? 'control' : 'b') === arm) return visitorId;
  }
}

let server: DevServer;
let shop: Storefront;
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) return;
  server = await startDevServer(CONFIG);
  shop = await openStorefront(server.url);
  const { status } = await publish({ ...CONFIG, origins: [shop.url] });
  expect(status).toBe(200);
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--headless'],
  });
});

afterAll(async () => {
  await browser?.close();
  shop?.stop();
  await server?.stop();
});

const SECRET = { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' };

const publish = (config: object): Promise<Response> =>
  fetch(`${server.url}/v1/config`, { method: 'PUT', headers: SECRET, body: JSON.stringify(config) });

interface Visit {
  context: BrowserContext;
  page: Page;
  /** Pictures of what was painted while the page loaded, as PNG in base64. */
  frames: string[];
}

/** Opens a page as a visitor, with every frame recorded that the browser presents until it has loaded. */
async function visit(visitorId: string, path = '/'): Promise<Visit> {
  const context = await browser.newContext({ userAgent: USER_AGENT, viewport: { width: 400, height: 500 } });
  const page = await context.newPage();
  const frames: string[] = [];
  const devtools = await context.newCDPSession(page);
  devtools.on('Page.screencastFrame', ({ data, sessionId }) => {
    frames.push(data);
    void devtools.send('Page.screencastFrameAck', { sessionId });
  });
  await devtools.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 });
  await page.goto(`${shop.url}${path}?visitor=${visitorId}`);
  // Whatever would still change does so within these frames.
  await page.evaluate(
    'new Promise((done) => { let n = 0; const next = () => (++n > 20 ? done() : requestAnimationFrame(next)); next(); })',
  );
  await devtools.send('Page.stopScreencast');
  return { context, page, frames };
}

/** How the shelf looked in each frame, as its page has written down. */
const looksOf = ({ page }: Visit): Promise<string[]> => page.evaluate<string[]>('looks');

/** Which of the two looks are in any of the pictures. */
const paintedIn = ({ page, frames }: Visit): Promise<string[]> =>
  page.evaluate<string[]>(`looksIn(${JSON.stringify(frames)})`);

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(server.url + path, { headers: SECRET });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

interface Figures {
  exposures: number;
  conversions: number;
  revenue: number;
}

/** What the results say of each variation. */
async function figures(): Promise<Record<Arm, Figures>> {
  const { variations } = await ask<{
    variations: { key: Arm; exposures: number; metrics: Record<string, { total: number }> }[];
  }>('/v1/experiments/item-layout/results');
  const of = (arm: Arm): Figures => {
    const { exposures = 0, metrics = {} } = variations.find((one) => one.key === arm) ?? {};
    return { exposures, conversions: metrics.conversion?.total ?? 0, revenue: metrics.revenue?.total ?? 0 };
  };
  return { control: of('control'), b: of('b') };
}

const pending = async (): Promise<number> =>
  (await ask<{ learning: { pending: number } }>('/v1/readiness')).learning.pending;

describe.skipIf(!existsSync(CHROMIUM))('a storefront with @openfeature/web-sdk', () => {
  test.each<Arm>(['control', 'b'])('shows %s from the first paint on, and nothing else ever', async (arm) => {
    const here = await visit(visitorOf(arm));
    const looks = await looksOf(here);
    expect(looks.length).toBeGreaterThan(5);
    expect(new Set(looks)).toEqual(new Set([LOOK[arm]]));
    expect(await paintedIn(here)).toEqual([LOOK[arm]]);
    expect(await here.page.evaluate('paints')).toContain('first-paint');
    // It was given its look before it was in a frame, and then never another.
    expect((await here.page.evaluate<(string | null)[]>('changes')).filter((before) => before !== null)).toEqual([]);
    await here.context.close();
  });

  test('would be seen to flicker, if it asked for its flags only when it is shown', async () => {
    const here = await visit(visitorOf('b'), '/asks');
    await expect.poll(async () => (await looksOf(here)).at(-1)).toBe(LOOK.b);
    expect(new Set(await looksOf(here))).toEqual(new Set([LOOK.control, LOOK.b]));
    expect(await paintedIn(here)).toContain(LOOK.control);
    await here.context.close();
  });

  test.each<Arm>(['control', 'b'])(
    'is told the same by @openfeature/ofrep-web-provider across origins: %s',
    async (arm) => {
      const visitorId = visitorOf(arm);
      const { context, page } = await visit(visitorId);
      const statuses: number[] = [];
      page.on('response', (answer) => {
        if (answer.url().includes('/ofrep/') && answer.request().method() === 'POST') statuses.push(answer.status());
      });
      const asked = await page.evaluate('asked()');
      expect(asked).toMatchObject({ variant: arm, value: { columns: arm === 'b' ? 3 : 2 }, reason: 'SPLIT' });
      // Kept from the page before, it is there at once, and the server says that nothing has changed.
      await page.reload();
      expect(await page.evaluate('asked()')).toMatchObject({ variant: arm, reason: 'CACHED' });
      await expect.poll(() => statuses).toEqual([200, 304]);
      await context.close();
    },
  );

  test('counts every purchase once in the results, though the server is killed before it and after it', async () => {
    // What each visitor spends, order by order.
    const shoppers: [Arm, number[]][] = [
      ['control', [10]],
      ['control', []],
      ['b', [20]],
      ['b', [30, 5]],
      ['b', []],
    ];
    // A phase of its own, which none of the other visits is in.
    const layout = { ...CONFIG.experiments['item-layout'], phase: 2 };
    const put = await publish({ ...CONFIG, origins: [shop.url], experiments: { 'item-layout': layout } });
    expect(put.status).toBe(200);
    const visits: (Visit & { visitorId: string; spends: number[] })[] = [];
    for (const [arm, spends] of shoppers) {
      const visitorId = visitorOf(arm);
      visits.push({ ...(await visit(visitorId)), visitorId, spends });
    }
    const waiting = async (): Promise<number> => {
      const counts = await Promise.all(visits.map(({ page }) => page.evaluate<number>('waiting()')));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    // Whoever has seen the shelf has met its experiment, and the server has said that it knows.
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    await server.kill();

    const bought: { visitorId: string; event: { orderId: string } }[] = [];
    for (const { page, visitorId, spends } of visits)
      for (const value of spends) {
        const call = `buy(${JSON.stringify(randomUUID())}, ${value})`;
        bought.push({ visitorId, event: await page.evaluate<{ orderId: string }>(call) });
      }
    expect(await waiting()).toBe(bought.length);
    server = await startDevServer(null, server);
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    await server.kill();

    server = await startDevServer(null, server);
    // The pages do not know whether they were heard and say it again; so does the shop's own server, of the same orders.
    for (const { visitorId, event } of bought)
      for (const [key, said] of [
        ['pk_demo', event],
        ['sk_demo', { ...event, eventId: randomUUID() }],
      ] as const) {
        const answer = await fetch(`${server.url}/v1/events`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ visitorId, consent: 'personal', events: [said] }),
        });
        expect(answer.status).toBe(202);
      }
    const expected = {
      control: { exposures: 2, conversions: 1, revenue: 10 },
      b: { exposures: 3, conversions: 2, revenue: 55 },
    };
    await expect.poll(figures, { timeout: 60_000, interval: 500 }).toEqual(expected);
    await expect.poll(pending, { timeout: 60_000, interval: 500 }).toBe(0);
    expect(await figures()).toEqual(expected);
    await Promise.all(visits.map(({ context }) => context.close()));
  }, 180_000);
});
