import { expectTypeOf, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { defineConfig, type NameIn } from '../../src/config/define-config.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { WHOLE } from './whole.ts';

const variations = [{ key: 'control' }, { key: 'b' }];

test('the compiler knows every placement, persona, message and experiment', ({ expect }) => {
  expectTypeOf<NameIn<typeof WHOLE, 'placements'>>().toEqualTypeOf<'item-page'>();
  expectTypeOf<NameIn<typeof WHOLE, 'personas'>>().toEqualTypeOf<'gift-hunter'>();
  expectTypeOf<NameIn<typeof WHOLE, 'messages'>>().toEqualTypeOf<'free-shipping'>();
  expectTypeOf<NameIn<typeof WHOLE, 'experiments'>>().toEqualTypeOf<'item-layout'>();
  expectTypeOf(WHOLE).toExtend<SiteConfigInput>();
  expect(checkConfig(WHOLE).issues).toEqual([]);
});

test('what the compiler refuses, the check refuses too', ({ expect }) => {
  const refused = [
    // @ts-expect-error a misspelt part
    defineConfig({ placments: {} }),
    // @ts-expect-error a misspelt field
    defineConfig({ placements: { home: { cuont: 3 } } }),
    // @ts-expect-error an unknown strategy
    defineConfig({ placements: { home: { strategies: [{ strategy: 'for-you' }] } } }),
    defineConfig({
      holdouts: { global: { seed: 'a', coverage: 0.1 } },
      // @ts-expect-error a holdout that is not there
      experiments: { a: { variations, holdout: 'globl' } },
    }),
    // @ts-expect-error an audience, and there are none
    defineConfig({ experiments: { a: { variations, audience: 'mobile' } } }),
    defineConfig({
      metrics: { revenue: { type: 'mean', event: 'purchase' } },
      // @ts-expect-error a metric that is not there
      experiments: { a: { variations, goals: ['revenu'] } },
    }),
    // @ts-expect-error a prerequisite that is not there
    defineConfig({ experiments: { a: { variations, prerequisites: [{ experiment: 'c', variations: ['b'] }] } } }),
    // @ts-expect-error an exclusion group that is not there
    defineConfig({ experiments: { a: { variations, group: { name: 'checkout', ranges: [[0, 1]] } } } }),
    defineConfig({
      placements: { home: { count: 3 } },
      // @ts-expect-error a change to a placement that is not there
      experiments: { a: { variations: [{ key: 'control' }, { key: 'b', changes: { 'placements.hom.count': 4 } }] } },
    }),
    defineConfig({
      messages: { hello: { placement: 'cart', content: {} } },
      // @ts-expect-error a change to a message that is not there
      experiments: { a: { variations: [{ key: 'control' }, { key: 'b', changes: { 'messages.helo.priority': 4 } }] } },
    }),
    // @ts-expect-error without placements those that are usual are there, and no others
    defineConfig({ experiments: { a: { variations: [{ key: 'b', changes: { 'placements.garden.count': 4 } }] } } }),
    defineConfig({
      metrics: { revenue: { type: 'mean', event: 'purchase' } },
      // @ts-expect-error a bandit's metric that is not there
      experiments: { a: { type: 'bandit', variations, bandit: { metric: 'revenu' } } },
    }),
    // @ts-expect-error a message's audience that is not there
    defineConfig({ audiences: { dach: {} }, messages: { a: { placement: 'cart', content: {}, audience: 'dahc' } } }),
  ];
  for (const config of refused) expect(checkConfig(config).issues).not.toEqual([]);
});

test('references that hold are accepted', ({ expect }) => {
  const config = defineConfig({
    audiences: { dach: { 'context.country': 'DE' } },
    metrics: { revenue: { type: 'mean', event: 'purchase' } },
    experiments: {
      a: { variations, audience: 'dach', goals: ['revenue'] },
      b: { variations, audience: { 'cart.count': 0 }, prerequisites: [{ experiment: 'a', variations: ['b'] }] },
    },
  });
  expect(checkConfig(config).issues).toEqual([]);
});
