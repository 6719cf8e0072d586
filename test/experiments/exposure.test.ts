import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { tallyObject, visitorObject } from '../../src/env.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import { putItems, send, visitor } from '../decide/http.ts';
import { delivered } from '../support/visitor.ts';

const HELD = 0.2;

const CONFIG = {
  shop: { currency: 'GBP' },
  consent: { default: 'personal' },
  placements: { home: { strategies: [{ strategy: 'handpicked', items: ['tea', 'cup', 'pot'] }] }, cart: {}, list: {} },
  holdouts: {
    global: { seed: 'h', coverage: HELD, baseline: { placements: 'empty', messages: 'none', experiments: 'none' } },
  },
  messages: {
    hello: {
      placement: 'top',
      content: { en: { text: 'Hello' } },
      variants: { short: { content: { en: { text: 'Hi' } } } },
      holdout: { seed: 'm', coverage: 0.5 },
    },
  },
  attention: { minutesBetween: 0, perSession: 100 },
  experiments: {
    layout: {
      status: 'running',
      goals: ['conversion'],
      secondary: ['revenue'],
      variations: [{ key: 'control' }, { key: 'b', changes: { 'placements.home.count': 1 } }],
    },
    color: {
      status: 'running',
      goals: ['conversion'],
      variations: [
        { key: 'red', value: 'red' },
        { key: 'blue', value: 'blue' },
      ],
    },
    order: {
      status: 'running',
      variations: [
        { key: 'control' },
        { key: 'b', changes: { 'placements.list.strategies': [{ strategy: 'handpicked', items: ['pot'] }] } },
      ],
    },
    kept: { status: 'running', sticky: true, variations: [{ key: 'x' }, { key: 'y' }] },
  },
};

const publish = async (config: object) => {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: config });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
};

beforeAll(async () => {
  await putItems(['tea', 'cup', 'pot'].map((itemId) => ({ itemId, title: itemId, price: 1 })));
  await publish(CONFIG);
});

interface Decided {
  experiments: Record<string, { variation: string }>;
  placements: Record<string, { items: object[] }>;
  messages: { messageId: string; variant: string | null }[];
  holdout?: string;
  notes?: string[];
}

