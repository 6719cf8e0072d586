import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { learnerObject } from '../../src/env.ts';
import { type Card, createCards } from '../../src/learning/cards.ts';
import { chunkShelf } from '../../src/learning/chunk-shelf.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { type Learner, openLearner } from '../../src/learning/learner.ts';
import { learnerStore } from '../../src/learning/learner-store.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { encodeCards } from '../../src/learning/stored.ts';
import { appliedIds } from '../../src/shared/applied.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { batches, key } from './stream.ts';

/** Short, so that the landmarks move within the stream's 400 days. */
const HALF_LIFE_MS = 2 * DAY_MS;

/** More chunks than are ever in memory. */
const BITS = 8;

let objects = 0;

/** The storage of an object with a learner of many chunks, as one with 65,000 items has. */
function withStorage<T>(work: (open: () => Learner, read: { chunks: number }) => T): Promise<T> {
  return runInDurableObject(learnerObject(env, `chunks-${++objects}`), async (_, { storage }) => {
    const store = learnerStore(storage.sql);
    const read = { chunks: 0 };
    const counted = {
      ...store,
      readChunk(chunk: number) {
        read.chunks++;
        return store.readChunk(chunk);
      },
    };
    const nothing = { landmark: null, trendingLandmark: null, newest: null, events: 0, sequence: 0 };
    store.writeLearnt({ halfLifeMs: HALF_LIFE_MS, bits: BITS, ...nothing });
    const open = () =>
      openLearner({
        store: counted,
        applied: appliedIds(storage.sql, 'applied'),
        transact: (inside) => storage.transactionSync(inside),
        halfLifeMs: HALF_LIFE_MS,
      });
    return work(open, read);
  });
}

/** Weights by card, relation and neighbour. */
function contentsOf(cards: Iterable<Card>) {
  const rows = [...cards].flatMap((card) =>
    (['viewed', 'bought'] as const).flatMap((relation) => {
      const { size, keys, weights, others } = card[relation];
      return [...keys.subarray(0, size)].map((to, i) => [
        `${card.key} ${relation} ${to}`,
        [weights[i], others?.[i] ?? 0],
      ]);
    }),
  );
  return Object.fromEntries(rows);
}

test('the same events make the same cards, whichever chunks were read, put away or written meanwhile', async () => {
  const doing = fc.record({
    reads: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 41 }),
    next: fc.constantFrom('nothing', 'checkpoint', 'restart'),
  });
  await fc.assert(
    fc.asyncProperty(batches, fc.array(doing, { minLength: 8, maxLength: 8 }), async (list, between) => {
      const offline = createCards({ halfLifeMs: HALF_LIFE_MS });
      for (const { views, baskets } of list) {
        for (const view of views) learnView(offline, view);
        for (const basket of baskets) learnBasket(offline, basket);
      }
      const stored = await withStorage((open) => {
        let learner = open();
        for (const [i, batch] of list.entries()) {
          learner.apply([batch], 1);
          const { reads = [], next } = between[i] ?? {};
          for (const item of reads) learner.cards.shelf.find(key(item));
          if (next === 'checkpoint') learner.checkpoint(1);
          if (next === 'restart') learner = open();
        }
        learner.checkpoint(1);
        const { shelf } = open().cards;
        return contentsOf(Array.from({ length: 2 ** BITS }, (_, chunk) => [...shelf.chunk(chunk)]).flat());
      });
      expect(stored).toEqual(contentsOf(offline.shelf.loaded()));
    }),
    { numRuns: 40 },
  );
});

test('learning reads no chunk and writes one row; what is read knows what was learnt', async () => {
  await withStorage((open, read) => {
    const learner = open();
    for (let n = 0; n < 60; n++) {
      const previous = Array.from({ length: 10 }, (_, i) => key(1_000 + 11 * n + i));
      const views = [{ key: key(11 * n), at: n, previous, length: 11, own: false }];
      learner.apply([{ flushId: `f.${n}`, views, baskets: [], events: 1 } satisfies LearnBatch], n);
    }
    expect(read.chunks).toBe(0);
    expect(learner.cards.shelf.unpublished.size).toBeGreaterThan(200);
    expect(learner.checkpointAt).toBe(600_000);
    expect(learner.cards.shelf.find(key(11 * 59))?.viewed.size).toBe(10);
    expect(read.chunks).toBe(1);
  });
});

test('a chunk that is too large for a row lies in several, and in one again when it has shrunk', async () => {
  await runInDurableObject(learnerObject(env, `chunks-${++objects}`), async (_, { storage }) => {
    const store = learnerStore(storage.sql);
    const rows = () => storage.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM cards').one().n;
    store.writeChunk(8, Uint8Array.of(8));
    for (const [length, pieces] of [
      [5_000_000, 3],
      [1_900_000, 1],
      [3_800_000, 2],
      [16, 1],
    ] as const) {
      const bytes = new Uint8Array(length).map((_, i) => i % 251);
      store.writeChunk(7, bytes);
      expect(rows()).toBe(pieces + 1);
      expect(store.readChunk(7)).toEqual(bytes);
    }
    expect(store.readChunk(8)).toEqual(Uint8Array.of(8));
    expect(store.readChunk(9)).toBeNull();
  });
});

test.each([
  [20, true, 32],
  [600, false, 27],
])('with %i companions an item thirty-two chunks are all in memory: %s', (companions, isSmall, most) => {
  const scale = { halfLifeMs: DAY_MS, landmark: 0, trendingLandmark: 0, newest: 0 };
  const column = () => new Float64Array(companions).map((_, i) => i + 1);
  const none = { size: 0, keys: new Float64Array(), weights: new Float64Array(), others: null };
  const bought = { size: companions, keys: column(), weights: column(), others: column() };
  const stored = (chunk: number) =>
    encodeCards(
      Array.from({ length: 104 }, (_, i) => ({ key: chunk + 32 * i, viewed: none, bought })),
      scale,
    );
  const shelf = chunkShelf(5, stored, () => scale);
  for (let round = 0; round < 2; round++)
    for (let chunk = 0; chunk < 32; chunk++) expect(shelf.find(chunk)?.bought.size).toBe(companions);
  expect(shelf.isSmall).toBe(isSmall);
  const loaded = new Set([...shelf.loaded()].map((card) => card.key % 32)).size;
  expect(loaded).toBeLessThanOrEqual(most);
  expect(loaded).toBeGreaterThanOrEqual(most - 1);
});
