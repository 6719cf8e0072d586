import * as z from 'zod';
import { ITEM_KEYS } from '../catalog/schema.ts';
import { documented } from '../shared/documented.ts';

/** The strategies that exist. A config may name others of the vocabulary before they are built; they find nothing. */
export const STRATEGIES = [
  'also_viewed',
  'bought_together',
  'complete_the_basket',
  'similar',
  'alternatives',
  'because_you_viewed',
  'for_you',
  'trending',
  'bestsellers',
  'new_arrivals',
  'recently_viewed',
  'buy_again',
  'recently_bought_by_others',
  'basket_filler',
  'handpicked',
] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** Why an item is recommended: the closed list. */
export const REASON_CODES = [
  'also_viewed',
  'bought_together',
  'session',
  'seen_before',
  'category_affinity',
  'brand_affinity',
  'trending',
  'bestseller',
  'popular',
  'popular_with_persona',
  'popular_in_context',
  'new_arrival',
  'assortment',
  'recently_viewed',
  'bought_before',
  'bought_by_others',
  'reaches_free_delivery',
  'pair_reaches_free_delivery',
  'handpicked',
  'similar',
  'same_category',
  'same_brand',
  'alternative',
  'same',
  'differs',
  'costs_more',
  'costs_less',
  'in_stock',
  'context',
  'little_known',
  'rule',
  'promoted',
  'rotation',
  'diversity',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** One addend of a score. */
export const Reason = /* @__PURE__ */ documented(() =>
  z.object({
    code: z.enum(REASON_CODES),
    /** What it refers to: an itemId, a category's slug, a brand, a rule's key, a field (`size`), an amount (`4.00 EUR`), words. */
    detail: z.string().optional(),
    weight: z.number(),
    /** A short sentence for shoppers. */
    text: z.string().optional(),
  }),
);
export type Reason = z.infer<typeof Reason>;

/** Why a candidate was not recommended: the closed list. */
const DROP_REASONS = [
  'unknown',
  'removed',
  'excluded',
  'in_cart',
  'current',
  'seen',
  'bought',
  'hidden',
  'out_of_stock',
  'filter',
  'same_as',
  'different_from',
  'relevance',
  'promoted',
  'cap:brand',
  'cap:category',
  'cap:group',
] as const;
/** Or the rule that hides it. */
export type DropReason = (typeof DROP_REASONS)[number] | `rule:${string}`;

/** An item as it is recommended: `fields` that were asked for stand beside these. */
export const RecommendedItem = /* @__PURE__ */ documented(() =>
  z.looseObject({
    itemId: z.string(),
    title: z.string(),
    score: z.number(),
    reasons: z.array(Reason),
    /** Key of the rule that placed or weighed it. */
    rule: z.string().nullable(),
    /** Of items that the visitor bought on two days or more, by `buy_again`: when they are likely to be needed again, and how surely, 0 to 1. */
    dueAt: z.string().optional(),
    dueConfidence: z.number().optional(),
    /** The shop is paid for showing it. */
    promoted: z.literal(true).optional(),
    /** Shown by chance: its position, from 1, and how probable it was there. */
    explored: z.object({ position: z.number(), probability: z.number() }).optional(),
    /** For merchants: which strategy found it. */
    strategy: z.string().optional(),
  }),
);
export type RecommendedItem = z.infer<typeof RecommendedItem>;

/** A candidate as it was considered, for whoever asks how an answer came about. */
export const Traced = /* @__PURE__ */ documented(() =>
  z.object({
    itemId: z.string().nullable(),
    /** The strategy that found it; `list` says whether among the placement's own or as a fallback. */
    strategy: z.string(),
    list: z.enum(['strategies', 'fallback']),
    /** Place in its list, from 1. */
    rank: z.number(),
    /** Before rules and rotation, and after. */
    found: z.number(),
    score: z.number(),
    /** The score by part. */
    reasons: z.array(Reason),
    /** `shown`, why it was left out, or what put others before it: `diversity` or `rank`. */
    fell: z.string(),
  }),
);
export type Traced = z.infer<typeof Traced>;

/** What a placement shows. */
export const Recommendation = /* @__PURE__ */ documented(() =>
  z.object({
    recommendationId: z
      .string()
      .describe(
        'Signed, and says itself what was recommended: events echo it, /v1/replay reads it. 512 characters at most',
      ),
    title: z.string(),
    /** The strategy that produced most of the items; of a fallback only when nothing else produced any. */
    strategy: z.string(),
    /** Whether at least one item comes from the fallback. */
    fallback: z.boolean(),
    items: z.array(RecommendedItem),
    /** How many candidates were left out before the placement was full, by reason. */
    dropped: z.record(z.string(), z.number()),
    /** To be sent as `next` for the following page; null where the list has ended. */
    next: z.string().nullable(),
    trace: z.array(Traced).optional(),
  }),
);
export type Recommendation = z.infer<typeof Recommendation>;

/** The fields of an item that may be asked for. */
export const ITEM_FIELDS = [
  'title',
  'price',
  'currency',
  'availability',
  'brand',
  'categories',
  'url',
  'imageUrl',
  'salePrice',
  'availableAt',
  'stock',
  'attributes',
  'tags',
  'groupId',
  'rating',
  'createdAt',
] as const;
export type ItemField = (typeof ITEM_FIELDS)[number];

/** The item's own fields: what conditions about items, `sameAs` and `differentFrom` may name by the first step of their path. */
export const ITEM_FACTS: readonly string[] = ITEM_KEYS.filter((key) => !['url', 'imageUrl', 'locales'].includes(key));
