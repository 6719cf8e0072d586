import * as z from 'zod';
import { Consent, CustomerId, ItemId, VisitorId } from '../events/schema.ts';
import { ITEM_FIELDS } from '../recommendations/schema.ts';
import { DecideRequest, Explain, type PartName, PlacementRequest, SESSION_LIMIT, Seed } from './schema.ts';
import type { RankRequest } from './schema-questions.ts';

/** A list in a query: the parameter again and again, or once with commas. */
const list = <S extends z.ZodType>(entry: S, most: number) =>
  z.preprocess(
    (sent) => (typeof sent === 'string' ? sent.split(',').filter((one) => one !== '') : sent),
    z.array(entry).max(most, `at most ${most} entries`),
  );

const CountText = z
  .string()
  .regex(/^\d{1,4}$/, 'count is a whole number from 1 to 100')
  .transform(Number)
  .pipe(z.number().min(1, 'count is from 1 to 100').max(100, 'count is from 1 to 100'));

/** What all the single questions understand. */
export const AskQuery = z.object({
  visitorId: VisitorId.optional(),
  customerId: CustomerId.optional(),
  consent: Consent.optional(),
  locale: z.string().max(35).optional(),
  market: z.string().max(40).optional(),
  country: z.string().max(40).optional(),
  count: CountText.optional(),
});
export type AskQuery = z.infer<typeof AskQuery>;

export const RecommendationsQuery = AskQuery.extend({
  itemId: ItemId.optional().describe('The item of the page'),
  category: z.string().max(500).optional(),
  session: list(ItemId, SESSION_LIMIT)
    .optional()
    .describe('Items viewed in this visit, oldest first, separated by commas'),
  cart: list(ItemId, 500).optional(),
  exclude: list(ItemId, 1_000).optional(),
  fields: list(z.enum(ITEM_FIELDS), ITEM_FIELDS.length).optional(),
  explain: Explain.optional(),
  seed: Seed.optional(),
  next: PlacementRequest.shape.next.describe('`next` of the answer before, for the following page'),
});
export type RecommendationsQuery = z.infer<typeof RecommendationsQuery>;

export const BoughtQuery = AskQuery.extend({
  scope: z.enum(['me', 'everyone']).default('me'),
});

export const WhyNotQuery = RecommendationsQuery.extend({
  placement: z.string().min(1).max(64),
  itemId: ItemId.describe('The item that is asked about'),
  pageItemId: ItemId.optional().describe('The item of the page'),
});
export type WhyNotQuery = z.infer<typeof WhyNotQuery>;

export const MessagesQuery = AskQuery.extend({
  page: z.string().max(100).optional().describe('Type of the page, such as cart.'),
});

export const PlacementPath = z.object({ placement: z.string().min(1).max(64) });

function contextOf({ locale, market, country }: AskQuery) {
  return {
    ...(locale === undefined ? {} : { locale }),
    ...(market === undefined ? {} : { market }),
    ...(country === undefined ? {} : { country }),
  };
}

/** A single question as the request for everything that it is a part of. */
export function partRequest(part: PartName, query: AskQuery): DecideRequest {
  const { visitorId, customerId, consent } = query;
  return DecideRequest.parse({ visitorId, customerId, consent, include: [part], context: contextOf(query) });
}

/** The question for one placement. */
export function placementRequest(placement: string, query: RecommendationsQuery): DecideRequest {
  const { itemId, category, session, cart, exclude, fields, explain, seed, count, next } = query;
  return DecideRequest.parse({
    ...partRequest('recommendations', query),
    page: { itemId, category },
    ...(session === undefined ? {} : { session }),
    ...(cart === undefined ? {} : { cart: cart.map((one) => ({ itemId: one })) }),
    placements: [{ placement, count, exclude, fields, next }],
    explain,
    seed,
  });
}

/** The question why an item is not in a placement, as the question for that placement. */
export function whyNotRequest({ placement, pageItemId, ...query }: WhyNotQuery): DecideRequest {
  return placementRequest(placement, { ...query, itemId: pageItemId });
}

/** The question for the order of a list, as a request for the placement that scores it. */
export function rankRequest({ placement, ...asked }: Omit<RankRequest, 'items'>): DecideRequest {
  const placements = placement === undefined ? [] : [{ placement }];
  return { ...asked, placements, include: ['recommendations'], dryRun: false };
}
