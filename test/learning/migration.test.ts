import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { learnerObject } from '../../src/env.ts';
import { createCards, createCounts } from '../../src/learning/cards.ts';
import { decodeCountRows, encodeCountRows } from '../../src/learning/stored.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

const ITEMS = 1_500;
const stub = () => learnerObject(env, 'migrating');
const batch = (flushId: string, keys: number[], persona?: number) => ({
  flushId,
  views: keys.map((key) => ({
    key,
    at: DAY_MS,
    previous: [],
    length: 1,
    own: false,
    ...(persona === undefined ? {} : { persona }),
  })),
  baskets: [],
  events: keys.length,
});

/** Makes the log be written into pages, as ten minutes would. */
async function checkpoint(): Promise<void> {
  await runInDurableObject(stub(), (_, { storage }) => void storage.sql.exec('UPDATE log SET at = 0'));
  await evictDurableObject(stub());
  await runDurableObjectAlarm(stub());
}

const stored = () =>
  runInDurableObject(stub(), (_, { storage }) => {
    const counts = createCounts();
    const pages = storage.sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM counts ORDER BY page').toArray();
    for (const { bytes } of pages) expect(decodeCountRows(new Uint8Array(bytes), counts)).not.toBeNull();
    const views = (key: number) => counts.views[counts.slots.get(key) ?? -1];
    return { pages: pages.length, size: counts.size, views: [views(1), views(700), views(ITEMS)] };
  });

test('a store with the large pages of before goes on with them, and has small ones after its next checkpoint', async () => {
  const keys = Array.from({ length: ITEMS }, (_, i) => i + 1);
  await stub().apply([batch('first.1', keys)]);
  await checkpoint();
  const before = await stored();
  expect(before).toMatchObject({ pages: 2, size: ITEMS });
  // What an older version would have left behind.
  await runInDurableObject(stub(), (_, { storage }) => {
    const { sql } = storage;
    const cards = createCards({ halfLifeMs: 60 * DAY_MS });
    for (const { bytes } of sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM counts ORDER BY page').toArray()) {
      const scale = decodeCountRows(new Uint8Array(bytes), cards.counts);
      if (scale !== null) Object.assign(cards, scale);
    }
    sql.exec('DELETE FROM counts');
    sql.exec(
      'INSERT INTO counts (page, bytes) VALUES (0, ?)',
      encodeCountRows(cards.counts, cards, { from: 0, to: ITEMS }),
    );
    sql.exec(`UPDATE state SET json = '1' WHERE name = 'schema'`);
    sql.exec('DROP TABLE buyers');
  });
  await evictDurableObject(stub());
  await stub().apply([batch('second.1', [700], 5)]);
  await checkpoint();
  const [one = 0, , last = 0] = before.views;
  expect(await stored()).toEqual({ pages: 2, size: ITEMS, views: [one, one * 2, last] });
});
