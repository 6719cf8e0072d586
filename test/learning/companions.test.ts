import { describe, expect, test } from 'vitest';
import { ALL_BASKETS, createCards } from '../../src/learning/cards.ts';
import { encodeChunk, openChunk, shareOf } from '../../src/learning/codec.ts';
import { companionWeight, NEIGHBOURHOOD, partialWeights } from '../../src/learning/companions.ts';
import { encodeCounts, NO_COUNTS, openCounts } from '../../src/learning/counts.ts';
import { learnBasket } from '../../src/learning/learn.ts';
import { scoreBasket } from '../../src/learning/score.ts';
import type { Slots } from '../../src/learning/slots.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

function slots(times: Record<number, number>): Slots {
  const keys = Object.keys(times).map(Number);
  const numbers = Float64Array.from(Object.values(times));
  return { size: keys.length, keys: Float64Array.from(keys), weights: numbers, others: numbers };
}

function basisOf(counts: Record<number, number>, times: Record<number, Record<number, number>>, all = 1_000) {
  return {
    factor: 1,
    all,
    bits: 1,
    baskets: (key: number) => counts[key] ?? 0,
    boughtWith: (key: number) => (times[key] === undefined ? undefined : slots(times[key])),
  };
}

function weigh(counts: Record<number, number>, times: Record<number, Record<number, number>>, all = 1_000) {
  const companions = Object.keys(times[1] ?? {}).map(Number);
  const [weights = new Float64Array()] = partialWeights([{ key: 1, companions }], basisOf(counts, times, all));
  return Object.fromEntries(companions.map((key, i) => [key, weights[i]]));
}

describe('companions weighed against each other', () => {
  test('get c/(n_a + 20) where there is only one', () => {
    expect(weigh({ 1: 80, 2: 40 }, { 1: { 2: 30 }, 2: { 1: 30 } })[2]).toBeCloseTo(30 / 100, 12);
  });

  test('get what the regression on all of them says', () => {
    // For b = 3, solved by hand: (n_1 + 20)·x + c_12·y = c_13 and c_12·x + (n_2 + 20)·y = c_23.
    const found = weigh({ 1: 80, 2: 40, 3: 30 }, { 1: { 2: 30, 3: 18 }, 2: { 1: 30, 3: 20 }, 3: { 1: 18, 2: 20 } });
    expect(found[3]).toBeCloseTo((18 * 60 - 30 * 20) / (100 * 60 - 30 * 30), 12);
    expect(found[2]).toBeCloseTo((30 * 50 - 18 * 20) / (100 * 50 - 18 * 18), 12);
  });

  test('are worth nothing where another explains them whole, and never less', () => {
    const found = weigh({ 1: 80, 2: 80, 3: 60 }, { 1: { 2: 60, 3: 10 }, 2: { 1: 60, 3: 50 }, 3: { 1: 10, 2: 50 } });
    expect(found[3]).toBe(0);
  });

  test('know a pair from either side, and take a forgotten one for chance', () => {
    const counts = { 1: 80, 2: 40, 3: 30 };
    const whole = weigh(counts, { 1: { 2: 30, 3: 18 }, 2: { 1: 30, 3: 20 }, 3: { 1: 18, 2: 20 } });
    expect(weigh(counts, { 1: { 2: 30, 3: 18 }, 2: {}, 3: { 2: 20 } })).toEqual(whole);
    const chance = (40 * 30) / 1_000;
    expect(weigh(counts, { 1: { 2: 30, 3: 18 } })[3]).toBeCloseTo((18 * 60 - 30 * chance) / (100 * 60 - 30 * 30), 12);
  });

  test('are the same for many items at once, for which each card is read once, and those that lie together one after the other', () => {
    const counts = { 1: 80, 2: 40, 3: 30 };
    const times = { 1: { 2: 30, 3: 18 }, 2: { 1: 30, 3: 20 }, 3: { 1: 18, 2: 20 } };
    const basis = basisOf(counts, times);
    const read: number[] = [];
    const noted = { ...basis, boughtWith: (key: number) => (read.push(key) > 0 ? basis.boughtWith(key) : undefined) };
    const items = [
      { key: 1, companions: [2, 3] },
      { key: 2, companions: [3, 1] },
      { key: 3, companions: [] },
    ];
    const together = partialWeights(items, noted);
    expect(together).toEqual(items.flatMap((item) => partialWeights([item], basis)));
    expect(together.map((weights) => weights.length)).toEqual([2, 2, 0]);
    expect(read.map((key) => key % 2)).toEqual([0, 1, 1]);
  });

  test('stay finite where forgotten pairs contradict each other', () => {
    const many = Array.from({ length: NEIGHBOURHOOD + 10 }, (_, i) => i + 2);
    const all = Object.fromEntries(many.map((key) => [key, 100]));
    const found = weigh({ 1: 100, ...all }, { 1: all, 2: all, 3: all }, 0);
    for (const [i, key] of many.entries()) {
      if (i < NEIGHBOURHOOD) expect(found[key]).toBeGreaterThanOrEqual(0);
      expect(found[key] ?? 0).toBeLessThan(2);
    }
  });
});

describe('published for big baskets', () => {
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  for (let i = 0; i < 40; i++) learnBasket(cards, { keys: [1, 2, 3], at: 0, learn: true });
  for (let i = 0; i < 40; i++) learnBasket(cards, { keys: [1, 2], at: 0, learn: true });
  const counts = openCounts(encodeCounts(cards, { ownClicks: 0 }).buffer) ?? NO_COUNTS;
  const open = (bigBaskets: boolean) => {
    const bytes = encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0, bigBaskets });
    return openChunk(bytes?.buffer ?? new ArrayBuffer(0))?.find ?? (() => null);
  };
  // n_1 = n_2 = 80, n_3 = 40; c_12 = 80, c_13 = c_23 = 40; c_w of 1 and 2 is 40/√2 + 40.
  const partial = (80 * 60 - 40 * 40) / (100 * 60 - 40 * 40);
  const sized = (40 / Math.SQRT2 + 40) / 80;

  test('are the partial weights times c_w/c, with the contrast of the others', () => {
    const card = open(true)(1);
    expect(card?.isPartial).toBe(true);
    expect((card?.bought.largest ?? 0) * shareOf(0)).toBeCloseTo((partial * sized) ** 1.5, 6);
    const scored = scoreBasket({ basket: [1], cards: open(true), counts });
    expect(scored.scores[scored.keys.indexOf(2)]).toBeCloseTo((partial * sized) ** 1.5, 6);
  });

  test('are pairs by themselves where baskets are small', () => {
    expect(open(false)(1)?.isPartial).toBe(false);
    const scored = scoreBasket({ basket: [1], cards: open(false), counts });
    const weight = companionWeight({ weight: 80 * sized, times: 80, own: 80, theirs: 80 });
    expect(scored.scores[scored.keys.indexOf(2)]).toBeCloseTo(weight, 3);
  });

  test('rest on the number of all baskets, which is published for no item', () => {
    expect(cards.counts.baskets[cards.counts.slots.get(ALL_BASKETS) ?? -1]).toBe(80);
    expect(counts.size).toBe(3);
  });
});
