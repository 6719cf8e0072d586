import * as z from 'zod';
import type { Consent } from '../events/schema.ts';
import type { ReasonCode } from '../recommendations/schema.ts';
import type { AlternativeTerms } from '../recommendations/strategies/alternatives.ts';
import { Condition } from '../targeting/schema.ts';
import { Loose, named, strict, type Text } from './schema-common.ts';
import { ExclusionGroups, Experiments, Holdouts, Metrics } from './schema-experiments.ts';
import { Attention, Messages } from './schema-messages.ts';
import { Alternatives, Personas, Placements, type StrategyName, Texts } from './schema-placements.ts';
import {
  Attribution,
  Carts,
  ConsentSettings,
  Endpoints,
  Freshness,
  Identity,
  Learning,
  Markets,
  Origin,
  Plan,
  RecentlyBought,
  Retention,
  Shop,
  Webhooks,
} from './schema-shop.ts';

/** The strategies that find candidates today. The others are accepted and reported as inactive. */
export const ACTIVE_STRATEGIES: readonly StrategyName[] = [
  'for_you',
  'also_viewed',
  'bought_together',
  'complete_the_basket',
  'similar',
  'alternatives',
  'because_you_viewed',
  'trending',
  'bestsellers',
  'new_arrivals',
  'recently_viewed',
  'buy_again',
  'recently_bought_by_others',
  'basket_filler',
  'handpicked',
];

/** Parts of the config whose capability is built. The others are accepted, checked for shape, and reported as inactive. */
export const ACTIVE_PARTS: readonly string[] = [
  'shop',
  'origins',
  'identity',
  'consent',
  'retention',
  'plan',
  'freshness',
  'learning',
  'placements',
  'personas',
  'audiences',
  'markets',
  'carts',
  'recentlyBought',
  'attribution',
  'endpoints',
  'messages',
  'attention',
  'experiments',
  'exclusionGroups',
  'holdouts',
  'metrics',
  'texts',
  'alternatives',
];

/** A shop's config as it is published: everything is optional, unknown keys are refused. */
export const SiteConfigInput = strict({
  shop: Shop.optional(),
  origins: z.array(Origin).max(100).optional(),
  identity: Identity.optional(),
  consent: ConsentSettings.optional(),
  retention: Retention.optional(),
  plan: Plan.optional(),
  freshness: Freshness.optional(),
  learning: Learning.optional(),
  placements: Placements.optional(),
  texts: Texts.optional(),
  alternatives: Alternatives.optional(),
  personas: Personas.optional(),
  messages: Messages.optional(),
  attention: Attention.optional(),
  audiences: named(Condition).optional(),
  exclusionGroups: ExclusionGroups.optional(),
  holdouts: Holdouts.optional(),
  metrics: Metrics.optional(),
  experiments: Experiments.optional(),
  markets: Markets.optional(),
  carts: Carts.optional(),
  recentlyBought: RecentlyBought.optional(),
  attribution: Attribution.optional(),
  webhooks: Webhooks.optional(),
  endpoints: Endpoints.optional(),
  surveys: named(Loose).optional(),
  guides: named(Loose).optional(),
  loyalty: Loose.optional(),
});
export type SiteConfigInput = z.infer<typeof SiteConfigInput>;

/** What KV `CONFIG` holds under `<shop>/current`. */
export interface PublishedConfig {
  /** Counts from 1; 0 stands for "nothing published yet". */
  version: number;
  /** Epoch milliseconds; 0 with version 0. */
  publishedAt: number;
  config: SiteConfigInput;
}

/** A rule of a placement with everything filled in. */
export interface PlacementRule {
  key: string;
  /** Facts about the visitor and the page; null: always. */
  when: Condition | null;
  /** The items' own fields. */
  items: Condition;
  do: 'boost' | 'bury' | 'pin' | 'hide';
  /** Factor of `boost` and divisor of `bury`, above 0. */
  by: number;
  /** Position of `pin`, from 1. */
  at: number;
  /** Epoch milliseconds: the first moment at which it holds, and the first at which it does not any more. */
  from: number | null;
  until: number | null;
}

/** A strategy of a placement. Weights are relative to each other. `items` is empty but for `handpicked`; `days` null is the strategy's own period. */
interface PlacementStrategy {
  strategy: StrategyName;
  weight: number;
  items: string[];
  days: number | null;
  row: number | null;
  hours: number | null;
}

