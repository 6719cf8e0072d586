import { describe, expect, test } from 'vitest';
import { createCards } from '../../src/learning/cards.ts';
import { type CardLookup, encodeChunk, openChunk } from '../../src/learning/codec.ts';
import { encodeCounts, NO_COUNTS, openCounts } from '../../src/learning/counts.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { best, type Scored, scoreBasket, scoreNext } from '../../src/learning/score.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { partsOf } from './parts.ts';

const HALF_LIFE_MS = 60 * DAY_MS;

function publish(teach: (cards: ReturnType<typeof createCards>) => void) {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  teach(cards);
  const chunk = encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0.5 });
  const lookup: CardLookup = (chunk === null ? null : openChunk(chunk.buffer))?.find ?? (() => null);
  return { cards: lookup, counts: openCounts(encodeCounts(cards, { ownClicks: 0.5 }).buffer) ?? NO_COUNTS };
}

const scoresOf = (scored: Scored) =>
  Object.fromEntries(Array.from({ length: scored.size }, (_, i) => [scored.keys[i], scored.scores[i]]));

/** Item 1 is seen four times and followed by 2 once; item 3 twice, and followed by 2 once. All weights are 1 and exact. */
const shop = publish((cards) => {
  const view = (key: number, previous: number[], at = 0) =>
    learnView(cards, { key, previous, at, length: 1, own: false });
  for (let i = 0; i < 4; i++) view(1, []);
  for (let i = 0; i < 2; i++) view(3, []);
  view(2, [1]);
  view(2, [3]);
});

const S1 = 1 / 1.5;
const S06 = 0.36 / 1.1;

describe('the next item', () => {
  test('gets exp(−p/λ) · s(w)/(n_a · n_b^0.1) from each item of the session', () => {
    const scored = scoreNext({ session: [1, 3], ...shop, seen: 'hide' });
    const damping = 2 ** 0.1;
    const fromFirst = S1 / (4 * damping);
    const fromSecond = (Math.exp(-1 / 0.8) * S1) / (2 * damping);
    expect(scoresOf(scored)[2]).toBeCloseTo(fromFirst + fromSecond, 6);
    const parts = partsOf(scored, 0);
    expect(parts.map(([source]) => source)).toEqual([0, 1]);
    expect(parts.reduce((sum, [, score]) => sum + score, 0)).toBeCloseTo(scored.scores[0] ?? 0, 12);
  });

  test('may be one that was seen already, where the placement says so', () => {
    const back = (views: number, n: number) => S06 / (2 * n ** 0.1) / 1 + 0 * views;
    const allowed = scoresOf(scoreNext({ session: [2, 1], ...shop, seen: 'allow' }));
    expect(allowed[1]).toBeCloseTo(back(2, 4) + 0.3 * Math.exp(-1), 2);
    expect(allowed[2]).toBeCloseTo(0.3 + (Math.exp(-1) * S1) / (4 * 2 ** 0.1), 2);
    expect(allowed[3]).toBeCloseTo(back(2, 2), 2);
    expect(Object.keys(scoresOf(scoreNext({ session: [2, 1], ...shop, seen: 'hide' })))).toEqual(['3']);
    expect(Object.keys(scoresOf(scoreNext({ session: [2, 1], ...shop, seen: 'hideCurrent' }))).sort()).toEqual([
      '1',
      '3',
    ]);
  });

  test('is read at the newest event: what is old fades', () => {
    const later = publish((cards) => {
      learnView(cards, { key: 2, previous: [1], at: 0, length: 1, own: false });
      learnView(cards, { key: 1, previous: [], at: 0, length: 1, own: false });
      learnView(cards, { key: 9, previous: [], at: HALF_LIFE_MS, length: 1, own: false });
    });
    const scored = scoreNext({ session: [1], ...later, seen: 'hide' });
    expect(scoresOf(scored)[2]).toBeCloseTo(0.25 / (0.5 + 0.5) / (0.5 * 0.5 ** 0.1), 5);
  });

  test('reads the last five items only, and finds nothing for strangers', () => {
    expect(scoreNext({ session: [7, 7, 7, 7, 7, 1], ...shop, seen: 'hide' }).size).toBe(0);
    expect(scoreNext({ session: [], ...shop, seen: 'allow' }).size).toBe(0);
  });
});

describe('a basket', () => {
  const orders = publish((cards) => {
    for (let i = 0; i < 10; i++) learnBasket(cards, { keys: [1, 2], at: 0, learn: true });
    for (let i = 0; i < 5; i++) learnBasket(cards, { keys: [1, 3], at: 0, learn: true });
    for (let i = 0; i < 5; i++) learnBasket(cards, { keys: [2, 3], at: 0, learn: true });
  });

  test('is completed by (c_w/(n_a^0.6 · n_b^0.4) · c/(c + 10))^1.5, summed over what is in it', () => {
    const scored = scoreBasket({ basket: [1, 2], ...orders });
    const one = ((5 / (15 ** 0.6 * 10 ** 0.4)) * (5 / 15)) ** 1.5;
    expect(scoresOf(scored)[3]).toBeCloseTo(2 * one, 3);
    expect(scored.size).toBe(1);
    expect(partsOf(scored, 0).map(([source]) => source)).toEqual([0, 1]);
  });

  test('best takes the highest scores', () => {
    const scored = scoreBasket({ basket: [1], ...orders });
    expect(best(scored, 5).map((i) => scored.keys[i])).toEqual([2, 3]);
    expect(best(scored, 1).map((i) => scored.keys[i])).toEqual([2]);
  });
});

test.each([0, 1, 5, 64, 65, 300])(
  'the best %d of many are those that sorting finds, equal scores as they were found',
  (count) => {
    const random = seededRandom(3);
    const scores = Array.from({ length: 200 }, () => Math.ceil(random() * 50));
    const scored = {
      size: 200,
      keys: scores.map((_, i) => i),
      scores,
      partOwners: [],
      partSources: [],
      partScores: [],
    };
    const sorted = scored.keys.toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
    expect(best(scored, count)).toEqual(sorted.slice(0, count));
  },
);
