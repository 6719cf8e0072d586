import { type ConditionInterface, evalCondition, GrowthBookClient } from '@growthbook/growthbook';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { heldOutOf } from '../../src/decide/experiments.ts';
import { compileExperiments } from '../../src/experiments/compile.ts';
import { decideExperiment, isAssigned } from '../../src/experiments/decide.ts';
import { sdkCondition } from '../../src/experiments/growthbook-condition.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { compileCondition } from '../../src/targeting/compile.ts';
import type { Condition } from '../../src/targeting/schema.ts';
import { send } from '../decide/http.ts';

type Experiments = NonNullable<SiteConfigInput['experiments']>;

const VISITORS = 10_000;

const pair = (name: string): Experiments[string]['variations'] => [
  { key: 'control', value: `${name} as it was` },
  { key: 'b', value: { [name]: 'new' } },
];
const running = (name: string, fields: Partial<Experiments[string]> = {}): Experiments => ({
  [name]: { status: 'running', variations: pair(name), ...fields },
});

const SURROUNDINGS: SiteConfigInput = {
  audiences: { dach: { 'context.country': { $in: ['DE', 'AT', 'CH'] } } },
  exclusionGroups: {
    checkout: { seed: 'checkout-2026' },
    pricing: { seed: '__pricing', hashVersion: 1 },
    'by-visitor': { seed: 'by-visitor', hashAttribute: 'visitorId' },
  },
  holdouts: { global: { seed: 'holdout-2026', coverage: 0.05 }, large: { seed: 'large', coverage: 0.5 } },
};

/** The first that a visitor falls into counts: of the second, those who are not in the first. */
const HOLDOUTS: NonNullable<SiteConfigInput['holdouts']> = {
  partly: { seed: 'partly', coverage: 0.4 },
  wholly: { seed: 'wholly', coverage: 0.3, baseline: { experiments: 'none' } },
};

