import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { adjustedRand, kMeans } from '../../src/personas/cluster.ts';
import { discover, LEAST_RAND, LEAST_VISITORS, type Observed } from '../../src/personas/discover.ts';
import { configOf, propose } from '../../src/personas/propose.ts';
import { seededRandom } from '../../src/shared/random.ts';

const random = () => seededRandom(11);

/** About a normal one. */
function spread(draw: () => number): number {
  return (draw() + draw() + draw() + draw() - 2) * 1.7;
}

const between = (least: number, value: number, most: number) => Math.min(most, Math.max(least, value));

/** Gardeners who browse, and bargain hunters who search for mugs, and some who spend much on books. */
function planted(count: number): Observed[] {
  const draw = seededRandom(3);
  const around = (mean: number, by: number, most = 100) => between(0, mean + spread(draw) * by, most);
  return Array.from({ length: count }, (_, i) => {
    const [garden, mugs, books] = [0, 1, 2].map((group) => around(i % 3 === group ? 0.7 : 0.1, 0.06, 1));
    return {
      facts: {
        'visitor.evidence': 8,
        'visitor.visits': 1 + Math.floor(draw() * 5),
        'visitor.viewsPerVisit': around([9, 3, 3][i % 3] ?? 0, 1),
        'visitor.searchesPerVisit': around([0.2, 2, 0.2][i % 3] ?? 0, 0.2),
        'affinity.priceLevel': between(1, ([3, 1.5, 4.4][i % 3] ?? 0) + spread(draw) * 0.3, 5),
        'affinity.discount.viewed': around([0.2, 0.8, 0.1][i % 3] ?? 0, 0.08, 1),
        'affinity.category.garden': garden ?? 0,
        'affinity.category.mugs': mugs ?? 0,
        'affinity.category.books': books ?? 0,
      },
    };
  });
}

/** Habits that have nothing to do with each other. */
function noise(count: number, seed: number): Observed[] {
  const draw = seededRandom(seed);
  return Array.from({ length: count }, () => ({
    facts: {
      'visitor.evidence': 8,
      'visitor.viewsPerVisit': between(0, 5 + spread(draw), 20),
      'visitor.searchesPerVisit': between(0, 2 + spread(draw), 20),
      'affinity.priceLevel': between(1, 3 + spread(draw) * 0.5, 5),
      'affinity.discount.viewed': between(0, 0.5 + spread(draw) * 0.1, 1),
      ...Object.fromEntries(
        ['garden', 'mugs', 'books'].map((slug) => [
          `affinity.category.${slug}`,
          between(0, 0.5 + spread(draw) * 0.1, 1),
        ]),
      ),
    },
  }));
}

describe('discovery', () => {
  test('finds the groups that there are, and proposes personas that validate and assign them', () => {
    const found = discover(planted(240), random());
    expect(found.found?.k).toBe(3);
    expect(found.tried.find((one) => one.k === 3)?.rand).toBeGreaterThan(0.95);
    if (found.found === null) throw new Error('nothing was found');
    expect(
      adjustedRand(
        found.found.clustering.labels,
        planted(240).map((_, i) => i % 3),
      ),
    ).toBeCloseTo(1, 6);
    const proposals = propose(found.features, found.found);
    expect(proposals.recovered).toBeGreaterThan(0.95);
    expect(proposals.personas.map((one) => one.size)).toEqual([80, 80, 80]);
    const names = proposals.personas.map((one) => one.name.toLowerCase()).sort();
    for (const word of ['books', 'garden', 'mugs']) expect(names.some((name) => name.includes(word))).toBe(true);
    const checked = checkConfig(configOf(proposals));
    expect(checked).toMatchObject({ issues: [], warnings: [] });
  });

  test.each([1, 2, 3])('says that there are none among habits that have nothing to do with each other (%i)', (seed) => {
    const found = discover(noise(240, seed), random());
    expect(found).toMatchObject({ found: null, why: 'no stable personas' });
    for (const { rand, chance } of found.tried) expect(rand < LEAST_RAND || chance > 0.05).toBe(true);
  });

  test('says nothing of few visitors, nor of those who hardly did anything', () => {
    expect(discover(planted(LEAST_VISITORS - 1), random()).why).toBe('1 more visitors with 3 views or more');
    const idle = planted(300).map(({ facts }) => ({ facts: { ...facts, 'visitor.evidence': 1 } }));
    expect(discover(idle, random())).toMatchObject({ visitors: 0, found: null });
  });

  test('gives the same answer to the same samples and seed', () => {
    expect(discover(planted(120), random())).toEqual(discover(planted(120), random()));
  });
});

describe('clustering', () => {
  test.each<[number[], number[], number]>([
    [[0, 0, 1, 1], [1, 1, 0, 0], 1],
    [[0, 0, 1, 1], [0, 1, 0, 1], -0.5],
    [[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2], 0.24242424],
  ])('%j and %j agree by %f', (one, other, rand) => {
    expect(adjustedRand(one, other)).toBeCloseTo(rand, 6);
  });

  test('k-means finds the means', () => {
    const points = [0, 1, 2, 10, 11, 12].map((x) => [x]);
    const { centres, within } = kMeans(points, { k: 2, starts: 4, random: random() });
    expect(centres.map(([x]) => x).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual([1, 11]);
    expect(within).toBe(4);
  });
});
