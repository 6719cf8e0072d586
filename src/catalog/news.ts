/** What a change of an item means to somebody who has looked at it. Pure. */
import type { Item } from './schema.ts';

/** An item before and after a change that somebody may want to hear of. */
export interface ItemNews {
  /** Of the catalogue: names the change. */
  version: number;
  /** Epoch milliseconds. */
  at: number;
  before: Terms;
  after: Item;
}

/** What of an item decides whether somebody buys it. */
export type Terms = Pick<Item, 'price' | 'salePrice' | 'currency' | 'availability' | 'offers'>;

export function termsOf({ price, salePrice, currency, availability, offers }: Item): Terms {
  return {
    availability,
    ...(price === undefined ? {} : { price }),
    ...(salePrice === undefined ? {} : { salePrice }),
    ...(currency === undefined ? {} : { currency }),
    ...(offers === undefined ? {} : { offers }),
  };
}

export type News = { what: 'product.back_in_stock' } | { what: 'product.price_dropped'; previousPrice: number };

/** What is paid, in what, and whether it can be had: in a market, or, where the market says nothing, as the item itself says. */
export function termsIn(item: Terms, market: string | undefined) {
  const offer = market !== undefined && Object.hasOwn(item.offers ?? {}, market) ? item.offers?.[market] : undefined;
  const isPriced = offer?.price !== undefined || offer?.salePrice !== undefined;
  const { price, salePrice, currency } = isPriced && offer !== undefined ? offer : item;
  const soldOut = offer?.stock === 0 ? 'out_of_stock' : undefined;
  const availability = offer?.availability ?? soldOut ?? item.availability;
  return { price: salePrice ?? price ?? null, currency: currency ?? null, availability };
}

/** A price that falls by less than this share says nothing: rates of exchange do that every day. */
const LEAST_DROP = 0.01;

/**
 * What a change means in a market; null when nothing that anybody waits for. Prices in different currencies are not compared; a lower price of what cannot
 * be had is no news.
 */
export function newsIn(news: Pick<ItemNews, 'before' | 'after'>, market: string | undefined): News | null {
  const [before, after] = [termsIn(news.before, market), termsIn(news.after, market)];
  if (before.availability === 'out_of_stock' && after.availability === 'in_stock')
    return { what: 'product.back_in_stock' };
  if (after.availability === 'out_of_stock' || before.currency !== after.currency) return null;
  if (before.price === null || after.price === null || after.price > before.price * (1 - LEAST_DROP)) return null;
  return { what: 'product.price_dropped', previousPrice: before.price };
}

/** Whether a change is news in any market. */
export function isNews(before: Terms, after: Item): boolean {
  const markets = [undefined, ...Object.keys(after.offers ?? {})];
  return markets.some((market) => newsIn({ before, after }, market) !== null);
}
