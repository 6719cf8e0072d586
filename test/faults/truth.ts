/** What must hold of a shop that has come to rest, whatever happened before. */
import { runInDurableObject } from 'cloudflare:test';
import { expect } from 'vitest';
import { teach } from '../../src/analytics/teach.ts';
import { directoryObject, learnerObject, tallyObject } from '../../src/env.ts';
import { type Card, type Cards, createCards } from '../../src/learning/cards.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { openLearner } from '../../src/learning/learner.ts';
import { learnerStore } from '../../src/learning/learner-store.ts';
import type { ArchivedEvent } from '../../src/learning/schema.ts';
import { rowsOf } from '../../src/learning/tagged.ts';
import { appliedIds } from '../../src/shared/applied.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { key53 } from '../../src/shared/hash.ts';
import { exportOf } from '../support/visitor.ts';
import type { World } from './world.ts';

const HALF_LIFE_MS = 60 * DAY_MS;

function slotsOf(slots: Card['viewed']): [number, [number, number]][] {
  const list = Array.from({ length: slots.size }, (_, i): [number, [number, number]] => [
    slots.keys[i] ?? 0,
    [rounded(slots.weights[i] ?? 0), rounded(slots.others?.[i] ?? 0)],
  ]);
  return list.sort(([a], [b]) => a - b);
}

/** Sums of the same weights in another order differ in the last digits. */
const rounded = (weight: number): number => Number(weight.toPrecision(9));

/** Cards and counts as plain data, comparable whatever the order in which they came about. */
export function plainCards(cards: Cards, all: Iterable<Card>): Record<string, unknown> {
  const { counts } = cards;
  const items = Array.from({ length: counts.size }, (_, slot) => ({
    key: counts.keys[slot] ?? 0,
    views: rounded(counts.views[slot] ?? 0),
    ownViews: rounded(counts.ownViews[slot] ?? 0),
    bought: counts.bought[slot] ?? 0,
    baskets: rounded(counts.baskets[slot] ?? 0),
    ...Object.fromEntries(
      (['personas', 'days'] as const).map((name) => [
        name,
        rowsOf(counts[name], slot)
          .map((row) => [counts[name].tags[row] ?? 0, ...counts[name].columns.map((one) => rounded(one[row] ?? 0))])
          .sort(([a = 0], [b = 0]) => a - b),
      ]),
    ),
  }));
  const neighbours = [...all]
    .filter((card) => card.viewed.size + card.bought.size > 0)
    .map((card) => ({ key: card.key, viewed: slotsOf(card.viewed), bought: slotsOf(card.bought) }));
  const byKey = (a: { key: number }, b: { key: number }) => a.key - b.key;
  return { items: items.sort(byKey), neighbours: neighbours.sort(byKey) };
}

/** The learner's cards, read from its storage as it would read them itself. */
export function learntCards({ real, shop }: World): Promise<Record<string, unknown>> {
  return runInDurableObject(learnerObject(real, shop), (_, { storage }) => {
    const learner = openLearner({
      store: learnerStore(storage.sql),
      applied: appliedIds(storage.sql, 'applied'),
      transact: (work) => storage.transactionSync(work),
      halfLifeMs: HALF_LIFE_MS,
    });
    const chunks = Array.from({ length: 2 ** learner.cards.shelf.bits }, (_one, chunk) => [
      ...learner.cards.shelf.chunk(chunk),
    ]);
    return plainCards(learner.cards, chunks.flat());
  });
}

/** Which orders each flush claims: which report of an order comes first depends on the faults, and is for the tally to say; that each is claimed once, is not. */
async function claimedOrders({ real, shop, flushes }: World): Promise<Record<string, string[]>> {
  const all = [...flushes.values()];
  const tally = tallyObject(real, shop);
  expect(await tally.lacking([...flushes.keys()])).toEqual([]);
  // Asked again, the tally says what it said before.
  const { claimed } = await tally.apply(shop, all, Date.now());
  const teaching = all.flatMap(({ orders }) => orders.filter((order) => order.learn).map((order) => order.orderId));
  expect(Object.values(claimed).flat().sort()).toEqual([...new Set(teaching)].sort());
  return claimed;
}

/** The cards of the same flushes without any fault: every view, and every order once, by the flush that claims it. */
async function rightCards(world: World): Promise<Record<string, unknown>> {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  const claimed = await claimedOrders(world);
  for (const flush of world.flushes.values()) {
    const { views, baskets } = teach(flush, claimed[flush.flushId] ?? [], { keyOf: key53, timeZone: 'UTC' });
    for (const view of views) learnView(cards, view);
    for (const basket of baskets) learnBasket(cards, basket);
  }
  return plainCards(cards, cards.shelf.loaded());
}

/** What the archive holds, with what waits to be written to it. */
export async function archiveOf({ real, shop }: World): Promise<ArchivedEvent[]> {
  await tallyObject(real, shop).fence();
  const { keys } = await real.ARCHIVE.list({ prefix: `${shop}/` });
  const bodies = await Promise.all(keys.map(({ name }) => real.ARCHIVE.get(name)));
  return bodies.flatMap((body) =>
    (body ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ArchivedEvent),
  );
}

/** Every acknowledged event is held, counted, learnt and archived, once. */
export async function expectTruth(world: World): Promise<void> {
  const { real, shop, acknowledged } = world;
  const now = Date.now();
  const byName: Record<string, number> = {};
  let personal = 0;
  for (const [visitorId, { consent, events }] of acknowledged) {
    for (const { name } of events.values()) byName[name] = (byName[name] ?? 0) + 1;
    if (consent === 'session') continue;
    personal += events.size;
    const held = await exportOf(world.visitor(visitorId), now);
    expect(held?.events.map((event) => event.eventId).sort()).toEqual([...events.keys()].sort());
    expect(held?.unconfirmedFlushes).toBe(0);
  }
  const total = Object.values(byName).reduce((sum, one) => sum + one, 0);
  expect(await tallyObject(real, shop).events()).toEqual({ total, byName });
  const reports = [...world.flushes.values()].flatMap((flush) => flush.orders);
  const orders = new Set(reports.map((order) => order.orderId)).size;
  expect((await tallyObject(real, shop).orders()).claimed).toEqual(orders === 0 ? {} : { GBP: orders });
  expect(await learntCards(world)).toEqual(await rightCards(world));
  const archived = await archiveOf(world);
  expect(archived).toHaveLength(personal);
  expect(new Set(archived.map((event) => `${event.visitor} ${event.sequence}`)).size).toBe(personal);
  const { pending, windows, losses } = await directoryObject(real, shop).delivery(now);
  expect({ pending, windows, losses }).toEqual({ pending: 0, windows: 0, losses: 0 });
}
