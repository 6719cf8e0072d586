import * as z from 'zod';
import { areDistinctRules, Promoted, Rule, STEERING, StrategyName, StrategyUse } from '../config/schema-placements.ts';
import { Consent, CustomerId, ItemId, VisitorId } from '../events/schema.ts';
import { EventsAnswer, isHttpUrl, Time } from '../events/wire.ts';
import { REASONS } from '../experiments/decide.ts';
import { MessageAnswer, SuppressedMessage } from '../messages/schema.ts';
import { PersonaPart } from '../personas/schema.ts';
import { readToken, TOKEN_LENGTH } from '../recommendations/page-token.ts';
import { ITEM_FIELDS, Recommendation } from '../recommendations/schema.ts';
import { documented } from '../shared/documented.ts';
import { clausesOf } from '../targeting/clauses.ts';
import { strayFact, type Vocabulary } from '../targeting/find-fact.ts';
import { CheckedCondition } from '../targeting/schema-checked.ts';
import { FACTS, ITEM_VOCABULARY } from '../targeting/vocabulary.ts';
import { isTimeZone } from './hour.ts';
import { BoughtItemAnswer, ByOthersAnswer, RefillAnswer, ViewedItemAnswer } from './schema-lists.ts';

export const BODY_LIMIT_BYTES = 1_000_000;
const PLACEMENTS_LIMIT = 20;
export const SESSION_LIMIT = 200;
const CART_LIMIT = 500;
const EXCLUDE_LIMIT = 1_000;

/** What an answer may consist of. */
export const PARTS = [
  'persona',
  'recommendations',
  'messages',
  'experiments',
  'recentlyBought',
  'boughtByOthers',
  'recentlyViewed',
  'cart',
  'surveys',
  'guides',
  'loyalty',
] as const;
export type PartName = (typeof PARTS)[number];

/** Parts of an answer to a request that names none: `cart` is what the caller has just said, and what others bought is for those who ask. */
export const USUAL_PARTS: readonly PartName[] = PARTS.filter((part) => part !== 'cart' && part !== 'boughtByOthers');

const Count = z
  .number()
  .int('count is a whole number')
  .min(1, 'count is from 1 to 100')
  .max(100, 'count is from 1 to 100');
export const Fields = z.array(z.enum(ITEM_FIELDS)).max(ITEM_FIELDS.length);
export const Explain = z.enum(['none', 'shopper', 'merchant', 'trace']);
export type Explain = z.infer<typeof Explain>;
export const Seed = z.string().min(1).max(200);

const RULES_LIMIT = 50;

/** A condition as it arrives in a request: nobody may name a fact that there is not. */
const conditionOn = (vocabulary: Vocabulary, whose: string) =>
  CheckedCondition.superRefine((condition, context) => {
    // What was refused may be too deep to be walked.
    if (context.issues.length > 0) return;
    for (const { fact, path } of clausesOf(condition)) {
      const message = strayFact(vocabulary, fact, whose);
      if (message !== null) context.addIssue({ code: 'custom', message, path: [...path] });
    }
  });

export const ItemFilter = conditionOn(ITEM_VOCABULARY, 'items have no field');

/** A rule that holds for this request alone. */
const RequestRule = Rule.safeExtend({
  when: conditionOn(FACTS, 'there is no fact').optional(),
  items: ItemFilter,
});

/** What one placement is asked for; whatever is not said is the config's. */
export const PlacementRequest = z.object({
  placement: z.string().min(1).max(64),
  count: Count.optional(),
  exclude: z.array(ItemId).max(EXCLUDE_LIMIT).optional(),
  /** Holds beside the config's. */
  filter: ItemFilter.optional(),
  fields: Fields.optional(),
  ...STEERING,
  /** Beside those of the config. */
  rules: z.array(RequestRule).max(RULES_LIMIT).refine(areDistinctRules, 'two rules have the same key').optional(),
  /** Instead of the config's; null: nothing is promoted. */
  promoted: Promoted.safeExtend({ items: ItemFilter }).nullable().optional(),
  strategies: z.array(StrategyUse).max(15).optional(),
  fallback: z.array(StrategyName).max(15).optional(),
  /** Of the answer before: what it and those before it showed is not shown again. */
  next: z
    .string()
    .max(TOKEN_LENGTH)
    .refine((token) => readToken(token) !== null, 'is no token of ours: send `next` of an answer as it is')
    .optional(),
});
export type PlacementRequest = z.infer<typeof PlacementRequest>;

