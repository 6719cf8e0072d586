/** The experiments of a config, made ready to be decided in a fraction of a microsecond each. */
import type { SiteConfig } from '../config/schema.ts';
import { compileCondition } from '../targeting/compile.ts';
import { compilePath } from '../targeting/path.ts';
import type { Condition, Facts } from '../targeting/schema.ts';
import { type BanditWeights, sharesFor } from './bandit.ts';
import { type BucketRange, getBucketRanges, getEqualWeights, type HashVersion, hash, type Lot } from './bucket.ts';
import { urlCondition } from './url-patterns.ts';

type Holds = (facts: Facts) => boolean;

interface CompiledVariation {
  key: string;
  value: unknown;
  /** Dotted path of the config to its value under this variation; null when it changes nothing. */
  changes: Readonly<Record<string, unknown>> | null;
}

/** Stretches of a lot. */
export interface Draw {
  bucket: Lot;
  ranges: readonly BucketRange[];
}

/** Leaves out whoever falls outside its stretches, or cannot be drawn. */
interface Filter extends Draw {
  /** Who is drawn, '' when nothing names them; null: whoever the experiment draws. */
  unit: ((facts: Facts) => string) | null;
}

/** Another experiment that must have given one of these variations. */
interface Prerequisite {
  experiment: CompiledExperiment;
  variations: readonly number[];
}

export interface CompiledExperiment {
  key: string;
  phase: number;
  status: 'draft' | 'running' | 'stopped';
  isBandit: boolean;
  /** Of bandits: by which weights they deal, 0 for equal ones; null for all others. */
  weightsVersion: number | null;
  /** Of the experiment's own lot. */
  bucket: Lot;
  /** Who is randomised; '' when nothing names them. */
  unit(facts: Facts): string;
  rules: readonly { holds: Holds; variation: number }[];
  /** The variation that everybody gets; -1: none. */
  force: number;
  /** Each must hold; none for everybody. */
  audience: readonly Holds[];
  /** Of its exclusion group. */
  filters: readonly Filter[];
  /** Name of the holdout, and who is held out: whoever falls inside its stretches. */
  holdout: { name: string; draw: Draw } | null;
  /** Each must hold. */
  prerequisites: readonly Prerequisite[];
  ranges: readonly BucketRange[];
  weights: readonly number[];
  variations: readonly CompiledVariation[];
  /** The variation that has all the weight; -1: chance decides. */
  certain: number;
  isSticky: boolean;
  bucketVersion: number;
  minBucketVersion: number;
}

/** Reads what randomises: a fact by its path, or by its bare name one of the visitor's or the context's. */
function unitReader(name: string): (facts: Facts) => string {
  const paths = name.includes('.') ? [name] : [`visitor.${name}`, `context.${name}`];
  const readers = paths.map(compilePath);
  return (facts) => {
    for (const read of readers) {
      const value = read(facts);
      if (typeof value === 'string' ? value !== '' : typeof value === 'number') return String(value);
    }
    return '';
  };
}

type ConfiguredExperiment = SiteConfig['experiments'][string];

/** The conditions that somebody must meet, as they are written. */
export function audienceOf(config: SiteConfig, experiment: ConfiguredExperiment): Condition[] {
  const { audience, condition, urlPatterns = [] } = experiment;
  const named = typeof audience === 'string' ? config.audiences[audience] : audience;
  const pages = urlPatterns.length === 0 ? null : urlCondition(urlPatterns);
  return [named, condition, pages].filter((one): one is Condition => one != null && Object.keys(one).length > 0);
}

/** What compiling goes by. */
interface Compiling {
  config: SiteConfig;
  /** Of bandits by experiment. */
  weights: Readonly<Record<string, BanditWeights>>;
  /** The experiments that are ready. */
  known: Map<string, CompiledExperiment>;
  /** One lot for each seed of holdouts and exclusion groups, which many experiments ask about the same unit. */
  lots: Map<string, Lot>;
}

function sharedLot({ lots }: Compiling, seed: string, version: HashVersion = 2): Lot {
  const name = `${version}${seed}`;
  const lot = lots.get(name) ?? hash(seed, version);
  lots.set(name, lot);
  return lot;
}

function filtersOf(compiling: Compiling, { group }: ConfiguredExperiment): Filter[] {
  const exclusion = group == null ? undefined : compiling.config.exclusionGroups[group.name];
  if (group == null || exclusion === undefined) return [];
  const { seed, hashVersion, hashAttribute } = exclusion;
  const unit = hashAttribute === undefined ? null : unitReader(hashAttribute);
  return [{ unit, bucket: sharedLot(compiling, seed, hashVersion), ranges: group.ranges }];
}

