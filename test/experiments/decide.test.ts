import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { compileExperiments } from '../../src/experiments/compile.ts';
import { type Decision, decideExperiment, isAssigned, type Precedents } from '../../src/experiments/decide.ts';
import { evaluateFlag } from '../../src/experiments/flag.ts';
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
  ])('pages like %s: %s', (pattern, url, isOn) => {
    const facts = { visitor: { visitorId: 'visitor-1' }, page: { url } };
    expect(decided({ ...ALL_B, urlPatterns: [pattern] }, { facts })).toBe(isOn ? 'b STATIC' : 'audience');
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
    const precedents: Precedents = { met: () => 'b' };
    expect(decided({ sticky: true, coverage: 0 }, { precedents })).toBe('b SPLIT');
    expect(decided({ sticky: false, coverage: 0 }, { precedents })).toBe('coverage');
    expect(decided({ sticky: true }, { precedents: { met: () => 'gone' } })).toBe('b SPLIT');
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
      coverage: share,
      weights: share.map((first) => [first, 1 - first]),
      condition: fc.constantFrom({ 'context.country': 'DE' }, { 'visitor.orders': { $gt: 1 } }),
      force: fc.constantFrom('control', 'b'),
      holdout: fc.constant('global'),
      group: fc.constant({ name: 'checkout', ranges: [[0, 0.5]] as [number, number][] }),
      rules: fc.constant([{ condition: { 'context.country': 'AT' }, variation: 'b' }]),
      urlPatterns: fc.constant(['/sale*']),
    },
    { requiredKeys: ['status'] },
  );

  test('give every visitor what we give', () => {
    fc.assert(
      fc.property(fields, fc.uuid(), fc.constantFrom('DE', 'AT', 'FR'), (given, visitorId, country) => {
        const config = configOf(given, {
          holdouts: { global: { seed: 'h', coverage: 0.2 } },
          exclusionGroups: { checkout: { seed: 'c' } },
        });
        const page = { url: 'https://shop.example/sale' };
        const facts = { visitor: { visitorId, orders: 2 }, context: { country }, page };
        const [experiment] = compileExperiments(config);
        if (experiment === undefined) throw new Error('there is one');
        const decision = decideExperiment(experiment, facts);
        const ours = isAssigned(decision) ? experiment.variations[decision.variation]?.value : null;
        const attributes = { ...facts, visitorId };
        const context = { attributes, flags: growthbookFeatures(config), sticky: null };
        expect(evaluateFlag(context, 'layout').value).toBe(ours);
      }),
      { numRuns: 1_000 },
    );
  });
});
