import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configStore } from '../../src/config/store.ts';
import { learnerObject } from '../../src/env.ts';
import { type Cards, createCards, createCounts } from '../../src/learning/cards.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { cardReader } from '../../src/learning/reader.ts';
import { scoreNext } from '../../src/learning/score.ts';
import { decodeCards, decodeCountRows, encodeUpload, uploadParts } from '../../src/learning/stored.ts';
import { rowsOf } from '../../src/learning/tagged.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { batches, key } from './stream.ts';

const HALF_LIFE_MS = 60 * DAY_MS;

let shops = 0;
const newShop = () => `learner-${++shops}`;

function learnOffline(list: readonly LearnBatch[]): Cards {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  for (const { views, baskets } of list) {
    for (const view of views) learnView(cards, view);
    for (const basket of baskets) learnBasket(cards, basket);
  }
  return cards;
}

/** Everything a store holds, in an order that does not depend on when what was learnt. */
function contentsOf(bytes: Uint8Array, counts: Uint8Array) {
  const columns = createCounts();
  decodeCountRows(counts, columns);
  const stored = decodeCards(bytes);
  return {
    scale: stored?.scale,
    cards: (stored?.cards ?? [])
      .map(({ key, viewed, bought }) => ({
        key,
        viewed: [...viewed.keys.subarray(0, viewed.size)].map((b, i) => [
          b,
          viewed.weights[i],
          viewed.others?.[i] ?? 0,
        ]),
        bought: [...bought.keys.subarray(0, bought.size)].map((b, i) => [
          b,
          bought.weights[i],
          bought.others?.[i] ?? 0,
        ]),
      }))
      .sort((a, b) => a.key - b.key),
    counts: [...columns.slots].map(([k, i]) => [
      k,
      columns.views[i],
      columns.ownViews[i],
      columns.bought[i],
      columns.baskets[i],
      columns.trending[i],
      ...[columns.personas, columns.days].map((table) =>
        rowsOf(table, i)
          .map((row) => [table.tags[row], ...table.columns.map((column) => column[row])])
          .sort(([a = 0], [b = 0]) => a - b),
      ),
    ]),
  };
}

function offlineContents(cards: Cards) {
  const keys = [...cards.counts.keys.subarray(0, cards.counts.size)];
  for (const card of cards.shelf.loaded()) if (!keys.includes(card.key)) keys.push(card.key);
  const whole = encodeUpload(cards, keys);
  const [, , rows = 0, , , , , tail = 0] = new Float64Array(whole.buffer);
  const split = (8 + 6 * rows + tail) * 8;
  return contentsOf(whole.subarray(split), whole.subarray(0, split));
}

async function storedContents(shop: string) {
  return runInDurableObject(learnerObject(env, shop), async (_, state) => {
    const row = (table: string) =>
      new Uint8Array(state.storage.sql.exec<{ bytes: ArrayBuffer }>(`SELECT bytes FROM ${table}`).one().bytes);
    return contentsOf(row('cards'), row('counts'));
  });
}

/** Makes the log be written into the chunks, as ten minutes would. */
async function checkpoint(shop: string): Promise<void> {
  await runInDurableObject(learnerObject(env, shop), async (_, state) => {
    state.storage.sql.exec('UPDATE log SET at = 0');
  });
  await restart(shop);
  await runDurableObjectAlarm(learnerObject(env, shop));
}

/** Loads the object anew from its storage. */
async function restart(shop: string): Promise<void> {
  await evictDurableObject(learnerObject(env, shop));
}

const view = (item: number, previous: number[], at = DAY_MS) => ({
  key: key(item),
  at,
  previous: previous.map(key),
  length: previous.length + 1,
  own: false,
});

const batch = (flushId: string, views: ReturnType<typeof view>[]): LearnBatch => ({
  flushId,
  views,
  baskets: [],
  events: views.length,
});

