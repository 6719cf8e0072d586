import { type Aggregates, type ExitRate, NO_AGGREGATES } from '../analytics/schema-aggregates.ts';
import type { Availability, Catalogue } from '../catalog/catalogue.ts';
import { categorySlugs } from '../catalog/slug.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { Assigned, Precedents } from '../experiments/decide.ts';
import type { Counts } from '../learning/counts.ts';
import { NEIGHBOUR_ITEMS } from '../learning/neighbours.ts';
import { typeOfPage } from '../learning/schema-visits.ts';
import type { SessionIndex } from '../learning/session-index.ts';
import type { Held } from '../personas/schema.ts';
import type { Popularity } from '../recommendations/popularity.ts';
import { keyOfItem, priceIn, RECENT_ITEMS, type Situation } from '../recommendations/situation.ts';
import type { CartLine, Profile } from '../visitors/schema.ts';
import { baselineConfig } from './baseline.ts';
import { factsWithPersona } from './compiled.ts';
import { contextTagsOf, once } from './context-tags.ts';
import { contextWords } from './context-words.ts';
import { assignedTo, experimentFacts, type HeldOut, heldOutOf, variedConfig } from './experiments.ts';
import { affinitiesOf, VisitFacts } from './facts.ts';
import type { DecideContext, DecidePage, DecideRequest } from './schema.ts';

const MINUTE_MS = 60_000;

/** What of an isolate's snapshot a decision reads. */
export interface Known {
  config: SiteConfig;
  catalogue: Catalogue;
  counts: Counts;
  popularity: Popularity;
  /** Recent sessions, where the shop's blend is on. */
  sessions?: SessionIndex | null;
  /** What is known from everything that was counted. */
  aggregates?: Aggregates;
}

/** Who asks, and what is remembered about them; `profile` is null where nothing is, or consent does not cover it. */
export interface Asker {
  visitorId: string;
  customerId: string | null;
  profile: Profile | null;
}

/** A request brought together with what is known, before any card is read. */
export interface Scene extends Known {
  request: DecideRequest;
  now: number;
  asker: Asker;
  page: DecidePage;
  /** For texts, in order of preference. */
  locales: readonly string[];
  /** Where the visitor is, as far as it is known; otherwise the shop's. */
  timeZone: string;
  currency: string;
  cart: readonly CartLine[];
  cartValue: number;
  /** In `currency`; null: delivery is never free. */
  freeShippingFrom: number | null;
  /** The variations that the visitor has; `config` is with what they change. */
  assigned: readonly Assigned[];
  /** The holdout that the visitor is in, with what is shown and said instead; null: none. */
  heldOut: HeldOut | null;
  /** Variations that somebody tries out; nothing of it counts. */
  overrides?: Precedents['overrides'];
  facts: VisitFacts;
  /** Of the shop's visitors and customers, by measure. */
  quantiles: Aggregates['quantiles'];
  /** The persona that the visitor's object holds, null where it holds none. */
  held: Held | null;
  /** All that strategies read, but the cards and the persona. */
  situation: Omit<Situation, 'cards' | 'persona'>;
  /** ItemIds of the request that the catalogue does not have. */
  missing: readonly string[];
}

export function marketOf(context: DecideContext, config: SiteConfig): string | undefined {
  const { market, country } = context;
  if (market !== undefined) return market;
  if (country === undefined) return undefined;
  return Object.keys(config.markets).find((name) => config.markets[name]?.countries.includes(country));
}

/** Of the visitor's market, where there is one; otherwise of the shop. */
export function currencyOf(request: DecideRequest, config: SiteConfig): string {
  const market = marketOf(request, config);
  const isKnown = market !== undefined && Object.hasOwn(config.markets, market);
  return (isKnown ? config.markets[market]?.currency : undefined) ?? config.shop.currency;
}

function cartOf(request: DecideRequest, profile: Profile | null): readonly CartLine[] {
  if (request.cart === undefined) return profile?.cart.lines ?? [];
  return request.cart.map(({ itemId, quantity, price }) => ({ itemId, quantity, price: price ?? null }));
}

