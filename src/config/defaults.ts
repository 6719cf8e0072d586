import type { Condition } from '../targeting/schema.ts';
import { DEFAULT_METRICS, DEFAULT_PERSONAS, DEFAULT_PLACEMENTS, FRESHNESS } from './default-parts.ts';
import { momentOf } from './moments.ts';
import type { Persona, Placement, PlacementRule, SiteConfig, SiteConfigInput } from './schema.ts';
import type { Metric } from './schema-experiments.ts';
import type { Alternatives, PersonaInput, PlacementInput } from './schema-placements.ts';

/** A record without a prototype: a name that somebody sent finds only what is there. */
function mapped<V, W>(from: Readonly<Record<string, V>>, make: (value: V, key: string) => W): Record<string, W> {
  const made: Record<string, W> = Object.create(null);
  for (const [key, value] of Object.entries(from)) made[key] = make(value, key);
  return made;
}

const copied = <V>(from: Readonly<Record<string, V>> | undefined): Record<string, V> =>
  mapped(from ?? {}, (value) => value);

type RuleInput = NonNullable<PlacementInput['rules']>[number];

export function resolveCaps(caps: PlacementInput['caps']): Placement['caps'] {
  return { brand: caps?.brand ?? null, category: caps?.category ?? null, group: caps?.group ?? null };
}

export function resolveRule(rule: RuleInput, timeZone: string): PlacementRule {
  return {
    key: rule.key,
    when: rule.when ?? null,
    items: rule.items,
    do: rule.do,
    by: rule.by ?? 2,
    at: rule.at ?? 1,
    from: rule.from == null ? null : momentOf(rule.from, timeZone, 'from'),
    until: rule.until == null ? null : momentOf(rule.until, timeZone, 'until'),
  };
}

function resolveStrategy(use: NonNullable<PlacementInput['strategies']>[number]): Placement['strategies'][number] {
  const { strategy, weight = 1, items = [], days = null, row = null, hours = null } = use;
  return { strategy, weight, items, days, row, hours };
}

export const resolveStrategies = (uses: PlacementInput['strategies']): Placement['strategies'] =>
  (uses ?? []).map(resolveStrategy);

/** A placement with its omitted fields neutral: nothing is steered that nobody asked for. */
export function resolvePlacement(
  input: PlacementInput,
  key: string,
  { timeZone, alternatives = {} }: { timeZone: string; alternatives?: Alternatives | undefined },
): Placement {
  return {
    key,
    title: input.title ?? null,
    count: input.count ?? 10,
    strategies: resolveStrategies(input.strategies),
    fallback: [...(input.fallback ?? ['bestsellers'])],
    whenSoldOut: input.whenSoldOut == null ? null : resolveSoldOut(input.whenSoldOut),
    seen: input.seen ?? 'hide',
    bought: input.bought ?? 'hide',
    outOfStock: input.outOfStock ?? 'hide',
    filter: input.filter ?? null,
    alternatives: resolveAlternatives({ ...alternatives, ...input.alternatives }),
    differentFrom: input.differentFrom ?? [],
    sameAs: input.sameAs ?? [],
    rules: (input.rules ?? []).map((rule) => resolveRule(rule, timeZone)),
    promoted: input.promoted ?? null,
    caps: resolveCaps(input.caps),
    diversity: input.diversity ?? 0,
    rotation: input.rotation ?? null,
    minimumRelevance: input.minimumRelevance ?? null,
    explore: input.explore ?? 0,
  };
}

function resolveSoldOut(input: NonNullable<PlacementInput['whenSoldOut']>): Placement['whenSoldOut'] {
  const strategies = resolveStrategies(input.strategies ?? [{ strategy: 'alternatives' }]);
  return { title: input.title ?? null, strategies };
}

/** What holds where nobody said anything: sizes and plugs have to fit, and nothing may be in it that was not in the original. */
function resolveAlternatives({ hard, soft }: Alternatives): Placement['alternatives'] {
  return {
    hard: hard?.map((one) => (typeof one === 'string' ? { field: one, as: 'same' } : one)) ?? [
      { field: 'attributes.size', as: 'same' },
      { field: 'attributes.voltage', as: 'same' },
      { field: 'attributes.allergens', as: 'within' },
    ],
    soft: soft ?? ['price', 'brand', 'attributes.color'],
  };
}

function resolvePersona(input: PersonaInput, key: string): Persona {
  return {
    key,
    name: input.name ?? key,
    minimumConfidence: input.minimumConfidence ?? 0.4,
    hysteresis: input.hysteresis ?? 0.1,
    signals: input.signals ?? [],
    prior: input.prior ?? [],
  };
}

function resolveShop(input: SiteConfigInput): SiteConfig['shop'] {
  const shop = input.shop ?? {};
  const locale = shop.locale ?? shop.locales?.[0] ?? 'en';
  return {
    name: shop.name ?? 'Shop',
    currency: shop.currency ?? 'USD',
    locale,
    locales: shop.locales ?? [locale],
    timeZone: shop.timeZone ?? 'UTC',
    url: shop.url ?? null,
  };
}

