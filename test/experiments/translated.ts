/** GrowthBook's cases as a shop's config, facts and what is remembered here, so that the product decides them. Nothing in this file decides. */
import { checkConfig } from '../../src/config/check.ts';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import type { BanditWeights } from '../../src/experiments/bandit.ts';
import type { BucketRange } from '../../src/experiments/bucket.ts';
import { type CompiledExperiment, compileExperiments } from '../../src/experiments/compile.ts';
import { compileCondition } from '../../src/targeting/compile.ts';
import type { Condition } from '../../src/targeting/schema.ts';

interface Parent {
  id: string;
  condition: Condition;
  gate?: boolean;
}

/** A rule of a feature, or an experiment by itself. */
export interface Rule {
  key?: string;
  force?: unknown;
  variations?: unknown[];
  contextualVariations?: unknown[];
  contextualBanditRef?: string;
  active?: boolean;
  coverage?: number;
  weights?: number[];
  range?: BucketRange;
  ranges?: BucketRange[];
  seed?: string;
  hashVersion?: number;
  hashAttribute?: string;
  fallbackAttribute?: string;
  condition?: Condition;
  parentConditions?: Parent[];
  namespace?: [name: string, from: number, until: number];
  filters?: { seed: string; ranges: BucketRange[]; attribute?: string }[];
  meta?: { key?: string }[];
  disableStickyBucketing?: boolean;
  bucketVersion?: number;
  minBucketVersion?: number;
}

interface Feature {
  defaultValue?: unknown;
  rules?: Rule[];
}

/** What an SDK is given. */
export interface Given {
  attributes?: Record<string, unknown>;
  features?: Record<string, Feature>;
  savedGroups?: Record<string, unknown[]>;
  contextualBandits?: Record<string, { banditVersion: number }>;
  forcedVariations?: Record<string, number>;
  url?: string;
  enabled?: boolean;
}

export interface Document {
  attributeName: string;
  attributeValue: string;
  assignments: Record<string, string>;
}

type Experiments = NonNullable<SiteConfigInput['experiments']>;
type Experiment = Experiments[string];

/** One experiment that a feature comes to; its rules are asked in turn, and the first that takes somebody answers. */
export interface Link {
  name: string;
  experiment: Experiment;
  /** What an answer by it is in GrowthBook's words, by our reason. */
  source: 'rules' | 'force' | 'experiment' | 'defaultValue';
  /** Whether who fails its prerequisites gets nothing at all. */
  isGate: boolean;
  /** What no config says, and what is compiled takes: stretches that are stated one by one. */
  ranges?: BucketRange[];
  filters: NonNullable<Rule['filters']>;
  /** Of a bandit: what it deals by. */
  dealing?: BanditWeights;
}

/** Names here are in small letters. */
const nameOf = (name: string): string => name.toLowerCase().replaceAll('_', '-');

/** Attributes are facts under `context`, and named lists are written out. */
function conditionOf(condition: Condition, groups: Given['savedGroups'] = {}): Condition {
  return Object.fromEntries(
    Object.entries(condition).map(([name, value]) => {
      const { $inGroup } = (value ?? {}) as { $inGroup?: string };
      return [`context.${name}`, $inGroup === undefined ? value : { $in: groups[$inGroup] ?? [] }];
    }),
  );
}

const valuesOf = (rule: Rule): unknown[] => rule.variations ?? rule.contextualVariations ?? [rule.force];

const isPlain = ({ coverage, range, parentConditions }: Rule): boolean =>
  coverage === undefined && range === undefined && parentConditions === undefined;

interface Translating {
  given: Given;
  /** Whether there is anything that remembers. */
  isSticky: boolean;
}

/** The variations of another feature whose value passes. @param key the feature that waits, which the other may wait for in turn */
function parentOf({ given, isSticky }: Translating, key: string, { id, condition }: Parent) {
  const { [key]: _waiting, ...features } = given.features ?? {};
  const feature = features[id];
  // Of one that is not there a variation that passes is awaited, in vain.
  if (feature === undefined) return { experiment: nameOf(id), variations: ['0'] };
  const [first] = linksOf({ given: { ...given, features }, isSticky }, id, feature);
  const variations = first?.experiment.variations ?? [];
  const passing = variations.filter(({ value }) => compileCondition(condition)({ value }));
  return { experiment: first?.name ?? nameOf(id), variations: passing.map((one) => one.key) };
}

const dealingOf = ({ variations }: Experiment, weights: readonly number[], version: number): BanditWeights => ({
  phase: 0,
  version,
  arms: Object.fromEntries(variations.map(({ key }, i) => [key, weights[i] ?? 0])),
});

