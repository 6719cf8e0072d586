/** Features as GrowthBook's SDKs read them. */
import type { Condition } from '../targeting/schema.ts';
import type { BucketRange } from './bucket.ts';

/** Leaves out whoever falls outside all of its stretches. */
interface Filter {
  seed: string;
  ranges: readonly BucketRange[];
  attribute: string;
  hashVersion: number;
}

/** What another feature must answer. */
export interface ParentCondition {
  id: string;
  /** Asked of `{ value }`. */
  condition: Condition;
}

/** A rule of a feature: a value that is forced, or an experiment. */
export interface FlagRule {
  key?: string;
  name?: string;
  phase?: string;
  seed?: string;
  hashAttribute?: string;
  fallbackAttribute?: string;
  hashVersion?: number;
  condition?: Condition;
  parentConditions?: readonly ParentCondition[];
  filters?: readonly Filter[];
  /** Where it is there, whatever it is, the rule forces. */
  force?: unknown;
  range?: BucketRange;
  coverage?: number;
  weights?: readonly number[];
  variations?: readonly unknown[];
  meta?: readonly { key: string; name: string }[];
  disableStickyBucketing?: boolean;
  bucketVersion?: number;
  minBucketVersion?: number;
}

export interface Flag {
  defaultValue: unknown;
  rules?: readonly FlagRule[];
}
