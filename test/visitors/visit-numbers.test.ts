import { expect, test } from 'vitest';
import type { View } from '../../src/learning/schema.ts';
import { takeEvents } from '../../src/visitors/observe.ts';
import { freshState } from '../../src/visitors/state.ts';
import { MINUTE, NOON, observationOf, SECOND, viewOf } from '../support/events.ts';

/** The views of a visitor whose requests each bring a number of their own. */
function viewsAfter(requests: readonly { events: ReturnType<typeof viewOf>[]; visit?: number }[]): View[] {
  let drawn = 0;
  const state = freshState(() => `drawn-${++drawn}`);
  for (const { events, visit } of requests) {
    const now = Math.max(...events.map((event) => event.at));
    takeEvents(state, observationOf('v', events, { now, ...(visit === undefined ? {} : { visit }) }), {
      orderKeys: new Map(),
      counting: null,
    });
  }
  return state.openViews;
}

test('the views of a visit have one number, the next visit another one, and what comes late has none', () => {
  const trusted = { trusted: true };
  const views = viewsAfter([
    { events: [viewOf('a', NOON, trusted), viewOf('b', NOON + SECOND, trusted)], visit: 11 },
    { events: [viewOf('c', NOON + MINUTE, trusted)], visit: 12 },
    { events: [viewOf('d', NOON + 60 * MINUTE, trusted)], visit: 13 },
    { events: [viewOf('e', NOON + 2 * MINUTE, trusted)], visit: 14 },
  ]);
  const numbers = Object.fromEntries(views.map(({ itemId, session }) => [itemId, session]));
  expect(numbers.a).toBeTypeOf('number');
  expect([numbers.b, numbers.c]).toEqual([numbers.a, numbers.a]);
  expect(numbers.d).toBeTypeOf('number');
  expect(numbers.d).not.toBe(numbers.a);
  expect(numbers.e).toBeUndefined();
});

test('two visits of a history that is sent in one go have numbers of their own', () => {
  const events = [viewOf('a', NOON, { trusted: true }), viewOf('b', NOON + 60 * MINUTE, { trusted: true })];
  const [first, second] = viewsAfter([{ events, visit: 5 }]);
  expect(first?.session).not.toBe(second?.session);
});

test('what a browser was not yet trusted with comes along under the number of its visit', () => {
  const views = viewsAfter([
    { events: [viewOf('a', NOON)], visit: 1 },
    { events: [viewOf('b', NOON + 20 * SECOND)], visit: 2 },
  ]);
  expect(views.map((view) => view.itemId)).toEqual(['a', 'b']);
  expect(views[0]?.session).toBe(views[1]?.session);
});

test('without a random number, as before there were any, views have none', () => {
  expect(viewsAfter([{ events: [viewOf('a', NOON, { trusted: true })] }])[0]).not.toHaveProperty('session');
});
