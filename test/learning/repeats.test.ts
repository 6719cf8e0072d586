import { describe, expect, test } from 'vitest';
import { type Cards, createCards, createCounts } from '../../src/learning/cards.ts';
import { encodeCounts, openCounts } from '../../src/learning/counts.ts';
import { UNDECIDED } from '../../src/learning/holdout.ts';
import { learnBasket } from '../../src/learning/learn.ts';
import { packBatches, unpackBatches } from '../../src/learning/log.ts';
import { mergeUpload } from '../../src/learning/merge.ts';
import { type Repeat, repeatOf, repeatRatio } from '../../src/learning/repeats.ts';
import { decodeCountRows, encodeCountRows, readUpload, uploadParts } from '../../src/learning/stored.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

const order = (keys: number[], repeats?: Repeat[]) => ({
  ...{ keys, at: 5 * DAY_MS, learn: true },
  ...(repeats === undefined ? {} : { repeats }),
});

/** Ten customers buy 1 and 2 together; eight of them come back for 1, one for 2; nobody knows who buys 3. */
function learnt(isBetter: boolean | null = true): Cards {
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  for (let n = 0; n < 10; n++) learnBasket(cards, order([1, 2], [0, 0]));
  for (let n = 0; n < 8; n++) learnBasket(cards, order([1], [1]));
  learnBasket(cards, order([2, 1], [1, 2]));
  learnBasket(cards, order([3]));
  cards.again = isBetter === null ? null : { ...UNDECIDED, isBetter };
  return cards;
}

function ratiosOf(cards: Cards): Record<string, number> | null {
  const counts = openCounts(encodeCounts(cards, { ownClicks: 0 }).buffer);
  const ratio = counts?.breakdown.repeats() ?? null;
  return ratio && Object.fromEntries([1, 2, 3].map((key) => [key, ratio(counts?.indexOf(key) ?? -1)]));
}

const rowsIn = ({ repeats: { size, columns } }: Cards['counts']) =>
  Array.from({ length: size }, (_, row) => [columns[0]?.[row], columns[1]?.[row]]);

test.each<[number[] | undefined, number, Repeat]>([
  [undefined, 7, 0],
  [[], 7, 0],
  [[3], 7, 1],
  [[7], 7, 2],
  [[3, 5], 7, 2],
])('who bought it on the days %j changes on day %i: %i', (days, day, expected) => {
  expect(repeatOf(days && new Set(days), day)).toBe(expected);
});

describe('who comes back for what', () => {
  test('is counted by the customers that an order is the first or the second of', () => {
    expect(rowsIn(learnt().counts)).toEqual([
      [10, 8],
      [10, 1],
    ]);
  });

  test('is published beside the shop’s average, where it finds better what is bought again', () => {
    const shop = { buyers: 20, repeaters: 9 };
    const ratios = ratiosOf(learnt());
    expect(ratios?.[1]).toBeCloseTo(repeatRatio({ buyers: 10, repeaters: 8 }, shop), 6);
    expect(ratios?.[1]).toBeCloseTo((8 + 4.5) / (20 * 0.45), 6);
    expect(ratios?.[2]).toBeCloseTo((1 + 4.5) / (20 * 0.45), 6);
    expect(ratios?.[3]).toBe(1);
    expect(ratiosOf(learnt(false))).toBeNull();
    expect(ratiosOf(learnt(null))).toBeNull();
  });

  test('is stored, with and without other counts by tag, uploaded and logged', () => {
    for (const context of [undefined, 4096]) {
      const cards = learnt();
      if (context !== undefined) for (let n = 0; n < 9; n++) learnBasket(cards, { ...order([1]), context });
      const restored = createCounts();
      expect(decodeCountRows(encodeCountRows(cards.counts, cards, { from: 0, to: 9 }), restored)).not.toBeNull();
      expect(rowsIn(restored)).toEqual(rowsIn(cards.counts));
      expect(restored.contexts.size).toBe(cards.counts.contexts.size);
      const merged = createCards({ halfLifeMs: 60 * DAY_MS });
      for (const part of uploadParts(cards)) {
        const upload = readUpload(part, 1e12);
        if (typeof upload === 'string') throw new Error(upload);
        mergeUpload(merged, upload);
        mergeUpload(merged, upload);
      }
      expect(rowsIn(merged.counts).toSorted()).toEqual(
        rowsIn(cards.counts)
          .map((row) => row.map((count) => 2 * (count ?? 0)))
          .toSorted(),
      );
    }
    const repeats = Array.from({ length: 70 }, (_, i): Repeat => ([0, 1, 2] as const)[(i * i) % 3] ?? 0);
    const baskets = [
      order(
        repeats.map((_, i) => i),
        repeats,
      ),
      { ...order([7], [2]), persona: 2 ** 32 - 1, context: 9, buyer: 2 ** 32 - 1 },
      order([8, 9]),
    ];
    const batches = [{ flushId: 'f.1', views: [], baskets, events: 3 }];
    expect(unpackBatches(packBatches(batches), ['f.1']).batches).toEqual(batches);
  });
});
