import type { SiteConfig } from '../config/schema.ts';
import type { Condition } from '../targeting/schema.ts';
import { audienceOf } from './compile.ts';
import type { Flag, FlagRule } from './schema.ts';

const HASH_VERSION = 2;

function together(conditions: readonly Condition[]): { condition?: Condition } {
  const [first] = conditions;
  if (first === undefined) return {};
  return { condition: conditions.length === 1 ? first : { $and: conditions } };
}

type ConfiguredExperiment = SiteConfig['experiments'][string];

const variationValue = ({ variations }: ConfiguredExperiment, key: string): unknown =>
  variations.find((variation) => variation.key === key)?.value ?? null;

function flagOf(
  config: SiteConfig,
  key: string,
  { experiment, weights }: { experiment: ConfiguredExperiment; weights: readonly number[] | undefined },
): Flag {
  const { status = 'draft', variations, hashAttribute = 'visitorId', force, group, holdout } = experiment;
  if (status === 'draft') return { defaultValue: null };
  const rules: FlagRule[] = (experiment.rules ?? []).map(({ condition, variation }) => ({
    condition,
    force: variationValue(experiment, variation),
  }));
  if (force != null) return { defaultValue: null, rules: [...rules, { force: variationValue(experiment, force) }] };
  if (status === 'stopped') return { defaultValue: null, rules };
  const unit = { hashAttribute, hashVersion: HASH_VERSION };
  const held = holdout == null ? undefined : config.holdouts[holdout];
  if (held !== undefined) rules.push({ ...unit, force: null, seed: held.seed, range: [0, held.coverage] });
  const exclusion = group == null ? undefined : config.exclusionGroups[group.name];
  const { fallbackAttribute, coverage = 1, bucketVersion } = experiment;
  rules.push({
    ...unit,
    ...(fallbackAttribute == null ? {} : { fallbackAttribute }),
    key,
    seed: experiment.seed ?? key,
    coverage,
    weights: weights ?? experiment.weights ?? variations.map(() => 1 / variations.length),
    variations: variations.map((variation) => variation.value ?? null),
    meta: variations.map((variation) => ({ key: variation.key, name: variation.name ?? variation.key })),
    phase: String(experiment.phase ?? 0),
    ...(bucketVersion === undefined ? {} : { bucketVersion }),
    ...(exclusion === undefined || group == null
      ? {}
      : {
          filters: [
            { seed: exclusion.seed, ranges: group.ranges, attribute: hashAttribute, hashVersion: HASH_VERSION },
          ],
        }),
    ...together(audienceOf(config, experiment)),
  });
  return { defaultValue: null, rules };
}

/**
 * The experiments as the features that GrowthBook's SDKs read: fed with the facts as attributes, they give every visitor the variation that we give.
 * @param weights of bandits by experiment
 */
export function growthbookFeatures(
  config: SiteConfig,
  weights: Readonly<Record<string, readonly number[]>> = {},
): Record<string, Flag> {
  return Object.fromEntries(
    Object.entries(config.experiments).map(([key, experiment]) => [
      key,
      flagOf(config, key, { experiment, weights: Object.hasOwn(weights, key) ? weights[key] : undefined }),
    ]),
  );
}
