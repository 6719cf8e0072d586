/** The shop without its assistant: what those see who are held out with `baseline: bestsellers`, and what that shows of the others' revenue. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { learnerObject, tallyObject } from '../../src/env.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import type { Results } from '../../src/experiments/schema-results.ts';
import { forget } from '../../src/snapshot.ts';
import { putItems, send } from '../decide/http.ts';
import { arrived } from './arrived.ts';

const COVERAGE = 0.3;
/** The same each time, so that who is held out is too. */
const VISITORS = Array.from({ length: 160 }, (_, i) => `visitor-of-the-holdout-${String(i).padStart(3, '0')}`);
/** By how many orders each was sold. */
const SOLD = { tea: 4, pot: 3, cup: 2 };

const CONFIG = {
  shop: { currency: 'GBP' },
  consent: { default: 'personal' },
  metrics: {
    revenue: { type: 'mean', event: 'purchase', value: 'value', cap: 500 },
    conversion: { type: 'proportion', event: 'purchase' },
  },
  placements: {
    home: {
      strategies: [{ strategy: 'handpicked', items: ['honey', 'spoon'] }],
      rules: [{ key: 'first', do: 'pin', items: { itemId: 'spoon' } }],
      count: 3,
    },
  },
  holdouts: {
    global: {
      ...{ seed: 'h', coverage: COVERAGE },
      baseline: { placements: 'bestsellers', messages: 'none', experiments: 'none' },
    },
  },
  messages: {
    hello: {
      placement: 'top',
      content: { en: { text: 'Good morning' } },
      variants: { short: { content: { en: { text: 'Hello' } } } },
      optimize: { by: 'bandit', metric: 'conversion' },
      caps: { perVisitor: 1 },
    },
  },
  experiments: {
    layout: {
      status: 'running',
      goals: ['revenue'],
      variations: [{ key: 'control' }, { key: 'b', changes: { 'placements.home.count': 1 } }],
    },
    dealt: {
      status: 'running',
      type: 'bandit',
      bandit: { metric: 'conversion' },
      variations: [
        { key: 'x', value: 1 },
        { key: 'y', value: 2 },
      ],
    },
  },
};

type Said = Record<string, unknown>;

async function post(events: readonly Said[]): Promise<void> {
  const stamped = events.map((event) => ({ eventId: crypto.randomUUID(), ...event }));
  const answer = await send('/v1/events', { key: 'sk_demo', body: { events: stamped } });
  expect([answer.status, answer.body.rejected], JSON.stringify(answer.body)).toEqual([202, []]);
}

const bought = (visitorId: string, value: number, itemId = 'honey'): Said => ({
  ...{ visitorId, name: 'purchase', orderId: `order ${visitorId}`, currency: 'GBP', value, items: [{ itemId }] },
});

interface Decided {
  experiments: Record<string, unknown>;
  placements: { home: { strategy: string; fallback: boolean; items: { itemId: string }[] } };
  messages: { messageId: string }[];
  suppressed?: unknown[];
  holdout?: string;
}

