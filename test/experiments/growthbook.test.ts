import { describe, expect, test } from 'vitest';
import {
  type BucketRange,
  chooseVariation,
  getBucketRanges,
  getEqualWeights,
  hash,
  inNamespace,
} from '../../src/experiments/bucket.ts';
import { evaluateFlag, prerequisitesHold } from '../../src/experiments/flag.ts';
import { getQueryStringOverride, runExperiment } from '../../src/experiments/run.ts';
import type { EvaluationContext, Flag, InlineExperiment, StickyDocument } from '../../src/experiments/schema.ts';
import { stickyKey } from '../../src/experiments/sticky.ts';
import type { Groups } from '../../src/targeting/schema.ts';
import { GROWTHBOOK } from '../support/growthbook.ts';

const rows = <T extends unknown[]>(name: string): T[] => (GROWTHBOOK?.[name] ?? []) as T[];

/** A context as GrowthBook's SDKs are given it. */
interface Given extends Omit<Partial<EvaluationContext>, 'flags' | 'groups'> {
  features?: Record<string, Flag>;
  savedGroups?: Groups;
  contextualBandits?: Record<string, { banditVersion: number }>;
}

function contextOf(given: Given, documents: StickyDocument[] | null): EvaluationContext {
  const { features, savedGroups, contextualBandits, ...rest } = given;
  const sticky = documents?.map((one): [string, StickyDocument] => [
    stickyKey({ attribute: one.attributeName, value: one.attributeValue }),
    one,
  ]);
  const versions = Object.entries(contextualBandits ?? {}).map(([name, { banditVersion }]) => [name, banditVersion]);
  return {
    attributes: {},
    ...rest,
    flags: features ?? {},
    groups: savedGroups ?? {},
    sticky: sticky === undefined ? null : new Map(sticky),
    banditVersions: Object.fromEntries(versions),
  };
}

/** As JSON has it: what is undefined is not there. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const rounded = (ranges: readonly BucketRange[]): number[][] =>
  ranges.map((range) => range.map((bound) => Number(bound.toFixed(8))));

describe.skipIf(GROWTHBOOK === null)('GrowthBook’s cases', () => {
  test.each(rows<[string, string, number, number | null]>('hash'))(
    'hash: %s %s %s',
    (seed, value, version, expected) => {
      expect(hash(seed, value, version)).toBe(expected);
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
    'namespace: %s',
    (_name, value, namespace, expected) => {
      expect(inNamespace(value, namespace)).toBe(expected);
    },
  );

  test.each(rows<[number, number[]]>('getEqualWeights'))('equal weights of %s', (count, expected) => {
    expect(getEqualWeights(count).map((weight) => Number(weight.toFixed(8)))).toEqual(expected);
  });

  test.each(rows<[string, string, string, number, number | null]>('getQueryStringOverride'))(
    'an address that asks for a variation: %s',
    (_name, key, url, count, expected) => {
      expect(getQueryStringOverride(key, url, count)).toBe(expected);
    },
  );

  test.each(rows<[string, Given, string, { value: unknown; source: string; ruleId: string }]>('feature'))(
    'flag: %s',
    (_name, given, key, expected) => {
      const { value, source, ruleId, experiment, result } = evaluateFlag(contextOf(given, null), key);
      const actual = { value, on: Boolean(value), off: !value, source, ruleId, experiment, experimentResult: result };
      expect(plain(actual)).toEqual(expected);
    },
  );

  test.each(rows<[string, Given, InlineExperiment, unknown, boolean, boolean]>('run'))(
    'experiment: %s',
    (_name, given, experiment, value, inExperiment, hashUsed) => {
      const context = contextOf(given, null);
      const parents = () => prerequisitesHold(context, experiment);
      const { result } = runExperiment(context, experiment, { featureId: null, parents });
      expect([result.value, result.inExperiment, result.hashUsed]).toEqual([value, inExperiment, hashUsed]);
    },
  );

  test.each(
    rows<[string, Given, StickyDocument[], string, object | null, Record<string, StickyDocument>]>('stickyBucket'),
  )('remembered variations: %s', (_name, given, documents, key, expected, after) => {
    const context = contextOf(given, documents);
    const { result, sticky } = evaluateFlag(context, key);
    expect(plain(result ?? null)).toEqual(expected);
    const kept = new Map(context.sticky);
    for (const one of sticky) kept.set(stickyKey({ attribute: one.attributeName, value: one.attributeValue }), one);
    expect(Object.fromEntries(kept)).toEqual(after);
  });
});
