import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { customerObject, visitorObject } from '../../src/env.ts';
import type { KeptEvent } from '../../src/events/schema.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { AFFINITY_HALF_LIFE_MS } from '../../src/visitors/affinities.ts';
import { type MergePart, mergeProfiles } from '../../src/visitors/merge.ts';
import { freshProfile, reduce } from '../../src/visitors/reduce.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import { kept, MINUTE, NOON, observationOf, purchaseOf, viewOf } from '../support/events.ts';
import { ALLOW, exportOf } from '../support/visitor.ts';

function partOf(part: string, events: KeptEvent[]): MergePart {
  const profile = freshProfile(NOON);
  for (const event of events) reduce(profile, event, 30);
  return { part, profile };
}

const merged = (...parts: MergePart[]): Profile => {
  const profile = mergeProfiles(parts);
  if (profile === null) throw new Error('nothing was merged');
  return profile;
};
const cart = (name: KeptEvent['name'], itemId: string, at: number, quantity = 1) =>
  kept(name, at, { currency: 'GBP', items: [{ itemId, quantity, price: 2 }] });

describe('orders', () => {
  test('are united by their id; the server’s report counts, else the earliest', () => {
    const browser = partOf('a', [purchaseOf('o1', ['x'], NOON), purchaseOf('o2', ['y'], NOON + 5)]);
    const server = partOf('', [purchaseOf('o1', ['x', 'z'], NOON + MINUTE, { trusted: true, value: 9 })]);
    const other = partOf('b', [purchaseOf('o2', ['later'], NOON + 6), purchaseOf('o3', ['z'], NOON - DAY_MS)]);
    const { orders } = merged(browser, server, other);
    expect(orders.map(({ orderId, value }) => [orderId, value])).toEqual([
      ['o3', 2.5],
      ['o2', 2.5],
      ['o1', 9],
    ]);
    expect(orders[1]?.lines[0]?.itemId).toBe('y');
  });

  test('a refund that reached another part is taken off, once', () => {
    const device = partOf('a', [purchaseOf('o1', ['x', 'y'], NOON)]);
    const refund = kept('refund', NOON + MINUTE, { orderId: 'o1', items: [{ itemId: 'x' }] });
    const { orders } = merged(device, partOf('', [refund]));
    expect(orders[0]).toMatchObject({ value: 2.5, lines: [{ itemId: 'y' }] });
    expect(device.profile.orders[0]?.value).toBe(5);
    expect(merged(device, partOf('', [refund])).orders).toEqual(orders);
  });
});

describe('preferences', () => {
  test('are the sum of the decayed weights, as of the newer time', () => {
    const view = (at: number) => viewOf('x', at, { items: [{ itemId: 'x', brand: 'Clay', categories: ['mugs'] }] });
    const { affinities } = merged(partOf('a', [view(NOON)]), partOf('b', [view(NOON + AFFINITY_HALF_LIFE_MS)]));
    expect(affinities.brand.Clay).toEqual({ weight: 1.5, at: NOON + AFFINITY_HALF_LIFE_MS });
    expect(affinities.category.mugs?.weight).toBe(1.5);
  });

  test('items viewed are the newest view of each, hidden ones the union', () => {
    const one = partOf('a', [viewOf('x', NOON), viewOf('y', NOON + 1)]);
    one.profile.hidden.push('h1');
    const two = partOf('b', [viewOf('x', NOON + 2)]);
    two.profile.hidden.push('h2', 'h1');
    const all = merged(one, two);
    expect(all.viewed).toEqual([
      { itemId: 'x', at: NOON + 2 },
      { itemId: 'y', at: NOON + 1 },
    ]);
    expect(all.hidden).toEqual(['h1', 'h2']);
  });

  test('traits: the customer’s, then those of the visitor seen last; a stated customerId says nothing', () => {
    const traits = (part: string, at: number, stated: Profile['traits']) => {
      const made = partOf(part, [viewOf('x', at)]);
      made.profile.traits = stated;
      return made;
    };
    const all = merged(
      traits('b', NOON, { age: 1, size: 'S', city: 'Bath', customerId: 'claimed' }),
      traits('a', NOON + 1, { age: 2, size: 'M' }),
      traits('', NOON - 1, { age: 3 }),
    );
    expect(all.traits).toEqual({ age: 3, size: 'M', city: 'Bath' });
  });
});

