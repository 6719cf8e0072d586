/** What the link to a saved basket takes and answers. */
import * as z from 'zod';
import { CartAnswer } from '../decide/schema.ts';
import { Consent, CustomerId, VisitorId } from '../events/schema.ts';
import { IdentityToken } from '../events/wire.ts';
import { documented } from '../shared/documented.ts';

export const TokenParam = z.object({ token: z.string().min(1).max(8_000) });

export const RestoreBody = z.object({
  visitorId: VisitorId.optional(),
  customerId: CustomerId.optional(),
  identityToken: IdentityToken.optional(),
  consent: Consent.optional(),
});

const missing = /* @__PURE__ */ documented(() =>
  z.array(z.string()).describe('ItemIds that the catalogue does not have any more'),
);

export const CarriedAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    cart: CartAnswer.describe('With the names and prices of today'),
    missing,
    expiresAt: z.string(),
  }),
);

export const RestoredAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    visitorId: z.string(),
    consentUsed: Consent,
    restored: z
      .boolean()
      .describe('Whether the basket is remembered. Without consent it is only answered, for the page to fill its own.'),
    cart: CartAnswer,
    missing,
  }),
);
