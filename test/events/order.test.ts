import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeptEvent } from '../../src/events/schema.ts';
import { freshProfile, reduce } from '../../src/visitors/reduce.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import { spansOf } from '../../src/visitors/visits.ts';
import { DAY, kept, MINUTE, NOON, purchaseOf, viewOf } from '../support/events.ts';

const SESSION_MINUTES = 30;
const PAUSE = SESSION_MINUTES * MINUTE;

function profileOf(events: readonly KeptEvent[]): Profile {
  const profile = freshProfile(events[0]?.at ?? NOON);
  for (const event of events) reduce(profile, event, SESSION_MINUTES);
  return profile;
}

const viewedIn = ({ session }: Profile) => session.items.map((item) => item.itemId);
const ad = (itemId: string, at: number, campaign: string) => viewOf(itemId, at, { page: { campaign } });
const pageView = (at: number, campaign?: string) =>
  kept('page_view', at, campaign === undefined ? {} : { page: { campaign } });

/** What must not depend on the order of arrival. Not in it: the sequence, searches, where the visit came from, and how the views of one millisecond lie. */
function settled(profile: Profile) {
  const { number, startedAt, lastAt, views, campaign, items } = profile.session;
  const byTime = (list: { itemId: string; at: number }[]) =>
    list.toSorted((a, b) => a.at - b.at || (a.itemId < b.itemId ? -1 : 1));
  return {
    session: number === 0 ? null : { number, startedAt, lastAt, views, campaign, items: byTime(items) },
    viewed: byTime(profile.viewed),
    viewedInOrder: profile.viewed.map((item) => item.at),
    orders: profile.orders,
    seen: [profile.createdAt, profile.seenAt, profile.events],
    sessions: spansOf(profile.visits ?? { steps: [], before: null }, PAUSE).map(({ from: _from, ...span }) => span),
  };
}

describe('late and out-of-order events', () => {
  test('a late view joins the session that its time belongs to, and leaves the current one alone', () => {
    const profile = profileOf([viewOf('a', NOON), viewOf('c', NOON + 10 * MINUTE), viewOf('today', NOON + DAY)]);
    const before = structuredClone(profile.session);
    const { place, trails } = reduce(profile, viewOf('b', NOON + 5 * MINUTE), SESSION_MINUTES);
    expect(place).toBe('late');
    expect(trails).toEqual([{ itemId: 'b', previous: ['a'], length: 2 }]);
    expect(profile.session).toEqual(before);
    expect(profile.viewed.map((item) => item.itemId)).toEqual(['today', 'c', 'b', 'a']);
  });

  test('a late view does not extend the current session', () => {
    const profile = profileOf([viewOf('today', NOON), viewOf('before', NOON - 20 * MINUTE)]);
    expect(profile.session).toMatchObject({ number: 1, startedAt: NOON - 20 * MINUTE, lastAt: NOON });
    expect(reduce(profile, viewOf('next', NOON + PAUSE), SESSION_MINUTES).place).toBe('current');
    expect(reduce(profile, viewOf('much later', NOON + 2 * PAUSE + 1), SESSION_MINUTES).place).toBe('new');
  });

  test('a late view between two sessions shows that they were one', () => {
    const profile = profileOf([viewOf('a', NOON), viewOf('c', NOON + 50 * MINUTE)]);
    expect(profile.session.number).toBe(2);
    reduce(profile, viewOf('b', NOON + 25 * MINUTE), SESSION_MINUTES);
    expect(profile.session).toMatchObject({ number: 1, startedAt: NOON, views: 3 });
    expect(viewedIn(profile)).toEqual(['a', 'b', 'c']);
  });

  test('a late view of a session that nobody had heard of stands for itself', () => {
    const profile = profileOf([viewOf('a', NOON), viewOf('yesterday', NOON - DAY)]);
    expect(profile.session).toMatchObject({ number: 2, startedAt: NOON, views: 1 });
    expect(viewedIn(profile)).toEqual(['a']);
  });

  test('a late event with the first page says where the visit came from', () => {
    const page = (url: string) => ({ url, referrer: `${url}from` });
    const profile = profileOf([
      kept('page_view', NOON + 1, { page: page('https://shop.example/second') }),
      kept('page_view', NOON, { page: page('https://shop.example/first') }),
    ]);
    expect(profile.session).toMatchObject({ landing: 'https://shop.example/first' });
  });

  test('a refund that arrives before its order is taken off all the same', () => {
    const order = purchaseOf('o1', ['a', 'b'], NOON);
    const refund = kept('refund', NOON + 1, { orderId: 'o1', items: [{ itemId: 'a', quantity: 1 }] });
    expect(profileOf([refund, order]).orders).toEqual(profileOf([order, refund]).orders);
    expect(profileOf([refund, order]).orders[0]).toMatchObject({ value: 2.5, lines: [{ itemId: 'b' }] });
  });

  test('what lies before the last four hundred steps is closed: it is remembered as viewed, and changes no session', () => {
    const profile = profileOf(Array.from({ length: 450 }, (_, i) => viewOf(`i${i % 50}`, NOON + i * MINUTE)));
    const before = structuredClone(profile.session);
    expect(before).toMatchObject({ number: 1, startedAt: NOON, views: 450 });
    expect(reduce(profile, viewOf('late', NOON - DAY), SESSION_MINUTES)).toMatchObject({ place: 'late' });
    expect(profile.session).toEqual(before);
    expect(profile.viewed.at(-1)).toEqual({ itemId: 'late', at: NOON - DAY });
  });
});

