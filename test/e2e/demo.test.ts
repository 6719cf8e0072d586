import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoServer, startDemo, stateFolder } from './demo-server.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SECOND_START_MS = 20_000;
/** A headless browser says that it is one, and is then taken for the bot that it is: nothing of it would be stored. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

let demo: DemoServer;
let browser: Browser;
let state: Awaited<ReturnType<typeof stateFolder>>;

/** A new person at a new browser; what they load from elsewhere and what breaks on their pages is written down. */
async function shopper(width: number): Promise<{ page: Page; wrong: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, userAgent: USER_AGENT });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(demo.url)) wrong.push(`loads ${request.url()}`);
  });
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()}`);
  });
  return { page, wrong };
}

/** Opens a page and waits for its decision. */
async function visit(page: Page, path: string): Promise<void> {
  await page.goto(demo.url + path);
  await decided(page);
}

async function decided(page: Page): Promise<void> {
  await page.locator('[data-panel] dl').waitFor({ state: 'attached' });
}

const itemsIn = (page: Page, placement: string): Promise<string[]> =>
  page
    .locator(`[data-row="${placement}"] [data-item]`)
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-item') ?? ''));

describe.skipIf(!existsSync(CHROMIUM))('the demo shop', () => {
  beforeAll(async () => {
    state = await stateFolder();
    demo = await startDemo(state.path);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--headless'],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await state?.remove();
  });

  test('somebody wanders from the home page to a shelf, to an item, and is shown what others buy with it', async () => {
    const { page, wrong } = await shopper(1280);
    await visit(page, '/demo');
    expect((await itemsIn(page, 'home')).length).toBeGreaterThanOrEqual(4);
    await page.getByRole('link', { name: 'Tableware' }).first().click();
    await decided(page);
    await page
      .locator('main')
      .getByRole('link', { name: /Speckled pasta bowl/ })
      .last()
      .click();
    await decided(page);
    expect(page.url()).toContain('/demo/items/pasta-bowl-oat');
    const companions = await itemsIn(page, 'item-page');
    const real = [
      'olive-wood-spoon',
      'bronze-pasta',
      'tomato-passata',
      'olive-oil',
      'linguine',
      'basil-pesto',
      'pasta-pot',
      'box-grater',
    ];
    expect(companions.filter((itemId) => real.includes(itemId)).length).toBeGreaterThanOrEqual(3);
    expect(companions).not.toContain('pasta-bowl-oat');
    const panel = page.locator('.panel');
    await expect(panel.getByText('bought_together').count()).resolves.toBeGreaterThan(0);
    expect(await panel.locator('.decided li').count()).toBeGreaterThanOrEqual(companions.length);
    expect(await panel.locator('.reasons .bar').count()).toBeGreaterThan(0);
    expect(await panel.innerText()).toMatch(/personal/);
    expect(wrong).toEqual([]);
  });

  test('somebody searches, puts things in the basket, buys, and finds them under recently bought', async () => {
    const { page, wrong } = await shopper(1280);
    await visit(page, '/demo');
    await page.getByLabel('Search the shop').fill('basil seeds');
    await page.getByLabel('Search the shop').press('Enter');
    await decided(page);
    await page
      .locator('main')
      .getByRole('link', { name: /Sweet basil/ })
      .first()
      .click();
    await decided(page);
    await page.getByRole('button', { name: 'Put in the basket' }).click();
    await page.getByRole('link', { name: 'See the basket' }).click();
    await decided(page);
    expect(await page.locator('[data-basket] li').count()).toBe(1);
    const more = await itemsIn(page, 'cart');
    expect(more.length).toBeGreaterThanOrEqual(3);
    expect(more).not.toContain('basil-seeds');
    await page.locator(`[data-row="cart"] [data-item="${more[0]}"] a`).click();
    await decided(page);
    await page.getByRole('button', { name: 'Put in the basket' }).click();
    await visit(page, '/demo/basket');
    expect(await page.locator('[data-basket] li').count()).toBe(2);
    await page.getByRole('link', { name: 'To the checkout' }).click();
    await decided(page);
    await page.getByRole('button', { name: /Buy/ }).click();
    await page.waitForURL('**/demo/thanks');
    await decided(page);
    expect(await page.locator('[data-thanks]').innerText()).toContain('Sweet basil');
    expect(await page.locator('[data-basket-count]').innerText()).toBe('0');
    await page.getByRole('link', { name: 'Recently bought' }).click();
    await decided(page);
    const bought = await page
      .locator('[data-bought] [data-item]')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-item')));
    expect(bought.toSorted()).toEqual(['basil-seeds', more[0]].toSorted());
    await page.getByRole('button', { name: /Put all 2 in the basket/ }).click();
    expect(await page.locator('[data-basket-count]').innerText()).toBe('2');
    expect(wrong).toEqual([]);
  });

  test('somebody finds an item sold out, and is offered what is much like it', async () => {
    const { page, wrong } = await shopper(1280);
    await visit(page, '/demo/items/butter-dish');
    expect(await page.getByRole('button', { name: 'Sold out' }).isDisabled()).toBe(true);
    const row = page.locator('[data-row="item-page"]');
    expect(await row.locator('h2').innerText()).toBe('Sold out, but much like it');
    const shelves = await Promise.all(
      (await itemsIn(page, 'item-page')).map(async (itemId) =>
        (await page.request.get(`${demo.url}/demo/items/${itemId}`)).text(),
      ),
    );
    expect(shelves).toHaveLength(6);
    for (const html of shelves) expect(html).toContain('/demo/categories/tableware');
    expect(await page.locator('.panel').getByText('alternatives').count()).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('somebody hesitates at the checkout, is told to take their time, and is not told again', async () => {
    const { page, wrong } = await shopper(1280);
    await page.clock.install();
    const notice = page.locator('.notice-popup');
    const handed = () => page.evaluate<string[]>("JSON.parse(sessionStorage.getItem('demo-waiting') ?? '[]')");
    await visit(page, '/demo/items/basil-seeds');
    await page.getByRole('button', { name: 'Put in the basket' }).click();
    await visit(page, '/demo/checkout');
    const [first] = await handed();
    expect(first).toEqual(expect.any(String));
    // Left too soon, and come back to: it waits again, under another id.
    await visit(page, '/demo/basket');
    expect(await handed()).toEqual([]);
    await visit(page, '/demo/checkout');
    const [second] = await handed();
    expect(second).toEqual(expect.any(String));
    expect(second).not.toBe(first);
    await page.clock.fastForward(19_000);
    expect(await notice.count()).toBe(0);
    const reported = page.waitForResponse('**/v1/events');
    await page.clock.fastForward(2_000);
    await notice.waitFor();
    expect(await notice.innerText()).toContain('Take your time');
    await reported;
    expect(await handed()).toEqual([]);
    await visit(page, '/demo/checkout');
    expect(await handed()).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test('the panel folds away and stays folded; consent is the visitor’s to give', async () => {
    const { page, wrong } = await shopper(1280);
    await visit(page, '/demo');
    const toggle = page.getByRole('button', { name: 'Behind the counter' });
    expect(await toggle.getAttribute('aria-expanded')).toBe('true');
    await page.getByRole('radio', { name: 'none' }).check();
    // The page is loaded anew under the new consent; until then the panel shows the old decision.
    const facts = page.locator('[data-panel] dl');
    await expect.poll(() => facts.innerText(), { timeout: 10_000 }).toMatch(/Consent used\s+none/);
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual(['demo-consent']);
    await toggle.click();
    await page.reload();
    expect(await toggle.getAttribute('aria-expanded')).toBe('false');
    expect(await page.locator('#panel-body').isVisible()).toBe(false);
    expect(wrong).toEqual([]);
  });

  test.each([
    '/demo',
    '/demo/categories/linen',
    '/demo/items/pasta-bowl-oat',
    '/demo/basket',
    '/demo/checkout',
    '/demo/account',
    '/demo/search?q=gift',
  ])('on a phone %s is no wider than the screen, and every picture is there', async (path) => {
    const { page, wrong } = await shopper(360);
    await visit(page, path);
    // As text: the test's own types know no document.
    const { width, broken } = await page.evaluate<{ width: number; broken: number }>(`({
      width: document.documentElement.scrollWidth,
      broken: [...document.images].filter((image) => image.complete && image.naturalWidth === 0 && image.loading !== 'lazy').length,
    })`);
    expect(width).toBeLessThanOrEqual(360);
    expect(broken).toBe(0);
    expect(await page.locator('#panel-body').isVisible()).toBe(false);
    expect(wrong).toEqual([]);
  });

  test('the second start is up in seconds, with what was learnt', async () => {
    await demo.stop();
    demo = await startDemo(state.path);
    expect(demo.took).toBeLessThan(SECOND_START_MS);
    const { page } = await shopper(1280);
    await visit(page, '/demo/items/basil-seeds');
    expect((await itemsIn(page, 'item-page')).length).toBeGreaterThanOrEqual(3);
  });
});
