import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { runJob } from '../../src/cron.ts';
import { tallyObject } from '../../src/env.ts';
import type { Increment } from '../../src/experiments/schema-counts.ts';
import { isoDay } from '../../src/shared/decay.ts';
import { forget } from '../../src/snapshot.ts';
import { flushOf } from '../analytics/flushes.ts';
import { send } from '../decide/http.ts';
import { call } from '../support/http.ts';
import { METRICS } from './counted.ts';

const DAY_MS = 86_400_000;
/** The same each time, so that what they get is too. */
const VISITORS = Array.from({ length: 60 }, (_, i) => `visitor-of-the-bandit-${String(i).padStart(3, '0')}`);

const CONFIG = {
  consent: { default: 'personal' },
  metrics: METRICS,
  experiments: {
    layout: {
      status: 'running',
      type: 'bandit',
      bandit: { metric: 'conversion', floor: 0.02 },
      variations: [{ key: 'control' }, { key: 'b' }],
    },
  },
  messages: {
    hello: {
      placement: 'top',
      content: { en: { text: 'Good morning and welcome' } },
      variants: { short: { content: { en: { text: 'Hello' } } } },
      optimize: { by: 'bandit', metric: 'conversion', floor: 0.02 },
    },
    complete: {
      placement: 'inline',
      content: { en: { text: 'Welcome' } },
      variants: { named: { content: { en: { text: 'Welcome, {{trait.firstName}}' } } } },
    },
  },
};

interface Decided {
  experiments: Record<string, { variation: string }>;
  messages: { messageId: string; variant: string | null; content: { text: string } }[];
}

const decideFor = async (visitorId: string): Promise<Decided> =>
  (await send('/v1/decide', { body: { visitorId, dryRun: true, include: ['experiments', 'messages'] } }))
    .body as unknown as Decided;

/** How many of the visitors get the second variation and the second variant. */
async function seconds(): Promise<{ variations: number; variants: number }> {
  const all = await Promise.all(VISITORS.map(decideFor));
  const hello = all.map(({ messages }) => messages.find((one) => one.messageId === 'hello'));
  for (const one of hello)
    expect(one?.content.text).toBe(one?.variant === 'short' ? 'Hello' : 'Good morning and welcome');
  return {
    variations: all.filter(({ experiments }) => experiments.layout?.variation === 'b').length,
    variants: hello.filter((one) => one?.variant === 'short').length,
  };
}

/** A thousand units of each arm, of whom those of the second convert twice as often. */
async function count(flush: string, day: string): Promise<void> {
  const arms = { layout: ['control', 'b'], 'message:hello': ['control', 'short'] };
  const increments = Object.entries(arms).flatMap(([experiment, keys]) =>
    keys.flatMap((arm, i): Increment[] => {
      const of = { experiment, phase: 0, arm, day, since: 0, weights: 0 };
      const y = 60 * (i + 1);
      return [
        { ...of, metric: '', sums: { n: 1_000 } },
        { ...of, metric: 'conversion', sums: { y, yy: y } },
      ];
    }),
  );
  await tallyObject(env, 'demo').apply('demo', [flushOf(flush, { increments })], Date.now());
}

/** What an isolate that has just come up would read. */
async function runCron(): Promise<void> {
  await runJob(createScheduledController(), env);
  forget('demo', 'aggregates');
}

beforeAll(async () => {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
});

test('bandits deal evenly, until what has come to an end tells their arms apart', async () => {
  const even = await seconds();
  for (const share of Object.values(even)) expect(Math.abs(share - 30)).toBeLessThan(12);

  await count('dealing.1', isoDay(Date.now()));
  await runCron();
  expect(await seconds()).toEqual(even);

  // A tally that has been looked at today is looked at again tomorrow: this one is a day on.
  await count('dealing.2', isoDay(Date.now() - 10 * DAY_MS));
  const tally = tallyObject(env, 'demo');
  await tally.writeAggregates('demo', {}, Date.now() + DAY_MS);
  forget('demo', 'aggregates');
  const learnt = await seconds();
  expect(learnt.variations).toBeGreaterThan(54);
  expect(learnt.variants).toBeGreaterThan(54);
  expect(await tally.weightsLog('message:hello', 0)).toMatchObject([
    { version: 1, arms: { short: expect.closeTo(0.98, 2) } },
  ]);
  const features = await (await call('/v1/experiments/growthbook.json')).json<{
    features: Record<string, { rules: { weights: number[] }[] }>;
  }>();
  expect(features.features.layout?.rules.at(-1)?.weights[1]).toBeCloseTo(0.98, 2);
  const results = await (await call('/v1/experiments/layout/results', { key: 'sk_demo' })).json();
  expect(results).toMatchObject({
    type: 'bandit',
    verdict: 'better',
    variations: [{}, { weight: expect.closeTo(0.98, 2) }],
  });
});

test('a message whose variants cannot all be filled is shown in none of them', async () => {
  const { messages } = await decideFor(VISITORS[0] ?? '');
  expect(messages.map((one) => one.messageId)).toEqual(['hello']);
});
