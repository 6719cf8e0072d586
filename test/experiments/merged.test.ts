import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { customerObject, tallyObject, visitorObject } from '../../src/env.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import { send, visitor } from '../decide/http.ts';

const CONFIG = {
  shop: { currency: 'GBP' },
  consent: { default: 'personal' },
  experiments: {
    color: { status: 'running', sticky: true, goals: ['revenue'], variations: [{ key: 'red' }, { key: 'blue' }] },
  },
};

beforeAll(async () => {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
});

const events = async (body: object, key = 'pk_demo') => {
  const answer = await send('/v1/events', { key, body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
};

const met = (variation: string) => ({ eventId: crypto.randomUUID(), name: 'exposure', experiment: 'color', variation });
const bought = (orderId: string, value: number) => ({
  ...{ eventId: crypto.randomUUID(), name: 'purchase', orderId, value, currency: 'GBP', items: [{ itemId: 'tea' }] },
});

/** What is counted of the experiment, by sum. */
async function counted() {
  const cells = (await tallyObject(env, 'demo').experimentCells('color', 0)) as unknown as Cell[];
  const sum = (name: 'n' | 'excluded' | 'y' | 'yy') => cells.reduce((all, cell) => all + cell[name], 0);
  return { n: sum('n'), excluded: sum('excluded'), y: sum('y'), yy: sum('yy') };
}

/** Tells what devices and customer hold, and what has come of it. */
async function afterAll(customerId: string, devices: readonly string[]) {
  for (const one of devices) await visitorObject(env, 'demo', one).wake();
  await customerObject(env, 'demo', customerId).wake();
  return counted();
}

test('devices that turn out to be one customer’s are one unit; an order that server and browser report counts once', async () => {
  const [phone, laptop, customerId] = [visitor('phone'), visitor('laptop'), visitor('customer')];
  for (const [one, value] of [
    [phone, 10],
    [laptop, 5],
  ] as const)
    await events({ visitorId: one, events: [met('red'), bought(`${one}-order`, value)] });
  await expect
    .poll(() => afterAll(customerId, [phone, laptop]), { timeout: 15_000 })
    .toEqual({ n: 2, excluded: 0, y: 15, yy: 125 });
  for (const one of [phone, laptop]) await events({ visitorId: one, customerId, events: [] }, 'sk_demo');
  await events({ customerId, events: [bought(`${phone}-order`, 10)] }, 'sk_demo');
  await expect
    .poll(() => afterAll(customerId, [phone, laptop]), { timeout: 15_000 })
    .toEqual({ n: 1, excluded: 0, y: 15, yy: 225 });
  const other = visitor('tablet');
  await events({ visitorId: other, events: [met('blue')] });
  await events({ visitorId: other, customerId, events: [] }, 'sk_demo');
  await expect
    .poll(() => afterAll(customerId, [phone, laptop, other]), { timeout: 15_000 })
    .toEqual({ n: 0, excluded: 1, y: 0, yy: 0 });
});
