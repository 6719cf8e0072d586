/** What the routes about visitors take and answer. */
import * as z from 'zod';
import { Consent, CustomerId, ItemId, VisitorId } from '../events/schema.ts';

export const VisitorParam = z.object({ visitorId: VisitorId });
export const CustomerParam = z.object({ customerId: CustomerId });
export const ItemParam = z.object({ itemId: ItemId });
export const OwnQuery = z.object({ visitorId: VisitorId.optional().describe('Where no cookie says it') });
export const ConsentBody = z.object({
  visitorId: VisitorId.optional(),
  customerId: CustomerId.optional(),
  consent: Consent,
});

const Preference = z.object({ name: z.string(), weight: z.number(), share: z.number(), lastAt: z.string().nullable() });

export const ProfileAnswer = z.object({
  visitorId: z.string().optional(),
  customerId: z.string().optional(),
  consent: z.object({ consent: Consent, at: z.string() }).nullable(),
  profile: z
    .looseObject({
      affinities: z.object({
        category: z.array(Preference),
        brand: z.array(Preference),
        priceBand: z.array(Preference),
      }),
      orders: z.array(z.unknown()).describe('The last 50, newest first; the export has all'),
    })
    .nullable(),
  counts: z.record(z.string(), z.number()),
  receivedAt: z.string().nullable(),
  retention: z.object({ eventsDays: z.number(), profileDays: z.number() }),
});

export const ExportAnswer = z.looseObject({
  profile: z.looseObject({}).nullable(),
  consent: z.object({ consent: Consent, at: z.string() }).nullable(),
  events: z.array(
    z.looseObject({ sequence: z.number(), eventId: z.string(), name: z.string(), timestamp: z.string() }),
  ),
});

/** Proof of an erasure: `signature` is the HMAC-SHA-256, in hex, of the receipt as JSON without it, under the deployment's signing secret; null without one. */
export const Receipt = z.object({
  subject: z.string(),
  shop: z.string(),
  events: z.number(),
  orders: z.number(),
  profile: z.boolean(),
  erasedAt: z.string(),
  signature: z.string().nullable(),
});
export type Receipt = z.infer<typeof Receipt>;
export const ReceiptAnswer = z.object({ receipt: Receipt });

export const ConsentAnswer = z.object({
  visitorId: z.string().nullable(),
  consent: Consent,
  receipt: Receipt.nullable().describe('What was erased, where this was a withdrawal'),
});
export const HiddenAnswer = z.object({ itemId: z.string(), hidden: z.literal(true) });
