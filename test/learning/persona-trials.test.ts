import { describe, expect, test } from 'vitest';
import { leaningOf } from '../../src/analytics/readiness.ts';
import { teach } from '../../src/analytics/teach.ts';
import { createCards } from '../../src/learning/cards.ts';
import { contextsTold, LEAST_TRIALS } from '../../src/learning/contexts.ts';
import { encodeCounts, openCounts } from '../../src/learning/counts.ts';
import { learnView } from '../../src/learning/learn.ts';
import { packBatches, unpackBatches } from '../../src/learning/log.ts';
import { personaTag } from '../../src/personas/tag.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { DAY, NOON } from '../support/events.ts';

const ITEMS = 40;
const [TEA, BOOKS] = [personaTag('tea'), personaTag('books')];

/** A shop whose visitors of either persona look at their own half of the items so often, and at anything otherwise. */
function shopWith(ownHalf: number, visits = 3_000) {
  const random = seededRandom(7);
  const cards = createCards({ halfLifeMs: 60 * DAY });
  for (let visit = 0; visit < visits; visit++) {
    const half = random() < 0.5 ? 0 : 1;
    const persona = half === 0 ? TEA : BOOKS;
    const isTheirs = random() < ownHalf;
    const key = Math.floor(random() * ITEMS);
    const item = isTheirs ? (key % (ITEMS / 2)) + half * (ITEMS / 2) : key;
    const view = { key: item, at: NOON + visit * 60_000, previous: [], length: 1, own: false };
    learnView(cards, { ...view, persona, ...(visit % 10 === 0 ? {} : { before: persona }) });
  }
  return cards;
}

const published = (cards: ReturnType<typeof shopWith>, personas: 'auto' | 'on' | 'off') =>
  openCounts(encodeCounts(cards, { ownClicks: 0.5, personas }).buffer)?.breakdown.persona(TEA) ?? null;

describe('popularity by persona', () => {
  test('is used where the shop’s visitors have shown that it tells more than popularity among everybody', () => {
    const cards = shopWith(0.8);
    const told = contextsTold(cards.contexts).persona;
    expect(told?.isOn).toBe(true);
    expect(told?.gain).toBeGreaterThan(0.2);
    expect(published(cards, 'auto')).not.toBeNull();
    expect(published(cards, 'off')).toBeNull();
    expect(leaningOf('auto', told)).toMatchObject({ on: true, why: expect.stringContaining('tells more') });
  });

  test('is off where knowing the persona tells nothing, and says so', () => {
    const cards = shopWith(0);
    const told = contextsTold(cards.contexts).persona;
    expect(told).toMatchObject({ isOn: false });
    expect(told?.interval[0]).toBeLessThan(0);
    expect(published(cards, 'auto')).toBeNull();
    expect(published(cards, 'on')).not.toBeNull();
    expect(leaningOf('auto', told)).toMatchObject({ on: false, why: expect.stringContaining('has not been shown') });
  });

  test('is off before it is known, and says how much is lacking', () => {
    const cards = shopWith(0.8, 100);
    const told = contextsTold(cards.contexts).persona;
    expect(told).toMatchObject({ isOn: false });
    expect(leaningOf('auto', told).why).toBe(
      `${LEAST_TRIALS - (told?.trials ?? 0)} more first views of visitors whose persona was known before`,
    );
    expect(leaningOf('auto', undefined)).toMatchObject({ on: false, trials: 0, gain: null });
    expect(leaningOf('on', undefined)).toMatchObject({ on: true, why: 'learning.personas is on' });
  });

  test('is asked of the first three views of a visit, and of nobody whose persona was not known before', () => {
    const view = (length: number) => ({ itemId: 'x', at: NOON, previous: [], length, own: false });
    const flush = { flushId: 'f.1', persona: 'tea', views: [1, 2, 3, 4].map(view), orders: [] };
    const options = { keyOf: () => 1, timeZone: 'UTC' };
    const befores = (before: object) => teach({ ...flush, ...before }, [], options).views.map((one) => one.before);
    expect(befores({ before: 'books' })).toEqual([BOOKS, BOOKS, BOOKS, undefined]);
    expect(befores({})).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('what the log says of it is read again as it was', () => {
    const view = {
      key: 5,
      at: NOON,
      previous: [4],
      length: 2,
      own: false,
      persona: TEA,
      before: 2 ** 32 - 1,
      context: 9,
    };
    const batch = {
      flushId: 'f.1',
      views: [view, { key: 6, at: NOON, previous: [], length: 1, own: true }],
      baskets: [],
      events: 2,
    };
    expect(unpackBatches(packBatches([batch]), ['f.1']).batches).toEqual([batch]);
  });
});
