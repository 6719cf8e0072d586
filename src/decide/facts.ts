import type { ExitRate } from '../analytics/schema-aggregates.ts';
import type { Availability } from '../catalog/catalogue.ts';
import { lifecycleOf } from '../personas/lifecycle.ts';
import { rfmScores } from '../personas/quantiles.ts';
import { rfmOf } from '../personas/rfm.ts';
import type { Affinities } from '../recommendations/situation.ts';
import { DAY_MS } from '../shared/decay.ts';
import type { Facts } from '../targeting/schema.ts';
import { weightAt } from '../visitors/affinities.ts';
import type { Affinity, CartLine, Profile } from '../visitors/schema.ts';
import { affinityFacts, perVisit } from './habit-facts.ts';
import { clockIn } from './hour.ts';
import { loyaltyFacts } from './loyalty-facts.ts';
import type { DecideContext, DecidePage } from './schema.ts';

export interface FactSources {
  now: number;
  visitorId: string;
  customerId: string | null;
  profile: Profile | null;
  page: DecidePage;
  context: DecideContext;
  market: string | undefined;
  cart: readonly CartLine[];
  /** What the cart is worth in the shop's or the market's currency. */
  cartValue: number;
  freeShippingFrom: number | null;
  /** Where the visitor is, as far as it is known. */
  timeZone: string;
  currency: string;
  /** What orders are added up in. */
  shopCurrency: string;
  /** The session that the caller sent, oldest first; null when the remembered one counts. */
  sentSession: readonly string[] | null;
  /** Whether the remembered session is still going on. */
  sessionIsOpen: boolean;
  affinity: Affinities;
  /** How often visitors leave from pages of this type; null while too little is known. */
  exits: ExitRate | null;
  /** Of the page's item in the visitor's market; null without one that the catalogue has. */
  availability: Availability | null;
  /** Of the shop's visitors and customers, by measure; empty while too few are known. */
  quantiles: Readonly<Record<string, readonly number[]>>;
}

const NO_AFFINITIES: Affinities = { category: {}, brand: {}, priceBand: {}, evidence: 0 };

function decayed(
  affinities: Record<string, Affinity>,
  now: number,
): { weights: [string, number][]; sum: number; largest: number } {
  const weights = Object.entries(affinities).map(([name, one]): [string, number] => [name, weightAt(one, now)]);
  let sum = 0;
  let largest = 0;
  for (const [, weight] of weights) {
    sum += weight;
    largest = Math.max(largest, weight);
  }
  return { weights, sum, largest };
}

function shares(weights: readonly [string, number][], whole: number): Record<string, number> {
  const made: Record<string, number> = Object.create(null);
  if (whole > 0) for (const [name, weight] of weights) made[name] = Math.min(1, weight / whole);
  return made;
}

/**
 * What a visitor tends to, as shares. A category's share is that of all decayed interactions which touched it: an item counts for every level of its
 * categories, so their sum says nothing; how many interactions there were shows in the price bands or brands, of which an item has one each.
 */
export function affinitiesOf(profile: Profile | null, now: number): Affinities {
  if (profile === null) return NO_AFFINITIES;
  const category = decayed(profile.affinities.category, now);
  const brand = decayed(profile.affinities.brand, now);
  const priceBand = decayed(profile.affinities.priceBand, now);
  const evidence = Math.max(priceBand.sum, brand.sum, category.largest);
  return {
    category: shares(category.weights, evidence),
    brand: shares(brand.weights, brand.sum),
    priceBand: shares(priceBand.weights, priceBand.sum),
    evidence,
  };
}

/** An order says as much as this many views, however long ago. */
const ORDER_IN_VIEWS = 5;

/** How much is known of the visitor, in views: what a prior gives way to. */
function evidenceOf({ affinity, profile, sentSession, sessionIsOpen }: FactSources): number {
  const views = sentSession?.length ?? (sessionIsOpen ? profile?.session.views : 0) ?? 0;
  return Math.max(affinity.evidence, views) + ORDER_IN_VIEWS * (profile?.orders.length ?? 0);
}

function visitorOf(from: FactSources) {
  const { profile, now } = from;
  return {
    visitorId: from.visitorId,
    customerId: from.customerId,
    isNew: profile === null || profile.session.number <= 1,
    visits: profile?.session.number ?? 0,
    events: profile?.events ?? 0,
    orders: profile?.orders.length ?? 0,
    daysKnown: profile === null ? 0 : Math.max(0, (now - profile.createdAt) / DAY_MS),
    evidence: evidenceOf(from),
    ...perVisit(profile?.habits ?? {}, now),
  };
}

function sessionOf(from: FactSources) {
  const session = from.profile !== null && from.sessionIsOpen ? from.profile.session : null;
  const items = from.sentSession ?? session?.items.map((item) => item.itemId) ?? [];
  return {
    views: from.sentSession?.length ?? session?.views ?? 0,
    items,
    distinctItems: new Set(items).size,
    pages: session?.pages ?? 0,
    pageTypes: session?.pageTypes ?? [],
    categories: session?.categories ?? [],
    searches: session?.searches ?? [],
    landing: session?.landing ?? null,
    referrer: session?.referrer ?? null,
    campaign: from.context.campaign ?? session?.campaign ?? null,
    country: from.context.country ?? session?.country ?? null,
    device: from.context.device ?? session?.device ?? null,
    minutes: session === null ? 0 : Math.max(0, (from.now - session.startedAt) / 60_000),
    ...clockIn(from.now, from.timeZone),
  };
}

