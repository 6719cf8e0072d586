import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { basketStreamTable, compareBaskets, learnUnbounded } from '../../../src/commands/evaluation/basket-stream.ts';
import { learnBaskets, publishCards } from '../../../src/commands/evaluation/model.ts';
import type { Cards } from '../../../src/learning/cards.ts';
import { SLOTS } from '../../../src/learning/slots.ts';
import { encodeCards } from '../../../src/learning/stored.ts';
import { sample, seededRandom } from '../../../src/shared/random.ts';
import { batches } from '../../learning/stream.ts';

const storedOf = (cards: Cards) =>
  encodeCards(
    [...cards.shelf.loaded()].sort((a, b) => a.key - b.key),
    cards,
  );

/** Orders of five out of so many items, the first of which may be in all of them. */
function orders(count: number, items: number, hub: string[] = []) {
  const random = seededRandom(5);
  const shop = Array.from({ length: items }, (_, item) => String(item));
  return Array.from({ length: count }, (_, i) => ({
    id: String(i),
    at: i * 60_000,
    items: [...hub, ...sample(shop, 5, random)],
  }));
}

describe('the stream of baskets against a batch that keeps everything', () => {
  test('is the same to the last bit under as many companions as a card has room for', () => {
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

  test('differs by what its places cannot hold, and says by how much', () => {
    const many = orders(1_000, 1_500, ['hub']);
    const asked = orders(60, 1_500).map(({ items, ...one }) => ({ ...one, items: ['hub', items[0] ?? ''] }));
    const { same, n } = compareBaskets(many, asked);
    expect(n).toBe(60);
    expect(same).toBeGreaterThan(0.2);
    expect(same).toBeLessThan(0.999);
    expect(basketStreamTable('many', many, []).rows).toEqual([['0.00', '0.00', '0.0000', '0']]);
    const baskets = many.map(({ items, at }) => ({
      keys: items.map((item) => (item === 'hub' ? 9_999 : Number(item))),
      at,
      learn: true,
    }));
    const sizeOf = (cards: Cards) => Math.max(...[...cards.shelf.loaded()].map(({ bought }) => bought.size));
    const [stream, batch] = [learnBaskets(baskets), learnUnbounded(baskets)];
    expect(sizeOf(stream)).toBe(SLOTS.bought);
    expect(sizeOf(batch)).toBeGreaterThan(1_000);
    expect(publishCards(batch, 0).counts.size).toBe(publishCards(stream, 0).counts.size);
  });
});
