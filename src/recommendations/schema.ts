import * as z from 'zod';

/** The strategies that exist. A config may name others of the vocabulary before they are built; they find nothing. */
export const STRATEGIES = [
  'also_viewed',
  'bought_together',
  'complete_the_basket',
  'for_you',
  'trending',
  'bestsellers',
  'new_arrivals',
  'recently_viewed',
  'buy_again',
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
  'new_arrival',
  'assortment',
  'recently_viewed',
  'bought_before',
  'reaches_free_delivery',
  'pair_reaches_free_delivery',
  'handpicked',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** One addend of a score. */
export const Reason = z.object({
  code: z.enum(REASON_CODES),
  /** What it refers to: an itemId, a category's slug, a brand. */
  detail: z.string().optional(),
  weight: z.number(),
  /** A short sentence for shoppers. */
  text: z.string().optional(),
});
export type Reason = z.infer<typeof Reason>;

/** Why a candidate was not recommended: the closed list. */
export const DROP_REASONS = [
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
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** An item as it is recommended: `fields` that were asked for stand beside these. */
export const RecommendedItem = z.looseObject({
  itemId: z.string(),
  title: z.string(),
  score: z.number(),
  reasons: z.array(Reason),
  rule: z.string().nullable(),
  /** Chance put it there, at this position, with this probability. */
  explored: z.object({ position: z.number(), probability: z.number() }).optional(),
  /** Of items that the visitor bought on two days or more, by `buy_again`: when they are likely to be needed again, and how surely, 0 to 1. */
  dueAt: z.string().optional(),
  dueConfidence: z.number().optional(),
});
export type RecommendedItem = z.infer<typeof RecommendedItem>;

/** What a placement shows. */
export const Recommendation = z.object({
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
  /** How many better candidates were left out, by reason. */
  dropped: z.record(z.string(), z.number()),
});
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
