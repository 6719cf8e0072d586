import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openState } from '../../../src/commands/importing/state.ts';

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'floorwalker-state-'));
  let now = 1_000_000;
  const open = (restart = false) =>
    openState('hash', { of: 'orders file', lanes: 2, now: () => (now += 1000), restart, folder });
  return { folder, open };
}

test('a later run knows what an interrupted one got across, lane by lane', () => {
  const { open } = setUp();
  const first = open();
  expect(first.continues).toBe(false);
  first.take(0, 0, 'customers/1');
  first.take(0, 1, 'customers/2');
  const second = open();
  expect(second.continues).toBe(true);
  expect([second.isTaken(0, 1), second.isTaken(0, 2), second.isTaken(1, 0)]).toEqual([true, false, false]);
  expect(second.witness).toBe('customers/1');
  expect(second.startedAt).toBe(first.startedAt);
});

test('restart ignores what was left, and a finished import leaves nothing', () => {
  const { folder, open } = setUp();
  open().take(1, 0, null);
  expect(open(true).continues).toBe(false);
  const state = open();
  expect(state.continues).toBe(true);
  state.finish();
  expect(readdirSync(folder)).toEqual([]);
});
