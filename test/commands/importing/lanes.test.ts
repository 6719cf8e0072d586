import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLanes, laneOf } from '../../../src/commands/importing/lanes.ts';

test('a lane sends in order and numbers its batches, while other lanes go on beside it', async () => {
  const sent: string[] = [];
  let active = 0;
  let most = 0;
  const lanes = createLanes<string>(3, async (batch, { lane, number }) => {
    most = Math.max(most, ++active);
    for (let i = 0; i < 3 - lane; i++) await turn();
    active--;
    sent.push(`${lane}.${number} ${batch}`);
  });
  for (const batch of ['a', 'b', 'c']) for (const lane of [0, 1, 2]) await lanes.put(lane, batch);
  await lanes.drained();
  for (const lane of ['0', '1', '2'])
    expect(sent.filter((each) => each.startsWith(lane))).toEqual([`${lane}.0 a`, `${lane}.1 b`, `${lane}.2 c`]);
  expect(most).toBe(3);
});

test('a failure stops everything and is told to whoever puts or waits', async () => {
  const sent: string[] = [];
  const lanes = createLanes<string>(1, async (batch) => {
    if (batch === 'bad') throw new Error('refused');
    sent.push(batch);
  });
  await lanes.put(0, 'good');
  await lanes.put(0, 'bad').catch(() => undefined);
  await expect(lanes.put(0, 'later').then(() => lanes.drained())).rejects.toThrow('refused');
  expect(sent).toEqual(['good']);
});

test('an owner keeps the lane', () => {
  expect(laneOf('customers/17850', 8)).toBe(laneOf('customers/17850', 8));
  const used = new Set(Array.from({ length: 100 }, (_, i) => laneOf(`customers/${i}`, 8)));
  expect(used.size).toBe(8);
});
