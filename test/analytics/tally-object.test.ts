import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { SEGMENT_BYTES, VALUE_BYTES } from '../../src/analytics/archive.ts';
import { tallyObject } from '../../src/env.ts';
import type { ArchivedEvent, Flush } from '../../src/learning/schema.ts';
import { flushOf, orderOf } from './flushes.ts';

let shops = 0;
/** Every test has a tally of its own. */
function shopOf(): { shop: string; tally: ReturnType<typeof tallyObject> } {
  shops += 1;
  const shop = `tally-${shops}`;
  return { shop, tally: tallyObject(env, shop) };
}

const NOW = Date.now();

function archivedOf(count: number, text = ''): ArchivedEvent[] {
  return Array.from({ length: count }, (_, sequence) => ({
    name: `page_view${text}`,
    at: NOW,
    visitor: 'p',
    sequence,
  }));
}

async function archiveOf(shop: string): Promise<{ keys: string[]; lines: ArchivedEvent[] }> {
  const { keys } = await env.ARCHIVE.list({ prefix: `${shop}/` });
  const bodies = await Promise.all(keys.map(({ name }) => env.ARCHIVE.get(name)));
  const lines = bodies.flatMap((body) => (body ?? '').trimEnd().split('\n'));
  return { keys: keys.map(({ name }) => name), lines: lines.map((line) => JSON.parse(line) as ArchivedEvent) };
}

/** Runs what is expected to log one failure. */
async function quietly(run: () => Promise<void>): Promise<void> {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await run();
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
}

