import { expect, test } from 'vitest';
import { rememberCustomers } from '../../src/commands/importing/customers.ts';
import { openAgainTrials } from '../../src/learning/again-trials.ts';
import { type Cards, createCards } from '../../src/learning/cards.ts';
import { NO_TRIALS, type TrialCounts } from '../../src/learning/holdout.ts';
import { type KeyedBasket, learnBasket } from '../../src/learning/learn.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { sample, seededRandom } from '../../src/shared/random.ts';
import { pastBefore } from '../../src/visitors/orders.ts';
import type { PastOrder } from '../../src/visitors/schema.ts';

const emptyShop = (): Cards => createCards({ halfLifeMs: 60 * DAY_MS });

const pastOrder = (orderId: string, { at, keys }: KeyedBasket): PastOrder => ({
  ...{ orderId, at, currency: 'GBP', value: 1, gift: false },
  lines: keys.map((key) => ({ itemId: String(key), quantity: 1, price: null })),
});

/** Orders of thirty customers, day after day: staples from 0 to 9 that everybody comes back for, and what is bought once. */
function* orders(days: number) {
  const random = seededRandom(3);
  const pick = (from: number, size: number, count: number) =>
    sample(
      Array.from({ length: size }, (_, i) => from + i),
      count,
      random,
    );
  for (let n = 0; n < days * 10; n++) {
    const keys = [...pick(0, 10, 3), ...pick(100, 400, 5)];
    const basket: KeyedBasket = { keys, at: Math.floor(n / 10) * DAY_MS + n, learn: true };
    yield { customer: `c${Math.floor(30 * random())}`, basket };
  }
}

/** Learns everything as it comes, and asks as an import does about all that follows a first part. @returns both counts of the same orders */
function bothWays(days: number, from: number): { streamed: TrialCounts; imported: TrialCounts } {
  const cards = emptyShop();
  const customers = rememberCustomers();
  const histories = new Map<string, PastOrder[]>();
  const waiting = [...orders(days)].map(({ customer, basket }, i) => {
    const known = histories.get(customer) ?? [];
    const order = pastOrder(String(i), basket);
    const past = pastBefore({ orders: known, hidden: [] }, order).map(([id, weight]) => ({ key: Number(id), weight }));
    histories.set(customer, [...known, order]);
    const noted = customers.note(customer, basket);
    const told = { ...basket, ...(noted === null ? {} : { repeats: noted.repeats }) };
    return { told: past.length === 0 ? told : { ...told, past }, customerId: customer, nth: noted?.nth ?? 0 };
  });
  for (const { told } of waiting.slice(0, from)) learnBasket(cards, told);
  const latest = waiting.slice(from);
  const imported = customers.tryAgain(latest, cards);
  const ask = openAgainTrials(cards);
  const streamed = { ...NO_TRIALS };
  for (const { told } of latest) {
    const { n, gained, lost, both } = ask([told]);
    streamed.n += n;
    streamed.gained += gained;
    streamed.lost += lost;
    streamed.both += both;
  }
  return { streamed, imported };
}

test('a stream of orders is asked what an import is asked, and has the same right', () => {
  const { streamed, imported } = bothWays(60, 400);
  expect(imported.n).toBeGreaterThan(190);
  expect(imported.gained).toBeGreaterThan(imported.lost);
  for (const name of ['n', 'gained', 'lost', 'both'] as const) expect(streamed[name]).toBeCloseTo(imported[name], 6);
});

/** Everybody comes back for item 1, of which there are most orders; nobody for 2, which sells half as often, and nobody for 6, which sold long ago. */
function shop(): Cards {
  const cards = emptyShop();
  for (let n = 0; n < 20; n++) {
    learnBasket(cards, { keys: [6], at: 40 * DAY_MS, learn: true, repeats: [0] });
    learnBasket(cards, { keys: [1, 3, 4], at: 99 * DAY_MS, learn: true, repeats: [0, 0, 0] });
    learnBasket(cards, { keys: [1, 2], at: 100 * DAY_MS, learn: true, repeats: [1, 0] });
  }
  return cards;
}

const filler = Array.from({ length: 10 }, (_, i) => ({ key: 50 + i, weight: 1 }));
const order = (keys: number[], past?: KeyedBasket['past'], learn = true): KeyedBasket => ({
  ...{ keys, at: 101 * DAY_MS, learn },
  ...(past === undefined ? {} : { past }),
});

test.each<[string, KeyedBasket, Partial<TrialCounts>]>([
  ['that both find, in part', order([50, 51, 7, 8], filler), { n: 1, gained: 0, lost: 0, both: 0.5 }],
  ['of which popularity makes up for the weight', order([1], [...filler, { key: 1, weight: 0.4 }]), { n: 1, both: 1 }],
  // 0.2 + 0.5 against the filler’s 1, and 0.2·√(1/3) + 2·0.5.
  ['that only the other way finds', order([2], [...filler, { key: 2, weight: 0.2 }]), { n: 1, gained: 1, lost: 0 }],
  // 1.2, and 1.2·√(1/3), for nobody comes back.
  ['that only the simple way finds', order([6], [...filler, { key: 6, weight: 1.2 }]), { n: 1, gained: 0, lost: 1 }],
  ['that neither finds', order([9], filler), { n: 1, gained: 0, lost: 0, both: 0 }],
  ['of a newcomer', order([9]), { n: 0 }],
  ['that teaches nothing', order([50], filler, false), { n: 0 }],
])('an order %s counts so', (_, basket, expected) => {
  expect(openAgainTrials(shop())([basket])).toMatchObject(expected);
});

test('of one delivery sixteen are asked about', () => {
  expect(openAgainTrials(shop())(Array.from({ length: 40 }, () => order([50], filler)))).toMatchObject({
    n: 16,
    both: 16,
  });
});
