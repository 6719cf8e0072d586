import * as z from 'zod';
import { documented } from '../shared/documented.ts';

const figures = /* @__PURE__ */ documented(() => ({
  impressions: z.number().describe('Times that a recommendation was shown: an `impression` event, by recommendationId'),
  clicks: z.number().describe('Items clicked (selected, viewed or put into the basket), each once per recommendation'),
  ctr: z.number().nullable().describe('clicks / impressions, null without impressions'),
  baskets: z.number().describe('Items put into the basket, each once per recommendation'),
  orders: z.number().describe('Orders with at least one line that is attributed'),
  units: z.number().describe('Pieces in those lines, less what was given back'),
  revenue: z.record(z.string(), z.number()).describe('Of those lines, by currency, less what was given back'),
  exploration: z
    .object({
      impressions: z.number().describe('Times that a slot filled by chance was shown'),
      clicks: z.number(),
      snips: z
        .number()
        .nullable()
        .describe(
          'Self-normalised estimate of the click rate that items drawn evenly would have in that slot: Σ r/p over Σ 1/p (Swaminathan & Joachims 2015)',
        ),
      effectiveSampleSize: z.number().describe('(Σ 1/p)² / Σ 1/p²: of how many evenly drawn impressions it is worth'),
    })
    .describe('Of the randomised slot alone: nothing can be said without bias about what was not left to chance'),
}));
export const Figures = /* @__PURE__ */ documented(() => z.object(figures));
export type Figures = z.infer<typeof Figures>;

export const RecommendationsAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    from: z.string(),
    to: z.string(),
    windowHours: z.number().describe('The attribution window, as it is configured now'),
    total: Figures,
    placements: z.record(z.string(), Figures),
    strategies: z.record(z.string(), Figures),
    days: z.record(z.string(), Figures),
    rows: z.array(z.object({ day: z.string(), placement: z.string(), strategy: z.string(), ...figures })),
    unattributed: z.object({
      unverified: z.number().describe('Echoed ids that were not signed here for this shop'),
      dryRun: z.number(),
      expired: z.number(),
      otherItem: z.number().describe('The recommendation does not hold the item'),
    }),
  }),
);
export type RecommendationsAnswer = z.infer<typeof RecommendationsAnswer>;
