import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cards, createCards } from '../../src/learning/cards.ts';
import { encodeChunk, openChunk } from '../../src/learning/codec.ts';
import { encodeCounts, NO_COUNTS, openCounts } from '../../src/learning/counts.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { scoreBasket, scoreNext } from '../../src/learning/score.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { batches } from './stream.ts';

function published(cards: Cards, isNamed: boolean) {
  const bytes = encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0.5, isNamed });
  return {
    cards: (bytes === null ? null : openChunk(bytes.buffer))?.find ?? (() => null),
    counts: openCounts(encodeCounts(cards, { ownClicks: 0.5 }).buffer) ?? NO_COUNTS,
    bytes: bytes?.byteLength ?? 0,
  };
}

const store = () => createCards({ halfLifeMs: 60 * DAY_MS });

/** A view of `key` after `previous`. */
function follow(cards: Cards, previous: number, key: number): void {
  learnView(cards, { key: previous, at: 0, previous: [], length: 1, own: false });
  learnView(cards, { key, at: 0, previous: [previous], length: 2, own: false });
}

const HALF = 2 ** 32;

describe('neighbours by name', () => {
  test('score as those with whole keys do, which is how older versions published them', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const cards = store();
        for (const { views, baskets } of list) {
          for (const view of views) {
            // What came before was looked at, too: only what is counted has a name.
            for (const key of view.previous) learnView(cards, { ...view, key, previous: [] });
            learnView(cards, view);
          }
          for (const basket of baskets) learnBasket(cards, basket);
        }
        const [whole, named] = [published(cards, false), published(cards, true)];
        const seen = [...cards.shelf.loaded()].map((card) => card.key).slice(0, 4);
        for (const policy of ['hide', 'allow', 'hideCurrent'] as const)
          expect(scoreNext({ session: seen, seen: policy, ...named })).toEqual(
            scoreNext({ session: seen, seen: policy, ...whole }),
          );
        expect(scoreBasket({ basket: seen, ...named })).toEqual(scoreBasket({ basket: seen, ...whole }));
        expect(named.bytes).toBeLessThanOrEqual(whole.bytes);
      }),
      { numRuns: 50 },
    );
  });

  test('that two items share name neither of them, and no other item loses by it', () => {
    const cards = store();
    const [a, b, twin, c] = [5, 7 + HALF, 7 + 3 * HALF, 9 + HALF];
    for (const next of [b, c]) follow(cards, a, next);
    follow(cards, c, twin);
    const { counts, cards: lookup } = published(cards, true);
    expect([b, twin, c].map((key) => counts.keyOf(counts.indexOf(key)))).toEqual([b, twin, c]);
    expect(counts.indexOfName(7)).toBe(-1);
    expect(counts.keyOf(counts.indexOfName(9))).toBe(c);
    expect([...scoreNext({ session: [a], cards: lookup, counts, seen: 'hide' }).keys]).toEqual([c]);
  });

  test('that the counts do not know yet are no candidates', () => {
    const cards = store();
    follow(cards, 5, 6);
    const before = published(cards, true);
    follow(cards, 5, 8);
    const { cards: lookup } = published(cards, true);
    expect([...scoreNext({ session: [5], cards: lookup, counts: before.counts, seen: 'hide' }).keys]).toEqual([6]);
  });

  test('are kept beyond twenty only where they are worth a two-hundredth of the best', () => {
    const cards = store();
    for (let item = 1; item <= 30; item++) follow(cards, 1_000, item);
    for (let times = 0; times < 300; times++) follow(cards, 1_000, 1);
    const viewed = published(cards, true).cards(1_000)?.viewed;
    expect((viewed?.end ?? 0) - (viewed?.start ?? 0)).toBe(20);
  });
});
