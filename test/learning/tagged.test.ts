import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PersonaCounts } from '../../src/learning/breakdown.ts';
import { type Cards, createCards, createCounts } from '../../src/learning/cards.ts';
import { encodeCounts, openCounts } from '../../src/learning/counts.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { decodeCountRows, encodeCountRows } from '../../src/learning/stored.ts';
import { PERIOD_DAYS, PERSONAS_OF_AN_ITEM, rowsOf } from '../../src/learning/tagged.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

const HALF_LIFE_MS = 60 * DAY_MS;
const newCards = () => createCards({ halfLifeMs: HALF_LIFE_MS });
const view = (key: number, persona: number, at = 0, own = false) => ({
  key,
  at,
  previous: [],
  length: 1,
  own,
  persona,
});
const order = (keys: number[], at: number, persona?: number) => ({
  keys,
  at,
  learn: true,
  ...(persona === undefined ? {} : { persona }),
});
const publishedOf = (cards: Cards) => openCounts(encodeCounts(cards, { ownClicks: 0.5 }).buffer);
const orderedOf = (cards: Cards, days: number) => {
  const counts = publishedOf(cards);
  const found = new Map<number, number>();
  counts?.breakdown.ordered(days, (index, orders) => found.set(counts.keyOf(index), orders));
  return Object.fromEntries(found);
};
const rowsBy = (cards: Cards, tag: number) => {
  const counts = publishedOf(cards);
  const persona: PersonaCounts | null = counts?.breakdown.persona(tag) ?? null;
  return Array.from({ length: persona?.size ?? 0 }, (_, row) => [
    counts?.keyOf(persona?.index(row) ?? -1),
    persona?.views(row),
    persona?.baskets(row),
    persona?.trending(row),
  ]);
};

describe('what personas look at and buy', () => {
  test('is counted by item and persona, decayed, and published at the newest event', () => {
    const cards = newCards();
    learnView(cards, view(7, 1));
    learnView(cards, view(7, 2));
    learnView(cards, view(7, 1, 0, true));
    learnBasket(cards, order([7, 9], HALF_LIFE_MS, 1));
    expect(rowsBy(cards, 1)).toEqual([
      [7, 0.5, 1, expect.closeTo(1, 6)],
      [9, 0, 1, 1],
    ]);
    expect(rowsBy(cards, 2)).toEqual([[7, 0.5, 0, expect.closeTo(0, 6)]]);
    expect(publishedOf(cards)?.breakdown.persona(3)).toBeNull();
    expect(publishedOf(cards)?.breakdown.persona(1)?.totals).toMatchObject({ views: 0.5, baskets: 2 });
  });

  test('is kept for eight personas of an item: the one that weighs least gives way', () => {
    const cards = newCards();
    for (let persona = 1; persona <= PERSONAS_OF_AN_ITEM + 1; persona++)
      for (let times = 0; times < (persona === 3 ? 1 : 2); times++) learnView(cards, view(7, persona));
    const { personas } = cards.counts;
    const tags = rowsOf(personas, 0).map((row) => personas.tags[row]);
    expect(tags.toSorted((a = 0, b = 0) => a - b)).toEqual([1, 2, 4, 5, 6, 7, 8, 9]);
  });

  test('is sparse: an item without a persona takes no row', () => {
    const cards = newCards();
    for (let key = 1; key <= 500; key++) learnView(cards, { key, at: 0, previous: [], length: 1, own: false });
    learnView(cards, view(400, 1));
    expect(cards.counts.personas.size).toBe(1);
    expect(rowsBy(cards, 1).map(([key]) => key)).toEqual([400]);
  });
});

describe('orders of the last days', () => {
  const age = fc.integer({ min: 0, max: 45 });
  test('are exact for every period, whatever the order in which they came within a day', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), age), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: PERIOD_DAYS }),
        (drawn, days) => {
          const orders = drawn.toSorted((a, b) => b[1] - a[1]);
          const cards = newCards();
          for (const [key, ago] of orders) learnBasket(cards, order([key], (100 - ago) * DAY_MS + 5));
          const newest = Math.min(...orders.map(([, ago]) => ago));
          const right: Record<number, number> = {};
          for (const [key, ago] of orders) if (ago - newest < days) right[key] = (right[key] ?? 0) + 1;
          expect(orderedOf(cards, days)).toEqual(right);
        },
      ),
    );
  });

  test('use the rows of days that have passed again, so that an item never has more than 31', () => {
    const cards = newCards();
    for (let day = 0; day < 100; day++) learnBasket(cards, order([7], day * DAY_MS));
    expect(cards.counts.days.size).toBe(PERIOD_DAYS);
    expect(orderedOf(cards, 7)).toEqual({ 7: 7 });
    learnBasket(cards, order([7], 10 * DAY_MS));
    expect(orderedOf(cards, 31)).toEqual({ 7: 31 });
  });
});

describe('the exact form', () => {
  test('of before there were personas is read, and damaged tails are not', () => {
    const cards = newCards();
    learnView(cards, { key: 7, at: 0, previous: [], length: 1, own: false });
    const plain = encodeCountRows(cards.counts, cards, { from: 0, to: 1 });
    expect(plain.byteLength).toBe((8 + 6) * 8);
    expect(decodeCountRows(plain, createCounts())).not.toBeNull();
    learnView(cards, view(7, 1));
    learnBasket(cards, order([7], 0));
    const whole = new Float64Array(encodeCountRows(cards.counts, cards, { from: 0, to: 1 }).buffer);
    expect(whole.length).toBe(8 + 6 + 2 + 4 + 2);
    const damaged = (at: number, number: number) => {
      const copy = whole.slice();
      copy[at] = number;
      return decodeCountRows(new Uint8Array(copy.buffer), createCounts());
    };
    expect(damaged(0, whole[0] ?? 0)).not.toBeNull();
    for (const [at, number] of [
      [7, 3],
      [14, 2],
      [15, 0.5],
      [16, 2 ** 32],
      [16, 0.5],
      [17, -1],
      [20, Number.NaN],
    ] as const)
      expect(damaged(at, number)).toBeNull();
  });

  test('published counts of before are read without a breakdown; those that are cut short are not', () => {
    const cards = newCards();
    learnBasket(cards, order([7], 0, 1));
    const bytes = encodeCounts(cards, { ownClicks: 0.5, bought: [{ key: 7, since: 3, buyers: 4 }] });
    expect(openCounts(bytes.buffer.slice(0, -1))).toBeNull();
    const older = bytes.buffer.slice(0, 64 + 24);
    new DataView(older).setUint32(4, 1, true);
    const counts = openCounts(older);
    expect(counts?.baskets(counts.indexOf(7))).toBe(1);
    expect(counts?.breakdown.persona(1)).toBeNull();
  });
});
