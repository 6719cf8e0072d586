/** Orders that several report who were never brought together: a browser's beacon, and the shop's server under an id of its own. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { customerObject, visitorObject } from '../../src/env.ts';
import type { Results } from '../../src/experiments/schema-results.ts';
import { send, visitor } from '../decide/http.ts';

const CONFIG = {
  shop: { currency: 'GBP' },
  consent: { default: 'personal' },
  metrics: {
    conversion: { type: 'proportion', event: 'purchase' },
    revenue: { type: 'mean', event: 'purchase', value: 'value', cap: 500 },
    shipping: { type: 'mean', event: 'purchase', value: 'shipping', cap: 500 },
  },
  experiments: Object.fromEntries(
    ['both', 'one', 'linked'].map((key) => [
      key,
      {
        status: 'running',
        // So that an event is believed whatever it says was met.
        sticky: true,
        goals: ['conversion'],
        secondary: ['revenue', 'shipping'],
        variations: [{ key: 'red' }, { key: 'blue' }],
      },
    ]),
  ),
};

beforeAll(async () => {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
});

const now = Date.now();
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();

const met = (experiment: string, variation: string, minutes = -60) => ({
  ...{ eventId: crypto.randomUUID(), name: 'exposure', experiment, variation, timestamp: at(minutes) },
});
const bought = (orderId: string, value: number, minutes = -30) => ({
  ...{ eventId: crypto.randomUUID(), name: 'purchase', orderId, value, currency: 'GBP', items: [{ itemId: 'tea' }] },
  ...{ properties: { shipping: 3 }, timestamp: at(minutes) },
});

const events = async (body: object) => {
  const answer = await send('/v1/events', { key: 'sk_demo', body });
  expect([answer.status, answer.body.rejected], JSON.stringify(answer.body)).toEqual([202, []]);
};

/** Delivers what visitors hold, and customers, whose names begin with `c:`. */
async function deliver(names: readonly string[]): Promise<void> {
  for (const name of names)
    await (name.startsWith('c:')
      ? customerObject(env, 'demo', name.slice(2))
      : visitorObject(env, 'demo', name)
    ).wake();
}

/** By arm: units, converted, revenue, shipping. */
async function shown(experiment: string): Promise<Record<string, (number | undefined)[]>> {
  const { body } = await send(`/v1/experiments/${experiment}/results`, { key: 'sk_demo' });
  const { variations } = body as unknown as Results;
  return Object.fromEntries(
    variations.map(({ key, exposures, metrics }) => [
      key,
      [exposures, metrics.conversion?.total, metrics.revenue?.total, metrics.shipping?.total],
    ]),
  );
}

const expectShown = (experiment: string, visitors: readonly string[], arms: Record<string, number[]>) =>
  expect
    .poll(
      async () => {
        await deliver(visitors);
        return shown(experiment);
      },
      { timeout: 15_000, interval: 100 },
    )
    .toEqual(arms);

describe('an order that two visitors report counts once', () => {
  test('for the first of two who both met the experiment; the other one keeps what only it has', async () => {
    const [browser, server] = [visitor('browser'), visitor('server')];
    await events({ visitorId: browser, events: [met('both', 'red'), bought('both-1', 20)] });
    await expectShown('both', [browser], { red: [1, 1, 20, 3], blue: [0, 0, 0, 0] });
    const again = { visitorId: server, events: [met('both', 'blue'), bought('both-1', 20, -29)] };
    await events(again);
    await expectShown('both', [browser, server], { red: [1, 1, 20, 3], blue: [1, 0, 0, 0] });
    await events({ visitorId: server, events: [bought('both-2', 7, -10)] });
    await expectShown('both', [browser, server], { red: [1, 1, 20, 3], blue: [1, 1, 7, 3] });
    await events({ visitorId: browser, events: [bought('both-2', 7, -9)] });
    await events(again);
    const refund = { eventId: crypto.randomUUID(), name: 'refund', orderId: 'both-1', value: 5 };
    await events({ visitorId: browser, events: [refund] });
    await expectShown('both', [browser, server], { red: [1, 1, 15, 3], blue: [1, 1, 7, 3] });
  });

  test('for the one who met the experiment, whoever reports it first', async () => {
    const [server, browser] = [visitor('server'), visitor('browser')];
    await events({ visitorId: server, events: [bought('one-1', 12)] });
    await deliver([server]);
    await events({ visitorId: browser, events: [met('one', 'blue'), bought('one-1', 12)] });
    await expectShown('one', [server, browser], { red: [0, 0, 0, 0], blue: [1, 1, 12, 3] });
    // That the server's visitor met it, too, is heard of late.
    await events({ visitorId: server, events: [met('one', 'red', -90)] });
    await expectShown('one', [server, browser], { red: [1, 0, 0, 0], blue: [1, 1, 12, 3] });
  });

  test('and still once when one of them turns out to be a customer, and then both', async () => {
    const [phone, till, customerId] = [visitor('phone'), visitor('till'), visitor('customer')];
    await events({ visitorId: phone, events: [met('linked', 'red'), bought('linked-1', 30)] });
    await expectShown('linked', [phone], { red: [1, 1, 30, 3], blue: [0, 0, 0, 0] });
    await events({ visitorId: till, events: [met('linked', 'red'), bought('linked-1', 30)] });
    await expectShown('linked', [phone, till], { red: [2, 1, 30, 3], blue: [0, 0, 0, 0] });
    const together = [phone, till, `c:${customerId}`];
    await events({ visitorId: till, customerId, events: [] });
    await expectShown('linked', together, { red: [2, 1, 30, 3], blue: [0, 0, 0, 0] });
    await events({ visitorId: phone, customerId, events: [] });
    await expectShown('linked', together, { red: [1, 1, 30, 3], blue: [0, 0, 0, 0] });
    await events({ customerId, events: [bought('linked-1', 30)] });
    await expectShown('linked', together, { red: [1, 1, 30, 3], blue: [0, 0, 0, 0] });
  });
});