export function linkOf(translating: Translating, key: string, rule: Rule, parents: readonly Parent[] = []): Link {
  const { given, isSticky } = translating;
  const name = nameOf(rule.key ?? key);
  const values = valuesOf(rule);
  const banditVersion = given.contextualBandits?.[rule.contextualBanditRef ?? '']?.banditVersion;
  const isForcing = rule.variations === undefined && rule.contextualVariations === undefined;
  const experiment: Experiment = {
    status: given.enabled === false || rule.active === false ? 'stopped' : 'running',
    seed: rule.seed ?? rule.key ?? key,
    hashVersion: (rule.hashVersion ?? 1) as 1 | 2,
    hashAttribute: rule.hashAttribute ?? 'id',
    fallbackAttribute: rule.fallbackAttribute ?? null,
    condition: conditionOf(rule.condition ?? {}, given.savedGroups),
    coverage: rule.coverage ?? 1,
    ...(rule.weights === undefined || banditVersion !== undefined ? {} : { weights: rule.weights }),
    ...(banditVersion === undefined ? {} : { type: 'bandit', goals: ['conversion'] }),
    variations: values.map((value, i) => ({ key: rule.meta?.[i]?.key ?? String(i), value })),
    force: isForcing || rule.force === undefined ? null : String(rule.force),
    prerequisites: parents.map((parent) => parentOf(translating, key, parent)),
    sticky: isSticky && rule.disableStickyBucketing !== true,
    bucketVersion: rule.bucketVersion ?? 0,
    minBucketVersion: rule.minBucketVersion ?? 0,
    ...(rule.namespace === undefined || rule.filters !== undefined
      ? {}
      : { group: { name: rule.namespace[0], ranges: [[rule.namespace[1], rule.namespace[2]]] } }),
  };
  return {
    name,
    experiment,
    source: isForcing ? 'force' : 'experiment',
    isGate: parents.some((parent) => parent.gate),
    ...(rule.ranges ? { ranges: rule.ranges } : rule.range ? { ranges: [rule.range] } : {}),
    filters: rule.filters ?? [],
    ...(banditVersion === undefined ? {} : { dealing: dealingOf(experiment, rule.weights ?? [], banditVersion) }),
  };
}

/** The experiments that a feature comes to: rules that only force are the `rules` of one, each of the others is one; its default is what one gives that forces it, or the code's own. */
export function linksOf(translating: Translating, key: string, { rules = [], defaultValue = null }: Feature): Link[] {
  const links: Link[] = [];
  const forcing: Rule[] = [];
  const gates: Parent[] = [];
  const add = (link: Link) => links.push(links.length === 0 ? link : { ...link, name: `${link.name}-${links.length}` });
  for (const rule of rules) {
    const isGate = rule.force === undefined && valuesOf(rule).every((value) => value === undefined);
    if (isGate) gates.push(...(rule.parentConditions ?? []));
    else if (isPlain(rule) && rule.force !== undefined && gates.length === 0) forcing.push(rule);
    else add(linkOf(translating, key, rule, [...gates, ...(rule.parentConditions ?? [])]));
  }
  if (gates.length > 0 && links.length === 0)
    add({ ...linkOf(translating, key, { force: defaultValue }, gates), source: 'defaultValue' });
  else if (forcing.length > 0 || links.length === 0) {
    const values = [...forcing.map((rule) => rule.force), defaultValue];
    const { experiment, ...link } = linkOf(translating, key, { variations: values });
    const answers = forcing.map(({ condition = {} }, i) => ({
      condition: conditionOf(condition, translating.given.savedGroups),
      variation: String(i),
    }));
    add({ ...link, source: 'rules', experiment: { ...experiment, rules: answers, force: String(forcing.length) } });
  }
  return links;
}

export function configOf(links: readonly Link[]): SiteConfigInput {
  return {
    experiments: Object.fromEntries(links.map(({ name, experiment }) => [name, experiment])),
    exclusionGroups: Object.fromEntries(
      links.flatMap(({ experiment: { group } }) =>
        group == null ? [] : [[group.name, { seed: `__${group.name}`, hashVersion: 1 as const }]],
      ),
    ),
  };
}

/** The filters of a rule, each as the product compiles an exclusion group. */
function compiledFilters({ experiment, filters }: Link): CompiledExperiment['filters'] {
  return filters.flatMap(({ seed, ranges, attribute = 'id' }) => {
    const config = resolveConfig({
      exclusionGroups: { filter: { seed, hashAttribute: attribute } },
      experiments: {
        filtered: { ...experiment, group: { name: 'filter', ranges: ranges.map(([from, until]) => [from, until]) } },
      },
    });
    return compileExperiments(config)[0]?.filters ?? [];
  });
}

/** @returns the experiments by name, as a shop that publishes them gets them @throws where it would be refused */
export function compiledOf(links: readonly Link[]): Map<string, CompiledExperiment> {
  const input = configOf(links);
  const { issues } = checkConfig(input);
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  const weights = links.flatMap(({ name, dealing }) => (dealing === undefined ? [] : [[name, dealing] as const]));
  const compiled = compileExperiments(resolveConfig(input), Object.fromEntries(weights));
  return new Map(
    compiled.map((one) => {
      const link = links.find(({ name }) => name === one.key);
      const filters = link === undefined || link.filters.length === 0 ? one.filters : compiledFilters(link);
      return [one.key, { ...one, filters, ...(link?.ranges ? { ranges: link.ranges, certain: -1 } : {}) }];
    }),
  );
}

/** All features of a case, those that wait for another with it. */
export const linksOfAll = (translating: Translating): Map<string, Link[]> =>
  new Map(
    Object.entries(translating.given.features ?? {}).map(([key, feature]) => [key, linksOf(translating, key, feature)]),
  );
