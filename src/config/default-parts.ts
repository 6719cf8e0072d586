import type { Metric } from './schema-experiments.ts';
import type { PersonaInput, PlacementInput } from './schema-placements.ts';

/** The placements of a shop that configures none. */
export const DEFAULT_PLACEMENTS: Readonly<Record<string, PlacementInput>> = {
  home: {
    title: 'Picked for you',
    strategies: [
      { strategy: 'for_you', weight: 1 },
      { strategy: 'trending', weight: 0.3 },
    ],
    fallback: ['trending', 'bestsellers'],
  },
  'item-page': {
    title: 'Goes well with this',
    strategies: [
      { strategy: 'bought_together', weight: 1 },
      { strategy: 'also_viewed', weight: 0.5 },
    ],
    fallback: ['similar', 'bestsellers'],
    whenSoldOut: {},
  },
  'category-page': { title: 'You may like these', strategies: [{ strategy: 'for_you', weight: 1 }] },
  search: { title: 'More for you', strategies: [{ strategy: 'for_you', weight: 1 }] },
  cart: { title: 'Complete your basket', strategies: [{ strategy: 'complete_the_basket', weight: 1 }] },
};

/**
 * The personas of a shop that configures none: what behaviour alone tells in any trade. A missing fact counts as 0 (see `compileCondition`), hence every
 * signal asks for something that only evidence can bring.
 */
export const DEFAULT_PERSONAS: Readonly<Record<string, PersonaInput>> = {
  'bargain-hunter': {
    name: 'Bargain hunter',
    signals: [
      { condition: { 'affinity.priceBand.1': { $gt: 0.3 } }, weight: 1 },
      { condition: { 'affinity.priceBand.1': { $gt: 0.5 } }, weight: 1 },
      { condition: { 'affinity.priceBand.2': { $gt: 0.4 } }, weight: 0.5 },
      { condition: { 'affinity.discount.viewed': { $gte: 0.5, $exists: true } }, weight: 1 },
      { condition: { 'affinity.discount.bought': { $gte: 0.5, $exists: true } }, weight: 1 },
      { condition: { 'session.searches': { $elemMatch: { $regexi: 'sale|cheap|discount|offer|deal' } } }, weight: 1.5 },
      {
        condition: { $or: [{ 'affinity.priceBand.4': { $gt: 0.4 } }, { 'affinity.priceBand.5': { $gt: 0.3 } }] },
        weight: -1.5,
      },
    ],
    prior: [{ condition: { 'session.campaign': { $regexi: 'sale|discount|deal' } }, weight: 0.5 }],
  },
  explorer: {
    name: 'Explorer',
    signals: [
      { condition: { 'session.views': { $gte: 5 } }, weight: 0.75 },
      { condition: { 'session.views': { $gte: 10 } }, weight: 0.75 },
      { condition: { 'session.views': { $gte: 4 }, 'cart.count': 0 }, weight: 0.5 },
      { condition: { 'session.searches': { $size: { $gte: 2 } } }, weight: 0.5 },
      { condition: { 'visitor.visits': { $gte: 2 }, 'visitor.orders': 0 }, weight: 0.5 },
      { condition: { 'visitor.viewsPerVisit': { $gte: 8, $exists: true } }, weight: 0.5 },
      { condition: { 'visitor.orders': { $gte: 3 } }, weight: -1 },
    ],
  },
  regular: {
    name: 'Regular customer',
    signals: [
      { condition: { 'visitor.orders': { $gte: 2 } }, weight: 1.5 },
      { condition: { 'rfm.frequency': { $gte: 4 } }, weight: 1 },
      { condition: { 'visitor.orders': { $gte: 2 }, 'rfm.recencyDays': { $lte: 60 } }, weight: 0.75 },
      { condition: { 'visitor.visits': { $gte: 5 }, 'visitor.orders': { $gte: 1 } }, weight: 0.5 },
      { condition: { lifecycle: { $in: ['at-risk', 'lapsed'] } }, weight: -1 },
    ],
  },
};

/** The metrics of a shop that configures none. */
export const DEFAULT_METRICS: Readonly<Record<string, Metric>> = {
  conversion: { type: 'proportion', event: 'purchase' },
  revenue: { type: 'mean', event: 'purchase', value: 'value', cuped: true },
};

/** A paid plan: what a shopper does is in everybody's recommendations within a minute. 20,000 KV writes a day cost about three dollars a month. */
const PAID = { flushSeconds: 10, cardsSeconds: 30, catalogSeconds: 5, kvWritesPerDay: 20_000 };

/**
 * The free plan's day: 1,000 KV writes, 10,000 queue operations, 100,000 object requests.
 * - KV: 900 for cards and aggregates, which leaves 100 for the archive (24), the config and the catalogue. A publication writes about six keys (manifest, counts and
 *   the chunks that changed), so one in ten minutes (144 a day) spends 864, and aggregates have the 36 that are left.
 * - Queue: a flush costs three operations, so there are 3,333. A flush in five minutes holds most visits whole: some 2,500 visits a day.
 * - Objects: each busy isolate asks for catalogue changes 1,440 times a day at one in 60 s; ten isolates spend a seventh of the requests.
 */
const FREE = { flushSeconds: 300, cardsSeconds: 600, catalogSeconds: 60, kvWritesPerDay: 900 };

export const FRESHNESS = { paid: PAID, free: FREE } as const;