/** Configs by what they are about. */
const CONFIGS: Record<string, Experiments> = {
  'coverage and weights': {
    ...running('plain'),
    ...running('seeded', { seed: 'another', coverage: 0.35 }),
    ...running('thirds', {
      weights: [0.33, 0.33, 0.33],
      coverage: 0.9,
      variations: [...pair('thirds'), { key: 'c', value: 3 }],
    }),
    ...running('lopsided', { weights: [0.999, 0.001] }),
    ...running('all-or-nothing', { weights: [0, 1], coverage: 0.6 }),
    ...running('certain', { weights: [0, 1] }),
    ...running('nobody', { coverage: 0 }),
    ...running('rollout', { coverage: 0.25, variations: [{ key: 'on', value: true }] }),
    ...running('many', { variations: Array.from({ length: 20 }, (_, i) => ({ key: `v${i}`, value: i + 1 })) }),
  },
  'who takes part': {
    ...running('audience', { audience: 'dach' }),
    ...running('condition', { condition: { 'context.age': { $gte: 30 }, 'context.country': { $ne: 'FR' } } }),
    ...running('lists', { condition: { 'context.tags': 'vip', $not: { 'context.tags': 'late' } } }),
    ...running('not-in-list', { condition: { 'context.tags': { $not: 'vip', $exists: true } } }),
    ...running('pages', { urlPatterns: ['/sale*', 'https://shop.example/p/*'] }),
    ...running('elsewhere', { urlPatterns: [{ pattern: '/sale*', include: false }] }),
    ...running('by-expression', { urlPatterns: [{ type: 'regex', pattern: '^/(sale|p/[0-9]+)' }] }),
    ...running('taken-over', {
      hashVersion: 1,
      group: { name: 'pricing', ranges: [[0.3, 0.9]] },
      coverage: 0.8,
    }),
    ...running('first-half', { group: { name: 'checkout', ranges: [[0, 0.5]] } }),
    ...running('two-ranges', {
      group: {
        name: 'checkout',
        ranges: [
          [0.5, 0.6],
          [0.9, 1],
        ],
      },
    }),
    ...running('held', { holdout: 'global', coverage: 0.7 }),
    ...running('half-held', { holdout: 'large', audience: { 'context.country': 'DE' } }),
  },
  'who is asked': {
    ...running('by-company', { hashAttribute: 'company' }),
    ...running('fallback', { hashAttribute: 'company', fallbackAttribute: 'visitorId', coverage: 0.5 }),
    ...running('held-fallback', { hashAttribute: 'company', fallbackAttribute: 'visitorId', holdout: 'large' }),
    ...running('grouped-fallback', {
      hashAttribute: 'company',
      fallbackAttribute: 'visitorId',
      group: { name: 'checkout', ranges: [[0.2, 0.7]] },
    }),
    ...running('grouped-by-another', {
      hashAttribute: 'company',
      fallbackAttribute: 'visitorId',
      group: { name: 'by-visitor', ranges: [[0, 0.4]] },
    }),
    ...running('fallback-rollout', {
      hashAttribute: 'company',
      fallbackAttribute: 'visitorId',
      coverage: 0.4,
      variations: [{ key: 'on', value: true }],
    }),
  },
  'who is held out of everything': {
    ...running('all'),
    ...running('ruled', { rules: [{ condition: { 'context.tags': 'vip' }, variation: 'b' }], coverage: 0.5 }),
    ...running('winning', { status: 'stopped', force: 'b' }),
    ...running('elsewhere', { holdout: 'partly' }),
    ...running('waiting', { prerequisites: [{ experiment: 'all', variations: ['b'] }] }),
  },
  'what is certain, and what waits': {
    ...running('draft', { status: 'draft' }),
    ...running('stopped', { status: 'stopped' }),
    ...running('winner', { status: 'stopped', force: 'b' }),
    ...running('forced', { force: 'control' }),
    ...running('rules', {
      rules: [
        { condition: { 'context.tags': 'vip' }, variation: 'b' },
        { condition: { 'context.country': 'DE' }, variation: 'control' },
      ],
      coverage: 0.3,
    }),
    ...running('silent', { variations: [{ key: 'control' }, { key: 'b' }] }),
    ...running('waits', { prerequisites: [{ experiment: 'silent', variations: ['b'] }] }),
    ...running('waits-longer', {
      prerequisites: [
        { experiment: 'waits', variations: ['control', 'b'] },
        { experiment: 'rules', variations: ['control'] },
      ],
      audience: 'dach',
    }),
    ...running('waits-for-a-draft', { prerequisites: [{ experiment: 'draft', variations: ['b'] }] }),
    ...running('rollout-that-waits', {
      prerequisites: [{ experiment: 'winner', variations: ['b'] }],
      coverage: 0.5,
      variations: [{ key: 'on', value: true }],
    }),
  },
};

interface Context {
  [name: string]: unknown;
  targetingKey: string;
  page: { url: string };
}

/** Everybody is somebody else, and always the same. */
function contexts(): Context[] {
  const random = seededRandom(6);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const hex = (): string => Math.floor(random() * 2 ** 32).toString(16);
  return Array.from({ length: VISITORS }, () => ({
    targetingKey: `${hex()}-${hex()}-${hex()}`,
    country: oneOf(['DE', 'AT', 'FR', 'GB']),
    age: 18 + Math.floor(random() * 60),
    tags: oneOf([[], ['vip'], ['late', 'vip'], 'vip', undefined]),
    company: oneOf([undefined, '', `company-${Math.floor(random() * 500)}`]),
    page: {
      url: oneOf([
        'https://shop.example/sale/shoes',
        'https://shop.example/p/1?x=1',
        'https://other.example/p/1',
        'https://shop.example/',
      ]),
    },
  }));
}

/** As Floorwalker knows somebody of whom nothing is remembered. */
const factsOf = ({ targetingKey, ...context }: Context) => ({
  visitor: { visitorId: targetingKey, customerId: null },
  context,
  page: context.page,
});

/** The facts as an SDK's attributes: what randomises also by its own name. */
const attributesOf = (context: Context, facts: object) => ({
  ...facts,
  visitorId: context.targetingKey,
  company: context.company,
});

