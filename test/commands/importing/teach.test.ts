import { expect, test } from 'vitest';
import { rememberCustomers } from '../../../src/commands/importing/customers.ts';
import { sessionsOfLines, sessionsOfRows } from '../../../src/commands/importing/sessions.ts';
import { keysBy, orderTeacher, sessionTeacher } from '../../../src/commands/importing/teach.ts';
import { ALL_BASKETS, createCards } from '../../../src/learning/cards.ts';
import { contextName, contextsTold } from '../../../src/learning/contexts.ts';
import { learnBasket } from '../../../src/learning/learn.ts';
import { learnVisit } from '../../../src/learning/session-trials.ts';
import { createSessions } from '../../../src/learning/sessions.ts';
import { rowsOf } from '../../../src/learning/tagged.ts';
import { key53 } from '../../../src/shared/hash.ts';
import { all, fileOf, rowsFrom, rowsIn } from './files.ts';

const HALF_LIFE_MS = 60 * 86_400_000;
const options = { isSkipped: (itemId: string) => itemId === 'skip', refused: () => undefined };

const NOTHING = { n: 0, gained: 0, lost: 0, both: 0 };

async function* rowsOfText(text: string) {
  yield* await rowsIn(fileOf(text));
}

function order(orderId: string, itemIds: readonly string[], at: number) {
  const lines = itemIds.map((itemId) => ({ itemId, quantity: 1, price: 1 }));
  return { orderId, customerId: null, at, currency: null, gift: false, refund: false, country: null, lines, line: 1 };
}

function neighbours(cards: ReturnType<typeof createCards>, itemId: string, relation: 'viewed' | 'bought') {
  const slots = cards.shelf.find(key53(itemId))?.[relation];
  return new Map(Array.from({ length: slots?.size ?? 0 }, (_, i) => [slots?.keys[i], slots?.weights[i] ?? 0]));
}

test('baskets teach by group, and refunds teach nothing', () => {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  const keyOf = keysBy(
    new Map([
      ['shirt-s', 'shirt'],
      ['shirt-m', 'shirt'],
    ]),
  );
  const teacher = orderTeacher(cards, { keyOf, timeZone: 'UTC' });
  teacher.teach(order('1', ['shirt-s', 'mug'], 1e12));
  teacher.teach(order('2', ['shirt-m', 'mug'], 1e12));
  teacher.teach({ ...order('3', ['mug', 'hat'], 1e12), refund: true });
  expect(teacher.finish()).toEqual({ trials: NOTHING, again: NOTHING });
  const bought = neighbours(cards, 'shirt', 'bought');
  expect([...bought.keys()]).toEqual([key53('mug')]);
  expect(cards.shelf.find(key53('hat'))).toBeUndefined();
});

test('of a large order the same hundred lines are drawn each time', () => {
  const itemIds = Array.from({ length: 300 }, (_, i) => `item-${i}`);
  const drawn = [1, 2].map(() => {
    const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
    const teacher = orderTeacher(cards, { keyOf: keysBy(new Map()), timeZone: 'UTC' });
    teacher.teach(order('large', itemIds, 1e12));
    teacher.finish();
    return [...cards.counts.slots.keys()].filter((key) => key !== ALL_BASKETS);
  });
  expect(drawn[0]?.length).toBe(100);
  expect(drawn[0]).toEqual(drawn[1]);
});

test('the latest orders are tried before they are learnt, and teach the same as without', () => {
  const [cards, plain] = [createCards({ halfLifeMs: HALF_LIFE_MS }), createCards({ halfLifeMs: HALF_LIFE_MS })];
  const teacher = orderTeacher(cards, { keyOf: keysBy(new Map()), timeZone: 'UTC' });
  for (let i = 0; i < 10_000; i++) {
    const pair = [`item-${2 * (i % 50)}`, `item-${2 * (i % 50) + 1}`];
    teacher.teach(order(String(i), pair, 1e12 + i));
    learnBasket(plain, { keys: pair.map(key53), at: 1e12 + i, learn: true });
  }
  expect(cards.counts.bought.reduce((sum, one) => sum + one, 0)).toBe(2 * 8_500);
  expect(teacher.finish().trials).toEqual({ n: 1_500, gained: 0, lost: 0, both: 1_500 });
  expect(neighbours(cards, 'item-0', 'bought')).toEqual(neighbours(plain, 'item-0', 'bought'));
});

test('who comes back for what is counted by customer, and tried with the latest orders', () => {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  const teacher = orderTeacher(cards, { keyOf: keysBy(new Map()), timeZone: 'UTC' });
  // Everybody has tea every ten days, and each time another eleven things that nobody comes back for.
  for (let day = 0; day < 400; day++) {
    const things = Array.from({ length: 11 }, (_, i) => `thing-${(11 * day + i) % 5_000}`);
    const made = { ...order(String(day), ['tea', ...things], 1e12 + day * 86_400_000), customerId: `c${day % 10}` };
    teacher.teach(made);
    teacher.teach({ ...made, orderId: `gift ${day}`, gift: true });
  }
  const { again } = teacher.finish();
  expect(again).toEqual({ n: 60, gained: 0, lost: 0, both: expect.closeTo(60 / 12, 6) });
  const { repeats, slots } = cards.counts;
  const rowsBy = (itemId: string) =>
    rowsOf(repeats, slots.get(key53(itemId)) ?? -1).map((row) => repeats.columns.map((column) => column[row]));
  expect(rowsBy('tea')).toEqual([[10, 10]]);
  expect(rowsBy('thing-7')).toEqual([[1, 0]]);
});

