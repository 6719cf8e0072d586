import * as z from 'zod';
import { Condition } from '../targeting/schema.ts';
import { Audience, Key, named, Share, strict } from './schema-common.ts';
import { HoldoutDraw } from './schema-messages.ts';

const Seed = z.string().min(1).max(200);

/** GrowthBook's: 2, or, for what began under it, 1, whose lots are correlated between seeds and has steps of 1/1,000. 2 when absent. */
const HashVersion = z.literal([1, 2]);

export const ExclusionGroups = named(
  strict({
    seed: Seed,
    hashVersion: HashVersion.optional(),
    /** Whose place in the group counts; when absent, whoever the experiment itself draws. */
    hashAttribute: z.string().min(1).max(100).optional(),
  }),
);

export const Holdouts = named(
  strict({
    ...HoldoutDraw.shape,
    baseline: strict({
      placements: z.enum(['empty', 'bestsellers', 'unchanged']).optional(),
      messages: z.enum(['none', 'unchanged']).optional(),
      experiments: z.enum(['none', 'unchanged']).optional(),
    }).optional(),
  }),
);

export const Metric = strict({
  type: z.enum(['proportion', 'mean', 'ratio']),
  event: z.string().min(1).max(100),
  /** Of `mean` and `ratio`: the event's field that is added up. */
  value: z.string().min(1).max(100).optional(),
  /** Of `ratio`: the event that is divided by. */
  denominator: z.string().min(1).max(100).optional(),
  windowHours: z.number().min(1).max(8760).optional(),
  /** Against outliers; a number, since a quantile cannot be computed from moments. */
  cap: z.number({ error: 'a cap is a number; a quantile cannot be computed from moments' }).gt(0).nullable().optional(),
  cuped: z.boolean().optional(),
  direction: z.enum(['up', 'down']).optional(),
});

export type Metric = z.infer<typeof Metric>;

export const Metrics = named(Metric);

const Range = z
  .tuple([Share, Share])
  .refine(([from, until]) => from < until, 'a range is [from, until] with from below until');

const Variation = strict({
  key: Key,
  name: z.string().max(200).optional(),
  value: z.unknown().optional(),
  /** Dotted path of the config to its value under this variation. */
  changes: z.record(z.string().min(1).max(300), z.unknown()).optional(),
});

/** How the weights of a bandit are worked out. */
export const Bandit = strict({
  /** What is to be raised, or, where its direction is `down`, to be lowered; the first goal when absent. */
  metric: Key.optional(),
  /** The least share of every variation; 0.05 when absent. */
  floor: Share.optional(),
  /** Units, and units for whom something was counted, of every variation before weights leave equality; 100 and 40 when absent. */
  burnIn: z.number().int().min(0).max(1_000_000).optional(),
  burnInConversions: z.number().int().min(0).max(1_000_000).optional(),
  /** What was seen this long ago counts half; 60 days when absent. */
  halfLifeDays: z.number().gt(0).max(3650).optional(),
});

const UrlPattern = z.union(
  [
    z.string().min(1).max(500),
    strict({
      /** `simple`, where `*` stands for anything, when absent. */
      type: z.enum(['simple', 'regex']).optional(),
      pattern: z.string().min(1).max(500),
      /** false: not on these pages; true when absent. */
      include: z.boolean().optional(),
    }),
  ],
  { error: 'pages such as /p/*, or { type: "regex", pattern: "^/p/[0-9]+", include: false }, are expected' },
);
export type UrlPattern = z.infer<typeof UrlPattern>;

const ExperimentStatus = z.enum(['draft', 'running', 'stopped']);

export const Experiment = strict({
  name: z.string().max(200).optional(),
  hypothesis: z.string().max(5000).optional(),
  status: ExperimentStatus.optional(),
  type: z.enum(['ab', 'bandit']).optional(),
  phase: z.number().int().min(0).max(10_000).optional(),
  seed: Seed.optional(),
  hashVersion: HashVersion.optional(),
  hashAttribute: z.string().min(1).max(100).optional(),
  fallbackAttribute: z.string().min(1).max(100).nullable().optional(),
  audience: Audience.nullable().optional(),
  condition: Condition.optional(),
  urlPatterns: z.array(UrlPattern).max(50).optional(),
  coverage: Share.optional(),
  weights: z.array(Share).max(100).optional(),
  group: strict({ name: Key, ranges: z.array(Range).min(1).max(20) })
    .nullable()
    .optional(),
  holdout: Key.nullable().optional(),
  /** Only for whom each of these experiments gives one of the variations named. */
  prerequisites: z
    .array(strict({ experiment: Key, variations: z.array(Key).min(1).max(100) }))
    .max(20)
    .optional(),
  variations: z.array(Variation).min(1, 'an experiment has variations').max(100),
  force: Key.nullable().optional(),
  rules: z
    .array(strict({ condition: Condition, variation: Key }))
    .max(100)
    .optional(),
  sticky: z.boolean().optional(),
  bucketVersion: z.number().int().min(0).optional(),
  /** Whoever met a variation under an earlier version takes no part any more. */
  minBucketVersion: z.number().int().min(0).optional(),
  goals: z.array(Key).max(20).optional(),
  secondary: z.array(Key).max(50).optional(),
  guardrails: z.array(Key).max(50).optional(),
  analysis: strict({
    engine: z.enum(['frequentist', 'bayesian']).optional(),
    sequential: z.boolean().optional(),
    alpha: z.number().gt(0).lt(1).optional(),
    /** What a guardrail may lose, relative to the control, before that counts as harm; 0.05 when absent. */
    harmMargin: Share.optional(),
    /** Whether harm to a guardrail stops the experiment by itself; true when absent. */
    autoStop: z.boolean().optional(),
  })
    .refine((analysis) => analysis.engine !== 'bayesian' || analysis.sequential !== true, {
      path: ['sequential'],
      message:
        'Bayesian analysis is for a fixed horizon: read daily it calls 23 % of A/A tests; set sequential to false',
    })
    .optional(),
  bandit: Bandit.nullable().optional(),
});
export type Experiment = z.infer<typeof Experiment>;

export const Experiments = named(Experiment);
