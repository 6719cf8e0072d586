import { describe, expect, test } from 'vitest';
import { createCards } from '../../src/learning/cards.ts';
import { learnView } from '../../src/learning/learn.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { FLOOR, noShares, SHARE, withinShare } from '../../src/learning/networks.ts';
import { DAY, NOON } from '../support/events.ts';

const view = (key: number) => ({ key, at: NOON, previous: [], length: 1, own: false });
const HOUR = 3_600_000;

function batchOf(network: string | undefined, keys: number[], baskets: number[][] = []): LearnBatch {
  return {
    flushId: 'f.1',
    ...(network === undefined ? {} : { network }),
    views: keys.map(view),
    baskets: baskets.map((keys) => ({ keys, at: NOON, learn: true })),
    events: keys.length + baskets.length,
  };
}

const many = (count: number, key = 1) => Array.from({ length: count }, () => key);

function taught(batches: LearnBatch[], options: { weight?: number; hours?: number[] } = {}): number[] {
  const shares = noShares();
  const cards = createCards({ halfLifeMs: 60 * DAY });
  for (let i = 0; i < (options.weight ?? 0); i++) learnView(cards, view(1));
  return batches.map(
    (batch, i) => withinShare(shares, cards, { batch, now: NOON + (options.hours?.[i] ?? 0) * HOUR }).views.length,
  );
}

describe('what one network teaches about an item in an hour', () => {
  test('is at most thirty views, in however many flushes and visits they come', () => {
    expect(taught([batchOf('n', many(20)), batchOf('n', many(20)), batchOf('n', many(20))])).toEqual([20, 10, 0]);
    expect(FLOOR).toBe(30);
  });

  test('is counted for every item and every network by itself, and anew every hour', () => {
    expect(taught([batchOf('n', many(40)), batchOf('n', many(40, 2)), batchOf('m', many(40))])).toEqual([30, 30, 30]);
    expect(taught([batchOf('n', many(40)), batchOf('n', many(40))], { hours: [0, 1] })).toEqual([30, 30]);
  });

  test('may be more of an item that everybody looks at, in proportion to its weight', () => {
    const weight = 20_000;
    expect(taught([batchOf('n', many(500))], { weight })).toEqual([weight * SHARE]);
  });

  test('is not limited where no network is known: the secret key', () => {
    expect(taught([batchOf(undefined, many(500))])).toEqual([500]);
  });

  test('includes baskets: those beyond the share teach nothing', () => {
    const shares = noShares();
    const cards = createCards({ halfLifeMs: 60 * DAY });
    const flood = batchOf(
      'n',
      [],
      Array.from({ length: 100 }, () => [1, 2]),
    );
    const left = withinShare(shares, cards, { batch: flood, now: NOON });
    expect(left.baskets).toHaveLength(FLOOR);
    expect(left.events).toBe(100);
  });
});