describe('the session', () => {
  test('that was last active goes on; visits are numbered through', () => {
    const old = partOf('a', [viewOf('x', NOON - DAY_MS), viewOf('y', NOON)]);
    const now = partOf('b', [viewOf('z', NOON + MINUTE)]);
    expect(merged(old, now).session).toMatchObject({ number: 3, items: [{ itemId: 'z' }], lastAt: NOON + MINUTE });
    expect(merged(old, now)).toMatchObject({ createdAt: NOON - DAY_MS, seenAt: NOON + MINUTE, events: 3 });
  });

  test.each<[what: string, minutes: Record<string, number[]>, previous: number | undefined]>([
    ['on one device, the first', { a: [0] }, undefined],
    ['on one device', { a: [-600, 0] }, -600],
    ['on another device', { a: [-600], b: [0] }, -600],
    ['on the device that was used last', { a: [-900, 0], b: [-600] }, -600],
    ['before that which goes on on both devices', { a: [-600, -20, -10, 0], b: [-5, 2] }, -600],
    ['before that which goes on on three devices', { a: [-600, -30, -9], b: [-10, -1], c: [-2, 2] }, -600],
    ['on both devices for the first time', { a: [0, 10], b: [5, 12] }, undefined],
  ])('before it ended when a visit ended %s', (_what, minutes, previous) => {
    const parts = Object.entries(minutes).map(([part, times]) =>
      partOf(
        part,
        times.map((at) => viewOf('x', NOON + at * MINUTE)),
      ),
    );
    const { previousAt } = merged(...parts).session;
    expect(previousAt).toBe(previous === undefined ? undefined : NOON + previous * MINUTE);
    expect(merged(...parts.toReversed()).session.previousAt).toBe(previousAt);
  });

  test('of a part in which there was none does not count', () => {
    const refund = kept('refund', NOON + DAY_MS, { orderId: 'o1' });
    expect(merged(partOf('', [refund]), partOf('b', [viewOf('z', NOON)])).session.items).toHaveLength(1);
  });
});

describe('the basket', () => {
  const ADD = 'add_to_cart' as const;
  test.each<[string, KeptEvent[], KeptEvent[], Record<string, number>]>([
    ['the union', [cart(ADD, 'x', NOON)], [cart(ADD, 'y', NOON + 1)], { x: 1, y: 1 }],
    ['the larger quantity', [cart(ADD, 'x', NOON, 3)], [cart(ADD, 'x', NOON + 1, 2)], { x: 3 }],
    [
      'without what was taken out later elsewhere',
      [cart(ADD, 'x', NOON)],
      [cart(ADD, 'x', NOON + 1), cart('remove_from_cart', 'x', NOON + 2)],
      {},
    ],
    [
      'with what was put in again after that',
      [cart(ADD, 'x', NOON + 3)],
      [cart(ADD, 'x', NOON), cart('remove_from_cart', 'x', NOON + 2)],
      { x: 1 },
    ],
    [
      'as it was stated last as a whole',
      [cart(ADD, 'x', NOON, 5), cart(ADD, 'y', NOON)],
      [cart('view_cart', 'x', NOON + 1, 2)],
      { x: 2 },
    ],
    ['and what was put in after that', [cart('view_cart', 'x', NOON, 2)], [cart(ADD, 'y', NOON + 1)], { x: 2, y: 1 }],
    [
      'without what was bought later elsewhere',
      [cart(ADD, 'x', NOON), cart(ADD, 'y', NOON)],
      [purchaseOf('o1', ['x'], NOON + 1)],
      { y: 1 },
    ],
    [
      'with what was put in after it was bought',
      [cart(ADD, 'x', NOON + 2)],
      [purchaseOf('o1', ['x'], NOON + 1)],
      { x: 1 },
    ],
  ])('is %s', (_name, one, other, lines) => {
    const [a, b] = [partOf('a', one), partOf('b', other)];
    const quantities = (profile: Profile) =>
      Object.fromEntries(profile.cart.lines.map((line) => [line.itemId, line.quantity]));
    expect(quantities(merged(a, b))).toEqual(lines);
    expect(quantities(merged({ ...a, part: 'z' }, b))).toEqual(lines);
  });

  test('is in one currency: prices in another one are forgotten', () => {
    const pounds = partOf('a', [cart(ADD, 'x', NOON)]);
    const euros = partOf('b', [kept(ADD, NOON + 1, { currency: 'EUR', items: [{ itemId: 'y', price: 3 }] })]);
    expect(merged(pounds, euros).cart).toMatchObject({
      currency: 'EUR',
      lines: [
        { itemId: 'x', price: null },
        { itemId: 'y', price: 3 },
      ],
    });
  });
});

