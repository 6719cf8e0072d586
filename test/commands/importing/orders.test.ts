import { describe, expect, test } from 'vitest';
import { eventsOf, type HistoryEvent, type Ledger } from '../../../src/commands/importing/histories.ts';
import { type ImportedOrder, ordersOf, skipping, worthOf } from '../../../src/commands/importing/orders.ts';
import type { Row } from '../../../src/commands/importing/read.ts';
import { all, fileOf, rowsFrom, rowsIn } from './files.ts';

const HEADER = 'order item customer at quantity price cancelled';
const COLUMNS = {
  orderId: 'order',
  itemId: 'item',
  customerId: 'customer',
  at: 'at',
  quantity: 'quantity',
  price: 'price',
  cancelled: 'cancelled',
};
const DAY = 86_400;

async function read(...lines: string[]) {
  const refused: string[] = [];
  const options = {
    isSkipped: skipping(['POST', 'gift_*']),
    refused: (reason: string, row: Row) => refused.push(`${row.line}: ${reason}`),
  };
  return { orders: await all(ordersOf(rowsFrom(HEADER, ...lines), COLUMNS, options)), refused };
}

function histories(orders: readonly ImportedOrder[]) {
  const ledger: Ledger = new Map();
  const events: HistoryEvent[] = [];
  const open: string[] = [];
  for (const order of orders) {
    if (order.customerId === null) continue;
    const made = eventsOf({ ...order, customerId: order.customerId }, ledger, null);
    events.push(...made.events);
    open.push(...made.open.map((line) => `${line.itemId} ${line.quantity}`));
  }
  return { events: events.map((event) => JSON.parse(event.text)), open };
}

test('rows of an order become one order, wherever they stand, and rows of one item one line', async () => {
  const { orders, refused } = await read(
    `1 a c1 ${DAY * 400} 2 1.5 0`,
    `2 a - ${DAY * 401} 1 1.5 0`,
    `1 b c1 ${DAY * 400} 1 4 0`,
    `1 a c1 ${DAY * 400} 2 0.5 0`,
  );
  expect(refused).toEqual([]);
  const [anonymous, named] = orders.toSorted((a, b) => b.orderId.localeCompare(a.orderId));
  expect(anonymous).toMatchObject({ orderId: '2', customerId: null });
  expect(named).toEqual({
    orderId: '1',
    customerId: 'c1',
    country: null,
    at: DAY * 400_000,
    currency: null,
    gift: false,
    refund: false,
    line: 2,
    lines: [
      { itemId: 'a', quantity: 4, price: 1 },
      { itemId: 'b', quantity: 1, price: 4 },
    ],
  });
  expect(worthOf(named?.lines ?? [])).toBe(8);
});

test('what is no sale of goods is refused, with its line and the reason', async () => {
  const { orders, refused } = await read(
    `1 a c1 ${DAY} 1 0 0`,
    `1 a c1 ${DAY} 1 -3 0`,
    `1 POST c1 ${DAY} 1 18 0`,
    `1 gift_10 c1 ${DAY} 1 8 0`,
    `1 a c1 ${DAY} 0 1 0`,
    `1 a c1 ${DAY} many 1 0`,
    `1 a c1 ${DAY} 1 dear 0`,
    `- a c1 ${DAY} 1 1 0`,
    `1 - c1 ${DAY} 1 1 0`,
    '1 a c1 1/2/2011 1 1 0',
  );
  expect(orders).toEqual([]);
  expect(refused).toEqual([
    '2: the price is 0 or negative',
    '3: the price is 0 or negative',
    '4: not merchandise (--skip-items)',
    '5: not merchandise (--skip-items)',
    '6: the quantity is 0',
    '7: the quantity is not a number',
    '8: the price is not a number',
    '9: no order id',
    '10: no item id',
    '11: the time is not understood (unix seconds, milliseconds or ISO 8601)',
  ]);
});

