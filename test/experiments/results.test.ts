import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import { type Plan, planOf } from '../../src/experiments/plan.ts';
import { resultsOf } from '../../src/experiments/results.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import { Results } from '../../src/experiments/schema-results.ts';
import { cell, converted, DAY, layoutPlan, METRICS } from './counted.ts';

const NOW = Date.parse('2026-12-24');
const results = (plan: Plan, cells: readonly Cell[]) =>
  Results.parse(resultsOf(plan, cells, { now: NOW, armsOf: () => ['off', 'on'] }));
const of = (answer: Results, arm: string) => answer.variations.find((one) => one.key === arm);

describe('what may be concluded', () => {
  test.each([
    ['no_data', [], /Nobody has met it/],
    [
      'undecided',
      [...converted('control', 5_000, 250), ...converted('b', 5_000, 260)],
      /No difference can be told yet: "b" changes conversion by \+4\.0 %/,
    ],
    [
      'better',
      [...converted('control', 20_000, 1_000), ...converted('b', 20_000, 1_300)],
      /"b" is better than "control": .* valid however often it is read/,
    ],
    ['worse', [...converted('control', 20_000, 1_300), ...converted('b', 20_000, 1_000)], /"b" is worse/],
    [
      'sample_ratio_mismatch',
      [...converted('control', 20_000, 1_000), ...converted('b', 19_000, 1_300)],
      /Nothing may be concluded/,
    ],
  ])('%s', (verdict, cells, sentence) => {
    const answer = results(layoutPlan(), cells);
    expect(answer.verdict).toBe(verdict);
    expect(answer.conclusion).toMatch(sentence);
  });

  test('is refused for a day on which units were lost, though all days together look well', () => {
    const days = Array.from({ length: 9 }, (_, i) => `2026-11-1${i}`);
    const sound = days.flatMap((day) => [
      ...converted('control', 5_000, 250, { day }),
      ...converted('b', 5_000, 300, { day }),
    ]);
    const lost = [...converted('control', 500, 20), ...converted('b', 340, 20)];
    const answer = results(layoutPlan(), [...sound, ...lost]);
    expect(answer.sampleRatio).toMatchObject({ isSound: true });
    expect(answer.sampleRatio.days.filter((one) => !one.isSound).map((one) => one.day)).toEqual([DAY]);
    expect(answer.conclusion).toContain(`on ${DAY} the units were not split as meant`);
  });

  test('says which way is better of metrics that are to fall', () => {
    const exits = (arm: string, y: number) => [cell({ arm, n: 20_000 }), cell({ arm, metric: 'exits', y, yy: y })];
    const plan = layoutPlan({ goals: ['exits'] });
    expect(results(plan, [...exits('control', 9_000), ...exits('b', 8_000)]).verdict).toBe('better');
    expect(
      of(results(plan, [...exits('control', 9_000), ...exits('b', 8_000)]), 'b')?.metrics.exits?.chanceToWin,
    ).toBeGreaterThan(0.99);
  });

  test('names harm to a guardrail before everything else', () => {
    const cells = [...converted('control', 20_000, 2_000), ...converted('b', 20_000, 1_500)];
    const answer = results(layoutPlan({ goals: ['revenue'], guardrails: ['conversion'] }), cells);
    expect(answer.verdict).toBe('harmful');
    expect(of(answer, 'b')?.metrics.conversion?.harm).toMatchObject({ margin: 0.05, isHarmed: true });
    const lenient = layoutPlan({ goals: ['revenue'], guardrails: ['conversion'], analysis: { harmMargin: 0.3 } });
    expect(results(lenient, cells).verdict).toBe('undecided');
  });

  test('of variations that recommend differently comes with a word about interference', () => {
    const plan = layoutPlan({
      variations: [{ key: 'control' }, { key: 'b', changes: { 'placements.home.count': 4 } }],
    });
    expect(results(plan, converted('control', 10, 1)).notes[0]).toContain('is taught to the other');
  });

  test('has a chance to win for an arm that sells nothing, and none over one that does', () => {
    const chance = (control: number, treatment: number) =>
      of(results(layoutPlan(), [...converted('control', 2_000, control), ...converted('b', 2_000, treatment)]), 'b')
        ?.metrics.conversion?.chanceToWin;
    expect(chance(60, 0)).toBeLessThan(1e-6);
    expect(chance(0, 60)).toBeNull();
  });

  test('by Bayes is for one reading, which is said', () => {
    const plan = layoutPlan({ analysis: { engine: 'bayesian', sequential: false } });
    const answer = results(plan, [...converted('control', 20_000, 1_000), ...converted('b', 20_000, 1_300)]);
    expect(answer).toMatchObject({ verdict: 'better', analysis: { engine: 'bayesian', sequential: false } });
    expect(answer.notes.join()).toContain('one reading');
    expect(of(answer, 'b')?.metrics.conversion).toMatchObject({ pValue: null, chanceToWin: expect.closeTo(1, 6) });
  });
});