export interface Placement {
  key: string;
  title: Text | null;
  /** 1 to 100. */
  count: number;
  strategies: PlacementStrategy[];
  fallback: StrategyName[];
  /** What leads where the page's item is sold out, and under which title (null: ours); null: nothing else than otherwise. */
  whenSoldOut: { title: Text | null; strategies: PlacementStrategy[] } | null;
  /** `seen` and `bought` do not apply to `buy_again`, `recently_viewed` and `handpicked`. */
  seen: 'hide' | 'allow' | 'hideCurrent';
  bought: 'hide' | 'allow';
  outOfStock: 'hide' | 'allow';
  filter: Condition | null;
  /** Of the strategy `alternatives`: what may not differ, and what is traded. */
  alternatives: AlternativeTerms;
  differentFrom: string[];
  sameAs: string[];
  rules: PlacementRule[];
  /** Most items of one brand, category or group; null: no cap. */
  caps: { brand: number | null; category: number | null; group: number | null };
  promoted: { items: Condition; share: number } | null;
  /** 0 (by score alone) to 1. */
  diversity: number;
  rotation: { rate: number; hours: number } | null;
  minimumRelevance: 'low' | 'medium' | 'high' | null;
  /** Share of all places that go to little-known items by chance, at most one in an answer. */
  explore: number;
}

export interface Persona {
  key: string;
  name: Text;
  /** 0 to 1. */
  minimumConfidence: number;
  hysteresis: number;
  /** Log-odds each condition adds. */
  signals: { condition: Condition; weight: number }[];
  prior: { condition: Condition; weight: number }[];
}

type Given<K extends keyof SiteConfigInput> = NonNullable<SiteConfigInput[K]>;

/**
 * A shop's config with every default filled in: what the rest of Floorwalker reads. Records have no prototype, so that looking a stranger's name up in one
 * finds what was configured or undefined.
 */
export interface SiteConfig {
  shop: { name: string; currency: string; locale: string; locales: string[]; timeZone: string; url: string | null };
  origins: string[];
  /** `secret` is the name of a secret; `traits` those facts about visitors that may be kept. */
  identity: {
    secret: string | null;
    jwksUrl: string | null;
    issuer: string | null;
    audience: string | null;
    traits: string[];
  };
  /** `categories` by lower-cased name. */
  consent: { default: Consent; gpc: Consent; categories: Record<string, Consent> };
  retention: { eventsDays: number; profileDays: number; archiveDays: number };
  plan: 'paid' | 'free';
  freshness: { flushSeconds: number; cardsSeconds: number; catalogSeconds: number; kvWritesPerDay: number };
  learning: {
    halfLifeDays: number;
    sessionMinutes: number;
    bigBaskets: boolean | 'auto';
    ownClicks: number;
    personas: 'auto' | 'on' | 'off';
    blend: 'auto' | 'on' | 'off';
    variants: 'group' | 'separate';
  };
  placements: Record<string, Placement>;
  /** The shop's own wording of reasons, where it has one. */
  texts: { reasons: Partial<Record<ReasonCode, Text | undefined>> };
  /** What stands in for an item that cannot be had, where no placement says it. */
  alternatives: AlternativeTerms;
  personas: Record<string, Persona>;
  messages: Given<'messages'>;
  attention: {
    perPage: number;
    perSession: number;
    minutesBetween: number;
    never: string[];
    groups: Record<string, { perSession?: number | undefined; perDay?: number | undefined }>;
  };
  audiences: Record<string, Condition>;
  exclusionGroups: Given<'exclusionGroups'>;
  holdouts: Given<'holdouts'>;
  metrics: Given<'metrics'>;
  experiments: Given<'experiments'>;
  /** `freeShippingFrom` in the market's currency; null: delivery is never free, or nobody said from where on. */
  markets: Record<string, { currency: string; countries: string[]; freeShippingFrom: number | null }>;
  carts: { abandonedAfterMinutes: number; restoreUrl: string | null; freeShippingFrom: number | null };
  recentlyBought: { buyers: number; hours: number };
  attribution: { windowHours: number };
  webhooks: Given<'webhooks'>;
  endpoints: Given<'endpoints'>;
  surveys: Given<'surveys'>;
  guides: Given<'guides'>;
  loyalty: Given<'loyalty'>;
}
