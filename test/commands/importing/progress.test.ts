import { expect, test } from 'vitest';
import { clockOf, describeProgress } from '../../../src/commands/importing/progress.ts';
import { createReport, describeReport, refuse } from '../../../src/commands/importing/report.ts';

test.each([
  [0, '0:00'],
  [42_400, '0:42'],
  [125_000, '2:05'],
  [3_723_000, '1:02:03'],
])('%i ms are %s', (milliseconds, clock) => {
  expect(clockOf(milliseconds)).toBe(clock);
});

test('progress tells how much, how fast and how long it will take', () => {
  const work = { label: 'Histories', unit: 'orders', total: 18_000 };
  expect(describeProgress(work, { done: 4500, share: 0.25, elapsed: 10_000 })).toBe(
    '4,500/18,000 orders, 450/s, 0:30 left',
  );
});

test('the summary counts each reason, most frequent first, with the first line of each', () => {
  const report = createReport('Orders from orders.tsv');
  report.taken.push('12 orders');
  for (const line of [7, 9]) refuse(report, 'no price', { line });
  refuse(report, 'no item', { line: 3, detail: 'order 1' });
  refuse(report, 'no price', { line: 11 });
  expect(describeReport(report).split('\n')).toEqual([
    'Orders from orders.tsv',
    '  taken    12 orders',
    '  refused  3: no price (first: line 7)',
    '  refused  1: no item (first: line 3, order 1)',
  ]);
});

test('however many reasons there are, the summary stays a page', () => {
  const report = createReport('Orders');
  for (let i = 0; i < 1000; i++) refuse(report, `reason ${i}`, { line: i });
  const lines = describeReport(report).split('\n');
  expect(lines.length).toBeLessThan(30);
  expect(lines).toContain('  refused  975: other reasons (first: line 25)');
});