describe('many metrics', () => {
  test('of several variations the goals are corrected by Holm, so that one of many is no discovery', () => {
    const variations = ['control', 'b', 'c', 'd', 'e'].map((key) => ({ key }));
    const cells = variations.flatMap(({ key }) => converted(key, 2_000, key === 'b' ? 132 : 100));
    const plan = (more: object) => layoutPlan({ analysis: { sequential: false }, ...more });
    const two = results(plan({}), cells.slice(0, 4));
    const five = results(plan({ variations }), cells);
    expect(of(two, 'b')?.metrics.conversion?.isSignificant).toBe(true);
    expect(of(five, 'b')?.metrics.conversion?.pValue).toBe(of(two, 'b')?.metrics.conversion?.pValue);
    expect(of(five, 'b')?.metrics.conversion?.isSignificant).toBe(false);
  });

  test('the control has its own means, and nothing is compared with itself', () => {
    const answer = results(layoutPlan(), [...converted('control', 200, 10), ...converted('b', 200, 12)]);
    expect(of(answer, 'control')?.metrics.conversion).toMatchObject({
      total: 10,
      mean: 0.05,
      lift: null,
      pValue: null,
    });
    expect(of(answer, 'b')).toMatchObject({ exposures: 200, weight: 0.5 });
  });
});

test('whoever met two variations is left out, and said', () => {
  const answer = results(layoutPlan(), [
    ...converted('control', 200, 10),
    ...converted('b', 200, 12),
    cell({ arm: 'b', excluded: 9 }),
  ]);
  expect(answer).toMatchObject({ units: 400, excluded: 9 });
  expect(answer.notes).toEqual([expect.stringContaining('9 units met two variations')]);
});

test('a lift that fades with the days since exposure has a falling trend', () => {
  const lift = [90, 60, 30, 10, 0];
  const cells = ['control', 'b'].flatMap((arm) => [
    cell({ arm, n: 10_000 }),
    ...lift.map((more, since) => {
      const y = 100 + (arm === 'b' ? more : 0);
      return cell({ arm, since, metric: 'conversion', y, yy: y });
    }),
  ]);
  const [novelty] = results(layoutPlan(), cells).novelty;
  expect(novelty?.days.slice(0, 5).map((day) => day.lift)).toEqual(
    lift.map((more) => expect.closeTo(more / 10_000, 9)),
  );
  expect(novelty?.trend?.perDay).toBeLessThan(0);
  expect(novelty?.trend?.pValue).toBeLessThan(0.001);
  const early = resultsOf(layoutPlan(), cells, { now: Date.parse(DAY) + 3 * 86_400_000, armsOf: () => [] });
  expect(early.novelty[0]?.days.map((day) => day.since)).toEqual([0, 1]);
});

test('experiments that undo each other are found in the units that met both', () => {
  const corner = (arm: string, other: string, y: number): Cell[] => {
    const parts = { arm, day: '', with: { experiment: 'banner', phase: 0, arm: other } };
    return [cell({ ...parts, n: 5_000 }), cell({ ...parts, metric: 'conversion', y, yy: y })];
  };
  const undone = [
    ...corner('control', 'off', 250),
    ...corner('b', 'off', 400),
    ...corner('control', 'on', 400),
    ...corner('b', 'on', 250),
  ];
  const [interaction] = results(layoutPlan(), undone).interactions;
  expect(interaction).toMatchObject({
    with: 'banner',
    variation: 'b',
    other: 'on',
    metric: 'conversion',
    estimate: expect.closeTo(-0.06, 9),
  });
  expect(interaction?.adjustedPValue).toBeLessThan(1e-6);
  const added = [
    ...corner('control', 'off', 250),
    ...corner('b', 'off', 300),
    ...corner('control', 'on', 300),
    ...corner('b', 'on', 350),
  ];
  expect(results(layoutPlan(), added).interactions[0]?.estimate).toBeCloseTo(0, 9);
});

describe('a global holdout', () => {
  const config = resolveConfig({ metrics: METRICS, holdouts: { global: { seed: 'g', coverage: 0.1 } } });
  const plan = planOf(config, 'holdout:global') as Plan;
  const spent = (arm: string, n: number, orders: number): Cell[] => [
    cell({ arm, n }),
    cell({ arm, metric: 'revenue', y: orders * 40, yy: orders * 2_400 }),
  ];

  test('shows the incremental revenue per visitor, with its interval', () => {
    const answer = results(plan, [...spent('held', 100_000, 3_000), ...spent('served', 900_000, 33_000)]);
    expect(answer).toMatchObject({ type: 'holdout', verdict: 'better' });
    expect(answer.conclusion).toMatch(/^Incremental revenue per visitor is 0\.2667 \(0\.\d+ to 0\.\d+\), by \+22\.2 %/);
  });

  test('or says what could be told with so many visitors', () => {
    const answer = results(plan, [...spent('held', 1_000, 30), ...spent('served', 9_000, 300)]);
    expect(answer.verdict).toBe('not_yet_measurable');
    expect(answer.conclusion).toMatch(
      /^Incremental revenue is not yet measurable: with so many visitors only \+\d+\.\d % or more could be told/,
    );
  });

  test('needs a metric of revenue', () => {
    const bare = resolveConfig({ metrics: {}, holdouts: { global: { seed: 'g', coverage: 0.1 } } });
    const answer = results(planOf(bare, 'holdout:global') as Plan, spent('held', 10, 1));
    expect(answer.conclusion).toContain('no metric of revenue');
  });
});

test('keys that the config does not have have no results', () => {
  const config = resolveConfig({
    messages: { hello: { placement: 'cart', content: { en: {} }, variants: { short: { content: { en: {} } } } } },
  });
  for (const key of [
    'layout',
    'holdout:global',
    'message:bye',
    'message-holdout:hello',
    'other:hello',
    'constructor',
    'message:constructor',
  ])
    expect(planOf(config, key), key).toBeNull();
  expect(planOf(config, 'message:hello')?.arms.map((arm) => arm.key)).toEqual(['control', 'short']);
});
