import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test, vi } from 'vitest';
import { runJob } from '../../src/cron.ts';
import { tallyObject } from '../../src/env.ts';
import type { Increment } from '../../src/experiments/schema-counts.ts';
import { flushOf } from '../analytics/flushes.ts';
import { send } from '../decide/http.ts';
import { call } from '../support/http.ts';
import { METRICS } from './counted.ts';

const NOW = Date.now();
const DAY = new Date(NOW).toISOString().slice(0, 10);

const experiment = (guardrails: string[], more: object = {}) => ({
  status: 'running',
  phase: 1,
  guardrails,
  goals: ['revenue'],
  variations: [
    { key: 'control', value: 'old' },
    { key: 'b', value: 'new' },
  ],
  ...more,
});

const CONFIG = {
  consent: { default: 'personal' },
  metrics: METRICS,
  experiments: {
    layout: experiment(['conversion']),
    patient: experiment(['conversion'], { analysis: { harmMargin: 0.5 } }),
    unguarded: experiment([]),
    stubborn: experiment(['conversion'], { analysis: { autoStop: false } }),
  },
};

/** Of each experiment as many units and conversions. */
async function count(flush: string, n: number, conversions: { control: number; b: number }): Promise<void> {
  const increments = Object.keys(CONFIG.experiments).flatMap((key) =>
    (['control', 'b'] as const).flatMap((arm): Increment[] => {
      const of = { experiment: key, phase: 1, arm, day: DAY, since: 0 };
      const y = conversions[arm];
      return [
        { ...of, metric: '', sums: { n } },
        { ...of, metric: 'conversion', sums: { y, yy: y } },
      ];
    }),
  );
  await tallyObject(env, 'demo').apply('demo', [flushOf(flush, { increments })], NOW);
}

async function runCron(): Promise<void> {
  const context = createExecutionContext();
  await runJob(createScheduledController(), env);
  await waitOnExecutionContext(context);
}

const secret = async (path: string) => (await call(path, { key: 'sk_demo' })).json<Record<string, unknown>>();
const variationOf = async (key: string) =>
  (
    await (
      await call(`/v1/experiments?visitorId=visitor-of-the-guard`)
    ).json<{ experiments: Record<string, unknown> }>()
  ).experiments[key];

test('an experiment that certainly harms a guardrail is stopped, as a version that says why; no other is touched', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  expect((await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG })).status).toBe(200);
  await count('guard.1', 1_000, { control: 50, b: 42 });
  await runCron();
  expect(await secret('/v1/config')).toMatchObject({ version: 1 });
  expect(await variationOf('layout')).toBeDefined();

  await count('guard.2', 19_000, { control: 950, b: 600 });
  await runCron();
  const published = await secret('/v1/config');
  const { layout, ...others } = CONFIG.experiments;
  expect(published).toMatchObject({
    version: 2,
    config: { ...CONFIG, experiments: { ...others, layout: { ...layout, status: 'stopped' } } },
  });
  const { versions } = await secret('/v1/config/versions');
  expect(versions).toMatchObject([
    {
      version: 2,
      by: 'floorwalker',
      why: expect.stringMatching(
        /^Experiment layout, phase 1, stopped: "b" changes the guardrail conversion by −3\d\.\d %/,
      ),
    },
    { version: 1, why: null },
  ]);
  expect(await variationOf('layout')).toBeUndefined();
  expect(await variationOf('patient')).toBeDefined();
  expect(await secret('/v1/experiments/layout/results')).toMatchObject({ status: 'stopped', verdict: 'harmful' });
  expect(warned).toHaveBeenCalledOnce();
  warned.mockRestore();

  await runCron();
  expect(await secret('/v1/config')).toMatchObject({ version: 2 });
});
