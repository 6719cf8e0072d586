/** The facts that conditions may name, and what their values are: the one list, from which conditions are checked and the documentation is made. */
import { LIFECYCLES, TIERS } from '../personas/schema.ts';

/** What a fact can be. */
export interface Fact {
  type: 'number' | 'text' | 'boolean' | 'list' | 'any';
  /** Bounds of a number, both included. */
  least?: number;
  most?: number;
  isWhole?: true;
  /** Every value that there is; of a list, every element. */
  values?: readonly string[];
  /** The values that it usually has: whoever sends facts may send others. */
  usual?: readonly string[];
  /** Without a value it is null: `unknown` says nothing, `none` stands for 0, `seldom` is an exception. Absent: it always has one. */
  absent?: 'unknown' | 'none' | 'seldom';
}

/** The kinds of pages that the documentation speaks of; a shop may have others. */
const PAGE_TYPES = ['home', 'category', 'search', 'item', 'cart', 'checkout', 'payment', 'thanks', 'account'] as const;
const AVAILABILITIES = ['in_stock', 'out_of_stock', 'preorder', 'backorder'] as const;
const DEVICES = ['mobile', 'tablet', 'desktop'] as const;

const TEXT: Fact = { type: 'text' };
const MAYBE_TEXT: Fact = { type: 'text', absent: 'unknown' };
const MAYBE_NUMBER: Fact = { type: 'number', absent: 'unknown' };
const FLAG: Fact = { type: 'boolean' };
const LIST: Fact = { type: 'list' };
const MAYBE_LIST: Fact = { type: 'list', absent: 'unknown' };
const COUNT: Fact = { type: 'number', least: 0, isWhole: true };
const AMOUNT: Fact = { type: 'number', least: 0 };
const MAYBE_AMOUNT: Fact = { type: 'number', least: 0, absent: 'unknown' };
/** What nobody has touched has a share of 0. */
const SHARE: Fact = { type: 'number', least: 0, most: 1, absent: 'none' };
const MAYBE_SHARE: Fact = { ...SHARE, absent: 'unknown' };
const SCORE: Fact = { type: 'number', least: 1, most: 5, isWhole: true, absent: 'unknown' };
const DEVICE: Fact = { type: 'text', usual: DEVICES, absent: 'unknown' };
const ANY: Fact = { type: 'any', absent: 'unknown' };

/**
 * Facts about the visitor and the page, by dotted path. `*` stands for a name that is the shop's own, `**` for any path. `factsOf` gives all of these and no
 * others; what each of them means is in `vocabulary-explained.ts`.
 */
