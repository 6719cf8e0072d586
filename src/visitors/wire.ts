/** What the routes about visitors take and answer. */
import * as z from 'zod';
import { Consent, CustomerId, ItemId, VisitorId } from '../events/schema.ts';
import { IdentityToken, Time } from '../events/wire.ts';
import { DeliveryAnswer } from '../integrations/schema.ts';
import { documented } from '../shared/documented.ts';

/** The secret key also names a visitor by another tool's id, as it was sent. */
export const VisitorParam = z.object({
  visitorId: z.string().min(1).max(1000).describe('Also another tool’s anonymous id or user id, as it was sent'),
});
export const CustomerParam = z.object({ customerId: CustomerId });
export const ItemParam = z.object({ itemId: ItemId });
export const OwnQuery = z.object({ visitorId: VisitorId.optional().describe('Where no cookie says it') });
export const ConsentBody = z.object({
  visitorId: VisitorId.optional(),
  customerId: CustomerId.optional(),
  identityToken: IdentityToken.optional(),
  consent: Consent,
  timestamp: Time.optional().describe('When it was stated; what is stored stays if it is newer'),
});
export const LogoutBody = z.object({ visitorId: VisitorId.optional() });

const StoredConsent = z.object({ consent: Consent, at: z.string(), source: z.string() });
const Preference = z.object({ name: z.string(), weight: z.number(), share: z.number(), lastAt: z.string().nullable() });

export const ProfileAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    visitorId: z.string().optional(),
    customerId: z.string().optional(),
    consent: StoredConsent.nullable(),
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
  }),
);

export const ExportAnswer = /* @__PURE__ */ documented(() =>
  z.looseObject({
    profile: z.looseObject({}).nullable(),
    consent: StoredConsent.nullable(),
    consents: z.array(StoredConsent).describe('What was stored before, oldest first'),
    belongsToCustomer: z
      .boolean()
      .describe('The visitor was identified; without proof this is the visitor’s own part only'),
    customer: z.object({ customerId: z.string(), identifiedAt: z.string() }).nullable(),
    visitors: z
      .array(z.object({ visitorId: z.string(), identifiedAt: z.string(), isClosed: z.boolean() }))
      .describe('Of a customer: whose histories are merged here'),
    flushes: z.array(z.object({ flushId: z.string(), fixedAt: z.string() })).describe('Not confirmed yet'),
    outgoing: z
      .array(DeliveryAnswer.extend({ endpoint: z.string() }))
      .describe('Messages about the person to the shop’s endpoints, waiting or in the log'),
    watching: z
      .array(z.object({ itemId: z.string(), viewedAt: z.string() }))
      .describe('Items of whose changes the shop’s endpoints are told'),
    events: z.array(
      z.looseObject({ sequence: z.number(), eventId: z.string(), name: z.string(), timestamp: z.string() }),
    ),
  }),
);

/** Proof of an erasure: `signature` is the HMAC-SHA-256, in hex, of the receipt as JSON without it, under the deployment's signing secret; null without one. */
export const Receipt = /* @__PURE__ */ documented(() =>
  z.object({
    subject: z.string(),
    shop: z.string(),
    events: z.number(),
    orders: z.number(),
    profile: z.boolean(),
    links: z.number().describe('Ties between visitors and a customer'),
    flushes: z.number().describe('Messages on their way, from which everything was taken that says whose they are'),
    messages: z.number().describe('Messages about the person to the shop’s endpoints, waiting or in the log'),
    erasedAt: z.string(),
    signature: z.string().nullable(),
  }),
);
export type Receipt = z.infer<typeof Receipt>;
export const ReceiptAnswer = /* @__PURE__ */ documented(() => z.object({ receipt: Receipt }));

export const ConsentAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    visitorId: z.string().nullable(),
    consent: Consent,
    receipt: Receipt.nullable().describe('What was erased, where this was a withdrawal'),
  }),
);
export const HiddenAnswer = /* @__PURE__ */ documented(() => z.object({ itemId: z.string(), hidden: z.literal(true) }));
export const LogoutAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    visitorId: z.string().describe('A new one: to be used from here on'),
    loggedOut: z.boolean(),
  }),
);
