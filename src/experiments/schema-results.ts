/** What the results of an experiment say. */
import * as z from 'zod';

const Interval = z.tuple([z.number(), z.number()]);
const Lift = z.object({ estimate: z.number(), interval: Interval });
const Day = z.string();

const VERDICTS = [
  'no_data',
  'sample_ratio_mismatch',
  'harmful',
  'better',
  'worse',
  'mixed',
  'undecided',
  'not_yet_measurable',
] as const;

const Ratio = z.object({
  pValue: z.number().nullable().describe('Of chi-square; null while too few are there to tell.'),
  isSound: z.boolean(),
});

export const MetricResult = z.object({
  role: z.enum(['goal', 'secondary', 'guardrail']),
  total: z.number().describe('Sum over the units; of ratios of the numerator.'),
  mean: z.number().nullable().describe('Per unit; of ratios the ratio.'),
  lift: z
    .object({
      absolute: Lift,
      relative: Lift.nullable().describe('Null where the control is too near zero for a lift over it to be bounded.'),
    })
    .nullable()
    .describe('Over the control, with intervals of 1 − alpha; null for the control itself and where nothing varies.'),
  pValue: z.number().nullable(),
  adjustedPValue: z
    .number()
    .nullable()
    .describe(
      'For many looks at once: Holm among goals and among guardrails, Benjamini–Hochberg among secondary metrics.',
    ),
  isSignificant: z.boolean(),
  chanceToWin: z
    .number()
    .nullable()
    .describe(
      'Of being better than the control, under a normal prior of mean 0 and deviation 0.3 on the relative lift. Beside sequential analysis it decides nothing.',
    ),
  expectedLoss: z.number().nullable().describe('What choosing it is expected to cost, as a relative lift.'),
  minimumDetectableLift: z
    .number()
    .nullable()
    .describe('Relative: what would be seen in four of five experiments with so many units.'),
  harm: z
    .object({
      margin: z.number(),
      pValue: z.number().describe('Always valid, one-sided, adjusted by Holm: that more than the margin was lost.'),
      isHarmed: z.boolean(),
    })
    .nullable()
    .describe('Of guardrails.'),
});
export type MetricResult = z.infer<typeof MetricResult>;

const VariationResult = z.object({
  key: z.string(),
  name: z.string(),
  weight: z
    .number()
    .describe('Share of the units that is meant to be in it; of bandits the one by which they are dealt now.'),
  exposures: z.number().describe('Units that met it, each once.'),
  excluded: z.number().describe('Units left out since they met another variation too.'),
  metrics: z.record(z.string(), MetricResult),
});

const Novelty = z.object({
  variation: z.string(),
  metric: z.string(),
  days: z
    .array(z.object({ since: z.number(), units: z.number(), lift: z.number(), interval: Interval }))
    .describe('Absolute lift by whole days since exposure.'),
  trend: z
    .object({ perDay: z.number(), pValue: z.number() })
    .nullable()
    .describe('Change of the daily lift from day to day: a small p-value says that the effect fades or grows.'),
});
export type Novelty = z.infer<typeof Novelty>;

const Interaction = z.object({
  with: z.string(),
  variation: z.string(),
  other: z.string().describe('Variation of the other experiment.'),
  metric: z.string(),
  estimate: z.number().describe('Lift of the variation within `other`, less its lift within the other’s control.'),
  interval: Interval,
  adjustedPValue: z.number().describe('By Holm over all pairs.'),
});
export type Interaction = z.infer<typeof Interaction>;

const Shares = z.record(z.string(), z.number());

export const Results = z.object({
  experiment: z.string(),
  name: z.string(),
  type: z.enum(['ab', 'bandit', 'holdout', 'message', 'message-holdout']),
  status: z.string(),
  phase: z.number(),
  from: Day.nullable().describe('First and last day (UTC) of an exposure.'),
  until: Day.nullable(),
  units: z.number(),
  excluded: z.number(),
  analysis: z.object({ engine: z.enum(['frequentist', 'bayesian']), sequential: z.boolean(), alpha: z.number() }),
  conclusion: z.string().describe('What may be concluded, in one sentence.'),
  verdict: z.enum(VERDICTS),
  sampleRatio: Ratio.extend({
    threshold: z.number(),
    days: z.array(Ratio.extend({ day: Day })).describe('By day of exposure, at a level that all days together share.'),
  }),
  variations: z.array(VariationResult).describe('The control first.'),
  weights: z
    .object({ version: z.number(), arms: Shares, personas: z.record(z.string(), Shares) })
    .nullable()
    .describe('Of bandits: by which units are dealt now, a persona by its own where it has any. Null: equally.'),
  novelty: z.array(Novelty),
  interactions: z.array(Interaction).describe('With experiments that the same units met.'),
  notes: z.array(z.string()),
});
export type Results = z.infer<typeof Results>;