const decide = async (visitorId: string): Promise<Decided> => {
  const include = ['recommendations', 'experiments', 'messages'];
  const body = { visitorId, placements: [{ placement: 'home' }], include, expose: true };
  const answer = await send('/v1/decide', { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Decided;
};

interface Profile {
  exposures?: { experiment: string; arm: string }[];
  attention?: object;
  buckets?: object;
}

async function memory(visitorId: string): Promise<Profile> {
  const { body } = await send(`/v1/visitors/me/export?visitorId=${visitorId}`);
  return (body as unknown as { profile: Profile }).profile;
}

const decided = new Map<string, Decided>();
const held = () => VISITORS.filter((one) => decided.get(one)?.holdout === 'global');
const served = () => VISITORS.filter((one) => decided.get(one)?.holdout === undefined);

const orders: Said[] = [];

async function buy(more: readonly Said[]): Promise<void> {
  orders.push(...more);
  await post(more);
  await arrived(more.map((one) => String(one.visitorId)));
}

const spent = (visitors: readonly string[]): number =>
  orders.reduce((sum, one) => sum + (visitors.includes(String(one.visitorId)) ? Number(one.value) : 0), 0);

const results = async (): Promise<Results> =>
  (await send('/v1/experiments/holdout:global/results', { key: 'sk_demo' })).body as unknown as Results;

beforeAll(async () => {
  await putItems(['tea', 'pot', 'cup', 'honey', 'spoon'].map((itemId) => ({ itemId, title: itemId, price: 1 })));
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  const sold = Object.entries(SOLD).flatMap(([itemId, orders]) =>
    Array.from({ length: orders }, (_, i) => bought(`shopper-of-the-${itemId}-${i}-before`, 1, itemId)),
  );
  await post(sold);
  await arrived(sold.map((one) => String(one.visitorId)));
  await learnerObject(env, 'demo').publish(Date.now());
  forget('demo', 'cards');
  // One whom the holdout takes has looked at something, and one whom it leaves.
  await post(VISITORS.slice(0, 20).map((visitorId) => ({ visitorId, name: 'view_item', items: [{ itemId: 'cup' }] })));
  for (const visitorId of VISITORS) decided.set(visitorId, await decide(visitorId));
}, 120_000);

describe('who is held out', () => {
  test('sees what sells best, the same as everybody else who is, and nothing that was meant for anybody', () => {
    expect(held().length).toBeGreaterThan(20);
    for (const visitorId of held()) {
      const { placements, experiments, messages } = decided.get(visitorId) as Decided;
      expect(placements.home).toMatchObject({ strategy: 'bestsellers', fallback: false });
      expect(placements.home.items.map((one) => one.itemId)).toEqual(['tea', 'pot', 'cup']);
      expect([experiments, messages]).toEqual([{}, []]);
    }
    for (const visitorId of served()) {
      const { placements, experiments, messages } = decided.get(visitorId) as Decided;
      expect(placements.home.items[0]?.itemId).toBe('spoon');
      expect(Object.keys(experiments).sort()).toEqual(['dealt', 'layout']);
      expect(messages.map((one) => one.messageId)).toEqual(['hello']);
    }
  });

  test('meets neither experiment, bandit nor cap, however often they come; who is not meets them all', async () => {
    const [inside = '', outside = ''] = [held()[0], served()[0]];
    for (let i = 0; i < 2; i++) expect((await decide(inside)).messages).toEqual([]);
    expect((await decide(outside)).messages).toEqual([]);
    const kept = await memory(inside);
    expect(kept.exposures).toEqual([expect.objectContaining({ experiment: 'holdout:global', arm: 'held' })]);
    expect([kept.attention, kept.buckets]).toEqual([undefined, undefined]);
    const { exposures = [], attention } = await memory(outside);
    expect(exposures.map((one) => one.experiment).sort()).toEqual([
      ...['dealt', 'holdout:global', 'layout', 'message:hello'],
    ]);
    expect(attention).toBeDefined();
  });
});

describe('the results of the holdout', () => {
  test('say what could be told at all, as long as that is not enough', async () => {
    await arrived(VISITORS);
    const [first = '', second = ''] = served();
    await buy([bought(held()[0] ?? '', 9), bought(first, 20), bought(second, 16)]);
    const answer = await results();
    expect(answer).toMatchObject({ type: 'holdout', verdict: 'not_yet_measurable', units: VISITORS.length });
    expect(answer.conclusion).toMatch(
      /^Incremental revenue is not yet measurable: with so many visitors only \+\d+\.\d % or more could be told; so far/,
    );
    const counted = async (experiment: string) => {
      const cells = (await tallyObject(env, 'demo').experimentCells(experiment, 0)) as unknown as Cell[];
      return cells.filter((one) => one.with === undefined).reduce((sum, one) => sum + one.n, 0);
    };
    for (const experiment of ['layout', 'dealt', 'message:hello'])
      expect(await counted(experiment), experiment).toBe(served().length);
  }, 60_000);

  test('show the incremental revenue per visitor with its interval, once it can be told', async () => {
    const rest = served().slice(2);
    await buy([
      ...rest.map((visitorId, i) => bought(visitorId, 14 + (i % 5))),
      ...held()
        .slice(1, 6)
        .map((visitorId) => bought(visitorId, 9)),
    ]);
    const answer = await results();
    expect(answer.sampleRatio.isSound).toBe(true);
    expect(answer.variations.map(({ key, exposures }) => [key, exposures])).toEqual([
      ['held', held().length],
      ['served', served().length],
    ]);
    const incremental = spent(served()) / served().length - spent(held()) / held().length;
    const { lift } = answer.variations[1]?.metrics.revenue ?? {};
    expect(lift?.absolute.estimate).toBeCloseTo(incremental, 9);
    const [low = 0, high = 0] = lift?.absolute.interval ?? [];
    expect(low).toBeGreaterThan(0);
    expect(low < incremental && incremental < high).toBe(true);
    expect(answer.verdict).toBe('better');
    expect(answer.conclusion).toContain(
      `Incremental revenue per visitor is ${Number(incremental.toPrecision(4))} (${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))})`,
    );
  }, 60_000);
});