const decide = async (visitorId: string, body: object = {}): Promise<Decided> => {
  const answer = await send('/v1/decide', {
    body: { visitorId, placements: [{ placement: 'home' }], include: ['recommendations', 'experiments'], ...body },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Decided;
};

interface Held {
  profile: {
    exposures?: { experiment: string; arm: string; at: string }[];
    buckets?: Record<string, { variation: string }>;
  };
}

/** What the visitor's object remembers of experiments; exposures are noted after the answer. */
async function memory(visitorId: string): Promise<Record<string, string>> {
  const { body } = await send(`/v1/visitors/me/export?visitorId=${visitorId}`);
  const { exposures = [] } = (body as unknown as Held).profile ?? {};
  return Object.fromEntries(exposures.map(({ experiment, arm }) => [experiment, arm]));
}

const met = (visitorId: string, experiment: string) => expect.poll(async () => (await memory(visitorId))[experiment]);

/** A visitor whom the holdout leaves in, or takes out. */
async function one(isHeld: boolean): Promise<string> {
  for (;;) {
    const visitorId = visitor('met');
    if (((await decide(visitorId, { dryRun: true })).holdout === 'global') === isHeld) return visitorId;
  }
}

const cells = async (experiment: string): Promise<Cell[]> =>
  (await tallyObject(env, 'demo').experimentCells(experiment, 0)) as unknown as Cell[];
const total = (of: readonly Cell[], metric: string, sum: 'n' | 'y' | 'yy') =>
  of.filter((cell) => cell.with === undefined && cell.metric === metric).reduce((all, cell) => all + cell[sum], 0);

describe('an experiment that changes a placement', () => {
  test('is met by who is asked to be shown it, in every arm, and by nobody else', async () => {
    for (let i = 0; i < 6; i++) {
      const visitorId = await one(false);
      await decide(visitorId, { placements: [{ placement: 'cart' }] });
      await met(visitorId, 'holdout:global').toBe('served');
      expect(await memory(visitorId)).not.toHaveProperty('layout');
      const { experiments } = await decide(visitorId);
      await met(visitorId, 'layout').toBe(experiments.layout?.variation);
    }
  });

  test('is not met where the request says itself what the experiment would change, nor in a dry run', async () => {
    const visitorId = await one(false);
    await decide(visitorId, { dryRun: true });
    await decide(visitorId, { placements: [{ placement: 'home', count: 2 }] });
    await met(visitorId, 'holdout:global').toBe('served');
    expect(await memory(visitorId)).not.toHaveProperty('layout');
  });
});

describe('a list that is ranked', () => {
  const ITEMS = ['tea', 'cup', 'pot'];
  const rank = async (visitorId: string, body: object): Promise<string[]> => {
    const answer = await send('/v1/rank', { body: { visitorId, items: ITEMS, ...body } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return (answer.body.items as { itemId: string }[]).map((one) => one.itemId);
  };

  test('lets its visitor meet what changes the order, in every arm, and a holdout', async () => {
    const found = new Map<string, string[]>();
    while (found.size < 2) {
      const visitorId = await one(false);
      const items = await rank(visitorId, { placement: 'list' });
      await met(visitorId, 'order').toBeDefined();
      const held = await memory(visitorId);
      expect(Object.keys(held).toSorted()).toEqual(['holdout:global', 'order']);
      found.set(held.order ?? '', items);
    }
    expect(Object.fromEntries(found)).toEqual({ control: ITEMS, b: ['pot', 'tea', 'cup'] });
  });

  test('lets nobody meet what only chooses among items, nor anything in a dry run', async () => {
    const visitorId = await one(false);
    await rank(visitorId, { placement: 'list', dryRun: true });
    await rank(visitorId, { placement: 'home' });
    await met(visitorId, 'holdout:global').toBe('served');
    expect(Object.keys(await memory(visitorId))).toEqual(['holdout:global']);
  });
});

describe('a value', () => {
  test('is met when the caller says so, with a decision or by an event', async () => {
    const [quiet, saying, telling] = [await one(false), await one(false), await one(false)];
    await decide(quiet);
    await met(quiet, 'layout').toBeDefined();
    expect(await memory(quiet)).not.toHaveProperty('color');
    const said = await decide(saying, { expose: true });
    await met(saying, 'color').toBe(said.experiments.color?.variation);
    const { experiments } = await decide(telling, { dryRun: true });
    const variation = experiments.color?.variation;
    const other = variation === 'red' ? 'blue' : 'red';
    const tell = (eventId: string, stated: string | undefined) =>
      send('/v1/events', {
        body: { visitorId: telling, events: [{ eventId, name: 'exposure', experiment: 'color', variation: stated }] },
      });
    await tell('x1', other);
    expect(await memory(telling)).not.toHaveProperty('color');
    await tell('x2', undefined);
    expect(await memory(telling)).toMatchObject({ color: variation });
  });
});

test('a global holdout is met with the first decision, gets its baseline, and the answer says so', async () => {
  const visitorId = await one(true);
  const answer = await decide(visitorId, { include: ['recommendations', 'experiments', 'messages'] });
  expect(answer).toMatchObject({
    holdout: 'global',
    experiments: {},
    messages: [],
    placements: { home: { items: [] } },
  });
  expect(answer.notes?.join()).toContain('placements empty');
  await met(visitorId, 'holdout:global').toBe('held');
  expect(Object.keys(await memory(visitorId))).toEqual(['holdout:global']);
});

test('a message’s holdout and variants are met when it is chosen, ghost or not', async () => {
  const found = new Set<string>();
  while (found.size < 2) {
    const visitorId = await one(false);
    const { messages } = await decide(visitorId, { include: ['messages'] });
    const held = await memory(visitorId);
    const isShown = messages.length === 1;
    expect(held['message-holdout:hello']).toBe(isShown ? 'shown' : 'ghost');
    expect(held['message:hello']).toBe(isShown ? (messages[0]?.variant ?? 'control') : undefined);
    found.add(isShown ? 'shown' : 'ghost');
  }
  expect([...found].sort()).toEqual(['ghost', 'shown']);
});

test('a sticky variation stays when weights change, and is drawn anew with another bucket version', async () => {
  const visitorId = await one(false);
  const first = (await decide(visitorId)).experiments.kept?.variation;
  await expect
    .poll(
      async () =>
        ((await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).body as unknown as Held).profile?.buckets,
    )
    .toMatchObject({ kept__0: { variation: first } });
  const weights = first === 'x' ? [0, 1] : [1, 0];
  const { kept } = CONFIG.experiments;
  const having = (more: object) => ({
    ...CONFIG,
    experiments: { ...CONFIG.experiments, kept: { ...kept, phase: 1, ...more } },
  });
  await publish(having({ weights }));
  expect((await decide(visitorId)).experiments.kept?.variation).toBe(first);
  await publish(having({ weights, bucketVersion: 1 }));
  expect((await decide(visitorId)).experiments.kept?.variation).not.toBe(first);
  await publish(CONFIG);
});

test('units, conversions and revenue reach the tally once, through queue and repetitions, and outlive an erasure', async () => {
  const before = await cells('layout');
  const visitorId = await one(false);
  const { experiments } = await decide(visitorId);
  await met(visitorId, 'layout').toBe(experiments.layout?.variation);
  const order = {
    eventId: 'o1',
    name: 'purchase',
    orderId: `order-${visitorId}`,
    value: 12.5,
    currency: 'GBP',
    items: [{ itemId: 'tea' }],
  };
  for (let times = 0; times < 3; times++) await send('/v1/events', { body: { visitorId, events: [order] } });
  await send('/v1/events', { key: 'sk_demo', body: { visitorId, events: [{ ...order, eventId: 'o2' }] } });
  const stub = visitorObject(env, 'demo', visitorId);
  await delivered(stub);
  const gained = async (metric: string, sum: 'n' | 'y' | 'yy') =>
    total(await cells('layout'), metric, sum) - total(before, metric, sum);
  await expect.poll(() => gained('revenue', 'y')).toBe(12.5);
  expect([await gained('', 'n'), await gained('conversion', 'y'), await gained('revenue', 'yy')]).toEqual([
    1, 1, 156.25,
  ]);
  const refund = { eventId: 'r1', name: 'refund', orderId: order.orderId, value: 2.5 };
  await send('/v1/events', { key: 'sk_demo', body: { visitorId, events: [refund] } });
  await delivered(stub);
  await expect.poll(() => gained('revenue', 'y')).toBe(10);
  expect(await gained('revenue', 'yy')).toBe(100);
  await send(`/v1/visitors/me?visitorId=${visitorId}`, { method: 'DELETE' });
  expect((await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(404);
  await delivered(stub);
  expect([await gained('', 'n'), await gained('revenue', 'y')]).toEqual([1, 10]);
});

test('without consent nobody is exposed', async () => {
  const visitorId = await one(false);
  await decide(visitorId, { consent: 'none' });
  expect((await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(404);
});
