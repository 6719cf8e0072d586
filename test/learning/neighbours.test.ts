import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoreNeighbours } from '../../src/learning/neighbours.ts';
import { best, blend, type Scored, type Seen } from '../../src/learning/score.ts';
import {
  encodeSessions,
  type FlatSessions,
  openSessions,
  type SessionIndex,
} from '../../src/learning/session-index.ts';
import { key53 } from '../../src/shared/hash.ts';
import { partsOf } from './parts.ts';

function flat(lists: readonly (readonly number[])[]): FlatSessions {
  const starts = new Uint32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) starts[i + 1] = (starts[i] ?? 0) + list.length;
  return { size: lists.length, starts, keys: Float64Array.from(lists.flat()) };
}

function indexOf(lists: readonly (readonly number[])[]): SessionIndex {
  const index = openSessions(encodeSessions(flat(lists)).buffer);
  if (index === null) throw new Error('What was just written cannot be read.');
  return index;
}

const scoresOf = (scored: Scored) =>
  Object.fromEntries(Array.from({ length: scored.size }, (_, i) => [scored.keys[i], scored.scores[i]]));

const score = (session: number[], lists: number[][], seen: Seen = 'hide') =>
  scoreNeighbours({ session, sessions: indexOf(lists), seen });

/** The paper's formulas, word for word and without an index. */
function asWritten(session: readonly number[], lists: readonly (readonly number[])[]): Map<number, number> {
  const read = session.slice(0, 9);
  const places = (list: readonly number[]) =>
    [...new Set(read)].map((key) => read.indexOf(key)).filter((p) => list.includes(read[p] ?? 0));
  const similar = lists
    .map((list, number) => ({ list, number, shared: places(list) }))
    .filter((one) => one.shared.length > 0)
    .toReversed()
    .slice(0, 500)
    .map((one) => ({ ...one, r: one.shared.reduce((sum, p) => sum + read.length - p, 0) }))
    .sort((a, b) => b.r - a.r || b.number - a.number)
    .slice(0, 100);
  const scores = new Map<number, number>();
  for (const { list, shared, r } of similar)
    for (const key of list) {
      const rarity = Math.log(lists.length / lists.filter((other) => other.includes(key)).length);
      const say = 1 - (Math.min(...shared) + 1) / 10;
      if (!session.includes(key) && rarity > 0)
        scores.set(key, (scores.get(key) ?? 0) + (say * r * rarity) / read.length);
    }
  return scores;
}

