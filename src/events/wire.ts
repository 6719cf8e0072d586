/** Events as they come over the wire: our own names and GA4's, side by side, so that a `dataLayer` push needs no translation. */
import * as z from 'zod';
import { documented } from '../shared/documented.ts';
import { LOYALTY_TRAIT } from './loyalty.ts';
import { Consent, CustomerId, EventName, ItemId, VisitorId } from './schema.ts';

const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Epoch milliseconds of an ISO 8601 time (UTC when it names no zone) or of epoch milliseconds as they are; NaN for anything else. */
export function parseTime(time: string | number): number {
  if (typeof time === 'number')
    return Number.isFinite(time) && time >= 0 && time < 8.64e15 ? Math.floor(time) : Number.NaN;
  if (!TIME.test(time)) return Number.NaN;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(time) || !/[T ]/i.test(time) ? time : `${time}Z`;
  const at = Date.parse(zoned.replace(' ', 'T'));
  return at >= 0 ? at : Number.NaN;
}

export function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text)) return false;
  return URL.canParse(text);
}

const text = (most: number) => z.string().max(most, `has at most ${most} characters`);
const token = (most: number) => text(most).min(1, 'is not empty');
/** Ids are texts; shops that push bare numbers mean the same. */
const idLike = <S extends z.ZodType<string>>(schema: S) =>
  z.preprocess((plain) => (typeof plain === 'number' && Number.isFinite(plain) ? String(plain) : plain), schema);

export const Time = z
  .union([z.string(), z.number()], 'is an ISO 8601 time such as 2026-11-22T10:00:00Z')
  .refine((time) => !Number.isNaN(parseTime(time)), 'is an ISO 8601 time such as 2026-11-22T10:00:00Z');
const HttpUrl = text(2000).refine(isHttpUrl, 'is an http or https URL');
const Money = z.number('is a number').min(0, 'is 0 or more').max(1e12, 'is at most 1,000,000,000,000');
const Quantity = z.number('is a number').gt(0, 'is above 0').max(1e9, 'is at most 1,000,000,000');
const Currency = z
  .string('is an ISO 4217 code')
  .regex(/^[A-Za-z]{3}$/, 'is an ISO 4217 code such as GBP')
  .transform((code) => code.toUpperCase());
const Position = z
  .number('is a number')
  .int('is a whole number')
  .min(0, 'is 0 or more')
  .max(1e6, 'is at most 1,000,000');

const itemFields = {
  itemId: idLike(ItemId).optional(),
  item_id: idLike(ItemId).optional(),
  price: Money.optional(),
  quantity: Quantity.optional(),
  recommendationId: token(512).optional(),
  index: Position.optional(),
  brand: text(200).optional(),
  item_brand: text(200).optional(),
  item_category: text(500).optional(),
  item_category2: text(500).optional(),
  item_category3: text(500).optional(),
  item_category4: text(500).optional(),
  item_category5: text(500).optional(),
};

/** An item within an event. `item_id` and `itemId` say the same. */
export const WireItem = z
  .looseObject(itemFields)
  .refine((item) => item.itemId !== undefined || item.item_id !== undefined, {
    message: 'is required',
    path: ['itemId'],
  });
export type WireItem = z.infer<typeof WireItem>;

const ecommerceFields = {
  items: z.array(WireItem, 'is a list of items').optional(),
  orderId: idLike(token(200)).optional(),
  transaction_id: idLike(token(200)).optional(),
  currency: Currency.optional(),
  value: Money.optional(),
  query: text(500).optional(),
  search_term: text(500).optional(),
  gift: z.boolean('is true or false').optional(),
  recommendationId: token(512).optional(),
  page_location: HttpUrl.optional(),
  page_title: text(1000).optional(),
  page_referrer: text(2000).optional(),
};

/** The page on which something happened. */
export const Page = z.looseObject({
  url: HttpUrl.optional(),
  type: text(100).optional(),
  title: text(1000).optional(),
  referrer: text(2000).optional(),
});
export type Page = z.infer<typeof Page>;