test('customers beyond what fits into memory are not counted, and those who are known go on', () => {
  const customers = rememberCustomers(5);
  const buys = (customerId: string, keys: number[], day: number) =>
    customers.note(customerId, { at: day * 86_400_000, keys })?.repeats;
  expect(buys('a', [1, 2, 3, 4, 5], 1)).toEqual([0, 0, 0, 0, 0]);
  expect(buys('b', [1], 2)).toBeUndefined();
  expect(buys('a', [1, 6], 2)).toEqual([1, 0]);
  expect(buys('a', [1, 6], 2)).toEqual([2, 2]);
});

const sessionOf = (itemIds: readonly string[], at: number) => ({
  views: itemIds.map((itemId) => ({ itemId, at })),
  line: 1,
});

test('a session teaches what follows what, nearer views more, and is kept as a list of its items', () => {
  const [cards, recent] = [createCards({ halfLifeMs: HALF_LIFE_MS }), createSessions()];
  const teacher = sessionTeacher(cards, recent, keysBy(new Map()));
  teacher.teach(sessionOf(['a', 'b', 'c', 'a'], 1e12));
  expect(teacher.finish()).toEqual({ n: 0, gained: 0, lost: 0, both: 0 });
  const viewed = neighbours(cards, 'a', 'viewed');
  const [b = 0, c = 0] = [viewed.get(key53('b')), viewed.get(key53('c'))];
  expect(b).toBeGreaterThan(c);
  expect(c).toBeGreaterThan(0);
  expect(recent.pages.map((page) => page.keys)).toEqual([['a', 'b', 'c'].map(key53)]);
});

test('the latest sessions are tried before they are learnt, and teach the same as without', () => {
  const [cards, plain] = [createCards({ halfLifeMs: HALF_LIFE_MS }), createCards({ halfLifeMs: HALF_LIFE_MS })];
  const recent = createSessions();
  const teacher = sessionTeacher(cards, recent, keysBy(new Map()));
  for (let i = 0; i < 1_000; i++) {
    const pair = [`item-${2 * (i % 50)}`, `item-${2 * (i % 50) + 1}`];
    teacher.teach(sessionOf(pair, 1e12 + i));
    learnVisit(
      pair.map((itemId, place) => ({
        ...{
          key: key53(itemId),
          at: 1e12 + i,
          previous: pair.slice(0, place).map(key53),
          length: place + 1,
          own: false,
        },
      })),
      { cards: plain, sessions: createSessions() },
    );
  }
  expect(recent.closed).toBe(850);
  expect(teacher.finish()).toEqual({ n: 150, gained: 0, lost: 0, both: 150 });
  expect(recent.closed).toBe(1_000);
  expect(neighbours(cards, 'item-0', 'viewed')).toEqual(neighbours(plain, 'item-0', 'viewed'));
});

test('sessions of a line each carry a time, or are spread over a span', async () => {
  const timed = await all(sessionsOfLines(rowsOfText('1590885032\ta b a\n1590887332\tc skip\n'), null, options));
  expect(timed.map((session) => session.views.map((view) => view.itemId))).toEqual([['a', 'b', 'a'], ['c']]);
  expect(timed[0]?.views[0]?.at).toBe(1_590_885_032_000);
  const span = { count: 4, until: 1000, lengthMs: 400 };
  const numbered = await all(sessionsOfLines(rowsOfText('1\ta\n2\tb\n3\tc\n4\td\n'), span, options));
  expect(numbered.map((session) => session.views[0]?.at)).toEqual([700, 800, 900, 1000]);
});

test('sessions of a row each are put in the order of their times, equal ones in the order of the file', async () => {
  const rows = rowsFrom('s i t', '1 b 1600000002', '2 x 1600000000', '1 a 1600000001', '1 c 1600000002');
  const sessions = await all(sessionsOfRows(rows, { sessionId: 's', itemId: 'i', at: 't' }, options));
  const items = sessions.map((session) => session.views.map((view) => view.itemId).join(''));
  expect(items.toSorted()).toEqual(['abc', 'x']);
});

test.each([
  ['a country and a time', { country: 'DE', at: Date.UTC(2026, 0, 5, 19) }, 'America/New_York', ['DE', 'afternoon']],
  ['a time alone', { country: null, at: Date.UTC(2026, 0, 5, 19) }, 'UTC', ['evening']],
  ['a country and a date', { country: 'FR', at: Date.UTC(2026, 0, 5) }, 'UTC', ['FR']],
  ['a date alone', { country: null, at: Date.UTC(2026, 0, 5) }, 'UTC', []],
])('orders with %s are counted by what is known of where and when', (_, known, timeZone, names) => {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  const teacher = orderTeacher(cards, { keyOf: keysBy(new Map()), timeZone });
  // What was bought less than five times is not counted by context.
  for (let i = 0; i < 9; i++) teacher.teach({ ...order(String(i), ['mug', 'hat'], known.at), ...known });
  teacher.finish();
  const { contexts, slots } = cards.counts;
  const rows = rowsOf(contexts, slots.get(key53('mug')) ?? -1);
  expect(rows.map((row) => contextName(contexts.tags[row] ?? 0)).toSorted()).toEqual(names);
  expect(Object.keys(contextsTold(cards.contexts))).toHaveLength(names.length);
});