describe('counting', () => {
  test('a flush is counted once, however often it is delivered', async () => {
    const { shop, tally } = shopOf();
    const flush = flushOf('one.1', {
      counted: [
        { name: 'view_item', at: NOW },
        { name: 'purchase', at: NOW },
      ],
    });
    await tally.apply(shop, [flush, flush], NOW);
    await tally.apply(shop, [flush, flushOf('one.2')], NOW);
    expect(await tally.events()).toEqual({ total: 3, byName: { view_item: 1, purchase: 1, page_view: 1 } });
    expect(await tally.lacking(['one.1', 'one.2', 'one.3'])).toEqual(['one.3']);
  });

  test('what was counted and applied outlives the object’s memory', async () => {
    const { shop, tally } = shopOf();
    const flush = flushOf('one.1', { orders: [orderOf('1')] });
    await tally.apply(shop, [flush], NOW);
    await evictDurableObject(tally);
    expect(await tally.apply(shop, [flush], NOW)).toEqual({ claimed: { 'one.1': ['1'] }, elsewhere: {} });
    expect(await tally.events()).toEqual({ total: 1, byName: { page_view: 1 } });
    expect(await tally.orders()).toEqual({ claimed: { GBP: 1 }, revenue: { GBP: 10 } });
  });

  test('the total that is kept in memory is the sum of the rows', async () => {
    const { shop, tally } = shopOf();
    await tally.apply(shop, [flushOf('one.1')], NOW);
    const before = await tally.events();
    await tally.apply(shop, [flushOf('one.2', { counted: [{ name: 'share', at: NOW - 400 * 86_400_000 }] })], NOW);
    const after = await tally.events();
    expect([before.total, after.total]).toEqual([1, 2]);
    await evictDurableObject(tally);
    expect(await tally.events()).toEqual(after);
    expect(await tally.events({ from: new Date(NOW - 86_400_000).toISOString().slice(0, 10) })).toEqual(before);
  });

  test('deliveries in any order, repeated and cut at will, count every flush once', async () => {
    const flushes = Array.from({ length: 8 }, (_, n) =>
      flushOf(`sender${n % 3}.${n + 1}`, {
        counted: Array.from({ length: n + 1 }, () => ({ name: 'view_item', at: NOW - n * 86_400_000 })),
        orders: [orderOf(`order-${n % 4}`, { value: 3 })],
      }),
    );
    const delivery = fc.array(fc.subarray(flushes, { minLength: 1 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(delivery, async (batches) => {
        const { shop, tally } = shopOf();
        const claims = new Map<string, string>();
        for (const batch of [...batches, flushes.toReversed()]) {
          const { claimed } = await tally.apply(shop, batch, NOW);
          for (const [flushId, orderIds] of Object.entries(claimed))
            for (const orderId of orderIds) {
              expect(claims.get(orderId) ?? flushId).toBe(flushId);
              claims.set(orderId, flushId);
            }
        }
        expect((await tally.events()).total).toBe(36);
        expect(await tally.orders()).toEqual({ claimed: { GBP: 4 }, revenue: { GBP: 12 } });
        expect(claims.size).toBe(4);
      }),
      { numRuns: 12 },
    );
  });

  test('a batch of many flushes is a handful of rows', async () => {
    const { shop, tally } = shopOf();
    const batch: Flush[] = Array.from({ length: 50 }, (_, n) =>
      flushOf(`sender${n}.1`, { counted: [{ name: 'view_item', at: NOW }], archived: archivedOf(1) }),
    );
    await tally.apply(shop, batch, NOW);
    const tables = await runInDurableObject(tally, (_, state) =>
      ['counters', 'archive', 'claims', 'applied'].map(
        (table) => state.storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
      ),
    );
    const [counters = 0, archive, claims, applied = 0] = tables;
    expect(counters).toBeLessThanOrEqual(2);
    expect([archive, claims]).toEqual([1, 0]);
    expect(applied).toBeLessThanOrEqual(2);
  });
});

describe('claims', () => {
  test('an order belongs to the flush that reports it first', async () => {
    const { shop, tally } = shopOf();
    const browser = flushOf('browser.1', { orders: [orderOf('1', { value: 10 })] });
    const server = flushOf('server.1', { orders: [orderOf('1', { value: 99 }), orderOf('2', { currency: 'EUR' })] });
    expect(await tally.apply(shop, [browser], NOW)).toEqual({ claimed: { 'browser.1': ['1'] }, elsewhere: {} });
    expect(await tally.apply(shop, [server], NOW)).toEqual({ claimed: { 'server.1': ['2'] }, elsewhere: {} });
    expect(await tally.orders()).toEqual({ claimed: { GBP: 1, EUR: 1 }, revenue: { GBP: 10, EUR: 10 } });
  });

  test('a flush that comes again gets its claims again, and nobody else’s', async () => {
    const { shop, tally } = shopOf();
    const first = flushOf('a.1', { orders: [orderOf('1')] });
    const second = flushOf('b.1', { orders: [orderOf('1'), orderOf('2')] });
    await tally.apply(shop, [first, second], NOW);
    expect(await tally.apply(shop, [second, first], NOW)).toEqual({
      claimed: { 'a.1': ['1'], 'b.1': ['2'] },
      elsewhere: {},
    });
  });

  test('an order that is twice in a flush is claimed once', async () => {
    const { shop, tally } = shopOf();
    const flush = flushOf('a.1', { orders: [orderOf('1'), orderOf('1')] });
    expect(await tally.apply(shop, [flush], NOW)).toEqual({ claimed: { 'a.1': ['1'] }, elsewhere: {} });
    expect(await tally.orders()).toEqual({ claimed: { GBP: 1 }, revenue: { GBP: 10 } });
  });
});

describe('the archive', () => {
  test('the buffer is written by the alarm, with a time to live, and begun anew', async () => {
    const { shop, tally } = shopOf();
    expect(await runDurableObjectAlarm(tally)).toBe(false);
    await tally.apply(shop, [flushOf('a.1', { archived: archivedOf(3) })], NOW);
    await tally.apply(shop, [flushOf('a.2', { archived: archivedOf(2) })], NOW);
    expect((await archiveOf(shop)).keys).toEqual([]);
    expect(await runDurableObjectAlarm(tally)).toBe(true);
    const hour = new Date(NOW).toISOString();
    const first = await archiveOf(shop);
    expect(first.keys).toEqual([`${shop}/${hour.slice(0, 10)}/${hour.slice(11, 13)}/1`]);
    expect(first.lines).toEqual([...archivedOf(3), ...archivedOf(2)]);
    const { keys } = await env.ARCHIVE.list({ prefix: `${shop}/` });
    const days = ((keys[0]?.expiration ?? 0) * 1_000 - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThan(90.1);
    // Nothing is left, so nothing is due; and the next segment has a number of its own, even for an object that remembers nothing.
    expect(await runDurableObjectAlarm(tally)).toBe(false);
    await evictDurableObject(tally);
    await tally.apply(shop, [flushOf('a.3', { archived: archivedOf(1) })], NOW);
    await runDurableObjectAlarm(tally);
    expect((await archiveOf(shop)).keys).toHaveLength(2);
    expect((await archiveOf(shop)).lines).toHaveLength(6);
  });

  test('a full buffer does not wait for the hour, and is cut into values', async () => {
    const { shop, tally } = shopOf();
    const one = archivedOf(100, 'x'.repeat(1_000));
    const needed = Math.ceil((VALUE_BYTES * 1.2) / JSON.stringify(one).length);
    const flushes = Array.from({ length: needed }, (_, n) => flushOf(`a.${n + 1}`, { archived: one }));
    for (let i = 0; i < needed - 1; i += 10) await tally.apply(shop, flushes.slice(i, i + 10), NOW);
    await runInDurableObject(tally, async (_, state) => {
      const at = await state.storage.getAlarm();
      const segments = state.storage.sql.exec<{ bytes: number }>('SELECT bytes FROM archive').toArray();
      for (const { bytes } of segments) expect(bytes).toBeLessThanOrEqual(SEGMENT_BYTES);
      // The alarm is due now, or has run already.
      expect(at ?? 0).toBeLessThanOrEqual(Date.now());
    });
    await runDurableObjectAlarm(tally);
    await expect.poll(async () => (await archiveOf(shop)).lines.length).toBe(needed * 100);
    expect((await archiveOf(shop)).keys.length).toBeGreaterThan(1);
  });

  test('when KV refuses, nothing is lost and it is tried again', async () => {
    const { shop, tally } = shopOf();
    await tally.apply(shop, [flushOf('a.1', { archived: archivedOf(3) })], NOW);
    await runInDurableObject(tally, async (instance, state) => {
      const put = () => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests'));
      const working = Reflect.get(instance, 'env') as typeof env;
      Reflect.set(instance, 'env', { ...working, ARCHIVE: { put } });
      await quietly(() => instance.alarm());
      Reflect.set(instance, 'env', working);
      const at = (await state.storage.getAlarm()) ?? 0;
      expect(at).toBeGreaterThan(Date.now() + 50_000);
      expect(at).toBeLessThan(Date.now() + 70_000);
    });
    await tally.apply(shop, [flushOf('a.2', { archived: archivedOf(1) })], NOW);
    expect(await runDurableObjectAlarm(tally)).toBe(true);
    expect((await archiveOf(shop)).lines).toHaveLength(4);
  });

  test('what was written but not struck off is written again under the same key', async () => {
    const { shop, tally } = shopOf();
    await tally.apply(shop, [flushOf('a.1', { archived: archivedOf(3) })], NOW);
    await runInDurableObject(tally, async (instance) => {
      const working = Reflect.get(instance, 'env') as typeof env;
      const put = async (...put: Parameters<KVNamespace['put']>) => {
        await working.ARCHIVE.put(...put);
        throw new Error('the answer was lost');
      };
      Reflect.set(instance, 'env', { ...working, ARCHIVE: { put } });
      await quietly(() => instance.alarm());
    });
    expect((await archiveOf(shop)).lines).toHaveLength(3);
    await evictDurableObject(tally);
    await tally.apply(shop, [flushOf('a.2', { archived: archivedOf(2) })], NOW);
    await runDurableObjectAlarm(tally);
    const { keys, lines } = await archiveOf(shop);
    expect(keys).toHaveLength(1);
    expect(lines).toHaveLength(5);
  });
});
