import * as z from 'zod';

/** What the personas of a shop still need. */
export const PersonasReadiness = z.object({
  tiers: z
    .object({
      live: z.boolean(),
      needs: z.string().nullable(),
      customers: z.number().describe('Customers who may be remembered, in the sample.'),
    })
    .describe('Tiers and scores (`rfm.*`) go by the shop’s own quantiles, of a sample of its customers.'),
});
