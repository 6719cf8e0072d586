import { describe, expect, test } from 'vitest';
import { valueOfArm } from '../../src/experiments/aipw.ts';
import {
  type BanditSettings,
  type BanditWeights,
  maturedBatches,
  nextWeights,
  sharesFor,
} from '../../src/experiments/bandit.ts';
import { resultsOf } from '../../src/experiments/results.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import { cell, converted, layoutPlan } from './counted.ts';

const ARMS = ['control', 'b'];
const SETTINGS: BanditSettings = {
  metric: 'conversion',
  isBetter: 'up',
  windowHours: 72,
  floor: 0.05,
  burnIn: 100,
  burnInConversions: 40,
  halfLifeDays: 60,
};
const NOW = Date.parse('2026-11-20');

const weigh = (
  cells: readonly Cell[],
  more: { log?: BanditWeights[]; isPersonal?: boolean; settings?: Partial<BanditSettings> } = {},
) =>
  nextWeights(
    { cells, arms: ARMS, phase: 1, log: more.log ?? [] },
    { settings: { ...SETTINGS, ...more.settings }, now: NOW, isPersonal: more.isPersonal ?? false },
  );

const seen = (control: number, b: number, parts: Partial<Cell> = {}, n = 1_000): Cell[] => [
  ...converted('control', n, control, parts),
  ...converted('b', n, b, parts),
];

describe('the weights of a bandit', () => {
  test.each([
    ['too few units', converted('control', 99, 60).concat(converted('b', 1_000, 60))],
    ['too few conversions in one arm', seen(39, 90)],
    ['outcomes that may still come', seen(50, 90, { day: '2026-11-17' })],
    ['nobody', []],
  ])('are equal with %s', (_what, cells) => {
    expect(weigh(cells)).toBeNull();
  });

  test('follow the chance to be the best, above the floor, and add up to 1', () => {
    const weights = weigh(seen(50, 70));
    expect(weights).toMatchObject({ phase: 1, version: 1 });
    // P(b is better) of 5 % and 7 % of a thousand each is Φ(1.89) = 0.971.
    expect(weights?.arms.b).toBeCloseTo(0.05 + 0.9 * 0.971, 2);
    expect((weights?.arms.b ?? 0) + (weights?.arms.control ?? 0)).toBeCloseTo(1, 5);
    expect(weigh(seen(50, 500))?.arms).toEqual({ control: 0.05, b: 0.95 });
    expect(weigh(seen(50, 70), { settings: { isBetter: 'down' } })?.arms.control).toBeCloseTo(weights?.arms.b ?? 0, 5);
  });

  test('are a new version only where they change', () => {
    const first = weigh(seen(50, 70)) as BanditWeights;
    expect(weigh(seen(50, 70), { log: [first] })).toBeNull();
    expect(weigh(seen(50, 150, { weights: 1 }), { log: [first] })).toMatchObject({ version: 2 });
  });

  test('judge an arm by equal days, though it was hardly dealt on the good ones', () => {
    // On the good day four convert for one on the bad day, whatever the arm; b was dealt mostly on the bad one.
    const log = [
      { phase: 1, version: 1, arms: { control: 0.1, b: 0.9 } },
      { phase: 1, version: 2, arms: { control: 0.9, b: 0.1 } },
    ];
    const bad = [...converted('control', 1_000, 50, { weights: 1 }), ...converted('b', 9_000, 450, { weights: 1 })];
    const good = { day: '2026-11-02', weights: 2 };
    const cells = [...bad, ...converted('control', 9_000, 1_800, good), ...converted('b', 1_000, 200, good)];
    const next = weigh(cells, { log, settings: { halfLifeDays: 3_650 } });
    expect(next?.arms.b).toBeCloseTo(0.5, 1);
  });

  test('count what is long past for less', () => {
    const turned = [...seen(150, 50, { day: '2026-03-01' }), ...seen(50, 80, { day: '2026-11-10' })];
    expect(weigh(turned)?.arms.b).toBeGreaterThan(0.9);
    expect(weigh(turned, { settings: { halfLifeDays: 3_650 } })?.arms.b).toBeLessThan(0.1);
  });

  test('are a persona’s own once it has enough units, and everybody’s until then', () => {
    const cells = [...seen(50, 90, { persona: 'explorer' }), ...seen(5, 2, { persona: 'trade' }, 100), ...seen(80, 60)];
    const weights = weigh(cells, { isPersonal: true });
    expect(Object.keys(weights?.personas ?? {})).toEqual(['explorer']);
    expect(sharesFor(weights, ARMS, 'explorer')[1]).toBeGreaterThan(0.94);
    expect(sharesFor(weights, ARMS, 'trade')).toEqual(sharesFor(weights, ARMS, null));
    expect(sharesFor(weights, ARMS, 'constructor')).toEqual(sharesFor(weights, ARMS, null));
    expect(sharesFor(weights, [...ARMS, 'c'], null)).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(weigh(cells)?.personas).toBeUndefined();
  });
});

describe('the value of an arm', () => {
  const batchesOf = (cells: readonly Cell[]) =>
    maturedBatches(cells, ARMS, { metric: 'conversion', windowHours: 72, now: NOW });

  test('is its mean where the shares were equal', () => {
    const { value, variance } = valueOfArm(batchesOf(seen(50, 70)), 1, () => [0.5, 0.5]);
    expect(value).toBeCloseTo(0.07, 9);
    // Of half of two thousand units: (σ² + μ²(1 − e))/(e·2000), with nothing expected on the first day.
    expect(variance).toBeCloseTo((0.07 / 0.5 - 0.07 ** 2) / 2_000, 9);
  });

  test('becomes surer by what earlier days let expect', () => {
    const days = [...seen(500, 500), ...seen(500, 500, { day: '2026-11-02' })];
    const apart = valueOfArm(batchesOf(seen(500, 500)), 1, () => [0.5, 0.5]).variance;
    expect(valueOfArm(batchesOf(days), 1, () => [0.5, 0.5]).variance).toBeLessThan(apart / 2.2);
  });
});

test('results of a bandit are estimates over what is over, and split as was logged', () => {
  const plan = layoutPlan({ type: 'bandit', bandit: { metric: 'conversion' } });
  const log = [{ phase: 1, version: 1, arms: { control: 0.2, b: 0.8 } }];
  const after = { day: '2026-11-05', weights: 1 };
  const cells = [
    ...seen(50, 80),
    ...converted('control', 2_000, 100, after),
    ...converted('b', 8_000, 640, after),
    // Still open: nothing of it may count.
    ...converted('b', 5_000, 0, { day: '2026-11-18', weights: 1 }),
    ...converted('control', 1_250, 0, { day: '2026-11-18', weights: 1 }),
  ];
  const answer = resultsOf(plan, cells, { now: NOW, armsOf: () => [], log });
  expect(answer).toMatchObject({ type: 'bandit', verdict: 'better', sampleRatio: { isSound: true }, novelty: [] });
  const b = answer.variations.find((one) => one.key === 'b');
  expect(b).toMatchObject({ weight: 0.8, exposures: 14_000 });
  expect(b?.metrics.conversion?.lift?.absolute.estimate).toBeCloseTo(0.03, 3);
  expect(b?.metrics.conversion?.lift?.relative?.interval[0]).toBeGreaterThan(0.1);
  expect(answer.notes.join()).toContain('AIPW');
  expect(resultsOf(plan, [...cells, cell({ arm: 'b', n: 900 })], { now: NOW, armsOf: () => [], log }).verdict).toBe(
    'sample_ratio_mismatch',
  );
});
