import * as z from 'zod';
import { ItemField, Share } from '../config/schema-common.ts';
import { STEERING } from '../config/schema-placements.ts';
import { Consent, CustomerId, ItemId, VisitorId } from '../events/schema.ts';
import { ITEM_FIELDS } from '../recommendations/schema.ts';
import {
  DecideContext,
  DecidePage,
  DecideRequest,
  Explain,
  ItemFilter,
  type PartName,
  PlacementRequest,
  SESSION_LIMIT,
  Seed,
} from './schema.ts';
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

const ShareText = z
  .string()
  .regex(/^[01]?\.?\d{1,9}$/, 'is a number from 0 to 1')
  .transform(Number)
  .pipe(Share);

/** A filter as JSON text. */
const FilterText = z
  .string()
  .max(4_000)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is JSON, such as {"price":{"$lt":20}}' });
      return z.NEVER;
    }
  })
  .pipe(ItemFilter);

const { locale, market, country, device, timeZone, campaign } = DecideContext.shape;
const CONTEXT = { locale, market, country, device, timeZone, campaign };

/** What all the single questions understand. */
export const AskQuery = z.object({
  visitorId: VisitorId.optional(),
  customerId: CustomerId.optional(),
  consent: Consent.optional(),
  ...CONTEXT,
  count: CountText.optional(),
});
export type AskQuery = z.infer<typeof AskQuery>;

export const RecommendationsQuery = AskQuery.extend({
  itemId: ItemId.optional().describe('The item of the page'),
  category: DecidePage.shape.category,
  page: DecidePage.shape.type.describe('Type of the page, such as search'),
  query: DecidePage.shape.query.describe('What was searched for'),
  session: list(ItemId, SESSION_LIMIT)
    .optional()
    .describe('Items viewed in this visit, oldest first, separated by commas'),
  cart: list(ItemId, 500).optional(),
  exclude: list(ItemId, 1_000).optional(),
  fields: list(z.enum(ITEM_FIELDS), ITEM_FIELDS.length).optional(),
  explain: Explain.optional(),
  seed: Seed.optional(),
  next: PlacementRequest.shape.next.describe('`next` of the answer before, for the following page'),
  filter: FilterText.optional().describe('A condition on items, as JSON'),
  seen: STEERING.seen,
  bought: STEERING.bought,
  outOfStock: STEERING.outOfStock,
  sameAs: list(ItemField, 10).optional(),
  differentFrom: list(ItemField, 10).optional(),
  minimumRelevance: z.enum(['low', 'medium', 'high']).optional(),
  diversity: ShareText.optional(),
  explore: ShareText.optional(),
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

function contextOf(query: AskQuery) {
  const names = Object.keys(CONTEXT) as (keyof typeof CONTEXT)[];
  return Object.fromEntries(names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])));
}

/** A single question as the request for everything that it is a part of. */
export function partRequest(part: PartName, query: AskQuery): DecideRequest {
  const { visitorId, customerId, consent } = query;
  return DecideRequest.parse({ visitorId, customerId, consent, include: [part], context: contextOf(query) });
}

/** The question for one placement. */
export function placementRequest(placement: string, query: RecommendationsQuery): DecideRequest {
  const { itemId, category, page, query: searched, session, cart, explain, seed, ...asked } = query;
  return DecideRequest.parse({
    ...partRequest('recommendations', query),
    page: { itemId, category, type: page, query: searched },
    ...(session === undefined ? {} : { session }),
    ...(cart === undefined ? {} : { cart: cart.map((one) => ({ itemId: one })) }),
    placements: [{ ...asked, placement }],
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
