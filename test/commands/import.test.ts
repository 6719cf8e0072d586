import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SHARED } from '../support/shared.ts';
import {
  type Bought,
  boughtIn,
  busiestCustomers,
  closestPair,
  type Line,
  linesOf,
  together,
} from './importing/by-hand.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = mkdtempSync(join(tmpdir(), 'floorwalker-import-'));
const RETAIL = join(SHARED, 'data/online-retail');
const SLICE_LINES = 20_001;
const NO_GOODS = 'POST,DOT,M,m,D,S,B,C2,AMAZONFEE,BANK CHARGES,CRUK,PADS,gift_0001_*';

let server: ChildProcess;
let url = '';

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

/** The real local server with two shops: one for the made-up files, one for the real ones. */
beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = spawn(
    process.execPath,
    ['src/commands/dev.ts', '--port', String(port), '--persist-to', join(FOLDER, 'state')],
    {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SHOP_KEYS: '["pk_demo","sk_demo","pk_own","sk_own"]' },
    },
  );
  const health = async () => expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  await vi.waitFor(health, { timeout: 50_000, interval: 200 });
  for (const key of ['sk_own', 'sk_demo']) {
    const body = JSON.stringify({ freshness: { flushSeconds: 1, cardsSeconds: 1, catalogSeconds: 1 } });
    const headers = { Authorization: `Bearer ${key}` };
    const answer = await fetch(`${url}/v1/config`, { method: 'PUT', headers, body });
    expect(answer.status, await answer.text()).toBeLessThan(300);
  }
}, 60_000);

