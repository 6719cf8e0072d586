import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { catalogObject, learnerObject } from '../../src/env.ts';
import { createCards } from '../../src/learning/cards.ts';
import { learnView } from '../../src/learning/learn.ts';
import { cardReader } from '../../src/learning/reader.ts';
import { FORGOTTEN_AFTER_MS, isHidden, lookFor, NOTHING_VANISHED, type Vanished } from '../../src/learning/vanished.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { key53 } from '../../src/shared/hash.ts';
import { plainItem } from '../catalog/items.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

/** Items 1 to 4, viewed so many times each at the start; another view at `newest` moves the shop's time. */
function counted(views: readonly number[], newest: number) {
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  for (const [i, times] of views.entries())
    for (let n = 0; n < times; n++) learnView(cards, { key: i + 1, at: START, previous: [], length: 1, own: false });
  learnView(cards, { key: 99, at: newest, previous: [], length: 1, own: false });
  return cards;
}

const LIVE = Float64Array.of(1, 2, 99);

describe('a look at the catalogue', () => {
  const cards = counted([1, 1, 1, 1], START);
  const first = lookFor(NOTHING_VANISHED, LIVE, { cards, now: START });
  const second = lookFor(first.vanished, LIVE, { cards, now: START + 5 * MINUTE_MS });

  test('hides what it misses the second time, for it may have met a catalogue that is being replaced', () => {
    expect([first.changed, [...first.vanished.since.keys()], isHidden(first.vanished, 3)]).toEqual([[], [3, 4], false]);
    expect([second.changed, isHidden(second.vanished, 3), isHidden(second.vanished, 1)]).toEqual([[3, 4], true, false]);
  });

  test('finds no news where nothing has changed, and shows at once what is back', () => {
    const third = lookFor(second.vanished, LIVE, { cards, now: START + 10 * MINUTE_MS });
    expect([third.isNews, third.vanished]).toEqual([false, second.vanished]);
    const back = lookFor(second.vanished, Float64Array.of(1, 2, 3, 99), { cards, now: START + 10 * MINUTE_MS });
    expect([back.isNews, back.changed, isHidden(back.vanished, 3), isHidden(back.vanished, 4)]).toEqual([
      true,
      [3],
      false,
      true,
    ]);
  });

  test('sees one come and another one go at the same time', () => {
    const other = lookFor(first.vanished, Float64Array.of(1, 3, 99), { cards, now: START + 5 * MINUTE_MS });
    expect([other.isNews, [...other.vanished.since.keys()], isHidden(other.vanished, 2)]).toEqual([
      true,
      [2, 4],
      false,
    ]);
  });
});

test.each([
  { gone: 10 * DAY_MS, views: 1, isForgotten: false, why: 'it may come back' },
  { gone: 40 * DAY_MS, views: 1, isForgotten: true, why: 'it weighs less than a view' },
  { gone: 300 * DAY_MS, views: 100, isForgotten: false, why: 'its season may come back' },
  { gone: FORGOTTEN_AFTER_MS, views: 10_000, isForgotten: true, why: 'it did not come back for more than a year' },
])('gone for $gone ms with $views views: forgotten $isForgotten, $why', ({ gone, views, isForgotten }) => {
  const now = START + gone;
  const before: Vanished = { lookedAt: START + MINUTE_MS, since: new Map([[3, START]]) };
  const { forgotten } = lookFor(before, LIVE, { cards: counted([1, 1, views], now), now });
  expect([...forgotten]).toEqual(isForgotten ? [3] : []);
});

describe('a learner whose catalogue loses an item', () => {
  const SHOP = 'losing';
  const keys = [0, 1, 2, 3].map((n) => key53(plainItem(n).groupId ?? plainItem(n).itemId));
  const [a = 0, b = 0, c = 0] = [...new Set([0, 4, 8].map((n) => key53(plainItem(n).groupId ?? plainItem(n).itemId)))];

  async function catalogue(numbers: readonly number[], removed: readonly number[]): Promise<void> {
    const object = catalogObject(env, SHOP);
    if (numbers.length > 0) await object.put(SHOP, numbers.map(plainItem), Date.now());
    if (removed.length > 0)
      await object.remove(
        SHOP,
        removed.map((n) => plainItem(n).itemId),
        Date.now(),
      );
    while (await runDurableObjectAlarm(object));
  }

  async function published() {
    const reader = cardReader(env.CARDS, SHOP);
    await reader.refresh();
    const { counts } = reader;
    const find = await reader.cards([a, b, c]);
    const card = find(a);
    const named = card?.viewed.names?.subarray(card.viewed.start, card.viewed.end);
    const neighbours = named === undefined ? null : [...named].map((name) => counts.keyOf(counts.indexOfName(name)));
    return { neighbours, views: [a, b, c].map((key) => counts.views(counts.indexOf(key))), own: find(b) };
  }

  const view = (key: number, previous: number[]) => ({ key, at: START, previous, length: 2, own: false });

  test('leaves it out of the cards, and has it back unharmed when it returns', async () => {
    expect(keys.length).toBe(4);
    await catalogue([0, 4, 8], []);
    const learner = () => learnerObject(env, SHOP);
    const views = [view(a, []), view(b, [a]), view(c, [a])];
    await learner().apply([{ flushId: 'v.1', views, baskets: [], events: 3 }]);
    let now = Date.now();
    const publishLater = () => {
      now += 6 * MINUTE_MS;
      return learner().publish(now);
    };
    await publishLater();
    const before = await published();
    expect(before.neighbours?.toSorted()).toEqual([b, c].toSorted());
    expect(before.own).not.toBeNull();

    await catalogue([], [4]);
    await publishLater();
    expect((await published()).neighbours?.length, 'missed once').toBe(2);
    // What was missed is known to the object that comes after this one.
    await evictDurableObject(learner());
    await publishLater();
    const without = await published();
    expect([without.neighbours, without.own]).toEqual([[c], null]);

    await catalogue([4], []);
    await publishLater();
    const after = await published();
    expect(after.neighbours).toEqual(before.neighbours);
    expect(after.views).toEqual(before.views);
    expect(after.own).toEqual(before.own);
  });

  test('forgets it when it stayed away for long: card, counts, and what others say of it', async () => {
    const learner = () => learnerObject(env, SHOP);
    await catalogue([], [4]);
    const now = Date.now() + DAY_MS;
    await learner().publish(now);
    await learner().publish(now + 6 * MINUTE_MS);
    await learner().publish(now + FORGOTTEN_AFTER_MS + DAY_MS);
    await catalogue([4], []);
    await learner().publish(now + FORGOTTEN_AFTER_MS + 2 * DAY_MS);
    const back = await published();
    expect([back.neighbours, back.own, back.views[1]]).toEqual([[c], null, 0]);
    expect(back.views[0]).toBeCloseTo(1, 6);
    await evictDurableObject(learner());
    await learner().apply([{ flushId: 'v.2', views: [view(b, [a])], baskets: [], events: 1 }]);
    await learner().publish(now + FORGOTTEN_AFTER_MS + 3 * DAY_MS);
    const again = await published();
    expect(again.neighbours?.toSorted()).toEqual([b, c].toSorted());
    for (const views of again.views) expect(views).toBeCloseTo(1, 6);
  });
});
