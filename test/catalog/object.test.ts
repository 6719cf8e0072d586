import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { chunkOf } from '../../src/catalog/chunks.ts';
import { encodeColumns } from '../../src/catalog/columns.ts';
import { emptyCatalogue, type LiveCatalogue, openColumns } from '../../src/catalog/memory.ts';
import { settle } from '../../src/catalog/merge.ts';
import type { ItemInput } from '../../src/catalog/schema.ts';
import { catalogStore, itemDetails } from '../../src/catalog/store.ts';
import { catalogObject } from '../../src/env.ts';
import { ODD_IDS, plainItem, someSteps, told } from './items.ts';

const GROUP = { variants: 'group' } as const;
const NOW = Date.UTC(2026, 10, 22);
const MUG: ItemInput = { itemId: 'mug', title: 'Mug', price: 5, url: 'https://shop.example/mug' };

/** Runs the alarm until it has nothing more to do. */
async function publish(shop: string): Promise<void> {
  const object = catalogObject(env, shop);
  for (let runs = 0; await runDurableObjectAlarm(object); runs++)
    if (runs > 20) throw new Error('The alarm never rests.');
}

async function opened(shop: string): Promise<LiveCatalogue | null> {
  const columns = await catalogStore(env.CATALOG).readColumns(shop);
  return columns && openColumns(columns, GROUP);
}

/** Follows the log as readers do. */
async function follow(shop: string, live: LiveCatalogue, limit: number): Promise<number> {
  for (let pages = 1; ; pages++) {
    const answer = await catalogObject(env, shop).changesSince(live.version, limit);
    expect(answer.reload).toBe(false);
    live.apply(answer.changes, answer.version);
    if (!answer.more) return pages;
  }
}

describe('changes', { timeout: 20_000 }, () => {
  test('followed through the log tell the same as the items themselves', async () => {
    let shops = 0;
    await fc.assert(
      fc.asyncProperty(someSteps, fc.integer({ min: 1, max: 5 }), async (steps, limit) => {
        const shop = `property-${shops++}`;
        const object = catalogObject(env, shop);
        const live = emptyCatalogue(GROUP);
        for (const [n, step] of steps.entries()) {
          if ('put' in step) await object.put(shop, step.put, NOW);
          else if ('patch' in step) await object.patch(shop, step.patch, NOW);
          else await object.remove(shop, step.remove, NOW);
          if (n % 3 === 2) await follow(shop, live, limit);
        }
        await follow(shop, live, limit);
        const { items } = await object.list(null, 1_000);
        const fresh = openColumns(encodeColumns(items, 1).buffer as ArrayBuffer, GROUP);
        expect(told(live, { bands: true })).toEqual(told(fresh, { bands: true }));
        expect(await object.count()).toBe(items.length);
        expect(await object.version()).toBe(live.version);
        await publish(shop);
        const base = await opened(shop);
        expect(base === null ? [] : told(base, { bands: true })).toEqual(told(fresh, { bands: true }));
      }),
      { numRuns: 25 },
    );
  });

  test('that change nothing write nothing and make no version', async () => {
    const object = catalogObject(env, 'unchanged');
    expect(await object.put('unchanged', [{ ...MUG, attributes: { a: 1, b: 2 } }], NOW)).toEqual({ version: 1 });
    expect(await object.put('unchanged', [{ attributes: { b: 2, a: 1 }, ...MUG }], NOW)).toEqual({ version: 1 });
    expect(await object.patch('unchanged', [{ itemId: 'mug', price: 5 }], NOW)).toEqual({ version: 1, rejected: [] });
    expect(await object.remove('unchanged', ['never'], NOW)).toEqual({ version: 1, removed: 0 });
    await runInDurableObject(object, (_, { storage }) => {
      expect(storage.sql.exec('SELECT COUNT(*) AS n FROM changes').one().n).toBe(1);
    });
  });

  test('of one call with much in it are told in versions that fit into an answer', async () => {
    const object = catalogObject(env, 'heavy');
    const attributes = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`a${n}`, 'x'.repeat(1_000)]));
    const items = Array.from({ length: 1_000 }, (_, n) => ({ itemId: `heavy-${n}`, title: 'Heavy', attributes }));
    expect((await object.put('heavy', items, NOW)).version).toBe(3);
    const live = emptyCatalogue(GROUP);
    expect(await follow('heavy', live, 1)).toBe(3);
    expect(live.size).toBe(1_000);
    const pages: number[] = [];
    for (let cursor: string | null = null; ; ) {
      const page: { items: unknown[]; cursor: string | null } = await object.list(cursor, 1_000);
      pages.push(page.items.length);
      cursor = page.cursor;
      if (cursor === null) break;
    }
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.reduce((sum, size) => sum + size)).toBe(1_000);
  });

  test('older than an hour and published are trimmed: who is behind them reads the columns again', async () => {
    const object = catalogObject(env, 'trimmed');
    await object.put('trimmed', [MUG], Date.now() - 7_200_000);
    await object.put('trimmed', [{ ...MUG, price: 6 }], Date.now() - 7_200_000);
    expect((await object.changesSince(0, 10)).reload).toBe(false);
    await object.put('trimmed', [{ ...MUG, price: 7 }], Date.now());
    await publish('trimmed');
    expect(await object.changesSince(1, 10)).toEqual({ version: 3, changes: [], more: false, reload: true });
    expect(await object.changesSince(2, 10)).toMatchObject({
      version: 3,
      changes: [{ item: { price: 7 } }],
      reload: false,
    });
    const base = await opened('trimmed');
    expect(base && [base.version, base.price(0)]).toEqual([3, 7]);
  });

  test('survive the object’s eviction, with the alarm that publishes them', async () => {
    const object = catalogObject(env, 'evicted');
    await object.put('evicted', [MUG], NOW);
    await evictDurableObject(object);
    expect(await object.get('mug')).toEqual(settle(MUG));
    await publish('evicted');
    expect((await opened('evicted'))?.size).toBe(1);
  });
});

