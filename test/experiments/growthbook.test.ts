import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import {
  type BucketRange,
  chooseVariation,
  getBucketRanges,
  getEqualWeights,
  type HashVersion,
  hash,
} from '../../src/experiments/bucket.ts';
import type { CompiledExperiment } from '../../src/experiments/compile.ts';
import { dealtBy } from '../../src/experiments/dealt-by.ts';
import { type Assigned, decideExperiment, isAssigned, type Precedents } from '../../src/experiments/decide.ts';
import { type Buckets, rememberedVariation, toRemember } from '../../src/experiments/sticky.ts';
import { GROWTHBOOK } from '../support/growthbook.ts';
import {
  compiledOf,
  configOf,
  type Document,
  type Given,
  type Link,
  linkOf,
  linksOfAll,
  type Rule,
} from './translated.ts';

const rows = <T extends unknown[]>(name: string): T[] => (GROWTHBOOK?.[name] ?? []) as T[];

/** What a config cannot say, since it is refused when it is published; and where. */
const REFUSED: Record<string, string> = {
  'high forced variation': 'experiments.my-test.force',
  'force rules - coverage with bad hash version': 'experiments.feature.hashVersion',
  'Prerequisite flag missing, block dependent flag': 'experiments.childflag.prerequisites[0].experiment',
  'Prerequisite cycle detected, break': 'experiments.flag1.prerequisites[0].experiment',
};

/** What is meant to be otherwise here, as value, being in, and chance: an experiment of one variation is given to its share; a token tries out what it names, and leaves the others as they are. */
const OTHERWISE: Record<string, [value: unknown, inExperiment: boolean, hashUsed: boolean]> = {
  'single variation': [0, true, true],
  'Skips experiments in QA mode': [1, true, true],
};

/** As JSON has it: what is undefined is not there. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const rounded = (ranges: readonly BucketRange[]): number[][] =>
  ranges.map((range) => range.map((bound) => Number(bound.toFixed(8))));

const factsOf = ({ attributes = {} }: Given) => ({ context: attributes });

/** What somebody tries out, by the page's address or by name: here a signed token says it. */
function overridesOf({ url, forcedVariations = {} }: Given, links: readonly Link[]): Pick<Precedents, 'overrides'> {
  const asked = url === undefined ? [] : [...new URL(url).searchParams];
  const named = Object.fromEntries([...Object.entries(forcedVariations), ...asked]);
  const overrides = links.flatMap(({ name, experiment }): [string, string][] => {
    const key = experiment.variations[Number(named[name] ?? -1)]?.key;
    return key === undefined ? [] : [[name, key]];
  });
  return overrides.length === 0 ? {} : { overrides: Object.fromEntries(overrides) };
}

interface Answered {
  value: unknown;
  source: string;
  assigned?: Assigned;
}

const sourceOf = ({ source }: Link, { reason }: Assigned): string => {
  if (source !== 'rules') return source;
  return reason === 'TARGETING_MATCH' ? 'force' : 'defaultValue';
};

/** @param buckets undefined: nothing remembers */
function answered(given: Given, key: string, buckets?: Buckets): Answered {
  const all = linksOfAll({ given, isSticky: buckets !== undefined });
  const compiled = compiledOf([...all.values()].flat());
  const own = all.get(key) ?? [];
  for (const link of own) {
    const experiment = compiled.get(link.name);
    if (experiment === undefined) throw new Error(`${link.name} is one of the experiments`);
    const assigned = decideExperiment(experiment, factsOf(given), { buckets, ...overridesOf(given, own) });
    if (isAssigned(assigned))
      return {
        value: givenBy(assigned),
        source: sourceOf(link, assigned),
        ...(link.source === 'experiment' ? { assigned } : {}),
      };
    if (link.isGate && assigned.excluded === 'prerequisite') return { value: null, source: 'prerequisite' };
  }
  const feature = given.features?.[key];
  return { value: feature?.defaultValue ?? null, source: feature === undefined ? 'unknownFeature' : 'defaultValue' };
}

const givenBy = ({ experiment, variation }: Assigned): unknown => experiment.variations[variation]?.value;

/** Of a bandit what an exposure logs; GrowthBook's cases have one leaf for all, -1. */
function leafOf(experiment: CompiledExperiment, { variation, isRandomised }: Assigned) {
  const { weights: banditVersion } = dealtBy(experiment, variation);
  return banditVersion === undefined || !isRandomised
    ? {}
    : { leafId: -1, banditVersion, variationWeights: experiment.weights };
}

/** A decision in the words of an SDK's result. */
function resultOf(assigned: Assigned, given: Given, { key, buckets }: { key: string; buckets?: Buckets }) {
  const { experiment, variation, isRandomised } = assigned;
  const unit = experiment.unit(factsOf(given));
  const { attributes = {} } = given;
  const attribute = ['id', ...Object.keys(attributes)].find((name) => String(attributes[name]) === unit);
  return {
    featureId: key,
    key: experiment.variations[variation]?.key,
    variationId: variation,
    value: givenBy(assigned),
    inExperiment: true,
    hashUsed: isRandomised,
    hashAttribute: attribute,
    hashValue: unit,
    ...(isRandomised ? { bucket: experiment.bucket(unit) } : {}),
    stickyBucketUsed: rememberedVariation(experiment, buckets ?? {}) >= 0,
    ...leafOf(experiment, assigned),
  };
}

/** One memory for all that names a visitor: where SDKs keep a document by attribute, the visitor's object keeps them together. */
const together = (documents: readonly Document[]): Record<string, { variation: string }> =>
  Object.fromEntries(
    documents.flatMap(({ assignments }) =>
      Object.entries(assignments).map(([name, variation]) => [name, { variation }]),
    ),
  );

