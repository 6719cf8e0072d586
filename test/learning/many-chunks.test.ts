import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { learnerObject } from '../../src/env.ts';
import { type Card, createCards } from '../../src/learning/cards.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { type Learner, openLearner } from '../../src/learning/learner.ts';
import { learnerStore } from '../../src/learning/learner-store.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
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
