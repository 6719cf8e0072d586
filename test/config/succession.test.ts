import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { call } from '../support/http.ts';

const METRICS = {
  conversion: { type: 'proportion', event: 'purchase' },
  basket: { type: 'ratio', event: 'purchase', value: 'value', denominator: 'purchase' },
} as const;

type ExperimentInput = NonNullable<SiteConfigInput['experiments']>[string];

const layout = (fields: Partial<ExperimentInput> = {}): SiteConfigInput => ({
  metrics: METRICS,
  experiments: {
    layout: { status: 'running', goals: ['conversion'], variations: [{ key: 'control' }, { key: 'b' }], ...fields },
  },
});

const pathsOf = (config: SiteConfigInput, before: SiteConfigInput | null = null) =>
  checkConfig(config, 0, before).issues.map((issue) => issue.path);

describe('a running experiment', () => {
  test.each<[string, Partial<ExperimentInput>]>([
    ['weights', { weights: [0.6, 0.4] }],
    ['variations', { variations: [{ key: 'control' }, { key: 'c' }] }],
    ['seed', { seed: 'another' }],
    ['hashVersion', { hashVersion: 1 }],
    ['hashAttribute', { hashAttribute: 'customerId' }],
    ['type', { type: 'bandit' }],
  ])('keeps its %s within a phase', (field, change) => {
    expect(pathsOf(layout(change), layout())).toEqual([`experiments.layout.${field}`]);
    expect(pathsOf(layout({ ...change, phase: 1 }), layout())).toEqual([]);
    expect(pathsOf(layout(change), layout({ status: 'draft' }))).toEqual([]);
    expect(pathsOf(layout({ ...change, status: 'stopped' }), layout())).toEqual([]);
  });

  test('may grow in coverage, be told apart better, and write out what held anyway', () => {
    const variations = [
      { key: 'control', name: 'As it was' },
      { key: 'b', value: 3 },
    ];
    expect(
      pathsOf(layout({ coverage: 1, weights: [0.5, 0.5], seed: 'layout', variations }), layout({ coverage: 0.1 })),
    ).toEqual([]);
  });

  test('is held to it where configs are published, and where they are tried', async () => {
    const send = (method: string, path: string, body: unknown) =>
      call(path, { method, key: 'sk_demo', body: JSON.stringify(body) });
    expect((await send('PUT', '/v1/config', layout())).status).toBe(200);
    const issue = { path: 'experiments.layout.weights', message: expect.stringContaining('give it a new phase (1)') };
    const refused = await send('PUT', '/v1/config', layout({ weights: [0.9, 0.1] }));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ issues: [issue] });
    const tried = await send('POST', '/v1/config/validate', layout({ weights: [0.9, 0.1] }));
    expect(await tried.json()).toMatchObject({ valid: false, problems: [issue] });
    expect((await send('PUT', '/v1/config', layout({ weights: [0.9, 0.1], phase: 1 }))).status).toBe(200);
  });
});

describe('a bandit', () => {
  const bandit = (fields: Partial<ExperimentInput>) => layout({ type: 'bandit', ...fields });

  test.each<[string, Partial<ExperimentInput>, string[]]>([
    ['raises its first goal where it does not say what', {}, []],
    ['needs something to raise', { goals: [] }, ['experiments.layout.bandit']],
    ['needs a metric that is there', { bandit: { metric: 'clicks' } }, ['experiments.layout.bandit.metric']],
    ['is rewarded by single visitors', { bandit: { metric: 'basket' } }, ['experiments.layout.bandit.metric']],
    ['leaves room above its floors', { bandit: { floor: 0.5 } }, []],
    ['has no floors beyond the whole', { bandit: { floor: 0.51 } }, ['experiments.layout.bandit.floor']],
    ['begins with equal weights', { weights: [0.5, 0.5] }, []],
    ['has no weights of its own', { weights: [0.7, 0.3] }, ['experiments.layout.weights']],
  ])('%s', (_what, fields, paths) => {
    expect(pathsOf(bandit(fields))).toEqual(paths);
  });

  test('is one only where its type says so', () => {
    expect(pathsOf(layout({ bandit: { metric: 'conversion' } }))).toEqual(['experiments.layout.bandit']);
  });

  test('among the variants of a message is held to the same', () => {
    const hello = (optimize: object, variants: object = { short: { content: {} } }) =>
      ({
        metrics: METRICS,
        messages: { hello: { placement: 'cart', content: {}, variants, optimize } },
      }) as SiteConfigInput;
    expect(pathsOf(hello({ by: 'bandit', metric: 'conversion' }))).toEqual([]);
    expect(pathsOf(hello({ by: 'bandit', metric: 'clicks' }))).toEqual(['messages.hello.optimize.metric']);
    expect(pathsOf(hello({ by: 'bandit', metric: 'conversion' }, { control: { content: {} } }))).toEqual([
      'messages.hello.variants.control',
    ]);
    expect(pathsOf(hello({ by: 'bandit', metric: 'conversion', floor: 0.6 }))).toEqual([
      'messages.hello.optimize.floor',
    ]);
  });
});