test('an order is from the country that its rows state', async () => {
  const rows = rowsFrom(`${HEADER} country`, `1 a c1 ${DAY} 1 4 0 Germany`, `2 a c1 ${DAY} 1 4 0 Elsewhere`);
  const options = { isSkipped: () => false, refused: () => undefined };
  const orders = await all(ordersOf(rows, { ...COLUMNS, country: 'country' }, options));
  expect(orders.map((order) => order.country)).toEqual(['DE', null]);
});

test('an NDJSON order brings its lines in a list', async () => {
  const path = fileOf(
    '{"order":"9","customer":"c","at":"2026-01-02","items":[{"item":"a","quantity":2,"price":3},{"item":"b"}]}\n',
  );
  const options = { isSkipped: () => false, refused: () => undefined };
  const rows = (async function* () {
    yield* await rowsIn(path);
  })();
  const [order] = await all(ordersOf(rows, { ...COLUMNS, items: 'items' }, options));
  expect(order?.lines).toEqual([
    { itemId: 'a', quantity: 2, price: 3 },
    { itemId: 'b', quantity: 1, price: null },
  ]);
});

describe('what was given back is taken off the orders it came from, the newest first', () => {
  const bought = [
    `1 a c1 ${DAY * 1} 5 2 0`,
    `1 b c1 ${DAY * 1} 1 3 0`,
    `2 a c1 ${DAY * 2} 3 2 0`,
    `3 a c2 ${DAY * 3} 9 2 0`,
  ];
  test.each([
    ['from the last order that has it', ['C1 a c1 999999 -2 2 1'], ['2: a 2'], []],
    ['from two orders', ['C1 a c1 999999 -4 2 1'], ['2: a 3', '1: a 1'], []],
    ['each piece once', ['C1 a c1 999999 -3 2 1', 'C2 a c1 999999 -3 2 1'], ['2: a 3', '1: a 3'], []],
    ['no more than was bought', ['C1 a c1 999999 -10 2 1'], ['2: a 3', '1: a 5'], ['a 2']],
    ['never from another customer', ['C1 b c2 999999 -1 3 1'], [], ['b 1']],
    ['also where only the quantity says so', ['8 b c1 999999 -1 3 0'], ['1: b 1'], []],
    ['also where only the column says so', ['8 b c1 999999 1 3 1'], ['1: b 1'], []],
  ])('%s', async (_, rows, taken, stillOpen) => {
    const { orders } = await read(...bought, ...rows);
    const { events, open } = histories(orders);
    const refunds = events.filter((event) => event.name === 'refund');
    expect(refunds.map((event) => `${event.orderId}: ${event.items[0].itemId} ${event.items[0].quantity}`)).toEqual(
      taken,
    );
    expect(open).toEqual(stillOpen);
  });
});

test('an order is posted as a purchase that teaches nothing, under an id that a repeat gives it again', async () => {
  const lines = [`1 a c1 ${DAY * 400} 2 1.5 0`, `1 b c1 ${DAY * 400} 1 4 0`];
  const { events } = histories((await read(...lines)).orders);
  expect(events).toEqual([
    {
      eventId: expect.stringMatching(/^import-[\w-]{22}$/),
      name: 'custom',
      key: 'consent',
      properties: { consent: 'personal' },
      customerId: 'c1',
      timestamp: '1971-02-05T00:00:00.000Z',
      learn: false,
    },
    {
      eventId: expect.stringMatching(/^import-[\w-]{22}$/),
      name: 'purchase',
      customerId: 'c1',
      timestamp: '1971-02-05T00:00:00.000Z',
      orderId: '1',
      value: 7,
      items: [
        { itemId: 'a', price: 1.5, quantity: 2 },
        { itemId: 'b', price: 4, quantity: 1 },
      ],
      learn: false,
    },
  ]);
  const again = histories((await read(`0 x c1 ${DAY} 1 1 0`, ...lines)).orders);
  expect(again.events[0].eventId).toBe(events[0].eventId);
  expect(again.events[2].eventId).toBe(events[1].eventId);
});
