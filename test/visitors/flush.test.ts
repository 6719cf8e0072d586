import { describe, expect, test } from 'vitest';
import type { KeptEvent } from '../../src/events/schema.ts';
import type { Flush } from '../../src/learning/schema.ts';
import { key53 } from '../../src/shared/hash.ts';
import { seal } from '../../src/visitors/flush.ts';
import { takeEvents } from '../../src/visitors/observe.ts';
import { freshState, type VisitorState } from '../../src/visitors/state.ts';
import { kept, NOON, observationOf, purchaseOf, SECOND, viewOf } from '../support/events.ts';

function stateAfter(
  events: KeptEvent[],
  orderKeys = new Map<string, string>(),
  given: 'session' | 'personal' = 'personal',
): VisitorState {
  let drawn = 0;
  const state = freshState(() => `drawn-${++drawn}`);
  const consent = { given, cap: null, fallback: 'session' } as const;
  takeEvents(state, observationOf('v', events, { now: NOON, consent }), { orderKeys, counting: null });
  return state;
}

const flushesOf = (state: VisitorState): Flush[] =>
  seal(state, NOON, 0, key53).batches.map((batch) => JSON.parse(batch.flush) as Flush);

describe('a flush', () => {
  test.each<[string, Partial<KeptEvent>, [string, number][] | undefined]>([
    ['that teaches and may be remembered', {}, [['b', 1]]],
    ['that is a gift', { gift: true }, undefined],
    ['that is history', { learn: false }, undefined],
  ])('tells of an order %s what its customer bought before', (_, more, past) => {
    const bought = (orderId: string, day: number, rest: Partial<KeptEvent> = {}) =>
      purchaseOf(orderId, [orderId === 'o1' ? 'b' : 'c'], NOON + day * 86_400_000, { trusted: true, ...rest });
    const [first, second] = flushesOf(stateAfter([bought('o1', -9), bought('o2', 0, more)])).flatMap(
      (one) => one.orders,
    );
    expect([first?.past, second?.past]).toEqual([undefined, past]);
  });

  test('does not tell what was bought before without consent to remembering', () => {
    const bought = ['o1', 'o2'].map((id, i) => purchaseOf(id, ['b'], NOON + i * SECOND, { trusted: true }));
    const orders = flushesOf(stateAfter(bought, new Map(), 'session')).flatMap((one) => one.orders);
    expect(orders.map((one) => [one.orderId, one.learn, one.past])).toEqual([
      ['o1', true, undefined],
      ['o2', true, undefined],
    ]);
  });

  test('says what was counted, learnt, bought and archived, and closes its window', () => {
    const events = [
      viewOf('a', NOON),
      viewOf('b', NOON + 20 * SECOND),
      purchaseOf('o1', ['b'], NOON + 30 * SECOND, { gift: true }),
    ];
    const state = stateAfter(events, new Map([['o1', 'salted']]));
    expect(flushesOf(state)).toEqual([
      {
        flushId: 'drawn-1.1',
        shop: 'demo',
        sender: 'v:v',
        window: NOON,
        views: [
          { itemId: 'a', at: NOON, previous: [], length: 1, own: false },
          { itemId: 'b', at: NOON + 20 * SECOND, previous: ['a'], length: 2, own: false },
        ],
        orders: [
          {
            orderId: 'o1',
            at: NOON + 30 * SECOND,
            currency: 'GBP',
            value: 2.5,
            gift: true,
            learn: true,
            archivedAs: 'salted',
            lines: [{ itemId: 'b', quantity: 1, price: 2.5 }],
          },
        ],
        counted: [
          { name: 'view_item', at: NOON },
          { name: 'view_item', at: NOON + 20 * SECOND },
          { name: 'purchase', at: NOON + 30 * SECOND },
        ],
        archived: [
          { name: 'view_item', at: NOON, visitor: 'drawn-3', sequence: 1, items: [{ itemId: 'a' }] },
          { name: 'view_item', at: NOON + 20 * SECOND, visitor: 'drawn-3', sequence: 2, items: [{ itemId: 'b' }] },
          {
            name: 'purchase',
            at: NOON + 30 * SECOND,
            visitor: 'drawn-3',
            sequence: 3,
            items: [{ itemId: 'b', quantity: 1, price: 2.5 }],
            order: 'salted',
            currency: 'GBP',
            value: undefined,
          },
        ].map((event) => JSON.parse(JSON.stringify(event))),
        visits: {
          '2026-11-22': {
            '/item': { views: 2, entries: 1 },
            '/thanks': { views: 1, exits: 1 },
            '@purchase': { visits: 1 },
          },
        },
      },
    ]);
    expect(state.open).toEqual([]);
    expect(state.core.unconfirmed).toEqual([{ number: 1, at: NOON, window: NOON }]);
  });

  test('an order of a visitor who does not qualify teaches nothing, but counts', () => {
    const [flush] = flushesOf(stateAfter([purchaseOf('o1', ['a', 'b'], NOON)]));
    expect(flush?.orders[0]).toMatchObject({ orderId: 'o1', learn: false });
  });

  test('many events are spread over messages of at most 100 and 64 KB; the last closes the window', () => {
    const long = 'ü'.repeat(200);
    const events = Array.from({ length: 180 }, (_, i) =>
      viewOf(`${i}${long}`.slice(0, 200), NOON + i * SECOND, { trusted: true }),
    );
    const flushes = flushesOf(stateAfter(events));
    expect(flushes.length).toBeGreaterThan(2);
    for (const flush of flushes) {
      expect(new TextEncoder().encode(JSON.stringify(flush)).byteLength).toBeLessThan(64_000);
      expect(flush.counted.length).toBeLessThanOrEqual(100);
      expect(flush.views.length).toBeLessThanOrEqual(100);
    }
    expect(flushes.flatMap((flush) => flush.counted)).toHaveLength(180);
    expect(flushes.flatMap((flush) => flush.views)).toHaveLength(180);
    expect(flushes.map((flush) => flush.window)).toEqual([...flushes.slice(1).map(() => null), NOON]);
    expect(new Set(flushes.map((flush) => flush.flushId)).size).toBe(flushes.length);
  });

  test('an order of 1,100 lines carries a sample of them, the same every time', () => {
    const ids = Array.from({ length: 1100 }, (_, i) => `item-${i}`);
    const one = flushesOf(stateAfter([purchaseOf('big', ids, NOON)]))[0];
    const two = flushesOf(stateAfter([purchaseOf('big', ids, NOON)]))[0];
    expect(one?.orders[0]?.lines).toHaveLength(100);
    expect(one?.orders[0]?.value).toBe(2750);
    expect(two?.orders).toEqual(one?.orders);
    expect(new Set(one?.orders[0]?.lines.map((line) => line.itemId)).size).toBe(100);
  });

  test('lines with long names still fit into a message', () => {
    const ids = Array.from({ length: 400 }, (_, i) => `${i}${'漢'.repeat(190)}`);
    for (const flush of flushesOf(stateAfter([purchaseOf('big', ids, NOON)])))
      expect(new TextEncoder().encode(JSON.stringify(flush)).byteLength).toBeLessThan(64_000);
  });

  test('what is kept for the session only is never archived', () => {
    const state = freshState(() => 'x');
    const consent = { given: 'session' as const, cap: null, fallback: 'personal' as const };
    takeEvents(state, observationOf('v', [kept('page_view', NOON)], { now: NOON, consent }), {
      orderKeys: new Map(),
      counting: null,
    });
    const [flush] = flushesOf(state);
    expect(flush?.counted).toHaveLength(1);
    expect(flush?.archived).toEqual([]);
    expect(state.core.sessionBatches).toEqual([1]);
  });

  test('a backlog is sealed before it grows out of its row, and its window stays open', () => {
    const events = Array.from({ length: 500 }, (_, i) => kept('page_view', NOON + i));
    const state = freshState(() => 'x');
    const { change } = takeEvents(state, observationOf('v', events, { now: NOON }), {
      orderKeys: new Map(),
      counting: null,
    });
    const sealed = change.sealed.flatMap((one) => one.batches);
    expect(sealed.flatMap((batch) => batch.events)).toHaveLength(499);
    expect(sealed.every((batch) => batch.window === null)).toBe(true);
    expect(state.open).toHaveLength(1);
    expect(change.opened).toBe(500);
  });
});
