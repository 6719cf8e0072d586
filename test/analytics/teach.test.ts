import { expect, test } from 'vitest';
import { keysBy, teach } from '../../src/analytics/teach.ts';
import { contextOf } from '../../src/learning/contexts.ts';
import type { Order } from '../../src/learning/schema.ts';
import { key53 } from '../../src/shared/hash.ts';

const EVENING = 18 * 3_600_000;

const keyOf = keysBy({ indexOf: (itemId) => (itemId === 'shirt-s' ? 0 : -1), keyOf: () => key53('shirt') });

const by = { keyOf, timeZone: 'UTC' };

function order(orderId: string, itemIds: string[], learn = true): Order {
  const lines = itemIds.map((itemId) => ({ itemId, quantity: 1, price: null }));
  return { orderId, at: 5, currency: 'GBP', value: 1, lines, learn, gift: false };
}

test('known items have the key of their group, unknown ones their own', () => {
  expect(keyOf('shirt-s')).toBe(key53('shirt'));
  expect(keyOf('mug')).toBe(key53('mug'));
});

test('views are keyed with what came before them', () => {
  const views = [{ itemId: 'mug', at: 7, previous: ['shirt-s', 'mug'], length: 3, own: true }];
  expect(teach({ flushId: 'f.1', views, orders: [] }, [], by)).toEqual({
    flushId: 'f.1',
    views: [
      {
        key: key53('mug'),
        at: 7,
        previous: [key53('shirt'), key53('mug')],
        length: 3,
        own: true,
        context: contextOf({ hour: 0 }),
      },
    ],
    baskets: [],
    events: 1,
  });
});

test('only claimed baskets teach, once each, and only those that may', () => {
  const orders = [order('1', ['mug', 'shirt-s']), order('1', ['mug']), order('2', ['mug']), order('3', ['mug'], false)];
  expect(teach({ flushId: 'f.1', views: [], orders }, ['1', '3'], by).baskets).toEqual([
    { keys: [key53('mug'), key53('shirt')], at: 5, learn: true, context: contextOf({ hour: 0 }) },
  ]);
});

test('what is known of the visit is counted with the part of the day, by the shop’s clock', () => {
  const visit = { country: 'DE', device: 'mobile', referrer: 'https://www.google.com/' };
  const views = [{ itemId: 'mug', at: EVENING, previous: [], length: 1, own: false }];
  const flush = { flushId: 'f.1', context: contextOf(visit), views, orders: [] };
  expect(teach(flush, [], by).views[0]?.context).toBe(contextOf({ ...visit, hour: 18 }));
  expect(teach(flush, [], { keyOf, timeZone: 'America/New_York' }).views[0]?.context).toBe(
    contextOf({ ...visit, hour: 13 }),
  );
});

test('what an order says of who comes back is taught with its keys', () => {
  const made = order('1', ['mug', 'shirt-s', 'hat']);
  const lines = made.lines.map((line, i) =>
    i === 2 ? line : { ...line, repeat: i === 0 ? (1 as const) : (0 as const) },
  );
  const taught = teach({ flushId: 'f.1', views: [], orders: [{ ...made, lines }] }, ['1'], by).baskets[0];
  expect(taught?.repeats).toEqual([1, 0, 2]);
  expect(taught?.past).toBeUndefined();
});

test('what the customer bought before goes to the learner by keys', () => {
  const orders = [
    { ...order('1', ['mug']), past: [['shirt-s', 1.9] as [string, number], ['mug', 0.9] as [string, number]] },
  ];
  const past = [
    { key: key53('shirt'), weight: 1.9 },
    { key: key53('mug'), weight: 0.9 },
  ];
  expect(teach({ flushId: 'f.1', views: [], orders }, ['1'], by).baskets[0]?.past).toEqual(past);
});