describe('publication', { timeout: 20_000 }, () => {
  test('is due soon after the last change, and some seconds after the first at the latest', async () => {
    const object = catalogObject(env, 'due');
    const due: (number | null)[] = [];
    for (const after of [0, 3_000, 6_000, 9_000, 12_000]) {
      await object.put('due', [{ ...MUG, price: after }], NOW + 1e12 + after, { delaySeconds: 2 });
      due.push(await runInDurableObject(object, (_, { storage }) => storage.getAlarm()));
    }
    expect(due.map((at) => (at ?? 0) - NOW - 1e12)).toEqual([2_000, 5_000, 8_000, 11_000, 12_000]);
  });

  test('writes only the chunks whose items have new details, and the columns', async () => {
    const shop = 'chunks';
    const object = catalogObject(env, shop);
    const items = Array.from({ length: 900 }, (_, n) => plainItem(n));
    await object.put(shop, items, NOW);
    await publish(shop);
    expect((await env.CATALOG.list({ prefix: `${shop}/` })).keys.map(({ name }) => name).sort()).toEqual(
      [`${shop}/columns`, ...Array.from({ length: 8 }, (_, chunk) => `${shop}/items/${chunk}`)].sort(),
    );
    await Promise.all(Array.from({ length: 8 }, (_, chunk) => env.CATALOG.put(`${shop}/items/${chunk}`, 'untouched')));
    await object.patch(
      shop,
      [
        { itemId: 'SKU-1', price: 1 },
        { itemId: 'SKU-2', title: 'New' },
      ],
      NOW,
    );
    await object.remove(shop, ['SKU-3'], NOW);
    await publish(shop);
    const written: number[] = [];
    for (let chunk = 0; chunk < 8; chunk++)
      if ((await env.CATALOG.get(`${shop}/items/${chunk}`)) !== 'untouched') written.push(chunk);
    expect(written).toEqual([...new Set([chunkOf('SKU-2', 3), chunkOf('SKU-3', 3)])].sort());
    const base = await opened(shop);
    expect(base && [base.size, base.chunkBits, base.price(base.indexOf('SKU-1')), base.indexOf('SKU-3')]).toEqual([
      899, 3, 1, -1,
    ]);
    expect(await runInDurableObject(object, (_, { storage }) => storage.getAlarm())).toBeNull();
  });

  test('goes on where KV refused, later', async () => {
    const shop = 'refused';
    const object = catalogObject(env, shop);
    await object.put(
      shop,
      Array.from({ length: 3_000 }, (_, n) => plainItem(n)),
      NOW,
    );
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const written: string[] = [];
    // In front of the real KV: refuses everything after some writes.
    const refusing = (from: number) => ({
      ...env,
      CATALOG: {
        put: async (key: string, value: Uint8Array) => {
          if (written.length >= from) throw new Error('429');
          written.push(key);
          await env.CATALOG.put(key, value);
        },
      },
    });
    await runInDurableObject(object, (instance) => Reflect.set(instance, 'env', refusing(7)));
    await runDurableObjectAlarm(object);
    expect(written.length).toBe(7);
    expect(await opened(shop)).toBeNull();
    const dueAt = await runInDurableObject(object, (_, { storage }) => storage.getAlarm());
    expect(dueAt).toBeGreaterThan(Date.now());
    await runInDurableObject(object, (instance) => Reflect.set(instance, 'env', refusing(1_000)));
    await object.put(shop, [{ ...MUG, itemId: 'late' }], NOW);
    await publish(shop);
    expect((await opened(shop))?.size).toBe(3_001);
    // The first batch was whole and need not be written twice; the second was not.
    expect(written.length).toBeLessThanOrEqual(7 + 16 - 6 + 1 + 1);
    expect(new Set(written).size).toBe(17);
    warned.mockRestore();
  });
});

