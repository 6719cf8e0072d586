import { describe, expect, test } from 'vitest';
import type { KeptEvent } from '../../src/events/schema.ts';
import { freshProfile, reduce } from '../../src/visitors/reduce.ts';
import { freshTeaching } from '../../src/visitors/state.ts';
import { viewsToLearn } from '../../src/visitors/teach.ts';
import { kept, NOON, SECOND, viewOf } from '../support/events.ts';

/** The items taught after each event. */
function taught(events: readonly KeptEvent[]): string[][] {
  const profile = freshProfile(NOON);
  const teaching = freshTeaching();
  return events.map((event) => viewsToLearn(teaching, event, reduce(profile, event, 30)).map((view) => view.itemId));
}

describe('who teaches', () => {
  const cases: [string, KeptEvent[], string[][]][] = [
    ['one view alone teaches nothing', [viewOf('a', NOON)], [[]]],
    ['a burst teaches nothing', [viewOf('a', NOON), viewOf('b', NOON + 9_999)], [[], []]],
    [
      'ten seconds after the first, everything held comes along',
      [
        viewOf('a', NOON),
        viewOf('b', NOON + 5 * SECOND),
        viewOf('c', NOON + 10 * SECOND),
        viewOf('d', NOON + 11 * SECOND),
      ],
      [[], [], ['a', 'b', 'c'], ['d']],
    ],
    [
      'a basket is an interaction too',
      [viewOf('a', NOON), kept('add_to_cart', NOON + 10 * SECOND, { items: [{ itemId: 'a' }] })],
      [[], ['a']],
    ],
    ['a page view is none', [viewOf('a', NOON), kept('page_view', NOON + 60 * SECOND)], [[], []]],
    [
      'a list that was shown is none',
      [viewOf('a', NOON), kept('view_item_list', NOON + 60 * SECOND, { items: [{ itemId: 'b' }] })],
      [[], []],
    ],
    ['the secret key teaches at once', [viewOf('a', NOON, { trusted: true })], [['a']]],
    [
      'imported history never does',
      [viewOf('a', NOON, { trusted: true, learn: false }), viewOf('b', NOON + 60 * SECOND, { learn: false })],
      [[], []],
    ],
  ];
  test.each(cases)('%s', (_name, events, expected) => {
    expect(taught(events)).toEqual(expected);
  });

  test('what was reached by our own recommendation says so', () => {
    const profile = freshProfile(NOON);
    const teaching = freshTeaching();
    const events = [
      kept('select_item', NOON, { trusted: true, items: [{ itemId: 'b', recommendationId: 'r_1', own: true }] }),
      viewOf('b', NOON + 1, { trusted: true }),
      viewOf('c', NOON + 2, { trusted: true }),
      kept('view_item', NOON + 3, { trusted: true, items: [{ itemId: 'd', recommendationId: 'r_2', own: true }] }),
    ];
    const views = events.flatMap((event) => viewsToLearn(teaching, event, reduce(profile, event, 30)));
    expect(views.map((view) => [view.itemId, view.own])).toEqual([
      ['b', true],
      ['c', false],
      ['d', true],
    ]);
  });
});
