import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { tallyObject } from '../../src/env.ts';
import type { Increment } from '../../src/experiments/schema-counts.ts';
import { DAY_MS, isoDay } from '../../src/shared/decay.ts';
import { forget } from '../../src/snapshot.ts';
import { flushOf } from '../analytics/flushes.ts';
import { putItems, send } from '../decide/http.ts';
import { METRICS } from './counted.ts';

const configOf = (phase: number) => ({
  consent: { default: 'personal' },
  attention: { minutesBetween: 0, perSession: 100 },
  metrics: METRICS,
  placements: { home: { strategies: [{ strategy: 'handpicked', items: ['tea', 'cup'] }] } },
  experiments: {
    layout: {
      status: 'running',
      phase,
      type: 'bandit',
      bandit: { metric: 'conversion', floor: 0.02 },
      variations: [{ key: 'control' }, { key: 'b', changes: { 'placements.home.count': 1 } }],
    },
  },
  messages: {
    hello: {
      placement: 'top',
      content: { en: { text: 'Good morning' } },
      variants: { short: { content: { en: { text: 'Hello' } } } },
      optimize: { by: 'bandit', metric: 'conversion', floor: 0.02 },
    },
  },
});

const publish = async (phase: number) => {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: configOf(phase) });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
};

/** Weights by which the named arms are the best, worked out so many days from now. */
async function learn(flush: string, days: number, { best, weights }: { best: [string, string]; weights: number }) {
  const arms = { layout: ['control', 'b'], 'message:hello': ['control', 'short'] };
  const increments = Object.entries(arms).flatMap(([experiment, keys]) =>
    keys.flatMap((arm): Increment[] => {
      const of = { experiment, phase: 0, arm, day: isoDay(Date.now() - 10 * DAY_MS), since: 0, weights };
      const y = best.includes(arm) ? 900 : 60;
      return [
        { ...of, metric: '', sums: { n: 1_000 } },
        { ...of, metric: 'conversion', sums: { y, yy: y } },
      ];
    }),
  );
  const tally = tallyObject(env, 'demo');
  await tally.apply('demo', [flushOf(flush, { increments })], Date.now());
  await tally.writeAggregates('demo', {}, Date.now() + days * DAY_MS);
  forget('demo', 'aggregates');
}

interface Decided {
  experiments: Record<string, { variation: string }>;
  messages: { variant: string | null }[];
}

const decide = async (visitorId: string): Promise<Decided> =>
  (await send('/v1/decide', { body: { visitorId, placements: [{ placement: 'home' }] } })).body as unknown as Decided;

interface Logged {
  experiment: string;
  phase: number;
  arm: string;
  weights?: number;
  propensity?: number;
}

async function logged(visitorId: string): Promise<Logged[]> {
  const { body } = await send(`/v1/visitors/me/export?visitorId=${visitorId}`);
  return (body as unknown as { profile: { exposures?: Logged[] } | null }).profile?.exposures ?? [];
}

const VISITOR = 'visitor-whose-arms-are-logged';

test('an exposure to a bandit logs weights and chance, stays when weights move, and is dealt anew in a new phase', async () => {
  await putItems(['tea', 'cup'].map((itemId) => ({ itemId, title: itemId, price: 1 })));
  await publish(0);
  await learn('logged.1', 1, { best: ['b', 'short'], weights: 0 });
  const first = await decide(VISITOR);
  expect(first).toMatchObject({ experiments: { layout: { variation: 'b' } }, messages: [{ variant: 'short' }] });
  const dealt = { phase: 0, weights: 1, propensity: expect.closeTo(0.98, 2) };
  await expect.poll(() => logged(VISITOR)).toHaveLength(2);
  expect(await logged(VISITOR)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...dealt, experiment: 'layout', arm: 'b' }),
      expect.objectContaining({ ...dealt, experiment: 'message:hello', arm: 'short' }),
    ]),
  );

  await learn('logged.2', 2, { best: ['control', 'control'], weights: 1 });
  expect(await tallyObject(env, 'demo').weightsLog('layout', 0)).toHaveLength(2);
  expect(await decide(VISITOR)).toMatchObject({
    experiments: { layout: { variation: 'b' } },
    messages: [{ variant: 'short' }],
  });
  expect(await logged(VISITOR)).toHaveLength(2);

  await publish(1);
  await decide(VISITOR);
  await expect.poll(() => logged(VISITOR)).toHaveLength(3);
  expect(await logged(VISITOR)).toContainEqual(
    expect.objectContaining({ experiment: 'layout', phase: 1, weights: 0, propensity: 0.5 }),
  );
});
