import { GrowthBookClient } from '@growthbook/growthbook';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { compileExperiments } from '../../src/experiments/compile.ts';
import { type Decision, decideExperiment, isAssigned, type Precedents } from '../../src/experiments/decide.ts';
import { growthbookFeatures } from '../../src/experiments/growthbook.ts';
import type { Facts } from '../../src/targeting/schema.ts';

type Fields = Partial<NonNullable<SiteConfigInput['experiments']>[string]>;

const TWO = [
  { key: 'control', value: 'a' },
  { key: 'b', value: 'b' },
];

function configOf(fields: Fields, rest: SiteConfigInput = {}) {
  return resolveConfig({ ...rest, experiments: { layout: { status: 'running', variations: TWO, ...fields } } });
}

function decided(
  fields: Fields,
  options: { facts?: Facts; rest?: SiteConfigInput; precedents?: Precedents } = {},
): string {
  const [experiment] = compileExperiments(configOf(fields, options.rest));
  if (experiment === undefined) throw new Error('there is one experiment');
  const facts = options.facts ?? { visitor: { visitorId: 'visitor-2' } };
  return said(decideExperiment(experiment, facts, options.precedents));
}

function said(decision: Decision): string {
  if (!isAssigned(decision)) return decision.excluded;
  return `${decision.experiment.variations[decision.variation]?.key} ${decision.reason}${decision.isRandomised ? '' : ', not counted'}`;
}

const ALL_B = { weights: [0, 1] };

