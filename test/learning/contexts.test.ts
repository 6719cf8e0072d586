import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cards, createCards, createCounts } from '../../src/learning/cards.ts';
import {
  atHour,
  contextLean,
  contextName,
  contextOf,
  contextsTold,
  contextTags,
  takeContexts,
} from '../../src/learning/contexts.ts';
import { encodeCounts, openCounts } from '../../src/learning/counts.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { packBatches, unpackBatches } from '../../src/learning/log.ts';
import { mergeUpload } from '../../src/learning/merge.ts';
import { decodeCountRows, encodeCountRows, readUpload, uploadParts } from '../../src/learning/stored.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

const newCards = () => createCards({ halfLifeMs: 60 * DAY_MS });
const COUNTRIES = ['GB', 'DE', 'FR'];
const surroundings = fc.record({
  country: fc.option(fc.constantFrom('GB', 'DE', 'ZZ', 'AA'), { nil: undefined }),
  device: fc.option(fc.constantFrom('mobile', 'tablet', 'desktop'), { nil: undefined }),
  hour: fc.option(fc.integer({ min: 0, max: 23 }), { nil: undefined }),
});

/** The n-th newcomer's first view: Germans look at 1, others at 2, and everybody at one of eight more; their devices tell nothing. */
function visit(n: number, more: object = {}) {
  const country = COUNTRIES[n % 3];
  const key = n % 2 === 0 ? 10 + (Math.floor(n / 6) % 8) : country === 'DE' ? 1 : 2;
  const device = Math.floor(n / 48) % 2 === 0 ? 'mobile' : 'desktop';
  return { key, at: n, previous: [], length: 1, own: false, context: contextOf({ country, device }), ...more };
}

function learnt(visits: number): Cards {
  const cards = newCards();
  for (let n = 0; n < visits; n++) learnView(cards, visit(n));
  return cards;
}

const publishedOf = (cards: Cards) => {
  const counts = openCounts(encodeCounts(cards, { ownClicks: 0.5 }).buffer);
  if (counts === null) throw new Error('what was just published cannot be read');
  return counts;
};
const tagOf = (of: Parameters<typeof contextOf>[0]) => contextTags(contextOf(of))[0] ?? 0;

describe('what is known of anybody', () => {
  test.each([
    [{ country: 'GB', device: 'mobile', hour: 19, referrer: 'https://www.google.co.uk/' }, 'GB mobile evening search'],
    [{ device: 'tablet', hour: 0 }, 'tablet night'],
    [{ referrer: 'https://l.instagram.com/?u=1' }, 'social'],
    [{ referrer: 'https://t.co/abc' }, 'social'],
    [{ referrer: 'https://news.example/gifts' }, 'link'],
    [{ country: 'T1', device: 'television', referrer: 'android-app://x' }, ''],
    [{}, ''],
  ])('%j is %s', (known, told) => {
    expect(contextTags(contextOf(known)).map(contextName).join(' ')).toBe(told);
  });

  test('the hour is what is said last', () => {
    fc.assert(
      fc.property(surroundings, fc.integer({ min: 0, max: 23 }), (known, hour) => {
        expect(atHour(contextOf(known), hour)).toBe(contextOf({ ...known, hour }));
      }),
    );
  });

  test('leans by nothing where nothing is known, and never below 0', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.nat(), (theirs, others, ofTheirs, ofOthers) => {
        const context = { theirs: theirs + ofTheirs, all: theirs + others + ofTheirs + ofOthers };
        const lean = contextLean({ theirs: ofTheirs, all: ofTheirs + ofOthers }, context);
        expect(lean).toBeGreaterThanOrEqual(0);
        if (context.theirs === 0) expect(lean).toBe(1);
      }),
    );
  });
});