describe.skipIf(GROWTHBOOK === null)('GrowthBook’s cases, by what decides for visitors', () => {
  test.each(rows<[string, string, number, number | null]>('hash'))(
    'hash: %s %s %s',
    (seed, value, version, expected) => {
      if (expected !== null) return expect(hash(seed, version as HashVersion)(value)).toBe(expected);
      const config = { experiments: { one: { hashVersion: version, variations: [{ key: 'a' }] } } };
      expect(checkConfig(config).issues).toMatchObject([{ path: 'experiments.one.hashVersion' }]);
    },
  );

  test.each(rows<[string, [number, number, number[] | null], number[][]]>('getBucketRange'))(
    'bucket ranges: %s',
    (_name, [count, coverage, weights], expected) => {
      expect(rounded(getBucketRanges(count, coverage, weights))).toEqual(expected);
    },
  );

  test.each(rows<[string, number, BucketRange[], number]>('chooseVariation'))(
    'choose a variation: %s',
    (_name, n, ranges, expected) => {
      expect(chooseVariation(n, ranges)).toBe(expected);
    },
  );

  test.each(rows<[string, string, [string, number, number], boolean]>('inNamespace'))(
    'namespace, as an exclusion group: %s',
    (_name, id, namespace, expected) => {
      const given: Given = { attributes: { id } };
      const link = linkOf({ given, isSticky: false }, 'spaced', { variations: [0, 1], namespace });
      const [experiment] = compiledOf([link]).values();
      if (experiment === undefined) throw new Error('there is one');
      const decision = decideExperiment(experiment, factsOf(given));
      expect(isAssigned(decision) ? 'in' : decision.excluded).toBe(expected ? 'in' : 'exclusion_group');
    },
  );

  test.each(rows<[number, number[]]>('getEqualWeights'))('equal weights of %s', (count, expected) => {
    expect(getEqualWeights(count).map((weight) => Number(weight.toFixed(8)))).toEqual(expected);
  });

  // SDKs do what a page's address says; here a signed token says it, of those variations that there are, and an address nothing.
  test.each(rows<[string, string, string, number, number | null]>('getQueryStringOverride'))(
    'a variation that is tried out: %s',
    (_name, key, url, count, expected) => {
      const given: Given = { attributes: { id: '1' } };
      const rule = { variations: Array.from({ length: count }, (_, i) => i) };
      const experiment = compiledOf([linkOf({ given, isSticky: false }, key, rule)]).get(key);
      if (experiment === undefined) throw new Error('there is one');
      const facts = { ...factsOf(given), page: { url } };
      const overrides = URL.canParse(url) ? Object.fromEntries(new URL(url).searchParams) : {};
      const [tried, drawn] = [decideExperiment(experiment, facts, { overrides }), decideExperiment(experiment, facts)];
      expect(isAssigned(tried) && !tried.isRandomised ? tried.variation : null).toBe(expected);
      expect(drawn).toEqual(decideExperiment(experiment, factsOf(given)));
    },
  );

  test.each(rows<[string, Given, string, { value: unknown; source: string; experimentResult?: object }]>('feature'))(
    'flag: %s',
    (name, given, key, expected) => {
      const refused = REFUSED[name];
      if (refused !== undefined) {
        const links = [...linksOfAll({ given, isSticky: false }).values()].flat();
        return expect(checkConfig(configOf(links)).issues.map((issue) => issue.path)).toContain(refused);
      }
      const { value, source, assigned } = answered(given, key);
      const experimentResult = assigned === undefined ? undefined : resultOf(assigned, given, { key });
      const { value: theirs, source: from, experimentResult: result } = expected;
      expect(plain({ value, source, experimentResult })).toEqual(
        plain({ value: theirs, source: from, experimentResult: result }),
      );
    },
  );

  test.each(rows<[string, Given, Rule, unknown, boolean, boolean]>('run'))(
    'experiment: %s',
    (name, given, rule, value, inExperiment, hashUsed) => {
      const translating = { given, isSticky: false };
      const link = linkOf(translating, rule.key ?? '', rule, rule.parentConditions);
      const links = [...linksOfAll(translating).values()].flat();
      const refused = REFUSED[name];
      if (refused !== undefined)
        return expect(checkConfig(configOf([link])).issues.map((issue) => issue.path)).toContain(refused);
      const experiment = compiledOf([link, ...links]).get(link.name);
      if (experiment === undefined) throw new Error('there is one');
      const decision = decideExperiment(experiment, factsOf(given), overridesOf(given, [link]));
      // Whoever is not in is answered like the first variation.
      const ours = isAssigned(decision)
        ? [givenBy(decision), true, decision.isRandomised]
        : [experiment.variations[0]?.value, false, false];
      expect(ours).toEqual(OTHERWISE[name] ?? [value, inExperiment, hashUsed]);
    },
  );

  test.each(rows<[string, Given, Document[], string, object | null, Record<string, Document>]>('stickyBucket'))(
    'remembered variations: %s',
    (_name, given, documents, key, expected, after) => {
      const buckets = together(documents);
      const { assigned } = answered(given, key, buckets);
      expect(assigned === undefined ? null : resultOf(assigned, given, { key, buckets })).toEqual(expected);
      if (assigned === undefined) return;
      const { experiment, variation } = assigned;
      const name = toRemember(experiment, buckets);
      const kept = name === null ? {} : { [name]: { variation: experiment.variations[variation]?.key } };
      expect({ ...buckets, ...kept }).toEqual(together(Object.values(after)));
    },
  );
});
