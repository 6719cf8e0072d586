/** Lists of items that are no placements, as they are answered. */
import * as z from 'zod';
import { Reason } from '../recommendations/schema.ts';
import { documented } from '../shared/documented.ts';

/** An entry of the recently-bought list, as it is answered. */
export const BoughtItemAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    itemId: z.string(),
    title: z.string().nullable(),
    lastBoughtAt: z.string(),
    times: z.number(),
    quantity: z.number().describe('Pieces, over all orders; what was given back is taken off.'),
    lastQuantity: z.number().describe('Pieces the last time that it was no gift; 0 when it always was one.'),
    paid: z.number().nullable(),
    paidCurrency: z.string(),
    price: z.number().nullable(),
    currency: z.string().nullable(),
    priceChange: z
      .number()
      .nullable()
      .describe('Today’s price less what was paid; null where that cannot be said, be it that the currencies differ.'),
    availability: z.string().nullable(),
    dueAt: z.string().nullable(),
    dueConfidence: z.number().nullable(),
    alternative: z
      .object({
        itemId: z.string(),
        title: z.string(),
        price: z.number().nullable(),
        currency: z.string().nullable(),
        reasons: z.array(Reason),
      })
      .nullable()
      .describe('What can be had instead, of the first five that are gone or out of stock.'),
  }),
);
export type BoughtItemAnswer = z.infer<typeof BoughtItemAnswer>;

/** Everything bought before that can be had, to be put into the basket at once. */
export const RefillAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    items: z.array(
      z.object({ itemId: z.string(), title: z.string(), quantity: z.number(), price: z.number().nullable() }),
    ),
    value: z.number().nullable().describe('Null where a price is not known in the currency.'),
    currency: z.string(),
  }),
);
export type RefillAnswer = z.infer<typeof RefillAnswer>;

/** What several people bought lately. Nothing says who, or when. */
export const ByOthersAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    itemId: z.string(),
    title: z.string(),
    buyers: z
      .number()
      .describe(
        'How many different people bought it within the shop’s window, without the one who asks: never fewer than `recentlyBought.buyers`.',
      ),
    price: z.number().nullable(),
    currency: z.string().nullable(),
    availability: z.string(),
  }),
);
export type ByOthersAnswer = z.infer<typeof ByOthersAnswer>;

export const ViewedItemAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    itemId: z.string(),
    title: z.string(),
    lastViewedAt: z.string(),
    price: z.number().nullable(),
    currency: z.string().nullable(),
    availability: z.string(),
  }),
);
export type ViewedItemAnswer = z.infer<typeof ViewedItemAnswer>;