describe('what a context tells', () => {
  test('is found out before it is learnt: what newcomers of a country look at, and that their devices tell nothing', () => {
    const told = contextsTold(learnt(3_000).contexts);
    expect(told.country).toMatchObject({ isOn: true });
    expect(told.country?.gain).toBeGreaterThan(0.1);
    expect(told.device?.isOn).toBe(false);
    expect(told.daypart).toBeUndefined();
    expect(contextsTold(learnt(900).contexts).country?.isOn).toBe(false);
  });

  test('is published of the kinds that tell something, with what is known of the item in all of the kind', () => {
    const { breakdown, keyOf } = publishedOf(learnt(3_000));
    const german = breakdown.context(tagOf({ country: 'DE' }));
    const rows = Array.from({ length: german?.size ?? 0 }, (_, row) => [
      keyOf(german?.index(row) ?? -1),
      Math.round(german?.theirs(row) ?? 0),
      Math.round(german?.all(row) ?? 0),
    ]);
    expect(rows[0]).toEqual([1, 495, 495]);
    expect(rows.map(([key]) => key)).not.toContain(2);
    expect(breakdown.context(tagOf({ device: 'mobile' }))).toBeNull();
    expect(breakdown.persona(tagOf({ country: 'DE' }))?.size).toBe(german?.size);
  });

  test('is not learnt of what our own recommendations brought about, nor of items that hardly anybody knows', () => {
    const cards = newCards();
    for (let n = 0; n < 50; n++) learnView(cards, visit(n, { own: true }));
    expect(cards.counts.contexts.size).toBe(0);
    for (let n = 0; n < 4; n++) learnView(cards, { ...visit(0), key: 99 });
    expect(cards.counts.contexts.size).toBe(0);
    for (let n = 0; n < 4; n++) learnView(cards, { ...visit(0), key: 99 });
    expect(cards.counts.contexts.size).toBe(2);
  });

  test('is learnt of orders as well, the lines of one together being one trial', () => {
    const cards = newCards();
    const order = { keys: [1, 2, 3], at: 0, learn: true, context: contextOf({ country: 'GB' }) };
    for (let n = 0; n < 7; n++) learnBasket(cards, order);
    expect(contextsTold(cards.contexts).country?.trials).toBe(2);
    expect([...(cards.contexts.sums ?? [])]).toEqual([
      [tagOf({ country: 'GB' }), 6],
      [-1, 6],
    ]);
  });
});

describe('counts by context', () => {
  test('are stored, uploaded and logged', () => {
    const cards = learnt(100);
    const restored = createCounts();
    decodeCountRows(encodeCountRows(cards.counts, cards, { from: 0, to: cards.counts.size }), restored);
    expect(restored.contexts.size).toBeGreaterThan(10);
    const rowsIn = ({ contexts: { size, tags, columns } }: typeof restored) =>
      Array.from({ length: size }, (_, row) => `${tags[row]} ${columns[0]?.[row]}`).sort();
    expect(rowsIn(restored)).toEqual(rowsIn(cards.counts));

    const merged = newCards();
    for (const part of uploadParts(cards)) {
      const upload = readUpload(part, 1e12);
      if (typeof upload === 'string') throw new Error(upload);
      mergeUpload(merged, upload);
    }
    expect(rowsIn(merged.counts)).toEqual(rowsIn(cards.counts));

    const view = { ...visit(1), persona: 2 ** 32 - 1 };
    const basket = { keys: [1], at: 3, learn: true, context: contextOf({ country: 'ZZ', hour: 23 }), buyer: 7 };
    const batches = [{ flushId: 'f.1', views: [view, visit(2)], baskets: [basket], events: 3 }];
    expect(unpackBatches(packBatches(batches), ['f.1']).batches).toEqual(batches);
  });

  test('of one item are bounded, and the smallest give way', () => {
    const cards = newCards();
    for (let n = 0; n < 40; n++)
      learnView(cards, {
        ...visit(0),
        key: 5,
        context: contextOf({ country: `A${String.fromCharCode(65 + (n % 20))}` }),
      });
    expect(cards.counts.contexts.size).toBe(16);
  });
});

describe('what contexts told of an import', () => {
  const text = ({ contexts }: Cards) =>
    contexts.trials.flatMap(({ n, bits, bitsSquared, squares }) => [n, bits, bitsSquared, squares]).join(',');

  test('is taken by a shop that knows nothing yet, and leads to the same choice', () => {
    const [past, shop] = [learnt(3_000), newCards()];
    takeContexts(shop.contexts, text(past));
    expect(contextsTold(shop.contexts)).toEqual(contextsTold(past.contexts));
    expect(contextsTold(shop.contexts).country?.isOn).toBe(true);
  });

  test('is added to what the shop has found out by itself', () => {
    const shop = learnt(900);
    takeContexts(shop.contexts, text(learnt(900)));
    const { trials = 0, isOn } = contextsTold(shop.contexts).country ?? {};
    expect([trials > 1_000, isOn]).toEqual([true, true]);
  });

  test('changes nothing where there is none', () => {
    const shop = learnt(900);
    takeContexts(shop.contexts, undefined);
    takeContexts(shop.contexts, text(newCards()));
    expect(contextsTold(shop.contexts)).toEqual(contextsTold(learnt(900).contexts));
  });
});
