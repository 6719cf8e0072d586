import * as z from 'zod';
import { documented } from '../shared/documented.ts';

const Day = /* @__PURE__ */ documented(() => z.string().nullable());

const Cut = /* @__PURE__ */ documented(() =>
  z
    .object({
      cap: z.number(),
      units: z.number().describe('Share of the conversions that lie above it, 0 to 1.'),
      sum: z.number().describe('Share of the sum that lies above it, 0 to 1.'),
    })
    .nullable(),
);

/** An experiment run over the archive before it starts. */
export const Simulation = /* @__PURE__ */ documented(() =>
  z.object({
    experiment: z.string(),
    past: z
      .object({ from: Day, until: Day, visitors: z.number(), events: z.number() })
      .describe(
        'What of the archive was read: the newest events of 28 days at most, of visitors who consented to being remembered.',
      ),
    visitors: z.object({
      met: z.number().describe('Visitors of the past who would have met its conditions.'),
      share: z.number().nullable().describe('Of all of them, 0 to 1.'),
      taken: z
        .number()
        .describe('Of those who meet its conditions the share that coverage, exclusion group and holdout leave.'),
    }),
    moments: z.number().nullable().describe('Share of the events at which its conditions would have held.'),
    unitsADay: z.number().describe('Units that would come in each day, all arms together.'),
    ignored: z
      .array(z.string())
      .describe(
        'Facts of its conditions that the archive does not keep. They were left out, so the shares are at most too large.',
      ),
    metrics: z
      .array(
        z.object({
          metric: z.string(),
          mean: z.number().nullable().describe('What such visitors came to within the window of the metric.'),
          lifts: z
            .array(z.object({ lift: z.number(), unitsPerArm: z.number().nullable(), days: z.number().nullable() }))
            .describe(
              'How long it takes until a relative lift is seen with a chance of 80 %; null where nothing is known to compute it from.',
            ),
        }),
      )
      .describe('Of the goals.'),
    caps: z
      .array(
        z.object({
          metric: z.string(),
          conversions: z.number().describe('Visitors who came to more than nothing within the window of the metric.'),
          isOver: z
            .boolean()
            .describe(
              'The window is over for all of these. Otherwise too few such were known, and they may come to more.',
            ),
          proposed: Cut.describe(
            'The 99 % quantile of what they came to, up to two significant digits; null with fewer than 100 conversions.',
          ),
          reason: z.string().nullable().describe('Why nothing is proposed.'),
          set: Cut.describe('What the cap that the config has cuts off; null without one, or without conversions.'),
        }),
      )
      .describe(
        'Of the metrics of type `mean` that it or a running experiment uses. Where there is no cap and something lies above the one proposed, `warnings` says so.',
      ),
    overlaps: z
      .array(
        z.object({
          experiment: z.string(),
          share: z.number().describe('Of its visitors who would be in the other one as well, 0 to 1.'),
          isExclusive: z.boolean().describe('They share an exclusion group: nobody is in both.'),
          paths: z.array(z.string()).describe('What both change.'),
        }),
      )
      .describe('Running experiments.'),
  }),
);
export type Simulation = z.infer<typeof Simulation>;
