import { expect, test } from 'vitest';
import { COMPANIONS } from '../../src/demo/catalogue/companions.ts';
import { ITEMS } from '../../src/demo/catalogue/items.ts';
import { simulateShoppers } from '../../src/demo/shoppers.ts';
import { VisitorId } from '../../src/events/schema.ts';
import { Event } from '../../src/events/wire.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const shoppers = simulateShoppers({ count: 400, seed: 'test', now: NOW });
const events = shoppers.flatMap((shopper) => shopper.events);

/** Of the demo's catalogue, by itemId. */
const ITEM_BY_ID = new Map(ITEMS.map((item) => [item.itemId, item]));

function productOf(itemId: string): string {
  return ITEM_BY_ID.get(itemId)?.product.id ?? '';
}

test('the same seed gives the same shoppers, whatever the time; another seed gives others', () => {
  const later = simulateShoppers({ count: 400, seed: 'test', now: NOW + 5 * DAY_MS });
  const without = (all: typeof events) => all.map(({ timestamp: _, ...event }) => event);
  expect(without(later.flatMap((shopper) => shopper.events))).toEqual(without(events));
  expect(simulateShoppers({ count: 400, seed: 'test', now: NOW })).toEqual(shoppers);
  expect(
    without(simulateShoppers({ count: 400, seed: 'other', now: NOW }).flatMap((shopper) => shopper.events)),
  ).not.toEqual(without(events));
});

test('events are as the contract wants them, in the last thirty days, in order, and say that they are simulated', () => {
  expect(events.length).toBeGreaterThan(3_000);
  expect(events.filter((event) => !Event.safeParse(event).success)).toEqual([]);
  expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length);
  for (const shopper of shoppers) {
    expect(VisitorId.safeParse(shopper.visitorId).success).toBe(true);
    expect(shopper.visitorId).toMatch(/^simulated-shopper-/);
    const times = shopper.events.map((event) => Date.parse(event.timestamp));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((at) => at > NOW - 31 * DAY_MS && at < NOW)).toBe(true);
  }
});

test('only what can be had is bought, and the sum is right', () => {
  const orders = events.filter((event) => event.name === 'purchase');
  expect(orders.length).toBeGreaterThan(100);
  for (const order of orders) {
    const lines = order.items ?? [];
    expect(lines.every((line) => (ITEM_BY_ID.get(line.itemId)?.stock ?? 0) > 0)).toBe(true);
    expect(order.value).toBeCloseTo(
      lines.reduce((sum, line) => sum + line.price * (line.quantity ?? 1), 0),
      2,
    );
  }
});

test('what belongs together is bought together far more often than chance would have it', () => {
  const together = new Set(COMPANIONS.flatMap((set) => set.flatMap((a) => set.map((b) => `${a} ${b}`))));
  const pairs = events
    .filter((event) => event.name === 'purchase')
    .flatMap((order) => {
      const ids = (order.items ?? []).map((line) => productOf(line.itemId));
      return ids.flatMap((a, i) => ids.slice(i + 1).map((b) => `${a} ${b}`));
    });
  const share = pairs.filter((pair) => together.has(pair)).length / pairs.length;
  expect(share).toBeGreaterThan(0.25);
});

test('what is used up is bought again', () => {
  const again = shoppers.filter((shopper) => {
    const orders = shopper.events
      .filter((event) => event.name === 'purchase')
      .map((order) => new Set((order.items ?? []).map((line) => line.itemId)));
    return orders.some((order, i) => orders.slice(i + 1).some((later) => order.intersection(later).size > 0));
  });
  expect(again.length).toBeGreaterThan(10);
});