/** GA4 keeps the details of an event in `ecommerce` (a `dataLayer` push) or `params` (the measurement protocol); ours are beside its name. */
export const EventDetails = z.looseObject(ecommerceFields);
export type EventDetails = z.infer<typeof EventDetails>;

/** One event. Fields that are not listed are kept as its properties, up to 2 KB. */
export const Event = z.looseObject({
  eventId: idLike(token(200))
    .optional()
    .describe('Chosen by the sender; the same id is counted once. Without it a resend cannot be recognised'),
  name: EventName.optional(),
  event: EventName.optional().describe('As `name`, in a dataLayer push'),
  timestamp: Time.optional(),
  key: token(200).optional().describe('Of `custom`: which'),
  visitorId: VisitorId.optional().describe('Secret key only: whose event this is'),
  customerId: CustomerId.optional(),
  itemId: idLike(ItemId).optional().describe('Short for `items` with one item'),
  item_id: idLike(ItemId).optional(),
  price: Money.optional(),
  quantity: Quantity.optional(),
  index: Position.optional(),
  page: Page.optional(),
  ...ecommerceFields,
  ecommerce: EventDetails.nullish(),
  params: EventDetails.nullish(),
  learn: z
    .boolean('is true or false')
    .optional()
    .describe('false: builds the profile, but teaches nothing (imported history)'),
  messageId: token(200).optional(),
  impressionId: token(200)
    .optional()
    .describe('Of the message that was shown, clicked or dismissed, as it was answered'),
  experiment: token(200).optional(),
  variation: token(200).optional(),
  properties: z.record(z.string(), z.unknown(), 'is an object').optional(),
});
export type Event = z.infer<typeof Event>;

/** What holds for all the events of a body. */
export const Context = z.looseObject({
  page: Page.optional(),
  locale: text(35).optional(),
  market: text(50).optional(),
  campaign: text(200).optional(),
});
export type Context = z.infer<typeof Context>;

/** A JWT signed by the shop. */
export const IdentityToken = z.string().min(1).max(10_000).describe('Proof of the customer, signed by the shop');
const Trait = z.union([z.string().max(500), z.number(), z.boolean()]);
const NAMES = z.string().max(100);
const isShort = (record: object): boolean => Object.keys(record).length <= 100;

/** Facts that the sender states about the visitor; those are kept that the config allows (`identity.traits`). */
const Traits = z
  .record(NAMES, z.union([Trait, z.record(NAMES, z.union([Trait, z.null(), z.record(NAMES, Trait)])).refine(isShort)]))
  .refine(isShort, 'has at most 100 entries')
  .refine(
    (traits) => Object.entries(traits).every(([name, value]) => name === LOYALTY_TRAIT || typeof value !== 'object'),
    `only \`${LOYALTY_TRAIT}\` may be an object`,
  )
  .describe('What is stated about the visitor; the config says what of it is kept (`identity.traits`)');

const LIST = 'is a list of at most 500 events';

/** A body of events; each event is checked by itself afterwards, so that a bad one is rejected alone. */
export const EventEnvelope = z.object({
  visitorId: VisitorId.optional(),
  customerId: CustomerId.optional(),
  identityToken: IdentityToken.optional(),
  traits: Traits.optional(),
  consent: Consent.optional(),
  sentAt: Time.optional().describe('The sender’s clock when it sent this: times are corrected by how far it is off'),
  context: Context.optional(),
  learn: z.boolean('is true or false').optional(),
  events: z.array(z.unknown(), LIST).max(500, LIST),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** The body as it is documented: as {@link EventEnvelope}, with the events spelt out. */
export const EventBatch = /* @__PURE__ */ documented(() => EventEnvelope.extend({ events: z.array(Event).max(500) }));

/** An event that was not taken. `index` counts from 0 in the body's list. */
export const Rejection = z.object({ index: z.number(), type: z.string(), detail: z.string() });
export type Rejection = z.infer<typeof Rejection>;

export const EventsAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    visitorId: z.string(),
    accepted: z.number(),
    duplicates: z.number(),
    rejected: z.array(Rejection),
    consentUsed: Consent,
  }),
);
