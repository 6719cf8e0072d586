import { describe, expect, test } from 'vitest';
import { blendTable, chooseBlend, sessionIndexOf } from '../../../src/commands/evaluation/blend.ts';
import { simulatedSet } from '../../../src/commands/evaluation/named-sets.ts';
import { figuresOf } from '../../../src/learning/holdout.ts';
import { sample, seededRandom } from '../../../src/shared/random.ts';

/** Visits to 150 outfits of six out of sixty items, each in an order of its own. */
function outfits(count: number) {
  const random = seededRandom(3);
  const items = Array.from({ length: 60 }, (_, item) => item + 1);
  return Array.from({ length: count }, (_, i) => {
    const outfit = sample(items, 6, seededRandom(1_000 + Math.floor(random() * 150)));
    return { at: i * 60_000, keys: sample(outfit, 6, random) };
  });
}

describe('what the hold-out chooses offline', () => {
  test('is the cards for the demo’s shoppers, who gain nothing by the blend, as the test sessions say too', () => {
    const table = blendTable(simulatedSet());
    expect(table.title).toContain('leaves the cards alone');
    const hits = Object.fromEntries(table.rows.map((row) => [row[0], Number(row[1])]));
    expect(hits['item cards']).toBeGreaterThan(hits.blend ?? 0);
    expect(hits.blend).toBeGreaterThan(hits['VMIS-kNN'] ?? 0);
  }, 60_000);

  test('is the blend where three items say more than two', () => {
    const state = chooseBlend(outfits(2_000));
    expect(state.isBetter).toBe(true);
    expect(figuresOf(state)?.interval[0]).toBeGreaterThan(0.05);
  }, 60_000);

  test('is never told about what comes after: fewer sessions give the state that there was then', () => {
    const train = outfits(600);
    expect(chooseBlend(train.slice(0, 40))).toMatchObject({ n: 0, isBetter: false });
    expect(sessionIndexOf(train).size).toBe(600);
  });
});
