import { describe, expect, test } from 'vitest';
import { ablationTable, overlap, streamTable } from '../../../src/commands/evaluation/ablations.ts';
import {
  type Formula,
  learnByFormula,
  PRODUCT,
  publishByFormula,
  recommenderBy,
} from '../../../src/commands/evaluation/formula.ts';
import { learnSessions, publishCards, type TimedSession } from '../../../src/commands/evaluation/model.ts';
import { simulatedSet } from '../../../src/commands/evaluation/named-sets.ts';
import { product } from '../../../src/commands/evaluation/recommender.ts';
import { sessionSet } from '../../../src/commands/evaluation/session-set.ts';
import { encodeChunk } from '../../../src/learning/codec.ts';
import { DAY_MS } from '../../../src/shared/decay.ts';

const [A, B, C] = [1, 2, 3];

/** The weight that a formula learns from one to another. */
function weight(sessions: TimedSession[], from: number, to: number, change: Partial<Formula>): number {
  const cards = learnByFormula(sessions, { ...PRODUCT, ...change });
  const slots = cards.shelf.find(from)?.viewed;
  const at = slots?.keys.subarray(0, slots.size).indexOf(to) ?? -1;
  return at < 0 ? 0 : (slots?.weights[at] ?? 0);
}

describe('the formula with switches', () => {
  test('with nothing switched off teaches and answers what the product does', () => {
    const { set } = simulatedSet();
    const [ours, theirs] = [learnByFormula(set.train, PRODUCT), learnSessions(set.train)];
    const bytesOf = (cards: typeof ours) => encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0 });
    expect(bytesOf(ours)).toEqual(bytesOf(theirs));
    const switched = recommenderBy(PRODUCT, publishByFormula(ours, PRODUCT));
    const served = product(publishCards(theirs, 0));
    for (const { session } of set.questions.slice(0, 1_000))
      for (const seen of ['hide', 'allow', 'hideCurrent'] as const)
        expect(switched.recommend(session, seen)).toEqual(served.recommend(session, seen));
  });

  test('learns by hand what it is told to', () => {
    const session = [{ at: 0, keys: [A, B, C] }];
    expect(weight(session, A, B, {})).toBeCloseTo(2 ** -0.25);
    expect(weight(session, A, B, { length: 0 })).toBeCloseTo(1);
    expect(weight(session, A, C, { length: 0 })).toBeCloseTo(0.5);
    expect(weight(session, B, A, { length: 0 })).toBeCloseTo(0.6);
    expect(weight(session, B, A, { length: 0, reverse: 0 })).toBe(0);
    // A day later by a half-life of one day: twice the weight.
    const later = [{ at: DAY_MS, keys: [A, B] }];
    expect(
      weight(later, A, B, { halfLifeDays: 1 }) / weight([{ at: 0, keys: [A, B] }], A, B, { halfLifeDays: 1 }),
    ).toBeCloseTo(2);
  });

  test('keeps a hundred neighbours or all of them', () => {
    const hub = Array.from({ length: 150 }, (_, i) => ({ at: i, keys: [A, 10 + i] }));
    const sizeOf = (isBounded: boolean) => learnByFormula(hub, { ...PRODUCT, isBounded }).shelf.find(A)?.viewed.size;
    expect([sizeOf(true), sizeOf(false)]).toEqual([100, 150]);
  });
});

test.each([
  [[1, 2], [2, 1], 1],
  [[1, 2, 3, 4], [1, 2], 0.5],
  [[], [], 1],
  [[], [1], 0],
])('%j and %j overlap by %d', (one, other, share) => {
  expect(overlap(one, other)).toBe(share);
});

test('reports have a row for each variant and protocol', () => {
  const train = ['a b', 'a b', 'a c'].map((line, i) => ({ number: i, items: line.split(' ') }));
  const set = sessionSet(train, [{ prefix: ['a'], truth: ['b'] }], 1);
  const named = { name: 'three', set, protocols: ['A', 'B'] as const, seen: 'allow' as const, isLooped: true };
  const rows = ablationTable(named).rows;
  // b: w = 2/2^0.25, s(w)/(3 · 2^0.1) = 0.40, above the 0.3 of going back to a.
  expect(rows[0]).toEqual(['as in the product', '100.00', '100.00', '100.00', '100.00']);
  expect(rows.length).toBeGreaterThan(10);
  expect(streamTable(named).rows).toEqual([
    ['A', '100.00', '100.00', '1.0000'],
    ['B', '100.00', '100.00', '1.0000'],
  ]);
});
