import * as z from 'zod';
import { documented } from '../shared/documented.ts';

/** What the personas of a shop still need. */
export const PersonasReadiness = /* @__PURE__ */ documented(() =>
  z.object({
    tiers: z
      .object({
        live: z.boolean(),
        needs: z.string().nullable(),
        customers: z.number().describe('Customers who may be remembered, in the sample.'),
      })
      .describe('Tiers and scores (`rfm.*`) go by the shop’s own quantiles, of a sample of its customers.'),
    popularity: z
      .object({
        setting: z.enum(['auto', 'on', 'off']).describe('`learning.personas` of the config.'),
        on: z.boolean(),
        trials: z.number().describe('First three views of a visit, whose visitor’s persona was known before.'),
        gain: z
          .number()
          .nullable()
          .describe('Bits a view that popularity by persona tells more than popularity among everybody.'),
        interval: z.array(z.number()).nullable().describe('99 %.'),
        why: z.string(),
      })
      .describe(
        'Whether bestsellers and trends lean towards the visitor’s persona: only where the shop’s own visitors have shown that it helps.',
      ),
  }),
);