function cartOf(from: FactSources) {
  const { cart, cartValue, freeShippingFrom } = from;
  return {
    count: cart.length,
    quantity: cart.reduce((sum, line) => sum + line.quantity, 0),
    value: cartValue,
    currency: from.currency,
    items: cart.map((line) => line.itemId),
    toFreeShipping: freeShippingFrom === null ? null : Math.max(0, freeShippingFrom - cartValue),
  };
}

/** What has been worked out of the facts of one request so far, whoever asked. */
interface WorkedOut {
  visitor?: ReturnType<typeof visitorOf>;
  affinity?: ReturnType<typeof affinityFacts>;
  lifecycle?: ReturnType<typeof lifecycleOf>;
  loyalty?: ReturnType<typeof loyaltyFacts>;
  rfm?: ReturnType<typeof rfmFacts>;
  session?: ReturnType<typeof sessionOf>;
  cart?: ReturnType<typeof cartOf>;
}

/** What stands beside the facts of the request itself. */
interface Beside {
  /** Who the visitor is, worked out when a condition first asks for it. */
  persona?: () => string;
  /** The visitor's variations, by experiment. */
  experiment?: Readonly<Record<string, string>>;
  /** In the place of the request's own. */
  context?: Facts;
}

function rfmFacts(from: FactSources) {
  const bought = rfmOf(from.profile, from.now, from.shopCurrency);
  return { ...bought, ...rfmScores(bought, from.quantiles) };
}

/**
 * The facts that conditions about visitors and pages are asked of, by the vocabulary `visitor.* trait.* affinity.* lifecycle loyalty.* rfm.* session.* page.*
 * cart.* context.*`. What costs something is worked out when a condition first asks for it. All have one shape, which V8 reads in one step: as objects with
 * accessors of their own, each request's would be a shape of its own, and every condition slow on it.
 */
export class VisitFacts {
  [fact: string]: unknown;
  readonly trait: Profile['traits'];
  readonly page: Facts;
  readonly context: Facts;
  readonly experiment: Readonly<Record<string, string>> | undefined;
  readonly #from: FactSources;
  readonly #known: WorkedOut;
  readonly #personaOf: (() => string) | undefined;
  #persona: string | undefined;

  constructor(from: FactSources, known: WorkedOut = {}, beside: Beside = {}) {
    this.trait = from.profile?.traits ?? {};
    this.page = {
      ...from.page,
      availability: from.availability,
      exitRate: from.exits?.exit ?? null,
      bounceRate: from.exits?.bounce ?? null,
    };
    this.context = beside.context ?? { ...from.context, market: from.market ?? null };
    this.experiment = beside.experiment;
    this.#from = from;
    this.#known = known;
    this.#personaOf = beside.persona;
    this.#persona = undefined;
  }

  /** The same facts with others beside them; what has been worked out stays known to both. */
  with(beside: Beside): VisitFacts {
    const { context, experiment } = this;
    return new VisitFacts(this.#from, this.#known, {
      context,
      ...(experiment === undefined ? {} : { experiment }),
      ...(this.#personaOf === undefined ? {} : { persona: this.#personaOf }),
      ...beside,
    });
  }

  get persona(): string | undefined {
    this.#persona ??= this.#personaOf?.();
    return this.#persona;
  }

  get visitor(): NonNullable<WorkedOut['visitor']> {
    this.#known.visitor ??= visitorOf(this.#from);
    return this.#known.visitor;
  }

  get affinity(): NonNullable<WorkedOut['affinity']> {
    const { affinity, profile } = this.#from;
    this.#known.affinity ??= affinityFacts(affinity, profile?.habits ?? {}, this.#from);
    return this.#known.affinity;
  }

  get lifecycle(): NonNullable<WorkedOut['lifecycle']> {
    this.#known.lifecycle ??= lifecycleOf(this.#from.profile, this.#from.now);
    return this.#known.lifecycle;
  }

  get loyalty(): NonNullable<WorkedOut['loyalty']> {
    this.#known.loyalty ??= loyaltyFacts(this.trait, this.#from.now);
    return this.#known.loyalty;
  }

  get rfm(): NonNullable<WorkedOut['rfm']> {
    this.#known.rfm ??= rfmFacts(this.#from);
    return this.#known.rfm;
  }

  get session(): NonNullable<WorkedOut['session']> {
    this.#known.session ??= sessionOf(this.#from);
    return this.#known.session;
  }

  get cart(): NonNullable<WorkedOut['cart']> {
    this.#known.cart ??= cartOf(this.#from);
    return this.#known.cart;
  }
}

/** So many conditions pay for working out every fact, whether it is asked for or not. */
const MANY_CONDITIONS = 32;

/**
 * The facts for so many conditions: of many, as plain values, which V8 reads several times faster than what may still have to be worked out (measured in
 * `test/bench/targeting.ts`).
 */
export function factsForMany(facts: Facts, conditions: number): Facts {
  if (conditions < MANY_CONDITIONS) return facts;
  const { visitor, trait, affinity, lifecycle, loyalty, rfm, session, page, cart, context, persona, experiment } =
    facts;
  return { visitor, trait, affinity, lifecycle, loyalty, rfm, session, page, cart, context, persona, experiment };
}
