import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCards, createCounts } from '../../src/learning/cards.ts';
import { VIEWED_NEIGHBOURS } from '../../src/learning/choose.ts';
import { encodeChunk, openChunk, shareOf } from '../../src/learning/codec.ts';
import { encodeCounts, openCounts } from '../../src/learning/counts.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { type LearnBatch, packBatches, unpackBatches } from '../../src/learning/log.ts';
import { mergeUpload } from '../../src/learning/merge.ts';
import { SLOTS } from '../../src/learning/slots.ts';
import { decodeCards, decodeUpload, encodeCards, encodeUpload, uploadParts } from '../../src/learning/stored.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { batches, key } from './stream.ts';

const HALF_LIFE_MS = 60 * DAY_MS;

function learnt(list: readonly LearnBatch[]) {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  for (const { views, baskets } of list) {
    for (const view of views) learnView(cards, view);
    for (const basket of baskets) learnBasket(cards, basket);
  }
  return cards;
}

describe('a published chunk', () => {
  test('holds every neighbour of a small shop, its weight within 2 %', () => {
    fc.assert(
      fc.property(batches, fc.constantFrom(0, 0.1, 0.5, 1), (list, ownClicks) => {
        const cards = learnt(list);
        const bytes = encodeChunk(cards.shelf.loaded(), cards, { ownClicks });
        const chunk = bytes === null ? null : openChunk(bytes.buffer);
        for (const card of cards.shelf.loaded()) {
          const { viewed } = card;
          const weights = Array.from({ length: viewed.size }, (_, i) => {
            const weight = (viewed.weights[i] ?? 0) + ownClicks * (viewed.others?.[i] ?? 0);
            return [viewed.keys[i] ?? 0, weight] as const;
          }).filter(([, weight]) => weight > 0);
          const largest = Math.max(...weights.map(([, weight]) => weight));
          const found = chunk?.find(card.key)?.viewed;
          // Beyond twenty, what is worth next to nothing is left out.
          expect((found?.end ?? 0) - (found?.start ?? 0)).toBeGreaterThanOrEqual(Math.min(20, weights.length));
          if (found === undefined) continue;
          const read = new Map<number, number>();
          for (let i = found.start; i < found.end; i++)
            read.set(found.keys[i] ?? 0, found.largest * shareOf(found.levels[i] ?? 0));
          for (const [neighbour, weight] of weights)
            if (weight > largest / 1000 && (weights.length <= 20 || read.has(neighbour)))
              expect(Math.abs((read.get(neighbour) ?? 0) / weight - 1)).toBeLessThan(0.02);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('keeps the forty neighbours that are worth most, best first', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    for (let item = 1; item <= 80; item++)
      for (let times = 0; times < item; times++)
        learnView(cards, { key: key(item), at: 0, previous: [key(0)], length: 1, own: false });
    const bytes = encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0.5 });
    const found = bytes === null ? undefined : openChunk(bytes.buffer)?.find(key(0))?.viewed;
    const names = [...(found?.keys.subarray(found.start, found.end) ?? [])];
    expect(names).toEqual(Array.from({ length: VIEWED_NEIGHBOURS }, (_, i) => key(80 - i)));
  });

  test.each<[string, ArrayBuffer]>([
    ['nothing', new ArrayBuffer(0)],
    ['zeros', new ArrayBuffer(200)],
    ['text', Uint8Array.from({ length: 100 }, () => 120).buffer],
  ])('is not made of %s', (_, buffer) => {
    expect(openChunk(buffer)).toBeNull();
    expect(openCounts(buffer)).toBeNull();
  });

  test('is not read when it is cut short', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnView(cards, { key: 1, at: 0, previous: [2], length: 2, own: false });
    const bytes = encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0.5 });
    expect(openChunk(bytes?.buffer.slice(0, -1) ?? new ArrayBuffer(0))).toBeNull();
    expect(openCounts(encodeCounts(cards, { ownClicks: 0 }).buffer.slice(0, -1))).toBeNull();
  });
});

describe('published counts', () => {
  test('are read at the newest event', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnView(cards, { key: 7, at: 0, previous: [], length: 1, own: false });
    learnView(cards, { key: 7, at: 0, previous: [], length: 1, own: true });
    learnBasket(cards, { keys: [9], at: HALF_LIFE_MS, learn: true });
    const counts = openCounts(encodeCounts(cards, { ownClicks: 0.5 }).buffer);
    const seven = counts?.indexOf(7) ?? -1;
    const nine = counts?.indexOf(9) ?? -1;
    expect(counts?.views(seven)).toBeCloseTo(0.75, 6);
    expect(counts?.damping(seven)).toBeCloseTo(0.75 ** 0.1, 6);
    expect([counts?.baskets(nine), counts?.bought(nine), counts?.views(nine)]).toEqual([1, 1, 0]);
    expect(counts?.trending(seven)).toBeCloseTo(2 * 2 ** -60, 20);
    expect(counts?.indexOf(8)).toBe(-1);
    expect([counts?.views(-1), counts?.damping(-1), counts?.size]).toEqual([0, 1, 2]);
  });
});