/** The page that is being built. `category` is a category's path or its slug. */
export const DecidePage = z.object({
  type: z.string().max(100).optional(),
  itemId: ItemId.optional(),
  category: z.string().max(500).optional(),
  url: z.string().max(2_000).refine(isHttpUrl, 'is an http or https URL').optional(),
  title: z.string().max(1_000).optional(),
  referrer: z.string().max(2_000).optional(),
  query: z.string().max(500).optional(),
});
export type DecidePage = z.infer<typeof DecidePage>;

const CartLineRequest = z.object({
  itemId: ItemId,
  quantity: z.number().gt(0, 'is above 0').max(1e9).default(1),
  price: z.number().min(0, 'is 0 or more').max(1e12).optional(),
});

/** Facts about where and how the visitor is there; conditions read them under `context.`. */
export const DecideContext = z.looseObject({
  page: DecidePage.optional(),
  locale: z.string().max(35).optional(),
  market: z.string().max(40).optional(),
  country: z.string().max(40).optional(),
  device: z.string().max(40).optional(),
  campaign: z.string().max(200).optional(),
  /** Of the visitor, an IANA name. */
  timeZone: z.string().max(60).refine(isTimeZone, 'an IANA time zone such as Europe/London is expected').optional(),
});
export type DecideContext = z.infer<typeof DecideContext>;

function areDistinct(placements: readonly { placement: string }[]): boolean {
  return new Set(placements.map((one) => one.placement)).size === placements.length;
}

export const DecideRequest = z.object({
  visitorId: VisitorId.optional(),
  customerId: CustomerId.optional(),
  /** Proof of the customerId, signed by the shop. */
  identityToken: z.string().max(10_000).optional(),
  consent: Consent.optional(),
  sentAt: Time.optional(),
  page: DecidePage.optional(),
  context: DecideContext.optional(),
  /** Instead of the visitor's remembered cart. */
  cart: z.array(CartLineRequest).max(CART_LIMIT).optional(),
  /** Items viewed in this visit, oldest first, instead of the remembered ones. */
  session: z.array(ItemId).max(SESSION_LIMIT, `session has at most ${SESSION_LIMIT} items`).optional(),
  placements: z
    .array(PlacementRequest)
    .max(PLACEMENTS_LIMIT, `at most ${PLACEMENTS_LIMIT} placements`)
    .refine(areDistinct, 'two entries name the same placement')
    .optional(),
  unshown: z
    .array(z.string().max(200))
    .max(50)
    .optional()
    .describe(
      'ImpressionIds of messages that waited for their moment on the page before, and were not shown: their places are free. A page that keeps them sends the list, empty at first, and is told what is held out as well.',
    ),
  include: z.array(z.enum(PARTS)).optional(),
  events: z.array(z.unknown()).max(500, 'at most 500 events').optional(),
  explain: Explain.default('shopper'),
  dryRun: z.boolean().default(false),
  overrides: z
    .string()
    .max(4_000)
    .optional()
    .describe(
      'A token of POST /v1/experiments/overrides: its variations are given, and nothing is counted. Also as a query parameter or the header X-Experiment-Overrides.',
    ),
  expose: z
    .boolean()
    .optional()
    .describe('The variations answered under `experiments` are met now: values and flags count from here on.'),
  seed: Seed.optional(),
});
export type DecideRequest = z.infer<typeof DecideRequest>;

