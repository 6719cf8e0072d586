import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { DEFAULT_PERSONAS, DEFAULT_PLACEMENTS } from '../../src/config/default-parts.ts';
import { resolveConfig } from '../../src/config/defaults.ts';
import { momentOf } from '../../src/config/moments.ts';
import { textFor } from '../../src/config/texts.ts';
import { compileCondition } from '../../src/targeting/compile.ts';
import type { Facts } from '../../src/targeting/schema.ts';
import { WHOLE } from './whole.ts';

/** What a shop has that never published anything. */
const DEFAULT_CONFIG = resolveConfig({});

describe('defaults', () => {
  test('of a shop that configures nothing', () => {
    expect(Object.keys(DEFAULT_CONFIG.placements)).toEqual(['home', 'item-page', 'category-page', 'search', 'cart']);
    expect(Object.keys(DEFAULT_CONFIG.personas)).toHaveLength(3);
    expect(DEFAULT_CONFIG.consent.default).toBe('session');
    expect(DEFAULT_CONFIG.origins).toEqual([]);
  });

  test('could themselves be published', () => {
    const checked = checkConfig({ placements: DEFAULT_PLACEMENTS, personas: DEFAULT_PERSONAS });
    expect(checked).toMatchObject({ issues: [], warnings: [], inactive: [] });
  });

  test('of a placement are neutral', () => {
    expect(resolveConfig({ placements: { home: {} } }).placements).toEqual({
      home: {
        key: 'home',
        title: null,
        count: 10,
        strategies: [],
        fallback: ['bestsellers'],
        whenSoldOut: null,
        seen: 'hide',
        bought: 'hide',
        outOfStock: 'hide',
        filter: null,
        alternatives: {
          hard: [
            { field: 'attributes.size', as: 'same' },
            { field: 'attributes.voltage', as: 'same' },
            { field: 'attributes.allergens', as: 'within' },
          ],
          soft: ['price', 'brand', 'attributes.color'],
        },
        differentFrom: [],
        sameAs: [],
        rules: [],
        caps: { brand: null, category: null, group: null },
        promoted: null,
        diversity: 0,
        rotation: null,
        minimumRelevance: null,
        explore: 0,
      },
    });
  });

  test('of alternatives are the placement’s, else the shop’s, field by field', () => {
    const { placements } = resolveConfig({
      alternatives: { hard: ['attributes.fits'], soft: ['brand'] },
      placements: { home: {}, cart: { alternatives: { hard: [{ field: 'attributes.fits', as: 'covers' }] } } },
    });
    expect(placements.home?.alternatives).toEqual({
      hard: [{ field: 'attributes.fits', as: 'same' }],
      soft: ['brand'],
    });
    expect(placements.cart?.alternatives).toEqual({
      hard: [{ field: 'attributes.fits', as: 'covers' }],
      soft: ['brand'],
    });
  });

  test('keep what was configured', () => {
    const config = resolveConfig(WHOLE);
    expect(config.shop).toEqual(WHOLE.shop);
    expect(config.identity.secret).toBe('IDENTITY');
    expect(config.consent.categories).toEqual({ advertising: 'personal', analytics: 'session' });
    expect(config.placements['item-page']).toMatchObject({ count: 8, diversity: 0.3, caps: { brand: 3, category: 4 } });
    expect(config.personas).toHaveProperty('gift-hunter');
    expect(config.placements).not.toHaveProperty('home');
  });

  test('let a stranger’s name find nothing that is inherited', () => {
    const { placements, personas, audiences } = resolveConfig({});
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect([placements[name], personas[name], audiences[name]]).toEqual([undefined, undefined, undefined]);
    }
  });

  test('of the free plan stay within a day’s quotas', () => {
    const { freshness } = resolveConfig({ plan: 'free' });
    const publications = 86_400 / freshness.cardsSeconds;
    expect(publications * 6).toBeLessThanOrEqual(freshness.kvWritesPerDay);
    expect(freshness.kvWritesPerDay).toBeLessThan(1000);
    expect((86_400 / freshness.catalogSeconds) * 10).toBeLessThan(20_000);
    expect(resolveConfig({ plan: 'free', freshness: { flushSeconds: 30 } }).freshness).toEqual({
      ...freshness,
      flushSeconds: 30,
    });
  });
});

describe('the default personas', () => {
  const weigh = (facts: Facts) =>
    Object.fromEntries(
      Object.values(DEFAULT_CONFIG.personas).map((persona) => [
        persona.key,
        [...persona.signals, ...persona.prior].reduce(
          (sum, { condition, weight }) => sum + (compileCondition(condition)(facts) ? weight : 0),
          0,
        ),
      ]),
    );

  test('say nothing about somebody unknown', () => {
    expect(weigh({})).toEqual({ 'bargain-hunter': 0, explorer: 0, regular: 0 });
  });

  test.each([
    [
      'bargain-hunter',
      { affinity: { priceBand: { 1: 0.7, 2: 0.3 } }, session: { views: 3, searches: ['mugs on sale'] } },
    ],
    [
      'explorer',
      { session: { views: 12, searches: ['mug', 'lamp'] }, cart: { count: 0 }, visitor: { visits: 2, orders: 0 } },
    ],
    ['regular', { visitor: { orders: 6, visits: 9 }, rfm: { frequency: 6, recencyDays: 12 }, session: { views: 6 } }],
  ])('tell a %s', (key, facts) => {
    const [best] = Object.entries(weigh(facts)).sort((a, b) => b[1] - a[1]);
    expect(best?.[0]).toBe(key);
  });
});

test.each([
  ['2026-12-26', 'UTC', 'from', '2026-12-26T00:00:00Z'],
  ['2026-12-26', 'UTC', 'until', '2026-12-27T00:00:00Z'],
  ['2026-07-01', 'Europe/London', 'from', '2026-06-30T23:00:00Z'],
  ['2026-10-25', 'Europe/Berlin', 'from', '2026-10-24T22:00:00Z'],
  ['2026-10-25', 'Europe/Berlin', 'until', '2026-10-25T23:00:00Z'],
  ['2026-03-29', 'Europe/Berlin', 'until', '2026-03-29T22:00:00Z'],
  ['2026-01-01', 'Pacific/Kiritimati', 'from', '2025-12-31T10:00:00Z'],
  ['2026-12-26T09:30:00+01:00', 'Asia/Tokyo', 'from', '2026-12-26T08:30:00Z'],
] as const)('%s in %s as "%s" is %s', (text, zone, edge, moment) => {
  expect(momentOf(text, zone, edge)).toBe(Date.parse(moment));
});

test.each([
  ['Hello', ['de'], 'Hello'],
  [{ en: 'Hello', de: 'Hallo' }, ['de-AT', 'en'], 'Hallo'],
  [{ 'en-GB': 'Basket' }, ['en-US'], 'Basket'],
  [{ fr: 'Panier' }, ['de', 'en'], 'Panier'],
  [{ en: 'Hello' }, ['constructor'], 'Hello'],
  [{}, ['de'], null],
  [null, ['de'], null],
])('the wording of %j for %j is %j', (text, locales, wording) => {
  expect(textFor(text, locales)).toBe(wording);
});
