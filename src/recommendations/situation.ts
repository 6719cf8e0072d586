import type { Catalogue, Content } from '../catalog/catalogue.ts';
import type { CardLookup } from '../learning/codec.ts';
import type { Counts } from '../learning/counts.ts';
import type { SessionIndex } from '../learning/session-index.ts';
import { key53 } from '../shared/hash.ts';
import type { Profile } from '../visitors/schema.ts';
import type { Popularity } from './popularity.ts';

/** What a visitor tends to, as shares of their decayed interactions: 0 to 1. */
export interface Affinities {
  category: Readonly<Record<string, number>>;
  brand: Readonly<Record<string, number>>;
  priceBand: Readonly<Record<string, number>>;
  /** The decayed number of interactions that the shares are of. */
  evidence: number;
}

/** How many of the items viewed last say what comes next. */
export const RECENT_ITEMS = 5;

/** What a decision about placements reads: the page, the visitor and the shop. Shared by all placements of a request. */
export interface Situation {
  now: number;
  catalogue: Catalogue;
  /** What items are alike by what the catalogue says of them. */
  content: Content;
  counts: Counts;
  popularity: Popularity;
  cards: CardLookup;
  locale: string | undefined;
  market: string | undefined;
  /** Of the market, where there is one; otherwise of the shop. */
  currency: string;
  page: { itemId: string | null; key: number | null; category: string | null };
  /** Items viewed last, newest first, at most {@link RECENT_ITEMS}; repeats kept; the page's item first. */
  recent: readonly { itemId: string; key: number }[];
  /** Items viewed before those, as far as the index of sessions is asked about them. */
  before?: readonly { itemId: string; key: number }[];
  /** Recent sessions, where the shop's blend is on. */
  sessions?: SessionIndex | null;
  /** Card keys of this session's items. */
  seen: ReadonlySet<number>;
  cart: readonly { itemId: string; key: number }[];
  /** What the basket lacks until delivery is free, above 0, in `currency`; null when it lacks nothing, delivery is never free, or a line has no price. */
  freeShipping: { from: number; missing: number } | null;
  /** Texts in the visitor's own words, the surest first: a search, a campaign, where they come from. */
  words: readonly string[];
  /** How many different people it takes to show what they bought, within how many hours. */
  recentlyBought: { buyers: number; hours: number };
  profile: Profile | null;
  /** Key of the visitor's persona, assigned when it is first asked for; null when none is sure enough. */
  persona(): string | null;
  /** Where the visitor is, with what, when, and from which kind of page: see `contextTags`. Worked out when it is first asked for. */
  context?(): readonly number[];
  /** Shares, 0 to 1, decayed to now. */
  affinity: Affinities;
}

/** The card key of an item, whether the catalogue knows it or not. */
export function keyOfItem(catalogue: Pick<Catalogue, 'indexOf' | 'keyOf'>, itemId: string): number {
  const slot = catalogue.indexOf(itemId);
  return slot < 0 ? key53(itemId) : catalogue.keyOf(slot);
}

/** Whether the page is about an item of the catalogue that cannot be had where the visitor is. */
export function isPageSoldOut({
  catalogue,
  page,
  market,
}: {
  catalogue: Pick<Catalogue, 'indexOf' | 'isAvailable'>;
  page: Pick<Situation['page'], 'itemId'>;
  market: string | undefined;
}): boolean {
  const slot = page.itemId === null ? -1 : catalogue.indexOf(page.itemId);
  return slot >= 0 && !catalogue.isAvailable(slot, market);
}

/** What an item costs in a currency; NaN when its price is unknown, or in another one: money of different currencies is never compared. */
export function priceIn(
  { catalogue, market, currency }: Pick<Situation, 'catalogue' | 'market' | 'currency'>,
  slot: number,
): number {
  if (slot < 0) return Number.NaN;
  const said = catalogue.currency(slot, market);
  return said === '' || said === currency ? catalogue.price(slot, market) : Number.NaN;
}
