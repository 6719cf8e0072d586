import { expect, test } from 'vitest';
import { evaluateBuyAgain, splitTransactions } from '../../../src/commands/evaluation/buy-again.ts';
import { DAY_MS } from '../../../src/shared/decay.ts';

const basket = (id: string, customer: string, day: number, items: string[]) => ({
  id,
  customer,
  at: day * DAY_MS,
  items,
});

test('what was bought on the next shopping day is looked for among what was bought before', () => {
  const train = [basket('1', 'ann', 1, ['a', 'b']), basket('2', 'ann', 2, ['a']), basket('3', 'bob', 2, ['c'])];
  const later = [
    // Two orders of one day are one shopping day; what was never bought before cannot be found.
    basket('4', 'ann', 9, ['b']),
    basket('5', 'ann', 9, ['new']),
    basket('6', 'ann', 12, ['a']),
    basket('7', 'bob', 9, ['c']),
    basket('8', 'new customer', 9, ['a']),
    basket('9', '', 9, ['a']),
  ];
  // a: 0.9 + 1 and the demand of 2 of 2; b: 0.9 and 1 of 2. So b is second: gain 1/log2(3), of an ideal of 1 + 1/log2(3).
  const second = 1 / Math.log2(3);
  const found = {
    recall: expect.closeTo((100 * (1 / 2 + 1)) / 2, 9),
    ndcg: expect.closeTo((100 * (second / (1 + second) + 1)) / 2, 9),
    n: 2,
  };
  // So few items are found either way, and by so few orders nothing is chosen.
  const { holdOut, streamed, ...report } = evaluateBuyAgain(train, later);
  expect(report).toEqual({ ...found, once: found, again: found });
  expect([holdOut.isBetter, streamed.isBetter]).toEqual([false, false]);
});

test('a file of transactions is split at thirty days before its end, line by line into baskets', () => {
  const row = (household: string, id: string, item: string, day: string) =>
    `${household},1,${id},${item},1,${day} 10:00:00`;
  const rows = ['household_id,…', row('h1', 'b1', 'milk', '2017-01-01'), row('h1', 'b1', 'tea', '2017-01-01')];
  const { train, test: later } = splitTransactions([...rows, row('h2', 'b2', 'tea', '2017-03-01')]);
  expect(train).toEqual([{ id: 'b1', at: Date.UTC(2017, 0, 1, 10), items: ['milk', 'tea'], customer: 'h1' }]);
  expect(later.map(({ id, customer }) => [id, customer])).toEqual([['b2', 'h2']]);
});
