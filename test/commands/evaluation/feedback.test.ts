import { describe, expect, test } from 'vitest';
import { click, simulateFeedback } from '../../../src/commands/evaluation/feedback.ts';
import { simulatedSet } from '../../../src/commands/evaluation/named-sets.ts';
import { seededRandom } from '../../../src/shared/random.ts';

describe('the simulated shopper', () => {
  test.each([
    // The first is looked at always, and clicked with 0.6 if it is what the shopper came for, with 0.1 if not.
    [true, [0.59], 0],
    [true, [0.61, 0.29], 1],
    [false, [0.09], 0],
    [false, [0.11, 0.049], 1],
    [false, [0.11, 0.051, 0.9], null],
  ])('relevant %s, dice %j: clicks %s', (isRelevant, dice, rank) => {
    const rolls = [...dice];
    expect(
      click(
        [1, 2, 3].slice(0, dice.length),
        () => isRelevant,
        () => rolls.shift() ?? 1,
      ),
    ).toBe(rank);
  });

  test('clicks the first item of a list by the stated chance', () => {
    const random = seededRandom(7);
    let first = 0;
    for (let i = 0; i < 10_000; i++) if (click([1, 2], (key) => key === 1, random) === 0) first++;
    expect(first / 10_000).toBeCloseTo(0.6, 1);
  });
});

test('rounds are the same at every call; until something was clicked and learnt, what clicks add makes no difference', () => {
  const { set } = simulatedSet();
  const train = set.train.slice(0, 1_200);
  const [none, again, all] = [simulateFeedback(train, 0), simulateFeedback(train, 0), simulateFeedback(train, 1)];
  expect(none).toHaveLength(20);
  expect(none).toEqual(again);
  expect(all[0]).toEqual(none[0]);
  expect(all.slice(1)).not.toEqual(none.slice(1));
  for (const { coverage, gini, clicks } of none) {
    expect(coverage).toBeGreaterThan(0);
    expect(coverage).toBeLessThanOrEqual(100);
    expect(gini).toBeGreaterThan(0);
    expect(clicks).toBeGreaterThan(0);
  }
});
