/** Experiments and flags in GrowthBook's terms, as the engine decides them. Plain data; checked where configs are published. */
import type { Condition, Facts, Groups } from '../targeting/schema.ts';
import type { BucketRange } from './bucket.ts';

/** Leaves out whoever falls outside all of its stretches. */
export interface Filter {
  seed: string;
  ranges: readonly BucketRange[];
  attribute?: string;
  hashVersion?: number;
}

/** What another flag must answer. */
export interface ParentCondition {
  id: string;
  /** Asked of `{ value }`. */
  condition: Condition;
  /** Whether this flag answers nothing at all when it does not hold. */
  gate?: boolean;
}

export interface VariationMeta {
  key?: string;
  name?: string;
  /** Whoever gets it goes on to the next rule (holdouts). */
  passthrough?: boolean;
}

interface Randomisation {
  coverage?: number;
  hashAttribute?: string;
  fallbackAttribute?: string;
  hashVersion?: number;
  seed?: string;
  condition?: Condition;
  parentConditions?: readonly ParentCondition[];
  filters?: readonly Filter[];
  disableStickyBucketing?: boolean;
}

interface Assignment extends Randomisation {
  weights?: readonly number[];
  ranges?: readonly BucketRange[];
  namespace?: readonly [string, number, number];
  meta?: readonly VariationMeta[];
  bucketVersion?: number;
  minBucketVersion?: number;
  name?: string;
  phase?: string;
}

/** What is decided by lot. */
export interface InlineExperiment extends Assignment {
  key: string;
  variations: readonly unknown[];
  active?: boolean;
  force?: number;
  /** Of a contextual bandit: what its weights come from. */
  contextualBandit?: ContextualLeaf;
}

export interface ContextualLeaf {
  leafId: number;
  variationWeights: readonly number[];
  banditVersion: number;
}

/** A rule of a flag: a value that is forced, or an experiment. */
export interface FlagRule extends Assignment {
  id?: string;
  key?: string;
  /** Where it is there, whatever it is, the rule forces. */
  force?: unknown;
  range?: BucketRange;
  variations?: readonly unknown[];
  contextualVariations?: readonly unknown[];
  contextualBanditRef?: string;
}

export interface Flag {
  defaultValue?: unknown;
  rules?: readonly FlagRule[];
}

/** Variations that were met before, by attribute and value. */
export interface StickyDocument {
  attributeName: string;
  attributeValue: string;
  /** `<experiment>__<bucketVersion>` to the variation's key. */
  assignments: Readonly<Record<string, string>>;
}

/** Who asks, and what there is to be asked for. */
export interface EvaluationContext {
  attributes: Facts;
  flags: Readonly<Record<string, Flag>>;
  groups?: Groups;
  enabled?: boolean;
  /** Of the page; a query parameter named like an experiment forces a variation. */
  url?: string;
  forcedVariations?: Readonly<Record<string, number>>;
  qaMode?: boolean;
  /** Null: variations are not remembered. */
  sticky: ReadonlyMap<string, StickyDocument> | null;
  banditVersions?: Readonly<Record<string, number>>;
}

/** What an experiment answers one unit. */
export interface ExperimentResult {
  /** The variation's key, by default its number. */
  key: string;
  variationId: number;
  value: unknown;
  inExperiment: boolean;
  /** Whether chance has decided. */
  hashUsed: boolean;
  hashAttribute: string;
  hashValue: string;
  featureId: string | null;
  stickyBucketUsed: boolean;
  bucket?: number;
  name?: string;
  passthrough?: boolean;
}

const FLAG_SOURCES = [
  'unknownFeature',
  'defaultValue',
  'force',
  'experiment',
  'prerequisite',
  'cyclicPrerequisite',
] as const;
export type FlagSource = (typeof FLAG_SOURCES)[number];

export interface FlagResult {
  value: unknown;
  source: FlagSource;
  ruleId: string;
  experiment?: InlineExperiment;
  result?: ExperimentResult;
}
