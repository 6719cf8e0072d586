import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { basketStreamTable, compareBaskets, learnUnbounded } from '../../../src/commands/evaluation/basket-stream.ts';
import { learnBaskets, publishCards } from '../../../src/commands/evaluation/model.ts';
import type { Cards } from '../../../src/learning/cards.ts';
import { encodeCards } from '../../../src/learning/stored.ts';
import { sample, seededRandom } from '../../../src/shared/random.ts';
import { batches } from '../../learning/stream.ts';

const storedOf = (cards: Cards) =>
  encodeCards(
    [...cards.shelf.loaded()].sort((a, b) => a.key - b.key),
    cards,
  );

/** Orders of five out of so many items. */
function orders(count: number, items: number) {
  const random = seededRandom(5);
  const shop = Array.from({ length: items }, (_, item) => String(item));
  return Array.from({ length: count }, (_, i) => ({ id: String(i), at: i * 60_000, items: sample(shop, 5, random) }));
}

describe('the stream of baskets against a batch that keeps everything', () => {
  test('is the same to the last bit under a hundred companions', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const baskets = list.flatMap((batch) => batch.baskets);
        const [stream, batch] = [learnBaskets(baskets), learnUnbounded(baskets)];
        expect(storedOf(stream)).toEqual(storedOf(batch));
      }),
      { numRuns: 200 },
    );
    const few = orders(400, 101);
    expect(compareBaskets(few, orders(50, 101))).toMatchObject({ same: 1, n: 50 });
  });

  test('differs by what a hundred places cannot hold, and says by how much', () => {
    const many = orders(4_000, 400);
    const { same, n } = compareBaskets(many, orders(60, 400));
    expect(n).toBe(60);
    expect(same).toBeGreaterThan(0.2);
    expect(same).toBeLessThan(0.999);
    expect(basketStreamTable('many', many, []).rows).toEqual([['0.00', '0.00', '0.0000', '0']]);
    const baskets = many.map(({ items, at }) => ({ keys: items.map(Number), at, learn: true }));
    const sizeOf = (cards: Cards) => Math.max(...[...cards.shelf.loaded()].map(({ bought }) => bought.size));
    const [stream, batch] = [learnBaskets(baskets), learnUnbounded(baskets)];
    expect(sizeOf(stream)).toBe(100);
    expect(sizeOf(batch)).toBeGreaterThan(150);
    expect(publishCards(batch, 0).counts.size).toBe(publishCards(stream, 0).counts.size);
  });
});