export const CartAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    lines: z.array(
      z.object({
        itemId: z.string(),
        title: z.string().nullable(),
        quantity: z.number(),
        price: z.number().nullable(),
      }),
    ),
    quantity: z.number(),
    value: z.number(),
    currency: z.string(),
    toFreeShipping: z.number().nullable(),
  }),
);
export type CartAnswer = z.infer<typeof CartAnswer>;

/** The variation that a visitor has, with its value and why. */
export const ExperimentAnswer = /* @__PURE__ */ documented(() =>
  z.object({ variation: z.string(), value: z.unknown(), reason: z.enum(REASONS) }),
);
export type ExperimentAnswer = z.infer<typeof ExperimentAnswer>;

/** What every answer says about itself. */
export const head = /* @__PURE__ */ documented(() => ({
  visitorId: z.string(),
  consentUsed: Consent,
  versions: z.object({
    config: z.number(),
    catalog: z.string(),
    cards: z.string(),
    sessions: z
      .string()
      .exactOptional()
      .describe('Of the index of sessions, where the blend is on and it was at hand.'),
  }),
  /** The visitor's memory could not be had in time: the answer is from the request alone. */
  degraded: z.boolean(),
  holdout: z.string().exactOptional().describe('The holdout that the visitor is in, where one is: see `notes`.'),
  /** What the caller should know: why something stated was not used. */
  notes: z.array(z.string()).optional(),
}));

/** Parts whose capability is not built yet are there, and empty. */
const parts = /* @__PURE__ */ documented(() => ({
  persona: PersonaPart,
  placements: z.record(z.string(), Recommendation),
  messages: z.array(MessageAnswer),
  /** Messages that were meant for this visitor and not shown, and why. */
  suppressed: z.array(SuppressedMessage),
  experiments: z.record(z.string(), ExperimentAnswer),
  recentlyBought: z.array(BoughtItemAnswer),
  /** Comes with `recentlyBought`. */
  basket: RefillAnswer,
  boughtByOthers: z.array(ByOthersAnswer),
  recentlyViewed: z.array(ViewedItemAnswer),
  cart: CartAnswer,
  surveys: z.array(z.never()),
  guides: z.array(z.never()),
  loyalty: z.null(),
}));

export const DecideAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    ...head,
    decisionId: z.string(),
    ...z.object(parts).partial().shape,
    /** ItemIds of the request that the catalogue does not have. */
    missing: z.array(z.string()).optional(),
    events: EventsAnswer.optional(),
  }),
);
export type DecideAnswer = z.infer<typeof DecideAnswer>;

/** The single parts, for GET. */
export const PersonaAnswer = /* @__PURE__ */ documented(() => z.object({ ...head, persona: parts.persona.optional() }));
export const RecommendationAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    ...head,
    placement: z.string(),
    ...Recommendation.partial().shape,
    placements: parts.placements,
    missing: z.array(z.string()).optional(),
  }),
);
export const RecentlyBoughtAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    ...head,
    recentlyBought: z.union([parts.recentlyBought, parts.boughtByOthers]),
    basket: parts.basket.optional().describe('Of the visitor’s own: what of it goes into the basket at once.'),
  }),
);
export const RecentlyViewedAnswer = /* @__PURE__ */ documented(() =>
  z.object({ ...head, recentlyViewed: parts.recentlyViewed }),
);
export const MessagesAnswer = /* @__PURE__ */ documented(() =>
  z.object({ ...head, messages: parts.messages, suppressed: parts.suppressed }),
);
export const ExperimentsAnswer = /* @__PURE__ */ documented(() =>
  z.object({ ...head, experiments: parts.experiments }),
);
export const CartPartAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    ...head,
    cart: parts.cart.optional(),
    restoreToken: z
      .string()
      .nullable()
      .optional()
      .describe('With the secret key; null where the basket is empty or the deployment has no `SIGNING_SECRET`.'),
  }),
);