describe('one experiment', () => {
  test.each<[string, Fields, string]>([
    ['that is a draft is not there', { status: 'draft', ...ALL_B }, 'not_running'],
    ['that was stopped is not there', { status: 'stopped', ...ALL_B }, 'not_running'],
    ['that was stopped with a winner gives it to all', { status: 'stopped', force: 'b' }, 'b STATIC, not counted'],
    ['whose variation has all the weight is certain', ALL_B, 'b STATIC'],
    ['that covers nobody has nobody', { coverage: 0 }, 'coverage'],
    ['gives by lot otherwise', {}, 'b SPLIT'],
    ['that is forced gives that', { force: 'b' }, 'b STATIC, not counted'],
    [
      'with a rule goes by it before what is forced',
      { force: 'control', rules: [{ condition: { 'visitor.visitorId': 'visitor-2' }, variation: 'b' }] },
      'b TARGETING_MATCH, not counted',
    ],
    ['for others has nobody', { condition: { 'context.country': 'DE' } }, 'audience'],
    ['on other pages has nobody', { urlPatterns: ['/sale*'] }, 'audience'],
    ['without its unit has nobody', { hashAttribute: 'customerId' }, 'no_unit'],
    ['falls back on another unit', { hashAttribute: 'customerId', fallbackAttribute: 'visitorId' }, 'b SPLIT'],
    ['randomises by any fact', { hashAttribute: 'trait.company' }, 'no_unit'],
  ])('%s', (_what, fields, expected) => {
    expect(decided(fields)).toBe(expected);
  });

  test.each([
    ['/sale*', 'https://shop.example/sale/shoes?x=1', true],
    ['/sale', 'https://shop.example/sale?x=1', true],
    ['/sale', 'https://shop.example/sales', false],
    ['https://shop.example/p/*', 'https://shop.example/p/1#top', true],
    ['https://shop.example/p/*', 'https://other.example/p/1', false],
    ['/a.b', 'https://shop.example/aXb', false],
    [{ type: 'regex', pattern: '^/p/[0-9]+$' }, 'https://shop.example/p/12', true],
    [{ type: 'regex', pattern: '^/p/[0-9]+$' }, 'https://shop.example/p/12a', false],
    [{ type: 'regex', pattern: '^/(a|b)$|^\\/c' }, 'https://shop.example/c/d', true],
    [{ type: 'regex', pattern: 'shop[.]example/p' }, 'https://shop.example/p/12', true],
    [{ pattern: '/sale*', include: false }, 'https://shop.example/p/1', true],
    [{ pattern: '/sale*', include: false }, 'https://shop.example/sale/shoes', false],
  ] as const)('pages like %s: %s', (pattern, url, isOn) => {
    const facts = { visitor: { visitorId: 'visitor-1' }, page: { url } };
    expect(decided({ ...ALL_B, urlPatterns: [pattern] }, { facts })).toBe(isOn ? 'b STATIC' : 'audience');
  });

  test('runs on the pages that are included, less those that are excluded, and on none whose address is unknown', () => {
    const on = (url: string | undefined, ...urlPatterns: NonNullable<Fields['urlPatterns']>) =>
      decided({ ...ALL_B, urlPatterns }, { facts: { visitor: { visitorId: 'visitor-1' }, page: { url } } });
    const without = { pattern: '/p/1', include: false } as const;
    expect(on('https://shop.example/p/2', '/p/*', without)).toBe('b STATIC');
    expect(on('https://shop.example/p/1', '/p/*', without)).toBe('audience');
    expect(on('https://shop.example/q', '/p/*', without)).toBe('audience');
    expect(on(undefined, without)).toBe('audience');
  });

  test('leaves out who is held out, and who belongs to another of its group', () => {
    const rest: SiteConfigInput = {
      holdouts: { global: { seed: 'h', coverage: 1 } },
      exclusionGroups: { checkout: { seed: 'c' } },
    };
    expect(decided({ holdout: 'global' }, { rest })).toBe('holdout');
    const group = (from: number, until: number): Fields => ({ group: { name: 'checkout', ranges: [[from, until]] } });
    const inFirst = decided({ ...ALL_B, ...group(0, 0.5) }, { rest });
    const inSecond = decided({ ...ALL_B, ...group(0.5, 1) }, { rest });
    expect([inFirst, inSecond].toSorted()).toEqual(['b STATIC', 'exclusion_group']);
  });

  test('waits for what others give', () => {
    const config = resolveConfig({
      experiments: {
        first: { status: 'running', weights: [0, 1], coverage: 0.5, variations: TWO },
        second: {
          status: 'running',
          weights: [0, 1],
          variations: TWO,
          prerequisites: [{ experiment: 'first', variations: ['b'] }],
        },
      },
    });
    const [first, second] = compileExperiments(config);
    if (first === undefined || second === undefined) throw new Error('there are two');
    const of = (experiment: typeof first, visitorId: string, precedents?: Precedents) =>
      said(decideExperiment(experiment, { visitor: { visitorId } }, precedents));
    for (let i = 0; i < 50; i++) {
      const isIn = of(first, `visitor-${i}`) === 'b SPLIT';
      expect(of(second, `visitor-${i}`)).toBe(isIn ? 'b STATIC' : 'prerequisite');
      // Whoever tries out the first gets what its variation leads to.
      const overrides = (variation: string) => ({ overrides: { first: variation } });
      expect(of(second, `visitor-${i}`, overrides('b'))).toBe('b STATIC');
      expect(of(second, `visitor-${i}`, overrides('control'))).toBe('prerequisite');
    }
  });

  test('remembers what was met only where it says so, and still leaves out who is held out', () => {
    const met = (variation: string, version = 0): Precedents => ({
      buckets: { [`layout__${version}`]: { variation } },
    });
    const precedents = met('b');
    expect(decided({ sticky: true, coverage: 0 }, { precedents })).toBe('b SPLIT');
    expect(decided({ sticky: false, coverage: 0 }, { precedents })).toBe('coverage');
    expect(decided({ sticky: true }, { precedents: met('gone') })).toBe('b SPLIT');
    expect(decided({ sticky: true, bucketVersion: 1, coverage: 0 }, { precedents })).toBe('coverage');
    expect(decided({ sticky: true, bucketVersion: 1 }, { precedents: met('control', 1) })).toBe('control SPLIT');
  });

  test('leaves out whoever met it under a version before the least that counts', () => {
    const precedents: Precedents = { buckets: { layout__1: { variation: 'control' } } };
    const version = (bucketVersion: number, minBucketVersion: number) =>
      decided({ sticky: true, bucketVersion, minBucketVersion }, { precedents });
    expect(version(2, 1)).toBe('b SPLIT');
    expect(version(2, 2)).toBe('bucket_version');
    expect(version(1, 1)).toBe('control SPLIT');
    expect(decided({ sticky: false, bucketVersion: 2, minBucketVersion: 2 }, { precedents })).toBe('b SPLIT');
  });

  test('is exclusive over units of different kinds where its group says who is drawn', () => {
    const rest = (fields: object): SiteConfigInput => ({ exclusionGroups: { checkout: { seed: 'c', ...fields } } });
    const both = (fields: object, visitorId: string) =>
      (['visitorId', 'customerId'] as const).filter((hashAttribute, i) => {
        const group = { name: 'checkout', ranges: [[i / 2, (i + 1) / 2]] as [number, number][] };
        const facts = { visitor: { visitorId, customerId: `customer of ${visitorId}` } };
        return decided({ ...ALL_B, hashAttribute, group }, { rest: rest(fields), facts }) === 'b STATIC';
      }).length;
    const met = (fields: object) => new Set(Array.from({ length: 40 }, (_, i) => both(fields, `visitor-${i}`)));
    expect(met({ hashAttribute: 'visitorId' })).toEqual(new Set([1]));
    expect(met({})).toEqual(new Set([0, 1, 2]));
    const nobody = { facts: { visitor: { visitorId: 'visitor-2' } }, rest: rest({ hashAttribute: 'customerId' }) };
    expect(decided({ ...ALL_B, group: { name: 'checkout', ranges: [[0, 1]] } }, nobody)).toBe('exclusion_group');
  });

  test('can be tried out, which never counts', () => {
    const precedents: Precedents = { overrides: { layout: 'b' } };
    expect(decided({ status: 'draft' }, { precedents })).toBe('b STATIC, not counted');
    expect(decided({}, { precedents: { overrides: { layout: 'gone', other: 'b' } } })).toBe('b SPLIT');
  });
});