describe('a learner', () => {
  test('the same events in the same order make the same cards, streamed in any batches or learnt offline', async () => {
    await fc.assert(
      fc.asyncProperty(
        batches,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        async (list, size, evictAfter) => {
          const shop = newShop();
          for (let i = 0; i < list.length; i += size) {
            await learnerObject(env, shop).apply(list.slice(i, i + size));
            if (i === evictAfter) await restart(shop);
          }
          await checkpoint(shop);
          expect(await storedContents(shop)).toEqual(offlineContents(learnOffline(list)));
        },
      ),
      { numRuns: 12 },
    );
  });

  test('a flush counts once, however often and with whatever it is delivered', async () => {
    const learner = learnerObject(env, newShop());
    const first = batch('a.1', [view(1, []), view(2, [1])]);
    await learner.apply([first, first]);
    await learner.apply([first, batch('a.2', [view(3, [2, 1])])]);
    expect(await learner.unpublished()).toMatchObject({ events: 3, version: 'k0' });
    expect(await learner.lacking(['a.1', 'a.2', 'a.3'])).toEqual(['a.3']);
  });

  test('what was applied is known after a restart, before and after it left the log', async () => {
    const shop = newShop();
    const learner = () => learnerObject(env, shop);
    await learner().apply([batch('a.1', [view(1, []), view(2, [1])])]);
    await restart(shop);
    expect(await learner().lacking(['a.1', 'a.2'])).toEqual(['a.2']);
    await checkpoint(shop);
    await restart(shop);
    await learner().apply([batch('a.1', [view(1, []), view(2, [1])])]);
    expect(await learner().lacking(['a.1', 'a.2'])).toEqual(['a.2']);
    await runInDurableObject(learner(), async (_, state) => {
      expect(state.storage.sql.exec('SELECT * FROM log').toArray()).toEqual([]);
    });
  });

  test('applying costs one row', async () => {
    const shop = newShop();
    await learnerObject(env, shop).apply([batch('a.1', [view(1, [])])]);
    await runInDurableObject(learnerObject(env, shop), async (instance, state) => {
      const count = () => state.storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM log').one().n;
      const before = count();
      const changes = () => state.storage.sql.exec<{ n: number }>('SELECT total_changes() AS n').one().n;
      const changed = changes();
      await instance.apply([batch('a.2', [view(2, [1])]), batch('a.3', [view(3, [])])]);
      expect(count()).toBe(before + 1);
      expect(changes()).toBe(changed + 1);
    });
  });

  test('publishes what it has learnt, and nothing when nothing is new', async () => {
    const shop = newShop();
    const learner = learnerObject(env, shop);
    const reader = cardReader(env.CARDS, shop);
    expect(await reader.refresh()).toBe(false);
    await learner.apply([batch('a.1', [view(1, []), view(2, [1])])]);
    await runDurableObjectAlarm(learner);
    expect(await learner.unpublished()).toMatchObject({ events: 0, version: 'k1' });
    expect(await reader.refresh()).toBe(true);
    const cards = await reader.cards([key(1)]);
    const scored = scoreNext({ session: [key(1)], cards, counts: reader.counts, seen: 'hide' });
    expect([...scored.keys]).toEqual([key(2)]);
    const keys = async () => (await env.CARDS.list({ prefix: `${shop}/` })).keys.map((one) => one.name).sort();
    expect(await keys()).toEqual([`${shop}/cards/0/1`, `${shop}/counts/1`, `${shop}/manifest/0`]);
    await learner.publish(Date.now() + 60_000);
    await learner.apply([batch('a.1', [view(1, []), view(2, [1])])]);
    await learner.publish(Date.now() + 120_000);
    expect(await keys()).toHaveLength(3);
    expect(await reader.refresh()).toBe(false);
  });

  test('waits for the interval of the shop, and for its budget', async () => {
    const shop = newShop();
    await configStore(env.CONFIG).write(shop, {
      version: 1,
      publishedAt: 0,
      config: { freshness: { cardsSeconds: 100, kvWritesPerDay: 10 } },
    });
    const learner = learnerObject(env, shop);
    let flush = 0;
    const version = async (at: number) => {
      await learner.apply([batch(`a.${++flush}`, [view(flush, [flush + 1])])]);
      await learner.publish(at);
      return (await learner.unpublished()).version;
    };
    const now = Date.now();
    expect(await version(now)).toBe('k1');
    expect(await version(now + 90_000)).toBe('k1');
    expect(await version(now + 110_000)).toBe('k2');
    expect(await version(now + 220_000)).toBe('k3');
    // Ten writes a day: nine are spent, and the tenth is not enough for a chunk, the counts and the manifest.
    expect(await version(now + 330_000)).toBe('k3');
    expect((await learner.unpublished()).events).toBe(1);
    expect(await version(now + DAY_MS / 3)).toBe('k4');
  });

  test('after a restart only what changed since the last publication waits for the next', async () => {
    const shop = newShop();
    const learner = () => learnerObject(env, shop);
    await learner().apply([batch('a.1', [view(1, []), view(2, [1])])]);
    await runDurableObjectAlarm(learner());
    await restart(shop);
    await learner().publish(Date.now() + 60_000);
    expect((await learner().unpublished()).version).toBe('k1');
    await learner().apply([batch('a.2', [view(1, [2])])]);
    await checkpoint(shop);
    await restart(shop);
    await learner().publish(Date.now() + 120_000);
    expect(await learner().unpublished()).toMatchObject({ events: 0, version: 'k2' });
  });

  test('chunks are divided as the shop grows, and every card is found', async () => {
    const shop = newShop();
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    for (let item = 0; item < 900; item++) learnView(cards, view(item, item % 3 === 0 ? [] : [item - 1]));
    const learner = () => learnerObject(env, shop);
    for (const [chunk, bytes] of [...uploadParts(cards)].entries()) {
      expect(await learner().upload({ importId: 'first', chunk }, bytes.buffer)).toBe('accepted');
      expect(await learner().upload({ importId: 'first', chunk }, bytes.buffer)).toBe('repeated');
    }
    await learner().publish(Date.now());
    const reader = cardReader(env.CARDS, shop);
    await reader.refresh();
    expect(reader.manifest?.bits).toBe(2);
    const lookup = await reader.cards(Array.from({ length: 900 }, (_, item) => key(item)));
    for (let item = 0; item < 900; item++) {
      expect(lookup(key(item))?.viewed.end, `item ${item}`).toBeGreaterThan(lookup(key(item))?.viewed.start ?? 0);
      expect(reader.counts.views(reader.counts.indexOf(key(item)))).toBeCloseTo(1, 6);
    }
    await learner().apply([
      batch(
        'a.1',
        Array.from({ length: 300 }, (_, i) => view(900 + i, [899 + i])),
      ),
    ]);
    await checkpoint(shop);
    await learner().publish(Date.now() + 60_000);
    const later = cardReader(env.CARDS, shop);
    await later.refresh();
    expect(later.manifest?.bits).toBe(3);
    const after = await later.cards([key(5), key(1199)]);
    expect([after(key(5)), after(key(1199))].every((card) => card !== null)).toBe(true);
  });

  test('another half-life changes how fast things fade from now on, not what is known now', async () => {
    const shop = newShop();
    const learner = learnerObject(env, shop);
    await learner.apply([batch('a.1', [view(1, [], 0), view(2, [1], 90 * DAY_MS)])]);
    await configStore(env.CONFIG).write(shop, {
      version: 1,
      publishedAt: 0,
      config: { learning: { halfLifeDays: 10 } },
    });
    await restart(shop);
    await runDurableObjectAlarm(learnerObject(env, shop));
    const reader = cardReader(env.CARDS, shop);
    await reader.refresh();
    expect(reader.counts.halfLifeMs).toBe(10 * DAY_MS);
    expect(reader.counts.views(reader.counts.indexOf(key(1)))).toBeCloseTo(2 ** -1.5, 5);
    await learnerObject(env, shop).apply([batch('a.2', [view(3, [], 100 * DAY_MS)])]);
    await learnerObject(env, shop).publish(Date.now() + 60_000);
    await reader.refresh();
    expect(reader.counts.views(reader.counts.indexOf(key(1)))).toBeCloseTo(2 ** -2.5, 5);
  });
});
