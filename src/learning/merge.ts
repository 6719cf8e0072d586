/** Bringing weights of one store into another. */
import { fade, grow, landmarkFor } from '../shared/decay.ts';
import { advance } from './advance.ts';
import { type Cards, countSlot, TRENDING_HALF_LIFE_MS } from './cards.ts';
import { dayOf } from './learn.ts';
import { addTo, holdOf, type Relation, SLOTS, type Slots, weakest } from './slots.ts';
import type { Scale, Upload } from './stored.ts';
import { addContext, addDay, addPersona, addStored, rowsOf, type TaggedRows } from './tagged.ts';

/** What weights of one scale are multiplied by to be weights of another: an exact power of two where the half-lives agree. */
export function factorBetween(from: Scale, to: Scale): number {
  if (from.halfLifeMs === to.halfLifeMs) return 2 ** Math.round((from.landmark - to.landmark) / from.halfLifeMs);
  return fade(from.newest, from.landmark, from.halfLifeMs) * grow(from.newest, to.landmark, to.halfLifeMs);
}

/** The same for `trending`. */
function trendFactorBetween(from: Scale, to: Scale): number {
  return 2 ** Math.round((from.trendingLandmark - to.trendingLandmark) / TRENDING_HALF_LIFE_MS);
}

/** Adds an upload to a store. Of more neighbours than a card has room for the heaviest stay. */
export function mergeUpload(cards: Cards, upload: Upload): void {
  advance(cards, upload.scale.newest);
  const factor = factorBetween(upload.scale, cards);
  const trend = trendFactorBetween(upload.scale, cards);
  const { counts } = cards;
  for (let row = 0; row < upload.counts.size; row++) {
    const slot = countSlot(counts, upload.counts.keys[row] ?? 0);
    for (const name of ['views', 'ownViews', 'baskets'] as const)
      counts[name][slot] = (counts[name][slot] ?? 0) + factor * (upload.counts[name][row] ?? 0);
    counts.bought[slot] = (counts.bought[slot] ?? 0) + (upload.counts.bought[row] ?? 0);
    counts.trending[slot] = (counts.trending[slot] ?? 0) + trend * (upload.counts.trending[row] ?? 0);
  }
  mergeTagged(cards, upload, { factor, trend });
  Object.assign(cards.contexts, { sums: null, personaSums: null });
  for (const card of upload.cards) {
    const into = cards.shelf.take(card.key);
    for (const relation of ['viewed', 'bought'] as const)
      mergeSlots(into[relation], card[relation], { relation, factor });
  }
}

function mergeTagged({ counts, newest }: Cards, { counts: from }: Upload, by: { factor: number; trend: number }): void {
  for (let row = 0; row < from.size; row++) {
    const slot = countSlot(counts, from.keys[row] ?? 0);
    const amountsOf = (rows: TaggedRows, at: number) => rows.columns.map((column) => column[at] ?? 0);
    // Older rows first, so that the store has them in the order in which they came.
    for (const at of rowsOf(from.personas, row).reverse()) {
      const [views = 0, orders = 0, trending = 0] = amountsOf(from.personas, at);
      const amounts = [views * by.factor, orders * by.factor, trending * by.trend];
      addPersona(counts.personas, { slot, tag: from.personas.tags[at] ?? 0 }, amounts);
    }
    for (const at of rowsOf(from.days, row).reverse()) {
      const [orders = 0] = amountsOf(from.days, at);
      addDay(counts.days, { slot, tag: from.days.tags[at] ?? 0 }, { orders, newest: dayOf(newest) });
    }
    for (const at of rowsOf(from.repeats, row))
      addStored(counts.repeats, { slot, tag: 0 }, amountsOf(from.repeats, at));
    for (const at of rowsOf(from.contexts, row).reverse()) {
      const [weight = 0] = amountsOf(from.contexts, at);
      addContext(counts.contexts, { slot, tag: from.contexts.tags[at] ?? 0 }, weight * by.factor);
    }
  }
}

function mergeSlots(into: Slots, from: Slots, { relation, factor }: { relation: Relation; factor: number }): void {
  for (let i = 0; i < from.size; i++) {
    const neighbour = from.keys[i] ?? 0;
    const weight = factor * (from.weights[i] ?? 0);
    const addition = { relation, neighbour, weight, other: factor * (from.others?.[i] ?? 0) };
    const isFull = into.size === SLOTS[relation] && !into.keys.includes(neighbour);
    if (isFull && holdOf(addition) <= weakest(into, relation).hold) continue;
    addTo(into, addition);
  }
}

/** The scale that a store has under another half-life: its weights are read at the newest event and go on from there. */
export function rescaled(from: Scale, halfLifeMs: number): Scale {
  if (Number.isNaN(from.landmark) || halfLifeMs === from.halfLifeMs) return { ...scaleOf(from), halfLifeMs };
  return { ...scaleOf(from), halfLifeMs, landmark: landmarkFor(from.newest, halfLifeMs) };
}

const scaleOf = ({ halfLifeMs, landmark, trendingLandmark, newest }: Scale): Scale => ({
  halfLifeMs,
  landmark,
  trendingLandmark,
  newest,
});