export const FACTS = {
  'visitor.visitorId': TEXT,
  'visitor.customerId': MAYBE_TEXT,
  'visitor.isNew': FLAG,
  'visitor.visits': COUNT,
  'visitor.events': COUNT,
  'visitor.orders': COUNT,
  'visitor.daysKnown': AMOUNT,
  'visitor.evidence': AMOUNT,
  'visitor.pagesPerVisit': MAYBE_AMOUNT,
  'visitor.viewsPerVisit': MAYBE_AMOUNT,
  'visitor.searchesPerVisit': MAYBE_AMOUNT,
  'visitor.minutesPerVisit': MAYBE_AMOUNT,
  'trait.*': ANY,
  'affinity.category.*': SHARE,
  'affinity.brand.*': SHARE,
  'affinity.priceBand.1': SHARE,
  'affinity.priceBand.2': SHARE,
  'affinity.priceBand.3': SHARE,
  'affinity.priceBand.4': SHARE,
  'affinity.priceBand.5': SHARE,
  'affinity.priceLevel': { type: 'number', least: 1, most: 5, absent: 'unknown' },
  'affinity.priceScore': SCORE,
  'affinity.discount.score': SCORE,
  'affinity.discount.viewed': MAYBE_SHARE,
  'affinity.discount.bought': MAYBE_SHARE,
  'affinity.pageType.*': SHARE,
  'affinity.evidence': AMOUNT,
  lifecycle: { type: 'text', values: LIFECYCLES },
  'loyalty.tier': MAYBE_TEXT,
  'loyalty.points': MAYBE_NUMBER,
  'loyalty.status': MAYBE_TEXT,
  'loyalty.daysToExpiry': MAYBE_NUMBER,
  'rfm.recencyDays': AMOUNT,
  'rfm.frequency': COUNT,
  'rfm.monetary': AMOUNT,
  'rfm.recencyScore': SCORE,
  'rfm.frequencyScore': SCORE,
  'rfm.monetaryScore': SCORE,
  'rfm.tier': { type: 'text', values: TIERS, absent: 'unknown' },
  persona: TEXT,
  'experiment.*': MAYBE_TEXT,
  'session.views': COUNT,
  'session.items': LIST,
  'session.distinctItems': COUNT,
  'session.categories': LIST,
  'session.pages': COUNT,
  'session.pageTypes': LIST,
  'session.searches': LIST,
  'session.landing': MAYBE_TEXT,
  'session.referrer': MAYBE_TEXT,
  'session.campaign': MAYBE_TEXT,
  'session.country': MAYBE_TEXT,
  'session.device': DEVICE,
  'session.hour': { type: 'number', least: 0, most: 23, isWhole: true },
  'session.weekday': { type: 'number', least: 1, most: 7, isWhole: true },
  'session.minutes': AMOUNT,
  'page.type': { type: 'text', usual: PAGE_TYPES, absent: 'unknown' },
  'page.itemId': MAYBE_TEXT,
  'page.category': MAYBE_TEXT,
  'page.query': MAYBE_TEXT,
  'page.url': MAYBE_TEXT,
  'page.title': MAYBE_TEXT,
  'page.referrer': MAYBE_TEXT,
  'page.availability': { ...MAYBE_TEXT, values: AVAILABILITIES },
  'page.exitRate': MAYBE_SHARE,
  'page.bounceRate': MAYBE_SHARE,
  'cart.count': COUNT,
  'cart.quantity': AMOUNT,
  'cart.value': AMOUNT,
  'cart.currency': TEXT,
  'cart.items': LIST,
  'cart.toFreeShipping': MAYBE_AMOUNT,
  'context.country': MAYBE_TEXT,
  'context.device': DEVICE,
  'context.campaign': MAYBE_TEXT,
  'context.market': MAYBE_TEXT,
  'context.locale': MAYBE_TEXT,
  'context.timeZone': MAYBE_TEXT,
  'context.**': ANY,
} as const satisfies Readonly<Record<string, Fact>>;
export type FactPath = keyof typeof FACTS;

/** An item's own fields, which filters and rules name. */
export const ITEM_VOCABULARY = {
  itemId: TEXT,
  title: TEXT,
  price: { ...AMOUNT, absent: 'seldom' },
  salePrice: MAYBE_AMOUNT,
  currency: MAYBE_TEXT,
  availability: { type: 'text', values: AVAILABILITIES },
  availableAt: MAYBE_TEXT,
  stock: MAYBE_AMOUNT,
  brand: MAYBE_TEXT,
  categories: MAYBE_LIST,
  'attributes.*': ANY,
  tags: MAYBE_LIST,
  groupId: MAYBE_TEXT,
  margin: MAYBE_NUMBER,
  rating: MAYBE_AMOUNT,
  createdAt: MAYBE_TEXT,
  'offers.*.price': MAYBE_AMOUNT,
  'offers.*.salePrice': MAYBE_AMOUNT,
  'offers.*.currency': MAYBE_TEXT,
  'offers.*.availability': MAYBE_TEXT,
  'offers.*.stock': MAYBE_AMOUNT,
} as const satisfies Readonly<Record<string, Fact>>;
export type ItemFactPath = keyof typeof ITEM_VOCABULARY;
