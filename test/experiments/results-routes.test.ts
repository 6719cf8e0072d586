import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { tallyObject } from '../../src/env.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import type { Results } from '../../src/experiments/schema-results.ts';
import { flushOf } from '../analytics/flushes.ts';
import { send } from '../decide/http.ts';
import { call } from '../support/http.ts';
import { cell, converted, METRICS } from './counted.ts';

const CONFIG = {
  metrics: METRICS,
  holdouts: { global: { seed: 'h', coverage: 0.1 } },
  experiments: {
    layout: {
      status: 'running',
      phase: 1,
      goals: ['conversion'],
      variations: [{ key: 'control', name: 'Two columns' }, { key: 'b' }],
    },
  },
};

let flushes = 0;

/** Brings cells to the tally as visitors' flushes do. */
async function count(cells: readonly Cell[]): Promise<void> {
  flushes += 1;
  const increments = cells.map(({ experiment, phase, arm, day, since, metric, ...sums }) => ({
    ...{ experiment, phase, arm, day, since, metric },
    sums: Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0)),
  }));
  await tallyObject(env, 'demo').apply('demo', [flushOf(`results.${flushes}`, { increments })], Date.now());
}

const results = async (key: string): Promise<Results> => {
  const answer = await call(`/v1/experiments/${key}/results`, { key: 'sk_demo' });
  expect(answer.status).toBe(200);
  return answer.json();
};

beforeAll(async () => {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
});

describe('results', () => {
  test('grow with what is counted, and say in one sentence what may be concluded', async () => {
    expect(await results('layout')).toMatchObject({ verdict: 'no_data', units: 0, from: null });
    await count([...converted('control', 20_000, 1_000), ...converted('b', 20_000, 1_250)]);
    const answer = await results('layout');
    expect(answer).toMatchObject({
      experiment: 'layout',
      phase: 1,
      units: 40_000,
      verdict: 'better',
      from: '2026-11-01',
    });
    expect(answer.conclusion).toMatch(
      /^"b" is better than "control": "b" changes conversion by \+25\.0 % \(\+\d+\.\d % to \+\d+\.\d %\)/,
    );
    expect(answer.variations).toMatchObject([
      { key: 'control', name: 'Two columns', exposures: 20_000, metrics: { conversion: { mean: 0.05, lift: null } } },
      { key: 'b', exposures: 20_000, metrics: { conversion: { isSignificant: true } } },
    ]);
    await count([cell({ arm: 'control', n: 2_000 })]);
    expect((await results('layout')).conclusion).toMatch(/^Nothing may be concluded/);
  });

  test('are had of a global holdout too', async () => {
    expect(await results('holdout:global')).toMatchObject({ type: 'holdout', verdict: 'no_data' });
  });

  test('are for the secret key, and of what there is', async () => {
    expect((await call('/v1/experiments/layout/results')).status).toBe(403);
    const unknown = await call('/v1/experiments/nothing/results', { key: 'sk_demo' });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      type: '/problems/not-found',
      detail: expect.stringContaining('"nothing"'),
    });
  });
});
