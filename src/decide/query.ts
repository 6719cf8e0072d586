import * as z from 'zod';
import { ItemField } from '../config/schema-common.ts';
import { STEERING, StrategyName } from '../config/schema-placements.ts';
import { Consent, CustomerId, ItemId, VisitorId } from '../events/schema.ts';
import { ITEM_FIELDS } from '../recommendations/schema.ts';
import { CountText, jsonText, list, ShareText, withFields } from './query-text.ts';
import {
  DecideContext,
  DecidePage,
  DecideRequest,
  Explain,
  type PartName,
  PlacementRequest,
  SESSION_LIMIT,
  Seed,
} from './schema.ts';
import type { RankRequest } from './schema-questions.ts';

const { locale, market, country, device, timeZone, campaign } = DecideContext.shape;
const CONTEXT = { locale, market, country, device, timeZone, campaign };

/** What all the single questions understand. */
export const AskQuery = z.object({
  visitorId: VisitorId.optional(),
  customerId: CustomerId.optional(),
  consent: Consent.optional(),
  ...CONTEXT,
  count: CountText.optional(),
  overrides: DecideRequest.shape.overrides,
});
export type AskQuery = z.infer<typeof AskQuery>;

const STEERED = PlacementRequest.shape;
const OR_FIELDS = 'As JSON, or field by field:';

/** Parameters that are objects, whose fields may be parameters of their own. */
const withParts = withFields(['caps', 'rotation', 'promoted']);

const RecommendationsText = AskQuery.extend({
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
  filter: jsonText(STEERED.filter, '{"price":{"$lt":20}}').optional().describe('A condition on items, as JSON'),
  rules: jsonText(STEERED.rules, '[{"key":"new","items":{"tags":"new"},"do":"boost","by":2}]')
    .optional()
    .describe('Rules beside those of the config, as a JSON array'),
  caps: jsonText(STEERED.caps, '{"brand":2}')
    .optional()
    .describe(`${OR_FIELDS} caps.brand=2, caps.category, caps.group`),
  rotation: jsonText(STEERED.rotation, '{"rate":0.3,"hours":24}')
    .optional()
    .describe(`${OR_FIELDS} rotation.rate=0.3&rotation.hours=24. \`null\` switches it off`),
  promoted: jsonText(STEERED.promoted, '{"items":{"tags":"paid"},"share":0.2}')
    .optional()
    .describe(`${OR_FIELDS} promoted.share=0.2&promoted.items={"tags":"paid"}. \`null\` switches it off`),
  strategies: jsonText(STEERED.strategies, '[{"strategy":"bestsellers","days":7}]')
    .optional()
    .describe('Instead of those of the config, as a JSON array'),
  fallback: list(StrategyName, 15).optional(),
  seen: STEERING.seen,
  bought: STEERING.bought,
  outOfStock: STEERING.outOfStock,
  sameAs: list(ItemField, 10).optional(),
  differentFrom: list(ItemField, 10).optional(),
  minimumRelevance: z
    .preprocess((sent) => (sent === 'null' ? null : sent), STEERING.minimumRelevance)
    .optional()
    .describe('`null` switches it off'),
  diversity: ShareText.optional(),
  explore: ShareText.optional(),
});
export const RecommendationsQuery = z.preprocess(withParts, RecommendationsText);
export type RecommendationsQuery = z.infer<typeof RecommendationsQuery>;

export const BoughtQuery = AskQuery.extend({
  scope: z.enum(['me', 'everyone']).default('me'),
});

export const WhyNotQuery = z.preprocess(
  withParts,
  RecommendationsText.extend({
    placement: z.string().min(1).max(64),
    itemId: ItemId.describe('The item that is asked about'),
    pageItemId: ItemId.optional().describe('The item of the page'),
  }),
);
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
  return { ...asked, placements, include: ['recommendations'] };
}
