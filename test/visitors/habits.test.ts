import { describe, expect, test } from 'vitest';
import { affinityFacts, perVisit } from '../../src/decide/habit-facts.ts';
import type { KeptEvent } from '../../src/events/schema.ts';
import { mergeProfiles } from '../../src/visitors/merge.ts';
import { sessionOnly } from '../../src/visitors/read.ts';
import { freshProfile, reduce } from '../../src/visitors/reduce.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import { DAY, kept, MINUTE, NOON, viewOf } from '../support/events.ts';

function profileOf(events: readonly KeptEvent[]): Profile {
  const profile = freshProfile(events[0]?.at ?? NOON);
  for (const event of events) reduce(profile, event, 30);
  return profile;
}

const NO_AFFINITY = { category: {}, brand: {}, priceBand: {}, evidence: 0 };
const at = (now: number) => ({ now, quantiles: {} });
const page = (type: string, at: number, url = `https://shop.example/${type}`) =>
  kept('page_view', at, { page: { type, url } });
const item = (reduced: boolean) => ({ itemId: 'x', priceBand: 2, ...(reduced ? { reduced: true as const } : {}) });

/** A visit of eight minutes with four pages, two views, one search; and one of a page a day later. */
const VISITS = [
  page('home', NOON),
  page('search', NOON + MINUTE),
  kept('search', NOON + MINUTE, { query: 'mug', page: { type: 'search', url: 'https://shop.example/search' } }),
  page('item', NOON + 3 * MINUTE),
  viewOf('x', NOON + 3 * MINUTE, { items: [{ ...item(true), categories: ['home', 'mugs'] }] }),
  page('item', NOON + 8 * MINUTE, 'https://shop.example/other'),
  viewOf('y', NOON + 8 * MINUTE, { items: [{ ...item(false), categories: ['home', 'bowls'] }] }),
  page('home', NOON + DAY),
];

describe('habits', () => {
  const profile = profileOf(VISITS);
  const habits = profile.habits ?? {};

  test('say what a visit usually amounts to, the newer visit counting a little more', () => {
    const { pagesPerVisit, minutesPerVisit, viewsPerVisit, searchesPerVisit } = perVisit(habits, NOON + 9 * DAY);
    const fade = 2 ** (-1 / 30);
    expect(pagesPerVisit).toBeCloseTo((4 * fade + 1) / (fade + 1), 2);
    expect(minutesPerVisit).toBeCloseTo((8 * fade) / (fade + 1), 2);
    expect(viewsPerVisit).toBeCloseTo((2 * fade) / (fade + 1), 2);
    expect(searchesPerVisit).toBeCloseTo(fade / (fade + 1), 2);
  });

  test('know what share of what was viewed and bought was reduced', () => {
    const bought = kept('purchase', NOON + DAY, { orderId: 'o', items: [item(true), item(true), item(false)] });
    const both = profileOf([...VISITS, bought]).habits ?? {};
    const { discount } = affinityFacts(NO_AFFINITY, both, at(NOON + DAY));
    expect(discount.viewed).toBeCloseTo(0.5, 3);
    expect(discount.bought).toBeCloseTo(2 / 3, 9);
    expect(affinityFacts(NO_AFFINITY, habits, at(NOON)).discount.bought).toBeNull();
  });

  test('know which pages are looked at', () => {
    const shares = affinityFacts(NO_AFFINITY, habits, at(NOON + DAY)).pageType;
    expect(Object.keys(shares).sort()).toEqual(['home', 'item', 'search']);
    expect(shares.item).toBeCloseTo(0.4, 1);
  });

  test('of nobody are not known', () => {
    expect(perVisit({}, NOON)).toEqual({
      pagesPerVisit: null,
      viewsPerVisit: null,
      searchesPerVisit: null,
      minutesPerVisit: null,
    });
  });

  test('of several devices add up, and are not read with consent for the session only', () => {
    const merged = mergeProfiles([
      { part: 'a', profile },
      { part: 'b', profile },
    ]);
    expect(merged?.habits?.pricedViewed?.weight).toBeCloseTo(2 * (habits.pricedViewed?.weight ?? 0), 9);
    expect(sessionOnly(profile)).not.toHaveProperty('habits');
  });
});

describe('a session', () => {
  test('counts a page once, however many events come from it', () => {
    const { session } = profileOf(VISITS.slice(0, -1));
    expect(session).toMatchObject({ pages: 4, pageTypes: ['home', 'search', 'item'] });
    expect(session.categories).toEqual(['mugs', 'home', 'bowls']);
  });

  test('begins anew with the next visit', () => {
    expect(profileOf(VISITS).session).toMatchObject({ pages: 1, pageTypes: ['home'] });
    expect(profileOf(VISITS).session).not.toHaveProperty('categories');
  });
});
