/** What is asked about a list, and about an item: /v1/rank and /v1/why-not. */
import * as z from 'zod';
import { ItemId } from '../events/schema.ts';
import { Reason } from '../recommendations/schema.ts';
import { UNFOUND } from '../recommendations/unfound.ts';
import { documented } from '../shared/documented.ts';
import { DecideRequest, head } from './schema.ts';

const RANKED_LIMIT = 1_000;

/** A list that the caller has: search results, a category page. */
export const RankRequest = DecideRequest.pick({
  visitorId: true,
  customerId: true,
  identityToken: true,
  consent: true,
  page: true,
  context: true,
  cart: true,
  session: true,
  explain: true,
  seed: true,
  dryRun: true,
  overrides: true,
}).extend({
  items: z.array(ItemId).min(1, 'items has at least one itemId').max(RANKED_LIMIT, `at most ${RANKED_LIMIT} items`),
  /** Whose strategies and rules score the items; without one, what is likely to interest the visitor. */
  placement: z.string().min(1).max(64).optional(),
});
export type RankRequest = z.infer<typeof RankRequest>;

export const RankAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    ...head,
    /** Best first; those that nothing is known about follow as they were sent, unknown ones last. */
    items: z.array(
      z.object({
        itemId: z.string(),
        score: z.number().nullable(),
        reasons: z.array(Reason),
        rule: z.string().nullable(),
      }),
    ),
    missing: z.array(z.string()),
  }),
);
export type RankAnswer = z.infer<typeof RankAnswer>;

const Scored = /* @__PURE__ */ documented(() => z.object({ itemId: z.string(), score: z.number() }));

const Unmet = /* @__PURE__ */ documented(() => z.object({ field: z.string(), asked: z.unknown(), found: z.unknown() }));

export const WhyNotAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    ...head,
    placement: z.string(),
    itemId: z.string(),
    shown: z.boolean(),
    reason: z
      .string()
      .describe(
        'shown; what removed it (unknown, excluded, in_cart, current, seen, bought, hidden, out_of_stock, filter, same_as, different_from, relevance, promoted, cap:…, rule:…); variant, where another of its group stands for it; shown_before on an earlier page; rank or diversity, where others came before it; not_found, where no strategy names it',
      ),
    rule: z.string().nullable(),
    /** What of the filter, or of `sameAs` and `differentFrom`, it does not meet. */
    unmet: z.array(Unmet),
    /** The variant that is shown. */
    instead: z.string().nullable(),
    position: z.number().nullable(),
    /** Place in the list that names it, its score there and the score by part. */
    rank: z.number().nullable(),
    score: z.number().nullable(),
    reasons: z.array(Reason),
    outrankedBy: z.number().nullable(),
    lastShown: Scored.nullable(),
    /** What is shown. */
    items: z.array(Scored),
    /** Of each strategy: where it has the item, or why it does not. */
    strategies: z.array(
      z.object({
        strategy: z.string(),
        list: z.enum(['strategies', 'fallback']),
        rank: z.number().nullable(),
        why: z.enum(UNFOUND).nullable(),
        /** Of a strategy by content: the hard constraint that it breaks, or the similarity that is asked and found. */
        unmet: Unmet.exactOptional(),
      }),
    ),
  }),
);
export type WhyNotAnswer = z.infer<typeof WhyNotAnswer>;
