import type { SiteConfig } from '../config/schema.ts';
import type { Condition } from '../targeting/schema.ts';
import { type BanditWeights, sharesFor } from './bandit.ts';
import { getEqualWeights } from './bucket.ts';
import { audienceOf } from './compile.ts';
import { sdkCondition } from './growthbook-condition.ts';
import type { Flag, FlagRule, ParentCondition } from './schema.ts';

const HASH_VERSION = 2;

type ConfiguredExperiment = SiteConfig['experiments'][string];
type Variation = ConfiguredExperiment['variations'][number];

/** What a feature is made of. */
interface Source {
  config: SiteConfig;
  key: string;
  experiment: ConfiguredExperiment;
  weights: readonly number[] | undefined;
  /** What the feature answers for a variation. */
  answer(variation: Variation): unknown;
}

/** A feature that answers the variation's key, for those that wait for this experiment; no experiment is called like it. */
const variationFlag = (experiment: string): string => `${experiment}:variation`;

function together(conditions: readonly Condition[]): { condition?: Condition } {
  const [first] = conditions;
  if (first === undefined) return {};
  return { condition: conditions.length === 1 ? first : { $and: conditions } };
}

function answerTo({ experiment, answer }: Source, key: string): unknown {
  const variation = experiment.variations.find((one) => one.key === key);
  return variation === undefined ? null : answer(variation);
}

/** Somebody whom the first attribute does not name, so that the second does. */
const unnamed = (attribute: string): Condition => ({
  $or: [{ [attribute]: { $exists: false } }, { [attribute]: '' }],
});

/** Who takes part by chance, when an attribute names the unit. @param others conditions besides the experiment's own */
function takingPart({ config, experiment }: Source, attribute: string, others: readonly Condition[]) {
  const { group, prerequisites = [] } = experiment;
  const exclusion = group == null ? undefined : config.exclusionGroups[group.name];
  const parentConditions = prerequisites.map(
    ({ experiment: id, variations }): ParentCondition => ({
      id: variationFlag(id),
      condition: { value: { $in: variations } },
    }),
  );
  return {
    ...(exclusion === undefined || group == null
      ? {}
      : {
          filters: [
            {
              seed: exclusion.seed,
              ranges: group.ranges,
              attribute: exclusion.hashAttribute ?? attribute,
              hashVersion: exclusion.hashVersion ?? HASH_VERSION,
            },
          ],
        }),
    ...(parentConditions.length === 0 ? {} : { parentConditions }),
    ...together([...others, ...audienceOf(config, experiment).map(sdkCondition)]),
  };
}

/** The lot of an experiment by one attribute. SDKs take no experiment of a single variation for one: it is a share that is given it. */
function lotRule(source: Source, attribute: string, others: readonly Condition[]): FlagRule {
  const { key, experiment, weights, answer } = source;
  const {
    variations,
    coverage = 1,
    sticky,
    bucketVersion = 0,
    minBucketVersion = 0,
    fallbackAttribute,
    name,
  } = experiment;
  const [first, second] = variations;
  const unit = {
    hashAttribute: attribute,
    hashVersion: experiment.hashVersion ?? HASH_VERSION,
    seed: experiment.seed ?? key,
  };
  const who = takingPart(source, attribute, others);
  if (first !== undefined && second === undefined)
    return { ...unit, ...who, force: answer(first), range: [0, coverage] };
  return {
    ...unit,
    key,
    ...(name === undefined ? {} : { name }),
    coverage,
    weights: weights ?? experiment.weights ?? getEqualWeights(variations.length),
    variations: variations.map(answer),
    meta: variations.map((variation) => ({ key: variation.key, name: variation.name ?? variation.key })),
    phase: String(experiment.phase ?? 0),
    // An SDK that remembers variations looks under the second attribute by itself, so that who logs in keeps theirs.
    ...(fallbackAttribute == null || fallbackAttribute === attribute ? {} : { fallbackAttribute }),
    ...(sticky === true ? { bucketVersion, minBucketVersion } : { disableStickyBucketing: true }),
    ...who,
  };
}

/** Whoever is in a holdout without experiments has none; of the holdouts that a visitor falls into the first one counts. */
function heldOutRules({ holdouts }: SiteConfig): FlagRule[] {
  const unit = { hashAttribute: 'visitorId', hashVersion: HASH_VERSION };
  const all = Object.values(holdouts);
  return all.flatMap(({ seed, coverage, baseline }, i): FlagRule[] => {
    if (baseline?.experiments !== 'none') return [];
    const filters = all.slice(0, i).map((earlier) => ({
      seed: earlier.seed,
      ranges: [[earlier.coverage, 1] as const],
      attribute: unit.hashAttribute,
      hashVersion: HASH_VERSION,
    }));
    return [{ ...unit, force: null, seed, range: [0, coverage], ...(i === 0 ? {} : { filters }) }];
  });
}

function flagOf(source: Source): Flag {
  const { config, experiment } = source;
  const { status = 'draft', force, holdout, hashAttribute = 'visitorId', fallbackAttribute } = experiment;
  if (status === 'draft') return { defaultValue: null };
  const rules = heldOutRules(config);
  for (const { condition, variation } of experiment.rules ?? [])
    rules.push({ condition: sdkCondition(condition), force: answerTo(source, variation) });
  if (force != null) return { defaultValue: null, rules: [...rules, { force: answerTo(source, force) }] };
  if (status === 'stopped') return { defaultValue: null, rules };
  const held = holdout == null ? undefined : config.holdouts[holdout];
  const units = fallbackAttribute == null ? [hashAttribute] : [hashAttribute, fallbackAttribute];
  units.forEach((attribute, i) => {
    const others = i === 0 ? [] : [unnamed(hashAttribute)];
    if (held !== undefined)
      rules.push({
        hashAttribute: attribute,
        hashVersion: HASH_VERSION,
        force: null,
        seed: held.seed,
        range: [0, held.coverage],
        ...together(others),
      });
    rules.push(lotRule(source, attribute, others));
  });
  return { defaultValue: null, rules };
}

function learntShares(
  weights: Readonly<Record<string, BanditWeights>>,
  key: string,
  { type, phase = 0, variations }: ConfiguredExperiment,
): readonly number[] | undefined {
  const learnt = Object.hasOwn(weights, key) ? weights[key] : undefined;
  if (type !== 'bandit' || learnt?.phase !== phase) return undefined;
  const arms = variations.map((one) => one.key);
  return sharesFor(learnt, arms, null);
}

/**
 * The experiments as the features that GrowthBook's SDKs read: fed with the facts as attributes (and what randomises as an attribute of its own name), they
 * give every visitor the variation that we give. What is remembered of a visitor (`sticky`, overrides) an SDK has to remember itself.
 * @param weights of bandits by experiment
 */
export function growthbookFeatures(
  config: SiteConfig,
  weights: Readonly<Record<string, BanditWeights>> = {},
): Record<string, Flag> {
  const awaited = new Set(
    Object.values(config.experiments).flatMap(({ prerequisites = [] }) => prerequisites.map((one) => one.experiment)),
  );
  return Object.fromEntries(
    Object.entries(config.experiments).flatMap(([key, experiment]): [string, Flag][] => {
      const source = { config, key, experiment, weights: learntShares(weights, key, experiment) };
      const flag = flagOf({ ...source, answer: (variation) => variation.value ?? null });
      if (!awaited.has(key)) return [[key, flag]];
      return [
        [key, flag],
        [variationFlag(key), flagOf({ ...source, answer: (variation) => variation.key })],
      ];
    }),
  );
}