afterAll(async () => {
  if (server.pid !== undefined && server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    process.kill(-server.pid, 'SIGKILL');
    await ended;
  }
  rmSync(FOLDER, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

async function importing(...argv: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['src/commands/import.ts', ...argv], { cwd: ROOT });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
}

function file(name: string, text: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

async function ask<T>(key: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.status, `${path} ${answer.ok ? '' : await answer.clone().text()}`).toBe(200);
  return (await answer.json()) as T;
}

async function bought(key: string, customerId: string): Promise<Bought[]> {
  const path = `/v1/recently-bought?customerId=${customerId}`;
  const { recentlyBought } = await ask<{ recentlyBought: Bought[] }>(key, path);
  return recentlyBought.map(({ itemId, lastBoughtAt, times, quantity }) => ({ itemId, lastBoughtAt, times, quantity }));
}

interface Suggested {
  itemId: string;
  title: string;
  reasons: { code: string }[];
}

/** What is suggested beside a basket because it was bought together with it. */
async function besides(key: string, itemIds: readonly string[]): Promise<Suggested[]> {
  const body = {
    consent: 'none',
    cart: itemIds.map((itemId) => ({ itemId, quantity: 1 })),
    page: { type: 'cart' },
    placements: [{ placement: 'cart', count: 5 }],
  };
  const { placements } = await ask<{ placements: Record<string, { items: Suggested[] }> }>(key, '/v1/decide', body);
  const items = placements.cart?.items ?? [];
  return items.filter((item) => item.reasons.some((reason) => reason.code === 'bought_together'));
}

const counted = (key: string) => ask<{ total: number }>(key, '/v1/analytics/events');

describe('a made-up shop', () => {
  const products = [
    'sku,name,price,category',
    'tea,"Tea, green",3.50,Drinks > Tea',
    'pot,Tea pot,25,Kitchen > Pots',
    'cup,Cup,4,Kitchen > Cups',
    'hat,Hat,19,Clothes',
    'nameless,,1,Clothes',
  ];
  const orders = [
    'order\tsku\tqty\tdate\tunit_price\tcustomer',
    ...Array.from({ length: 30 }, (_, i) => {
      const date = new Date(Date.UTC(2026, 0, 1 + i)).toISOString();
      return `o${i}\ttea\t2\t${date}\t3.50\tanna\no${i}\tpot\t1\t${date}\t25\tanna`;
    }),
    'o90\that\t1\t2026-03-01\t19\tbert',
    'o91\tcup\t3\t2026-03-02\t4\tbert',
    'c91\tcup\t-1\t2026-03-03\t4\tbert',
    'o92\tcup\t1\tsome day\t4\tbert',
    'o93\tcup\t1\t2026-03-04\t0\tbert',
  ];
  const argv = () => [
    ...['--url', url, '--key', 'sk_own', '--wait'],
    ...['--catalog', file('products.csv', products.join('\n')), '--orders', file('orders.tsv.gz', orders.join('\n'))],
    ...['--sessions', file('sessions.tsv', Array.from({ length: 40 }, (_, i) => `${i + 1}\ttea cup hat`).join('\n'))],
    ...[
      '--events',
      file(
        'events.ndjson',
        `${JSON.stringify({ name: 'view_item', visitorId: 'imported-visitor-1', timestamp: '2026-02-01T10:00:00Z', items: [{ itemId: 'hat' }] })}\n`,
      ),
    ],
  ];

  test('is filled by one call, and a second one changes nothing', async () => {
    const first = await importing(...argv());
    expect(first.code, first.said).toBe(0);
    expect(first.said).toMatch(/itemId ← sku, title ← name/);
    expect(first.said).toMatch(/taken +4 items\n +refused +1: no title \(first: line 6\)/);
    expect(first.said).toMatch(/taken +32 orders with 62 different items in them/);
    expect(first.said).toMatch(/1: the time is not understood .*\(first: line 65\)/);
    expect(first.said).toMatch(/1: the price is 0 or negative \(first: line 66\)/);
    expect(first.said).toMatch(/taken +40 sessions with 120 views/);
    expect(first.said).toMatch(/taken +1 events/);
    const anna = await bought('sk_own', 'anna');
    expect(anna).toEqual([
      { itemId: 'pot', lastBoughtAt: '2026-01-30T00:00:00.000Z', times: 30, quantity: 30 },
      { itemId: 'tea', lastBoughtAt: '2026-01-30T00:00:00.000Z', times: 30, quantity: 60 },
    ]);
    expect(await bought('sk_own', 'bert')).toEqual([
      { itemId: 'cup', lastBoughtAt: '2026-03-02T00:00:00.000Z', times: 1, quantity: 2 },
      { itemId: 'hat', lastBoughtAt: '2026-03-01T00:00:00.000Z', times: 1, quantity: 1 },
    ]);
    await expect
      .poll(async () => (await besides('sk_own', ['tea']))[0], { timeout: 10_000 })
      .toMatchObject({ itemId: 'pot', title: 'Tea pot' });
    const before = await counted('sk_own');
    const second = await importing(...argv());
    expect(second.code, second.said).toBe(0);
    expect(second.said).toMatch(/0 events, 35 were there already/);
    expect(await bought('sk_own', 'anna')).toEqual(anna);
    expect(await counted('sk_own')).toEqual(before);
  });

  test('failures and wrong usage end with a code and a sentence', async () => {
    const orders = file('good.tsv', 'order\tsku\tdate\n1\ta\t2026-01-01\n');
    const [unknownKey, noFile, noOrders, noServer] = await Promise.all([
      importing('--url', url, '--key', 'sk_nobody', '--orders', orders),
      importing('--url', url, '--key', 'sk_own', '--orders', '/no/such/file'),
      importing('--url', url, '--key', 'sk_own', '--orders', file('bad.tsv', 'a\tb\n1\t2\n')),
      importing('--url', url, '--orders', orders),
    ]);
    expect(unknownKey).toMatchObject({ code: 1, said: expect.stringContaining('401') });
    expect(noFile).toMatchObject({ code: 1, said: expect.stringContaining('There is no file /no/such/file.') });
    expect(noOrders).toMatchObject({ code: 1, said: expect.stringContaining('recognised as orderId, itemId, at') });
    expect(noServer).toMatchObject({ code: 2, said: expect.stringContaining('--key is missing') });
  });
});

const isThere = existsSync(join(RETAIL, 'invoices.tsv.gz'));
if (!isThere)
  console.log(`Skipped: importing a slice of online-retail, since ${RETAIL} is not there (FLOORWALKER_DATA).`);

describe.skipIf(!isThere)('a slice of a real shop', () => {
  let slice = '';
  let lines: Line[] = [];

  beforeAll(() => {
    const text = gunzipSync(readFileSync(join(RETAIL, 'invoices.tsv.gz'))).toString();
    slice = text.split('\n').slice(0, SLICE_LINES).join('\n');
    lines = linesOf(slice, NO_GOODS.split(','));
  });

  const byItem = (list: readonly Bought[]) => list.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1));

  test('gives real companions and real histories, and a second import changes nothing', async () => {
    const argv = [
      ...['--url', url, '--key', 'sk_demo', '--skip-items', NO_GOODS, '--wait', '--currency', 'GBP'],
      ...['--catalog', join(RETAIL, 'products.tsv.gz'), '--orders', file('slice.tsv.gz', slice)],
    ];
    const first = await importing(...argv);
    expect(first.code, first.said).toBe(0);

    const busiest = busiestCustomers(lines).slice(0, 3);
    expect(busiest.length).toBe(3);
    for (const customer of busiest)
      expect(byItem(await bought('sk_demo', customer))).toEqual(byItem(boughtIn(lines, customer)));

    const pair = closestPair(lines);
    const basket = [pair[0]];
    // Beside a card of a few weeks, what is alike may have a place or two.
    await expect
      .poll(async () => (await besides('sk_demo', basket)).length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(3);
    const companions = await besides('sk_demo', basket);
    expect(companions.map((item) => item.itemId)).toContain(pair[1]);
    for (const { itemId } of companions) expect(together(lines, pair[0], itemId), itemId).toBeGreaterThan(2);

    const before = await counted('sk_demo');
    const second = await importing(...argv);
    expect(second.code, second.said).toBe(0);
    expect(second.said).toMatch(/customers: 0 events, [\d,]+ were there already/);
    expect(await counted('sk_demo')).toEqual(before);
    expect(await besides('sk_demo', basket)).toEqual(companions);
  }, 240_000);
});