function unitOf({ hashAttribute = 'visitorId', fallbackAttribute }: ConfiguredExperiment): (facts: Facts) => string {
  const first = unitReader(hashAttribute);
  if (!fallbackAttribute) return first;
  const second = unitReader(fallbackAttribute);
  return (facts) => first(facts) || second(facts);
}

function prerequisitesOf(compiling: Compiling, { prerequisites = [] }: ConfiguredExperiment): Prerequisite[] {
  return prerequisites.flatMap(({ experiment: key, variations }) => {
    const experiment = compileOne(compiling, key);
    const indexes = experiment?.variations.flatMap((one, i) => (variations.includes(one.key) ? [i] : [])) ?? [];
    return experiment === null ? [] : [{ experiment, variations: indexes }];
  });
}

/** @returns null when there is no such experiment */
function compileOne(compiling: Compiling, key: string): CompiledExperiment | null {
  const { config, known } = compiling;
  const experiment = Object.hasOwn(config.experiments, key) ? config.experiments[key] : undefined;
  if (experiment === undefined) return null;
  const made = known.get(key) ?? compileConfigured(compiling, key, experiment);
  known.set(key, made);
  return made;
}

/** The weights of a bandit's phase; null while it deals evenly. */
function learntWeights(
  { weights }: Compiling,
  key: string,
  { type, phase = 0 }: ConfiguredExperiment,
): BanditWeights | null {
  const learnt = type === 'bandit' && Object.hasOwn(weights, key) ? weights[key] : undefined;
  return learnt === undefined || learnt.phase !== phase ? null : learnt;
}

function compileConfigured(compiling: Compiling, key: string, experiment: ConfiguredExperiment): CompiledExperiment {
  const { config } = compiling;
  const { variations, coverage, holdout } = experiment;
  const indexOf = (variation: string | null | undefined): number =>
    variations.findIndex((one) => one.key === variation);
  const learnt = learntWeights(compiling, key, experiment);
  const weights =
    learnt === null
      ? (experiment.weights ?? getEqualWeights(variations.length))
      : sharesFor(
          learnt,
          variations.map((one) => one.key),
          null,
        );
  const held = holdout == null ? undefined : config.holdouts[holdout];
  return {
    key,
    phase: experiment.phase ?? 0,
    status: experiment.status ?? 'draft',
    isBandit: experiment.type === 'bandit',
    weightsVersion: experiment.type === 'bandit' ? (learnt?.version ?? 0) : null,
    bucket: hash(experiment.seed ?? key, experiment.hashVersion),
    unit: unitOf(experiment),
    rules: (experiment.rules ?? []).map((rule) => ({
      holds: compileCondition(rule.condition),
      variation: indexOf(rule.variation),
    })),
    force: indexOf(experiment.force),
    audience: audienceOf(config, experiment).map((condition) => compileCondition(condition)),
    filters: filtersOf(compiling, experiment),
    holdout:
      held === undefined || holdout == null
        ? null
        : { name: holdout, draw: { bucket: sharedLot(compiling, held.seed), ranges: [[0, held.coverage]] } },
    prerequisites: prerequisitesOf(compiling, experiment),
    ranges: getBucketRanges(variations.length, coverage ?? 1, weights),
    weights,
    variations: variations.map((one) => ({ key: one.key, value: one.value ?? null, changes: one.changes ?? null })),
    certain: (coverage ?? 1) >= 1 ? weights.findIndex((weight) => weight >= 1) : -1,
    // The weights of a bandit move, and whoever has met a variation is to keep it.
    isSticky: experiment.sticky ?? experiment.type === 'bandit',
    // Variations stay over phases; those of a bandit are dealt anew in each.
    bucketVersion: experiment.bucketVersion ?? (experiment.type === 'bandit' ? (experiment.phase ?? 0) : 0),
    minBucketVersion: experiment.minBucketVersion ?? 0,
  };
}

/** @param weights of bandits by experiment, as they were worked out last */
export function compileExperiments(
  config: SiteConfig,
  weights: Readonly<Record<string, BanditWeights>> = {},
): CompiledExperiment[] {
  const compiling: Compiling = { config, weights, known: new Map(), lots: new Map() };
  return Object.keys(config.experiments).flatMap((key) => compileOne(compiling, key) ?? []);
}
