import { describe, expect, test } from 'vitest';
import {
  beyondSet,
  diversityOf,
  estimates,
  evaluateBeyond,
  giniOf,
  type Outcome,
} from '../../../src/commands/evaluation/beyond.ts';
import { bootstrap } from '../../../src/commands/evaluation/bootstrap.ts';
import { sessionSet } from '../../../src/commands/evaluation/session-set.ts';

describe('beyond hits', () => {
  test.each([
    [[1, 1, 1, 1], 0],
    [[0, 0, 0, 8], 0.75],
    // (−3·0 − 1·1 + 1·1 + 3·2) / (4 · 4)
    [[2, 0, 1, 1], 0.375],
    [[0, 0], 0],
  ])('the Gini of %j is %d', (shown, gini) => {
    expect(giniOf(Float64Array.from(shown))).toBe(gini);
  });

  test('diversity is one less the mean likeness of all pairs', () => {
    // Pairs 1-2, 1-3, 2-3: likeness 0.5, 0.25, 0.
    const likeness = (a: number, b: number) => (a + b === 3 ? 0.5 : a + b === 4 ? 0.25 : 0);
    expect(diversityOf([1, 2, 3], likeness)).toBeCloseTo(0.75);
    expect(diversityOf([1], likeness)).toBeNull();
  });

  test('coverage, Gini, diversity and cold hits count what was shown to whom', () => {
    const outcome = (visit: number, list: number[], isHit: boolean, isCold: boolean): Outcome => ({
      visit,
      list,
      isHit,
      isCold,
      diversity: list.length > 1 ? 0.5 : null,
    });
    const outcomes = [outcome(0, [0, 1], true, true), outcome(0, [0], false, true), outcome(1, [0], true, false)];
    const [hr, coverage, gini, diversity, cold] = estimates(outcomes, 4, 2).map(({ value }) => value);
    expect(hr).toBeCloseTo(66.667, 2);
    expect(coverage).toBe(50);
    // Shown 0, 0, 1 and 3 times: (1 · 1 + 3 · 3) / (4 · 4).
    expect(gini).toBe(62.5);
    expect([diversity, cold]).toEqual([50, 50]);
  });

  test('a set is asked with its own likeness: sessions in common', () => {
    const train = ['a b', 'a b', 'a c'].map((line, i) => ({ number: i, items: line.split(' ') }));
    const set = sessionSet(train, [{ prefix: ['a'], truth: ['c'] }], 1);
    const [b, c] = ['b', 'c'].map(set.names.keyOf);
    const recommender = { recommend: () => [b ?? 0, c ?? 0] };
    const { estimates: found, cold } = evaluateBeyond(recommender, beyondSet(set), { protocol: 'A', seen: 'allow' });
    // b and c share no session; c has one click, and was found.
    expect(found.map(({ value }) => Math.round(value))).toEqual([100, 67, 33, 100, 100]);
    expect(cold).toBe(1);
  });
});

describe('the bootstrap', () => {
  const share = (yes: readonly boolean[]) => (times: Uint16Array) => [
    yes.reduce((sum, one, i) => sum + (one ? (times[i] ?? 0) : 0), 0) / yes.length,
  ];

  test('is as wide as theory says for a share', () => {
    const yes = Array.from({ length: 400 }, (_, i) => i % 4 === 0);
    const [found] = bootstrap(400, share(yes));
    expect(found?.value).toBe(0.25);
    // 1.96 · √(0.25 · 0.75 / 400), within a sixth of it.
    expect(found?.margin).toBeGreaterThan(0.0424 * (5 / 6));
    expect(found?.margin).toBeLessThan(0.0424 * (7 / 6));
  });

  test('knows no doubt where there is none, and says the same at every call', () => {
    expect(bootstrap(50, share(Array.from({ length: 50 }, () => true)))).toEqual([{ value: 1, margin: 0 }]);
    const some = share(Array.from({ length: 50 }, (_, i) => i < 20));
    expect(bootstrap(50, some)).toEqual(bootstrap(50, some));
  });
});