describe('the most similar sessions', () => {
  const lists = [
    [1, 2, 9],
    [3, 4],
    [2, 1, 5],
    [2, 6],
  ];

  test('give to what they hold λ · r · ln(|H|/h), by the items that they share with this one', () => {
    // Newest first: 2, then 1. Item 2 weighs 2/2, item 1 weighs 1/2; all three sessions have the newest, so λ = 0.9.
    const scored = score([2, 1], lists);
    const rare = Math.log(4);
    expect(scoresOf(scored)[9]).toBeCloseTo(0.9 * 1.5 * rare, 6);
    expect(scoresOf(scored)[5]).toBeCloseTo(0.9 * 1.5 * rare, 6);
    expect(scoresOf(scored)[6]).toBeCloseTo(0.9 * 1 * rare, 6);
    expect(scored.size).toBe(3);
    const parts = partsOf(scored, [...scored.keys].indexOf(9));
    expect(parts.map(([source]) => source)).toEqual([0, 1]);
    expect(parts[0]?.[1]).toBeCloseTo(0.9 * rare, 6);
    expect(parts[1]?.[1]).toBeCloseTo(0.45 * rare, 6);
  });

  test('say less when what they share lies further back, and a repeat counts at its newest place', () => {
    const scored = score([7, 7, 3, 7], lists);
    expect(scoresOf(scored)[4]).toBeCloseTo((0.7 * 2 * Math.log(4)) / 4, 6);
    expect(partsOf(scored, 0).map(([source]) => source)).toEqual([2]);
  });

  test('bring up what was seen only where the placement allows it', () => {
    expect(Object.keys(scoresOf(score([2, 1], lists, 'allow'))).map(Number)).toEqual([1, 2, 5, 6, 9]);
    expect(Object.keys(scoresOf(score([2, 1], lists, 'hideCurrent'))).map(Number)).toEqual([1, 5, 6, 9]);
    expect(score([8], lists).size).toBe(0);
    expect(score([], lists).size).toBe(0);
    expect(score([1], []).size).toBe(0);
  });

  test('are what the paper’s formulas say, whatever the sessions are', () => {
    const key = fc.integer({ min: 0, max: 12 }).map((item) => key53(`${item}`));
    const sessions = fc.array(fc.uniqueArray(key, { minLength: 2, maxLength: 6 }), { maxLength: 700, size: 'max' });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 14 }), sessions, (session, lists) => {
        const scored = score(session, lists);
        const expected = asWritten(session, lists);
        expect(new Set(scored.keys)).toEqual(new Set(expected.keys()));
        for (let i = 0; i < scored.size; i++) {
          const parts = partsOf(scored, i).reduce((sum, [, part]) => sum + part, 0);
          expect(scored.scores[i]).toBeCloseTo(expected.get(scored.keys[i] ?? 0) ?? 0, 4);
          expect(parts).toBeCloseTo(scored.scores[i] ?? 0, 9);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the index of sessions', () => {
  test('gives back what was put in, and of each item its newest 500 sessions', () => {
    const lists = Array.from({ length: 700 }, (_, i) => [5, 100 + i, 1000 + (i % 7)]);
    const index = indexOf(lists);
    const contents = (session: number) =>
      [...index.items.subarray(index.starts[session], index.starts[session + 1])].map((item) => index.keys[item]);
    expect(contents(0)).toEqual(lists[0]);
    expect(contents(699)).toEqual(lists[699]);
    const five = index.indexOf(5);
    const recent = index.recent.subarray(index.recentStarts[five], index.recentStarts[five + 1]);
    expect([...recent]).toEqual(Array.from({ length: 500 }, (_, i) => 699 - i));
    expect(index.rarity[index.indexOf(1000)]).toBeCloseTo(Math.log(7), 6);
    expect([index.size, index.indexOf(6), index.bytes]).toEqual([700, -1, index.keys.buffer.byteLength]);
  });

  test('numbers more items than two bytes hold', () => {
    const lists = Array.from({ length: 40_000 }, (_, i) => [2 * i, 2 * i + 1]);
    const index = indexOf(lists);
    expect(scoresOf(scoreNeighbours({ session: [79_999], sessions: index, seen: 'hide' }))[79_998]).toBeCloseTo(
      0.9 * Math.log(40_000),
      4,
    );
  });

  test('is not read when it is of another format, or cut short', () => {
    const { buffer } = encodeSessions(flat([[1, 2]]));
    expect(openSessions(buffer.slice(0, -1))).toBeNull();
    expect(openSessions(new ArrayBuffer(8))).toBeNull();
    new DataView(buffer).setUint32(4, 2, true);
    expect(openSessions(buffer)).toBeNull();
  });
});

describe('the blend', () => {
  const one = score(
    [2, 1],
    [
      [2, 3],
      [2, 4],
      [2, 4],
      [8, 9],
    ],
  );
  const other = score(
    [1],
    [
      [1, 5, 4],
      [8, 9],
    ],
  );

  test('adds the two after dividing each by its maximum, and keeps the parts of both', () => {
    const scores = scoresOf(blend(one, other));
    const most = Math.max(...one.scores);
    expect(scores[3]).toBeCloseTo((scoresOf(one)[3] ?? 0) / most, 9);
    expect(scores[4]).toBeCloseTo((scoresOf(one)[4] ?? 0) / most + 1, 9);
    expect(scores[5]).toBeCloseTo(1, 9);
    const mixed = blend(one, other);
    for (const [i] of scoresOfEach(mixed))
      expect(partsOf(mixed, i).reduce((sum, [, part]) => sum + part, 0)).toBeCloseTo(mixed.scores[i] ?? 0, 9);
    expect(best(mixed, 1).map((i) => mixed.keys[i])).toEqual([4]);
  });

  test('is the one that found something, where the other found nothing', () => {
    const nothing = score([7], []);
    expect(blend(one, nothing)).toBe(one);
    expect(blend(nothing, one)).toBe(one);
  });
});

const scoresOfEach = (scored: Scored) => [...scored.scores.entries()];
