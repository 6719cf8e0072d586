import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { learnerObject } from '../../src/env.ts';
import { createCards } from '../../src/learning/cards.ts';
import { learnBasket } from '../../src/learning/learn.ts';
import { cardReader } from '../../src/learning/reader.ts';
import { best, scoreBasket } from '../../src/learning/score.ts';
import { encodeUpload } from '../../src/learning/stored.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

const START = Date.UTC(2026, 10, 1);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

test('what was published between two parts of an import has all its neighbours when the last part is there', async () => {
  const shop = 'upload-parts';
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  for (let n = 0; n < 20; n++) learnBasket(cards, { keys: [4, 5], at: START - DAY_MS, learn: true });
  const companions = async () => {
    vi.setSystemTime(Date.now() + DAY_MS);
    await learnerObject(env, shop).publish(Date.now());
    const reader = cardReader(env.CARDS, shop);
    await reader.refresh();
    const scored = scoreBasket({ basket: [4], cards: await reader.cards([4]), counts: reader.counts });
    return best(scored, 5).map((i) => scored.keys[i]);
  };
  const part = (chunk: number, key: number, isLast: boolean) =>
    learnerObject(env, shop).upload({ importId: 'past', chunk, isLast }, encodeUpload(cards, [key]).buffer);
  await part(0, 4, false);
  expect(await companions()).toEqual([]);
  // Enough chunks that the card of 4 is in another one than that of 5.
  for (let key = 1_000; key < 1_600; key++) learnBasket(cards, { keys: [key], at: START - DAY_MS, learn: true });
  const others = Array.from({ length: 600 }, (_, i) => 1_000 + i);
  await learnerObject(env, shop).upload({ importId: 'past', chunk: 1 }, encodeUpload(cards, others).buffer);
  expect(await companions()).toEqual([]);
  await part(2, 5, true);
  expect(await companions()).toEqual([5]);
});
