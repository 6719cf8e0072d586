import { describe, expect, test } from 'vitest';
import { areOthers, holdOutsOf, openBasketLearner } from '../../src/learning/basket-learner.ts';
import { basketQuestions, modelsNow, tryBaskets } from '../../src/learning/basket-trials.ts';
import { createCards } from '../../src/learning/cards.ts';
import { type ChunkedCards, chunkShelf } from '../../src/learning/chunk-shelf.ts';
import { type KeyedBasket, learnBasket } from '../../src/learning/learn.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { seededRandom } from '../../src/shared/random.ts';

const HALF_LIFE_MS = 60 * DAY_MS;
const order = (keys: number[], at = 0, learn = true): KeyedBasket => ({ keys, at, learn });

function chunked(): ChunkedCards {
  const cards: ChunkedCards = {
    ...createCards({ halfLifeMs: HALF_LIFE_MS }),
    shelf: chunkShelf(
      2,
      () => null,
      () => cards,
    ),
  };
  return cards;
}

function batchOf(...baskets: KeyedBasket[]): LearnBatch {
  return { flushId: 'f', views: [], baskets, events: baskets.length };
}

/** Orders around a hub that everybody buys: pairs of items that really go together, and the hub, which goes with everything. */
function* orders(count: number): Generator<KeyedBasket> {
  const random = seededRandom(1);
  const pick = (size: number) => Math.floor(random() * size);
  for (let i = 0; i < count; i++) {
    const pair = pick(40);
    const noise = Array.from({ length: 6 }, () => 100 + pick(8));
    yield order([10 + 2 * pair, 11 + 2 * pair, ...noise], i);
  }
}

describe('questions about orders', () => {
  test('hide one of at least two items, and are the same at every call', () => {
    const baskets = [order([1, 2, 3]), order([4]), order([5, 5]), order([6, 7], 0, false)];
    const [question, ...rest] = basketQuestions(baskets);
    expect(rest).toEqual([]);
    expect([question?.hidden, ...(question?.basket ?? [])].sort()).toEqual([1, 2, 3]);
    expect(basketQuestions(baskets)).toEqual(basketQuestions(baskets));
    expect(basketQuestions(Array.from({ length: 50 }, (_, i) => order([i, i + 100, i + 200])))).toHaveLength(4);
  });

  test('count who has the hidden item', () => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    for (let i = 0; i < 20; i++) learnBasket(cards, order([1, 2]));
    const models = modelsNow([{ basket: [1], hidden: 2 }], cards);
    const nobody = () => null;
    const both = [{ basket: [1], hidden: 2 }];
    expect(tryBaskets(both, models)).toEqual({ n: 1, gained: 0, lost: 0, both: 1 });
    expect(tryBaskets(both, { ...models, partial: nobody })).toEqual({ n: 1, gained: 0, lost: 1, both: 0 });
    expect(tryBaskets(both, { ...models, plain: nobody })).toEqual({ n: 1, gained: 1, lost: 0, both: 0 });
    expect(tryBaskets([{ basket: [1], hidden: 9 }], models)).toEqual({ n: 1, gained: 0, lost: 0, both: 0 });
  });
});

describe('the choice', () => {
  test('is the config’s, or nothing before the shop’s orders have shown anything', () => {
    const learner = openBasketLearner(chunked());
    expect([true, false, 'auto' as const].map((bigBaskets) => learner.isOn({ bigBaskets }))).toEqual([
      true,
      false,
      false,
    ]);
    expect(holdOutsOf(false, { baskets: learner, cards: chunked() })).toEqual({
      bigBaskets: { isOn: false, trials: 0, gain: null, interval: null },
      buyAgain: { isOn: false, trials: 0, gain: null, interval: null },
      contexts: {},
    });
    expect(holdOutsOf(true, null).bigBaskets).toEqual({ isOn: true, trials: 0, gain: null, interval: null });
  });

  test('goes by trials of orders before they are learnt, and is kept', () => {
    const cards = chunked();
    const learner = openBasketLearner(cards);
    for (const basket of orders(600)) {
      learner.take(learner.ask([batchOf(basket)], { bigBaskets: 'auto' }, 0));
      learnBasket(cards, basket);
    }
    const { n, gained, lost, both } = learner.state;
    expect(Math.round(n)).toBeGreaterThan(580);
    expect(gained + lost + both).toBeGreaterThan(100);
    expect(openBasketLearner(cards, learner.state).state).toEqual(learner.state);
    const better = openBasketLearner(cards, { ...learner.state, isBetter: true });
    expect(better.isOn({ bigBaskets: 'auto' })).toBe(true);
    expect(better.isOn({ bigBaskets: false })).toBe(false);
  });

  test('keeps what an import has found, of baskets and of what is bought again, and tells it', () => {
    const cards = chunked();
    const learner = openBasketLearner(cards);
    learner.takeImported({ trials: '', again: undefined });
    expect([learner.state.n, learner.state.again, cards.again]).toEqual([0, undefined, null]);
    learner.takeImported({ trials: '2000,90,30,500', again: '4000,160.5,60.25,900.125' });
    expect(learner.state).toMatchObject({ n: 2_000, isBetter: true, again: { n: 4_000, isBetter: true } });
    const again = chunked();
    const reopened = openBasketLearner(again, learner.state);
    expect(again.again).toEqual(cards.again);
    expect(holdOutsOf(true, { baskets: reopened, cards: again })).toMatchObject({
      bigBaskets: { isOn: true, trials: 2_000 },
      buyAgain: { isOn: true, trials: 4_000, gain: expect.closeTo(0.0251, 4) },
    });
  });

  test('asks nothing where the config has decided', () => {
    const cards = chunked();
    const learner = openBasketLearner(cards);
    learnBasket(cards, order([1, 2]));
    expect(learner.ask([batchOf(order([1, 2]))], { bigBaskets: true }, 0).baskets.n).toBe(0);
    expect(learner.ask([batchOf(order([1, 2]))], { bigBaskets: 'auto' }, 0).baskets.n).toBe(1);
  });

  test('has everything published again when it changes', () => {
    expect(areOthers({ ownClicks: 0.5, bigBaskets: false }, { ownClicks: 0.5 })).toBe(false);
    expect(areOthers({ ownClicks: 0.5, bigBaskets: true }, { ownClicks: 0.5 })).toBe(true);
    expect(areOthers({ ownClicks: 0.4, bigBaskets: true }, { ownClicks: 0.5, bigBaskets: true })).toBe(true);
  });
});