interface Worth {
  catalogue: Catalogue;
  market: string | undefined;
  currency: string;
  /** Whether the prices of the lines are in the currency that counts. */
  trustPrices: boolean;
}

/** What is in the basket, in one currency; lines without a price in it count nothing, and then the value is not the whole one. */
function worthOf(cart: readonly CartLine[], worth: Worth): { value: number; isWhole: boolean } {
  const { catalogue, market, currency, trustPrices } = worth;
  let value = 0;
  let isWhole = true;
  for (const { itemId, quantity, price } of cart) {
    const slot = catalogue.indexOf(itemId);
    const paid = trustPrices && price !== null ? price : priceIn({ catalogue, market, currency }, slot);
    if (Number.isNaN(paid)) isWhole = false;
    else value += paid * quantity;
  }
  return { value, isWhole };
}

/** An item with its card key. */
type Keyed = Situation['recent'][number];

/** The items of the visit, newest first: those the caller sent, or the remembered ones while the visit lasts. */
function sessionOf(request: DecideRequest, profile: Profile | null, isOpen: boolean): string[] {
  if (request.session !== undefined) return request.session.toReversed();
  return profile !== null && isOpen ? profile.session.items.map((item) => item.itemId).reverse() : [];
}

/** The page's item first, as the latest view; without a visit, what was viewed last in earlier ones. */
function recentOf(
  visited: readonly Keyed[],
  { profile, current, most }: { profile: Profile | null; current: string | undefined; most: number },
  keyed: (itemId: string) => Keyed,
): Keyed[] {
  const earlier = visited.length > 0 || profile === null ? [] : profile.viewed.slice(0, most);
  const recent = visited.length > 0 ? visited.slice(0, most) : earlier.map((item) => keyed(item.itemId));
  if (current === undefined || recent[0]?.itemId === current) return recent;
  return [keyed(current), ...recent].slice(0, most);
}

function missingOf(request: DecideRequest, page: DecidePage, catalogue: Catalogue): string[] {
  const stated = new Set<string>(request.session ?? []);
  if (page.itemId !== undefined) stated.add(page.itemId);
  for (const line of request.cart ?? []) stated.add(line.itemId);
  for (const placement of request.placements ?? []) for (const itemId of placement.exclude ?? []) stated.add(itemId);
  return [...stated].filter((itemId) => {
    const slot = catalogue.indexOf(itemId);
    return slot < 0 || catalogue.isRemoved(slot);
  });
}

function categoryOf(page: DecidePage, popularity: Popularity): string | null {
  const slug = page.category === undefined ? undefined : categorySlugs([page.category]).at(-1);
  // A category that no item is in says nothing: the page is then decided without it.
  return slug !== undefined && popularity.breadth(slug) > 0 ? slug : null;
}

function availabilityOf(
  catalogue: Catalogue,
  itemId: string | undefined,
  market: string | undefined,
): Availability | null {
  const slot = itemId === undefined ? -1 : catalogue.indexOf(itemId);
  return slot < 0 || catalogue.isRemoved(slot) ? null : catalogue.availability(slot, market);
}

function exitsFrom({ type }: DecidePage, aggregates: Aggregates = NO_AGGREGATES): ExitRate | null {
  const name = type === undefined ? '' : typeOfPage(type);
  return Object.hasOwn(aggregates.exitRates, name) ? (aggregates.exitRates[name] ?? null) : null;
}

