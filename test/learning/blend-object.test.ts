import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configStore } from '../../src/config/store.ts';
import { learnerObject } from '../../src/env.ts';
import type { KeyedView } from '../../src/learning/learn.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { cardReader } from '../../src/learning/reader.ts';
import { closeSession, createSessions, pastBlocks } from '../../src/learning/sessions.ts';
import { type Random, sample, seededRandom } from '../../src/shared/random.ts';

const START = Date.UTC(2026, 10, 1);
const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

let visits = 0;

function visit(keys: readonly number[]): LearnBatch {
  const session = ++visits;
  const views = keys.map(
    (key, i): KeyedView => ({
      key,
      at: Date.now() + i * 1_000,
      previous: keys.slice(0, i).reverse(),
      length: i + 1,
      own: false,
      session,
    }),
  );
  return { flushId: `visit-${session}.1`, views, baskets: [], events: views.length };
}

/** One of 150 outfits of six out of sixty items, in any order: no two items say which outfit it is as well as three do. */
function outfit(random: Random): number[] {
  const drawn = seededRandom(1_000 + Math.floor(random() * 150));
  const items = sample(
    Array.from({ length: 60 }, (_, item) => item),
    6,
    drawn,
  );
  return sample(items, 6, random);
}

/** One item after another, wherever one begins. */
function alongTheShelf(random: Random): number[] {
  const from = Math.floor(random() * 300);
  return [from, from + 1, from + 2];
}

/** A hundred deliveries of 45 visits, two hours apart. */
async function trade(shop: string, next: (random: Random) => number[]): Promise<void> {
  const random = seededRandom(11);
  const learner = learnerObject(env, shop);
  for (let delivery = 0; delivery < 100; delivery++) {
    vi.setSystemTime(Date.now() + 2 * HOUR_MS);
    await learner.apply(Array.from({ length: 45 }, () => visit(next(random))));
  }
}

const namesIn = async (prefix: string) => (await env.CARDS.list({ prefix })).keys.map((one) => one.name);

async function setBlend(shop: string, blend: 'auto' | 'on' | 'off'): Promise<void> {
  await configStore(env.CONFIG).write(shop, { version: 1, publishedAt: 0, config: { learning: { blend } } });
}

describe('the blend of cards and sessions', () => {
  test('is switched on where it helps, survives a restart, is published and read, and goes when it is switched off', async () => {
    const shop = 'blend-helps';
    await trade(shop, outfit);
    await learnerObject(env, shop).publish(Date.now());
    const reader = cardReader(env.CARDS, shop);
    await reader.refresh();
    const { manifest } = reader;
    expect(manifest?.blend?.n).toBeGreaterThan(1_000);
    expect(manifest?.blend?.interval[0]).toBeGreaterThan(0.05);
    expect(await namesIn(`${shop}/sessions/`)).toEqual([`${shop}/sessions/${manifest?.sessions}`]);
    expect(reader.sessions).toBeNull();
    const works: Promise<unknown>[] = [];
    await reader.cards([1], (work) => works.push(work));
    await Promise.all(works);
    expect(reader.sessions?.index.size).toBeGreaterThan(4_000);

    await evictDurableObject(learnerObject(env, shop));
    vi.setSystemTime(Date.now() + 2 * HOUR_MS);
    await learnerObject(env, shop).apply([visit([1, 2, 3])]);
    await learnerObject(env, shop).publish(Date.now());
    expect(await reader.refresh()).toBe(true);
    expect(reader.manifest?.blend?.n).toBeGreaterThanOrEqual(manifest?.blend?.n ?? 0);
    expect(reader.manifest?.sessions).toBeGreaterThanOrEqual(manifest?.sessions ?? 0);

    await setBlend(shop, 'off');
    vi.setSystemTime(Date.now() + 2 * HOUR_MS);
    await learnerObject(env, shop).publish(Date.now());
    await runDurableObjectAlarm(learnerObject(env, shop));
    expect(await reader.refresh()).toBe(true);
    expect([reader.manifest?.sessions, reader.sessions]).toEqual([undefined, null]);
    await runInDurableObject(learnerObject(env, shop), async (_, state) => {
      expect(state.storage.sql.exec('SELECT page FROM sessions').toArray()).toEqual([]);
    });
  });

  test('stays off where the cards know as much, unless the config wants it', async () => {
    const shop = 'blend-idle';
    await trade(shop, alongTheShelf);
    await learnerObject(env, shop).publish(Date.now());
    const reader = cardReader(env.CARDS, shop);
    await reader.refresh();
    expect(reader.manifest?.blend?.n).toBeGreaterThan(1_000);
    expect(reader.manifest?.blend?.interval[0]).toBeLessThanOrEqual(0);
    expect(reader.manifest?.sessions).toBeUndefined();
    expect(await namesIn(`${shop}/sessions/`)).toEqual([]);

    await setBlend(shop, 'on');
    vi.setSystemTime(Date.now() + 2 * HOUR_MS);
    await learnerObject(env, shop).publish(Date.now());
    await reader.refresh();
    expect(reader.manifest?.sessions).toBe(reader.manifest?.version);
  });

  test('is on from the first publication where an imported past has shown that it helps', async () => {
    const shop = 'blend-imported';
    const learner = learnerObject(env, shop);
    await learner.apply([visit([1, 2, 3])]);
    const past = createSessions();
    for (let n = 0; n < 200; n++) closeSession(past, [n, n + 1, n + 2]);
    const [block = new Float64Array()] = pastBlocks(past, 1_000);
    const upload = (chunk: number, bytes: ArrayBuffer) =>
      learner.upload({ importId: 'a-recent', chunk, isSessions: true, trials: '2000,200,20,900' }, bytes);
    expect(await upload(0, block.slice().buffer)).toBe('accepted');
    expect(await upload(0, block.slice().buffer)).toBe('repeated');
    expect(await upload(1, Float64Array.of(2, 9, 9, 1, 2, 3).buffer)).toBe('broken');
    await learner.publish(Date.now());
    const reader = cardReader(env.CARDS, shop);
    await reader.refresh();
    expect(reader.manifest?.blend).toMatchObject({ n: 2_000, gain: 0.09 });
    const works: Promise<unknown>[] = [];
    await reader.cards([1], (work) => works.push(work));
    await Promise.all(works);
    expect(reader.sessions?.index.size).toBe(200);

    await evictDurableObject(learner);
    const again = learnerObject(env, shop);
    await runInDurableObject(again, async (_, state) => {
      const rows = state.storage.sql.exec<{ page: number }>('SELECT page FROM sessions ORDER BY page').toArray();
      expect(rows.map(({ page }) => page)).toEqual([-1, 0]);
    });
    expect(await again.upload({ importId: 'a-recent', chunk: 0, isSessions: true }, block.slice().buffer)).toBe(
      'repeated',
    );
  });

  test('costs the row that was written anyway, however many views are tried', async () => {
    const shop = 'blend-rows';
    await trade(shop, outfit);
    await runInDurableObject(learnerObject(env, shop), async (instance, state) => {
      const changes = () => state.storage.sql.exec<{ n: number }>('SELECT total_changes() AS n').one().n;
      const before = changes();
      await instance.apply([visit([1, 2, 3])]);
      expect(changes()).toBe(before + 1);
    });
  });
});