const anEvent = fc.record({
  name: fc.constantFrom<KeptEvent['name'][]>(
    'view_item',
    'add_to_cart',
    'remove_from_cart',
    'view_cart',
    'purchase',
    'refund',
  ),
  itemId: fc.constantFrom('x', 'y', 'z'),
  orderId: fc.constantFrom('o1', 'o2', 'o3'),
  minutes: fc.integer({ min: 0, max: 300 }),
});

function eventFrom(
  { name, itemId, orderId, minutes }: { name: KeptEvent['name']; itemId: string; orderId: string; minutes: number },
  from: number,
): KeptEvent {
  const isOrder = name === 'purchase' || name === 'refund';
  const items = [{ itemId, quantity: 1, price: 2, brand: itemId }];
  return kept(name, from + minutes * MINUTE, { items, currency: 'GBP', ...(isOrder ? { orderId } : {}) });
}

/** Sums of decayed weights differ in the last digits with the order in which they are added. */
function rounded(profile: Profile | null): unknown {
  return JSON.parse(
    JSON.stringify(profile, (key, value) => (key === 'weight' ? Number(value.toPrecision(10)) : value)),
  );
}

test('merging does not depend on the order of the parts, nor on how often one is given', () => {
  const parts = fc.array(fc.array(anEvent, { maxLength: 12 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, fc.infiniteStream(fc.nat()), (lists, dice) => {
      const made = lists.map((list, i) =>
        partOf(
          String(i),
          list.map((one) => eventFrom(one, NOON)),
        ),
      );
      const order = made.map((one) => ({ one, die: dice.next().value ?? 0 })).sort((a, b) => a.die - b.die);
      expect(rounded(mergeProfiles(order.map(({ one }) => one)))).toEqual(rounded(mergeProfiles(made)));
    }),
    { numRuns: 150 },
  );
});

type Step = { device: number; event: Parameters<typeof eventFrom>[0] } | { device: number; event: null };

/** Plays steps on devices of a customer: events in their order, identifications in between. @returns the customer's merged memory and export */
async function played(steps: readonly Step[], events: readonly KeptEvent[]) {
  const customerId = crypto.randomUUID();
  const devices = [0, 1].map(() => crypto.randomUUID());
  const proof = { customerId, login: null };
  for (const [i, step] of steps.entries()) {
    const event = events[i];
    if (step.device === 2) {
      if (event === undefined || step.event === null) continue;
      await customerObject(env, 'demo', customerId).observe(observationOf('', [event], { sender: `c:${customerId}` }));
      continue;
    }
    const visitorId = devices[step.device] ?? '';
    const observation =
      step.event === null || event === undefined
        ? observationOf(visitorId, [], { proof })
        : observationOf(visitorId, [event]);
    await visitorObject(env, 'demo', visitorId).observe(observation);
  }
  // Whoever was not identified yet is now.
  for (const visitorId of devices)
    await visitorObject(env, 'demo', visitorId).observe(observationOf(visitorId, [], { proof }));
  const stub = customerObject(env, 'demo', customerId);
  const { memory } = await stub.recall({ consent: ALLOW, orders: true, now: Date.now() });
  const held = await exportOf(stub, Date.now());
  return { profile: rounded(memory.profile), events: held?.events.map((event) => event.eventId).toSorted() };
}

test('identification commutes with events: whenever it happens, the merged history is the same, and it may happen again', async () => {
  const from = Date.now() - DAY_MS;
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ device: fc.nat(2), event: anEvent }) },
    { weight: 1, arbitrary: fc.record({ device: fc.nat(1), event: fc.constant(null) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      const events = steps.map(({ event }) => (event === null ? kept('page_view', from) : eventFrom(event, from)));
      const identifications = steps.filter((one) => one.event === null);
      const sent = steps.flatMap((one, i) => (one.event === null ? [] : [{ one, event: events[i] }]));
      const all = [...identifications, ...sent.map(({ one }) => one)];
      const spare = identifications.map(() => kept('page_view', from));
      const identifiedFirst = await played(all, [...spare, ...sent.flatMap(({ event }) => event ?? [])]);
      expect(await played(steps, events)).toEqual(identifiedFirst);
    }),
    { numRuns: 30 },
  );
}, 60_000);