describe('a campaign', () => {
  const cases: [string, KeptEvent[], number, string | null, string[]][] = [
    ['the same one again goes on', [ad('a', NOON, 'x'), ad('b', NOON + 1, 'x')], 1, 'x', ['a', 'b']],
    ['pages without one belong to it', [ad('a', NOON, 'x'), viewOf('b', NOON + 1)], 1, 'x', ['a', 'b']],
    ['another one begins a session', [ad('a', NOON, 'x'), ad('b', NOON + 1, 'y')], 2, 'y', ['b']],
    ['after a visit without one it begins a session', [viewOf('a', NOON), ad('b', NOON + 1, 'x')], 2, 'x', ['b']],
    [
      'back to the first is a third',
      [ad('a', NOON, 'x'), ad('b', NOON + 1, 'y'), ad('c', NOON + 2, 'x')],
      3,
      'x',
      ['c'],
    ],
    ['it ends with its session', [ad('a', NOON, 'x'), viewOf('b', NOON + PAUSE + 1)], 2, null, ['b']],
    ['heard of late, it divides', [viewOf('a', NOON), viewOf('c', NOON + 9), pageView(NOON + 5, 'x')], 2, 'x', ['c']],
    [
      'what happens in the same moment is its',
      [viewOf('a', NOON), viewOf('b', NOON + 5), pageView(NOON + 5, 'x')],
      2,
      'x',
      ['b'],
    ],
  ];
  test.each(cases)('%s', (_name, events, number, campaign, items) => {
    const profile = profileOf(events);
    expect(profile.session).toMatchObject({ number, campaign });
    expect(viewedIn(profile)).toEqual(items);
  });
});

/** Visits over a few hours, so that pauses, joints and campaigns come in all ways. */
const happening = fc.record({
  minute: fc.nat(400),
  what: fc.constantFrom('view', 'page', 'order', 'refund', 'cart'),
  item: fc.constantFrom('a', 'b', 'c', 'd'),
  campaign: fc.option(fc.constantFrom('x', 'y'), { freq: 4 }),
});

function eventsOf(list: readonly (typeof happening extends fc.Arbitrary<infer T> ? T : never)[]): KeptEvent[] {
  return list.map(({ minute, what, item, campaign }, i) => {
    const at = NOON + minute * MINUTE;
    const rest = campaign === null ? {} : { page: { campaign } };
    if (what === 'view') return viewOf(item, at, rest);
    if (what === 'page') return kept('page_view', at, rest);
    if (what === 'cart') return kept('add_to_cart', at, { items: [{ itemId: item }], ...rest });
    // Orders of one moment would lie as they arrived.
    if (what === 'order') return purchaseOf(`o${item}`, ['a', 'b'], at + i);
    return kept('refund', at, { orderId: `o${item}`, items: [{ itemId: 'a', quantity: 1 }] });
  });
}

/** One statement of each order: of two that differ the one that is heard first counts, here as in every shard. */
function once(events: readonly KeptEvent[]): KeptEvent[] {
  const seen = new Set<string>();
  return events.filter(({ name, orderId = '' }) => name !== 'purchase' || (!seen.has(orderId) && seen.add(orderId)));
}

const story = fc.array(happening, { minLength: 1, maxLength: 25 }).map((list) => once(eventsOf(list)));

describe('any order of arrival', () => {
  test('gives the same sessions, viewed items and orders', () => {
    const shuffled = story.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    );
    fc.assert(
      fc.property(shuffled, ([events, arrived]) => {
        expect(settled(profileOf(arrived))).toEqual(settled(profileOf(events)));
      }),
      { numRuns: 500 },
    );
  });

  test('gives the sessions that one would draw by hand', () => {
    fc.assert(
      fc.property(story, (events) => {
        const visits = events.filter((event) => event.name !== 'refund');
        fc.pre(visits.length > 0);
        const times = visits.map((event) => event.at).sort((a, b) => a - b);
        const withoutCampaigns = visits.map(({ page: _page, ...event }) => event);
        const pauses = times.filter((at, i) => i > 0 && at - (times[i - 1] ?? 0) > PAUSE).length;
        expect(profileOf(withoutCampaigns).session.number).toBe(pauses + 1);
        expect(profileOf(events).session.number).toBeGreaterThanOrEqual(pauses + 1);
      }),
    );
  });
});
