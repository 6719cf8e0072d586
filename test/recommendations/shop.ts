import { emptyCatalogue, type LiveCatalogue } from '../../src/catalog/memory.ts';
import type { Item } from '../../src/catalog/schema.ts';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfig, SiteConfigInput } from '../../src/config/schema.ts';
import { type Cards, createCards } from '../../src/learning/cards.ts';
import { type CardLookup, encodeChunk, openChunk } from '../../src/learning/codec.ts';
import { contextOf } from '../../src/learning/contexts.ts';
import { type Counts, encodeCounts, NO_COUNTS, openCounts } from '../../src/learning/counts.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import type { SessionIndex } from '../../src/learning/session-index.ts';
import { personaTag } from '../../src/personas/tag.ts';
import { type Popularity, popularityOf } from '../../src/recommendations/popularity.ts';
import { keyOfItem } from '../../src/recommendations/situation.ts';
import type { Profile } from '../../src/visitors/schema.ts';

export const NOW = Date.UTC(2026, 10, 22, 10);
const DAY = 86_400_000;

/** A small shop with what it has learnt, as an isolate holds it. */
export interface SmallShop {
  config: SiteConfig;
  catalogue: LiveCatalogue;
  counts: Counts;
  cards: CardLookup;
  popularity: Popularity;
  now: number;
  sessions?: SessionIndex | null;
}

/** `persona`: key of the visitor's; `from`: how the visitor comes; `daysAgo`: before the usual time. */
export type Teaching = ({ session: string[] } | { basket: string[] }) & {
  persona?: string;
  from?: Parameters<typeof contextOf>[0];
  daysAgo?: number;
};

export const item = (itemId: string, more: Partial<Item> = {}): Item => ({
  itemId,
  title: `Title of ${itemId}`,
  price: 10,
  currency: 'USD',
  availability: 'in_stock',
  ...more,
});

/** Learns sessions and baskets a minute apart, the last one at {@link NOW}. */
export function smallShop(
  items: readonly Item[],
  teachings: readonly Teaching[],
  config: SiteConfigInput = {},
): SmallShop {
  const resolved = resolveConfig(config);
  const catalogue = emptyCatalogue({ variants: resolved.learning.variants });
  catalogue.apply(
    items.map((one) => ({ itemId: one.itemId, item: one })),
    1,
  );
  const model = createCards({ halfLifeMs: resolved.learning.halfLifeDays * DAY });
  teachings.forEach((teaching, i) => {
    const at = NOW - (teachings.length - i) * 60_000 - (teaching.daysAgo ?? 0) * DAY;
    teach(model, catalogue, { teaching, at });
  });
  const learnt = model.counts.size > 0;
  const bytes = learnt ? encodeChunk(model.shelf.loaded(), model, { ownClicks: 0.5 }) : null;
  const chunk = bytes === null ? null : openChunk(bytes.buffer as ArrayBuffer);
  const counts =
    (learnt ? openCounts(encodeCounts(model, { ownClicks: 0.5 }).buffer as ArrayBuffer) : null) ?? NO_COUNTS;
  return {
    config: resolved,
    catalogue,
    counts,
    cards: (key) => chunk?.find(key) ?? null,
    popularity: popularityOf(counts, catalogue),
    now: NOW,
  };
}

function teach(model: Cards, catalogue: LiveCatalogue, { teaching, at }: { teaching: Teaching; at: number }): void {
  const persona = {
    ...(teaching.persona === undefined ? {} : { persona: personaTag(teaching.persona) }),
    ...(teaching.from === undefined ? {} : { context: contextOf(teaching.from) }),
  };
  if ('basket' in teaching) {
    learnBasket(model, { keys: teaching.basket.map((id) => keyOfItem(catalogue, id)), at, learn: true, ...persona });
    return;
  }
  const keys = teaching.session.map((id) => keyOfItem(catalogue, id));
  keys.forEach((key, i) => {
    learnView(model, { key, at, previous: keys.slice(0, i).reverse(), length: i + 1, own: false, ...persona });
  });
}

/** A visitor about whom nothing is known yet. */
export function profile(more: Partial<Profile> = {}): Profile {
  return {
    createdAt: NOW - DAY,
    seenAt: NOW,
    events: 0,
    session: {
      number: 1,
      startedAt: NOW - 60_000,
      lastAt: NOW,
      items: [],
      views: 0,
      searches: [],
      landing: null,
      referrer: null,
      campaign: null,
      country: null,
      device: null,
    },
    viewed: [],
    affinities: { category: {}, brand: {}, priceBand: {} },
    cart: { lines: [], currency: null, updatedAt: 0 },
    orders: [],
    traits: {},
    hidden: [],
    ...more,
  };
}

export function order(orderId: string, daysAgo: number, lines: readonly (string | [string, number])[], gift = false) {
  return {
    orderId,
    at: NOW - daysAgo * DAY,
    currency: 'USD',
    value: 10,
    gift,
    lines: lines.map((line) => ({
      itemId: typeof line === 'string' ? line : line[0],
      quantity: typeof line === 'string' ? 1 : line[1],
      price: 10,
    })),
  };
}