describe('item details', { timeout: 20_000 }, () => {
  test('come from chunks, from changes over the columns, and with prices of the columns', async () => {
    const shop = 'details';
    const object = catalogObject(env, shop);
    await object.put(shop, [...ODD_IDS.map((itemId) => ({ ...MUG, itemId, title: 'Odd' })), MUG], NOW);
    await publish(shop);
    await object.patch(shop, [{ itemId: 'mug', price: 4, stock: 0 }], NOW);
    await publish(shop);
    const live = await opened(shop);
    if (live === null) throw new Error('Nothing was published.');
    await object.put(shop, [{ ...MUG, itemId: 'new', imageUrl: 'https://shop.example/new.png' }], NOW);
    await object.remove(shop, ['a'], NOW);
    await follow(shop, live, 10);
    const itemIds = [...ODD_IDS, 'mug', 'new', 'never', 'mug'];
    const details = await itemDetails(env.CATALOG, shop, { itemIds, catalogue: live, now: NOW });
    expect([...details.keys()].sort()).toEqual([...ODD_IDS, 'mug', 'new'].filter((itemId) => itemId !== 'a').sort());
    expect(details.get('mug')).toEqual({ url: 'https://shop.example/mug' });
    expect(details.get('new')?.imageUrl).toBe('https://shop.example/new.png');
    await Promise.all([0, 1].map((chunk) => env.CATALOG.delete(`${shop}/items/${chunk}`)));
    const held = await itemDetails(env.CATALOG, shop, { itemIds: ['mug'], catalogue: live, now: NOW + 1_000 });
    expect(held.size).toBe(1);
    const later = await itemDetails(env.CATALOG, shop, { itemIds: ['mug'], catalogue: live, now: NOW + 301_000 });
    expect(later.size).toBe(0);
  });

  test('are found by readers whose columns have another number of chunks', async () => {
    const shop = 'doubled';
    const object = catalogObject(env, shop);
    await object.put(
      shop,
      Array.from({ length: 200 }, (_, n) => plainItem(n)),
      NOW,
    );
    await publish(shop);
    const before = await opened(shop);
    await object.put(
      shop,
      Array.from({ length: 900 }, (_, n) => plainItem(n)),
      NOW,
    );
    await publish(shop);
    if (before === null) throw new Error('Nothing was published.');
    const itemIds = Array.from({ length: 200 }, (_, n) => `SKU-${n}`);
    expect((await itemDetails(env.CATALOG, shop, { itemIds, catalogue: before, now: NOW })).size).toBe(200);
  });
});