describe('the features for GrowthBook’s SDKs', () => {
  const share = fc.integer({ min: 0, max: 10 }).map((n) => n / 10);
  const fields: fc.Arbitrary<Fields> = fc.record(
    {
      status: fc.constantFrom('draft' as const, 'running' as const, 'running' as const, 'stopped' as const),
      seed: fc.constantFrom('s', 't'),
      hashVersion: fc.constantFrom(1 as const, 2 as const),
      coverage: share,
      weights: share.map((first) => [first, 1 - first]),
      condition: fc.constantFrom({ 'context.country': 'DE' }, { 'visitor.orders': { $gt: 1 } }),
      force: fc.constantFrom('control', 'b'),
      holdout: fc.constant('global'),
      group: fc.constant({ name: 'checkout', ranges: [[0, 0.5]] as [number, number][] }),
      rules: fc.constant([{ condition: { 'context.country': 'AT' }, variation: 'b' }]),
      urlPatterns: fc.constantFrom(
        ['/sale*'],
        [{ pattern: '/sale', include: false }],
        [
          { type: 'regex' as const, pattern: '^/s[a-l]+e' },
          { pattern: '/other', include: false },
        ],
      ),
    },
    { requiredKeys: ['status'] },
  );

  const exclusion = fc.record(
    { hashVersion: fc.constantFrom(1 as const, 2 as const), hashAttribute: fc.constant('country') },
    { requiredKeys: [] },
  );

  test('give every visitor what we give', () => {
    fc.assert(
      fc.property(
        fields,
        exclusion,
        fc.uuid(),
        fc.constantFrom('DE', 'AT', 'FR'),
        (given, drawn, visitorId, country) => {
          const config = configOf(given, {
            holdouts: { global: { seed: 'h', coverage: 0.2 } },
            exclusionGroups: { checkout: { seed: 'c', ...drawn } },
          });
          const page = { url: 'https://shop.example/sale' };
          const facts = { visitor: { visitorId, orders: 2 }, context: { country }, page };
          const [experiment] = compileExperiments(config);
          if (experiment === undefined) throw new Error('there is one');
          const decision = decideExperiment(experiment, facts);
          const ours = isAssigned(decision) ? experiment.variations[decision.variation]?.value : null;
          const attributes = { ...facts, visitorId, country };
          const payload = JSON.parse(JSON.stringify({ features: growthbookFeatures(config) }));
          const client = new GrowthBookClient().initSync({ payload });
          expect(client.evalFeature('layout', { attributes }).value).toBe(ours);
          client.destroy();
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