describe('the exact form', () => {
  test('gives back what was put in', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const cards = learnt(list);
        const all = [...cards.shelf.loaded()];
        const bytes = encodeCards(all, cards);
        const decoded = decodeCards(bytes);
        expect(decoded?.cards.length).toBe(all.length);
        expect(decoded === null ? null : encodeCards(decoded.cards, decoded.scale)).toEqual(bytes);
        const fresh = createCards({ halfLifeMs: HALF_LIFE_MS });
        for (const part of uploadParts(cards)) {
          const upload = decodeUpload(part);
          if (upload !== null) mergeUpload(fresh, upload);
        }
        const keys = [...cards.counts.keys.subarray(0, cards.counts.size), ...all.map((card) => card.key)];
        const each = [...new Set(keys)].sort((a, b) => a - b);
        expect(encodeUpload(fresh, each)).toEqual(encodeUpload(cards, each));
      }),
      { numRuns: 50 },
    );
  });

  test('of uploads refuses whatever is damaged, and never throws', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    learnView(cards, { key: 1, at: 0, previous: [2, 3], length: 3, own: true });
    const whole = encodeUpload(cards, [1, 2, 3]);
    expect(decodeUpload(whole)).not.toBeNull();
    expect(decodeUpload(whole.slice(0, -8))).toBeNull();
    const numbers = new Float64Array(whole.buffer);
    for (const wrong of [-1, Number.NaN, 0.5, 1e300]) {
      for (let i = 0; i < numbers.length; i++) {
        const changed = numbers.slice();
        changed[i] = wrong;
        const upload = decodeUpload(new Uint8Array(changed.buffer));
        // Some numbers may be anything that is a weight; all that is kept must be one.
        for (const card of upload?.cards ?? [])
          expect([...card.viewed.weights, ...card.bought.weights].every((weight) => weight >= 0)).toBe(true);
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => decodeUpload(bytes) === null));
  });

  test('of batches in the log gives them back', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const ids = list.map((batch) => batch.flushId);
        expect(JSON.stringify(unpackBatches(packBatches(list), ids).batches.map(sorted))).toBe(
          JSON.stringify(list.map(sorted)),
        );
      }),
    );
  });

  test('of batches in the log keeps how trials went, whether there were any or not', () => {
    const [views, orders, none] = [
      { n: 3, gained: 1, lost: 0, both: 1 },
      { n: 4, gained: 0, lost: 2, both: 1 },
      { n: 0, gained: 0, lost: 0, both: 0 },
    ];
    const again = { n: 2, gained: 0.25, lost: 0, both: 0.5 };
    for (const [trials, baskets, bought] of [
      [views, orders, again],
      [none, orders, none],
      [views, none, none],
      [none, none, again],
      [none, none, none],
    ] as const) {
      const read = unpackBatches(packBatches([], trials, baskets, bought), []);
      expect(read).toEqual({ batches: [], trials, orderTrials: { baskets, again: bought } });
    }
    // As they were written before orders were tried, and before what is bought again was.
    const untried = { baskets: none, again: none };
    expect(unpackBatches(packBatches([], views), [])).toEqual({ batches: [], trials: views, orderTrials: untried });
    const half = { baskets: orders, again: none };
    expect(unpackBatches(packBatches([], views, orders), [])).toEqual({
      batches: [],
      trials: views,
      orderTrials: half,
    });
  });
});

function sorted(batch: LearnBatch) {
  const views = batch.views.map(({ key, at, length, own, previous }) => [key, at, length, own, previous]);
  const baskets = batch.baskets.map(({ at, learn, keys }) => [at, learn, keys]);
  return [batch.flushId, batch.events, views, baskets];
}

test('merging keeps the heaviest neighbours when there are more than a card has room for', () => {
  const shop = () => createCards({ halfLifeMs: HALF_LIFE_MS, counts: createCounts() });
  const [one, two] = [shop(), shop()];
  for (let i = 1; i <= 100; i++) learnView(one, { key: 1000 + i, at: 0, previous: [1], length: i, own: false });
  learnView(two, { key: 5, at: 0, previous: [1], length: 1, own: false });
  learnView(two, { key: 6, at: 0, previous: [1], length: 10_000, own: false });
  for (let i = 1; i <= SLOTS.bought; i++)
    learnBasket(one, { keys: [1, 2000 + i, ...(i === 9 ? [7] : [])], at: 0, learn: true });
  learnBasket(two, { keys: [1, 8], at: 0, learn: true });
  learnBasket(two, { keys: [1, 9, 10, 11, 12, 13], at: 0, learn: true });
  const upload = decodeUpload(encodeUpload(two, [1, 5, 6, 8]));
  if (upload !== null) mergeUpload(one, upload);
  const { viewed, bought } = one.shelf.find(1) ?? {};
  expect([5, 6, 1100].map((key) => viewed?.keys.includes(key))).toEqual([true, false, false]);
  expect([8, 9, 13, 2009].map((key) => bought?.keys.includes(key))).toEqual([true, false, false, false]);
  expect(bought?.size).toBe(SLOTS.bought);
});