describe('GrowthBook’s SDK, fed with our features', () => {
  test.each(Object.entries(CONFIGS))(`gives ${VISITORS} visitors what we give: %s`, async (about, experiments) => {
    const holdouts = about === 'who is held out of everything' ? HOLDOUTS : SURROUNDINGS.holdouts;
    const published = { ...SURROUNDINGS, holdouts, experiments };
    const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: published });
    expect(put.status, JSON.stringify(put.body)).toBe(200);
    const { body } = await send('/v1/experiments/growthbook.json');
    const client = new GrowthBookClient().initSync({ payload: body });
    const config = resolveConfig(published);
    const compiled = compileExperiments(config);
    const met = new Map(compiled.map((one) => [one.key, new Set<string>()]));
    const differing: unknown[] = [];
    for (const context of contexts()) {
      const facts = factsOf(context);
      const attributes = attributesOf(context, facts);
      for (const experiment of compiled) {
        const decision = decideExperiment(experiment, facts);
        const isHeldOut = heldOutOf(config, context.targetingKey)?.experiments === 'none';
        const ours = isAssigned(decision) && !isHeldOut ? experiment.variations[decision.variation] : null;
        const theirs = client.evalFeature(experiment.key, { attributes });
        met.get(experiment.key)?.add(ours?.key ?? 'none');
        const isSame = JSON.stringify(theirs.value) === JSON.stringify(ours?.value ?? null);
        const { experimentResult } = theirs;
        if (!isSame || (experimentResult !== undefined && experimentResult.key !== ours?.key))
          differing.push({ experiment: experiment.key, context, ours, theirs: theirs.value });
      }
    }
    expect(differing.slice(0, 3)).toEqual([]);
    for (const context of contexts().slice(0, 50)) {
      const answer = await send('/ofrep/v1/evaluate/flags', { key: 'sk_demo', body: { context } });
      const attributes = attributesOf(context, factsOf(context));
      for (const { key, value = null } of answer.body.flags as { key: string; value?: unknown }[])
        expect(value, key).toEqual(client.evalFeature(key, { attributes }).value);
    }
    const always = ['certain', 'nobody', 'draft', 'stopped', 'winner', 'forced', 'waits-for-a-draft'];
    for (const [key, variations] of met) expect(variations.size > 1, key).toBe(!always.includes(key));
    client.destroy();
  });

  test('remembers what a visitor met only of an experiment that is sticky', async () => {
    const experiments = {
      ...running('loose'),
      ...running('kept', { sticky: true, bucketVersion: 3, minBucketVersion: 2 }),
    };
    const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: { experiments } });
    expect(put.status).toBe(200);
    const { body } = await send('/v1/experiments/growthbook.json');
    expect(body.features).toMatchObject({
      loose: { rules: [{ disableStickyBucketing: true }] },
      kept: { rules: [{ bucketVersion: 3, minBucketVersion: 2 }] },
    });
  });
});

describe('conditions for GrowthBook’s SDKs', () => {
  const scalar = fc.oneof(fc.constantFrom('vip', 'late', '5', ''), fc.constantFrom(0, 5, 7.5));
  const facts = fc.record(
    { a: fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.boolean(), fc.constant(null)), b: scalar },
    { requiredKeys: [] },
  );
  const value: fc.Arbitrary<unknown> = fc.oneof(
    scalar,
    fc.record({ $in: fc.array(scalar, { maxLength: 3 }) }),
    fc.record({ $not: scalar, $exists: fc.boolean() }),
    fc.record({ $gt: fc.constantFrom(1, 6) }),
  );
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      fc.record({ a: value, b: value }, { requiredKeys: ['a'] }),
      fc.record({ $and: fc.array(tie('condition'), { maxLength: 2 }), a: value }, { requiredKeys: ['$and'] }),
      fc.record({ $or: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }) }),
      fc.record({ $not: tie('condition') }),
    ),
  }));

  test('hold in an SDK when they hold here, for lists too', () => {
    fc.assert(
      fc.property(condition, facts, (given, about) => {
        expect(evalCondition(about, sdkCondition(given) as ConditionInterface)).toBe(compileCondition(given)(about));
      }),
      { numRuns: 2_000 },
    );
  });
});