/** Brings a request together with what is known. */
export function sceneOf(
  request: DecideRequest,
  asker: Asker,
  known: Known & { now: number; overrides?: Precedents['overrides'] | undefined },
): Scene {
  const { config, catalogue, counts, popularity, sessions = null, aggregates = NO_AGGREGATES, now, overrides } = known;
  const { profile } = asker;
  const page = request.page ?? request.context?.page ?? {};
  const market = marketOf(request.context ?? {}, config);
  const configured =
    market === undefined || !Object.hasOwn(config.markets, market) ? undefined : config.markets[market];
  const currency = configured?.currency ?? config.shop.currency;
  const sessionIsOpen = profile !== null && now - profile.session.lastAt <= config.learning.sessionMinutes * MINUTE_MS;
  const session = sessionOf(request, profile, sessionIsOpen);
  const withKey = (itemId: string): Keyed => ({ itemId, key: keyOfItem(catalogue, itemId) });
  const visited = session.map(withKey);
  const cart = cartOf(request, profile);
  const trustPrices =
    request.cart !== undefined || profile?.cart.currency == null || profile.cart.currency === currency;
  const { value: cartValue, isWhole } = worthOf(cart, { catalogue, market, currency, trustPrices });
  const freeShippingFrom = configured === undefined ? config.carts.freeShippingFrom : configured.freeShippingFrom;
  const missing = freeShippingFrom === null || !isWhole ? 0 : freeShippingFrom - cartValue;
  const affinity = affinitiesOf(profile, now);
  const locale = request.context?.locale;
  const itemId = page.itemId ?? null;
  const most = sessions === null ? RECENT_ITEMS : NEIGHBOUR_ITEMS;
  const recent = recentOf(visited, { profile, current: page.itemId, most }, withKey);
  const situation: Scene['situation'] = {
    now,
    catalogue,
    content: catalogue.content,
    counts,
    popularity,
    locale,
    market,
    currency,
    page: {
      itemId,
      key: itemId === null ? null : keyOfItem(catalogue, itemId),
      category: categoryOf(page, popularity),
    },
    recent: recent.slice(0, RECENT_ITEMS),
    before: recent.slice(RECENT_ITEMS),
    sessions,
    seen: new Set(visited.map((one) => one.key)),
    cart: cart.map((line) => withKey(line.itemId)),
    freeShipping: freeShippingFrom !== null && missing > 0 ? { from: freeShippingFrom, missing } : null,
    words: contextWords(page, request.context ?? {}, {
      profile,
      sessionIsOpen,
      isUnknown: itemId !== null && catalogue.indexOf(itemId) < 0,
    }),
    recentlyBought: config.recentlyBought,
    profile,
    context: once(() =>
      contextTagsOf({
        page,
        context: request.context ?? {},
        session: sessionIsOpen ? profile.session : null,
        now,
        timeZone: config.shop.timeZone,
      }),
    ),
    affinity,
  };
  const timeZone = request.context?.timeZone ?? config.shop.timeZone;
  const facts = new VisitFacts({
    now,
    timeZone,
    visitorId: asker.visitorId,
    customerId: asker.customerId,
    profile,
    page,
    context: request.context ?? {},
    market,
    cart,
    cartValue,
    freeShippingFrom,
    currency,
    shopCurrency: config.shop.currency,
    sentSession: request.session ?? null,
    sessionIsOpen,
    affinity,
    exits: exitsFrom(page, aggregates),
    availability: availabilityOf(catalogue, page.itemId, market),
    quantiles: aggregates.quantiles,
  });
  const locales = locale === undefined ? [config.shop.locale] : [locale, config.shop.locale];
  const held = profile?.held ?? null;
  const heldOut = overrides === undefined ? heldOutOf(config, asker.visitorId) : null;
  const precedents: Precedents = {
    buckets: profile?.buckets,
    ...(overrides === undefined ? {} : { overrides }),
  };
  const assigned =
    heldOut?.experiments === 'none'
      ? []
      : assignedTo({ config, aggregates }, () => factsWithPersona({ config, facts, locales, held }), precedents);
  return {
    config: baselineConfig(variedConfig(config, assigned), heldOut),
    aggregates,
    assigned,
    heldOut,
    catalogue,
    counts,
    popularity,
    request,
    now,
    asker,
    page,
    timeZone,
    locales,
    currency,
    cart,
    cartValue,
    freeShippingFrom,
    quantiles: aggregates.quantiles,
    held,
    facts: assigned.length === 0 ? facts : facts.with({ experiment: experimentFacts(assigned) }),
    situation,
    missing: missingOf(request, page, catalogue),
    // Last, as in every literal of a request: V8 defines what comes after such a part property by property, each by a call.
    ...(overrides === undefined ? {} : { overrides }),
  };
}