function resolveConsent(input: SiteConfigInput): SiteConfig['consent'] {
  const categories: SiteConfig['consent']['categories'] = Object.create(null);
  for (const [name, consent] of Object.entries(input.consent?.categories ?? {})) {
    categories[name.toLowerCase()] = consent;
  }
  return { default: input.consent?.default ?? 'session', gpc: input.consent?.gpc ?? 'session', categories };
}

/** What shops, visitors and storage need: everything but what is shown. */
function resolveGround(input: SiteConfigInput) {
  const plan = input.plan ?? 'paid';
  const { freshness, identity, learning, retention } = input;
  const eventsDays = retention?.eventsDays ?? 90;
  return {
    shop: resolveShop(input),
    origins: input.origins ?? [],
    identity: {
      secret: identity?.secret?.secret ?? null,
      jwksUrl: identity?.jwksUrl ?? null,
      issuer: identity?.issuer ?? null,
      audience: identity?.audience ?? null,
      traits: identity?.traits ?? [],
    },
    consent: resolveConsent(input),
    retention: {
      eventsDays,
      profileDays: retention?.profileDays ?? 400,
      archiveDays: retention?.archiveDays ?? eventsDays,
    },
    plan,
    freshness: {
      flushSeconds: freshness?.flushSeconds ?? FRESHNESS[plan].flushSeconds,
      cardsSeconds: freshness?.cardsSeconds ?? FRESHNESS[plan].cardsSeconds,
      catalogSeconds: freshness?.catalogSeconds ?? FRESHNESS[plan].catalogSeconds,
      kvWritesPerDay: freshness?.kvWritesPerDay ?? FRESHNESS[plan].kvWritesPerDay,
    },
    learning: {
      halfLifeDays: learning?.halfLifeDays ?? 60,
      sessionMinutes: learning?.sessionMinutes ?? 30,
      bigBaskets: learning?.bigBaskets ?? ('auto' as const),
      ownClicks: learning?.ownClicks ?? 0.5,
      personas: learning?.personas ?? 'auto',
      blend: learning?.blend ?? 'auto',
      variants: learning?.variants ?? ('group' as const),
    },
  };
}

export function resolveRecentlyBought({ recentlyBought }: SiteConfigInput): SiteConfig['recentlyBought'] {
  return { buyers: recentlyBought?.buyers ?? 3, hours: recentlyBought?.hours ?? 24 };
}

const inputs = new WeakMap<SiteConfig, SiteConfigInput>();

/**
 * Fills in every default. Dates become moments in the shop's time zone.
 * @param input one that `checkConfig` has nothing against: nothing is repaired here
 * @example resolveConfig({}).placements['item-page']?.count // 10
 */
export function resolveConfig(input: SiteConfigInput): SiteConfig {
  const ground = resolveGround(input);
  const { timeZone, currency } = ground.shop;
  const isShops = (market: { currency: string; freeShippingFrom?: number | null | undefined }) =>
    market.freeShippingFrom === undefined && market.currency === currency;
  const config: SiteConfig = {
    ...ground,
    placements: mapped(input.placements ?? DEFAULT_PLACEMENTS, (one, key) =>
      resolvePlacement(one, key, { timeZone, alternatives: input.alternatives }),
    ),
    texts: { reasons: input.texts?.reasons ?? {} },
    personas: mapped(input.personas ?? DEFAULT_PERSONAS, resolvePersona),
    messages: copied(input.messages),
    attention: {
      perPage: input.attention?.perPage ?? 1,
      perSession: input.attention?.perSession ?? 3,
      minutesBetween: input.attention?.minutesBetween ?? 2,
      never: input.attention?.never ?? [],
      groups: copied(input.attention?.groups),
    },
    audiences: copied<Condition>(input.audiences),
    exclusionGroups: copied(input.exclusionGroups),
    holdouts: copied(input.holdouts),
    metrics: copied<Metric>(input.metrics ?? DEFAULT_METRICS),
    experiments: copied(input.experiments),
    markets: mapped(input.markets ?? {}, (market) => ({
      currency: market.currency,
      countries: market.countries ?? [],
      freeShippingFrom: market.freeShippingFrom ?? (isShops(market) ? (input.carts?.freeShippingFrom ?? null) : null),
    })),
    carts: {
      abandonedAfterMinutes: input.carts?.abandonedAfterMinutes ?? 60,
      restoreUrl: input.carts?.restoreUrl ?? null,
      freeShippingFrom: input.carts?.freeShippingFrom ?? null,
    },
    recentlyBought: resolveRecentlyBought(input),
    alternatives: resolveAlternatives(input.alternatives ?? {}),
    attribution: { windowHours: input.attribution?.windowHours ?? 72 },
    webhooks: input.webhooks ?? {},
    endpoints: copied(input.endpoints),
    surveys: copied(input.surveys),
    guides: copied(input.guides),
    loyalty: input.loyalty ?? {},
  };
  inputs.set(config, input);
  return config;
}

/** What a config was made from: variations are stated in its terms. */
export const inputOf = (config: SiteConfig): SiteConfigInput => inputs.get(config) ?? {};
