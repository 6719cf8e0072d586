import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { resolveConfig } from '../../src/config/defaults.ts';
import { STRATEGIES } from '../../src/config/schema-placements.ts';
import { BAD_CONFIGS, experiment, placement, two } from './bad-configs.ts';
import { WHOLE } from './whole.ts';

describe('checking a config', () => {
  test.each(BAD_CONFIGS)('refuses %s', (_what, plain, path, says) => {
    const checked = checkConfig(plain);
    expect(checked.issues).toContainEqual({ path, message: expect.stringContaining(says) });
    expect(checked.config).toBeNull();
  });

  test('has nothing against {}', () => {
    expect(checkConfig({})).toEqual({ config: {}, issues: [], warnings: [], inactive: [] });
  });

  test('has nothing against a config that uses everything', () => {
    const checked = checkConfig(WHOLE);
    expect(checked.issues).toEqual([]);
    expect(checked.warnings.map((warning) => warning.path)).toEqual([
      'placements.item-page.rules[0].when.persona',
      'personas.gift-hunter.signals[2].condition.trait.age',
      'personas.gift-hunter.signals[2].condition.trait.age',
      'messages.free-shipping.audience.persona',
      'messages.free-shipping.group',
    ]);
    expect(checked.config).toBe(WHOLE);
    expect(checked.inactive).toEqual(expect.arrayContaining(['surveys', 'guides', 'loyalty', 'webhooks']));
    expect(checked.inactive).not.toContain('placements');
  });

  test('refuses two running experiments that overlap in their group, or touch the same place without one', () => {
    const running = (fields: object) => ({ status: 'running', goals: [], variations: two, ...fields });
    const group = (from: number, until: number) => ({ group: { name: 'g', ranges: [[from, until]] } });
    const both = (a: object, b: object) =>
      checkConfig({ exclusionGroups: { g: { seed: 'g' } }, experiments: { a: running(a), b: running(b) } }).issues;
    expect(both(group(0, 0.5), group(0.5, 1))).toEqual([]);
    expect(both(group(0, 0.6), group(0.5, 1))).toMatchObject([{ path: 'experiments.b.group.ranges[0]' }]);
    expect(both(group(0, 0.6), { ...group(0.5, 1), status: 'draft' })).toEqual([]);
    const changes = (path: string, value: unknown) => ({
      variations: [{ key: 'x', changes: { [path]: value } }, { key: 'y' }],
    });
    const home = changes('placements.home.diversity', 0.5);
    expect(both(home, changes('placements.home', {}))).toMatchObject([
      { path: 'experiments.b', message: expect.stringContaining('exclusion group') },
    ]);
    expect(both(home, changes('placements.cart.diversity', 0.5))).toEqual([]);
    expect(both({ ...home, ...group(0, 0.5) }, { ...home, ...group(0.5, 1) })).toEqual([]);
  });

  test('takes changes into lists, and back to what the defaults hold', () => {
    expect(
      checkConfig(
        experiment({ variations: [{ key: 'a', changes: { 'placements.item-page.strategies.1.weight': 0.9 } }] }),
      ).issues,
    ).toEqual([]);
    expect(
      checkConfig(
        experiment({ variations: [{ key: 'a', changes: { 'placements.item-page.strategies.2.weight': 0.9 } }] }),
      ).issues,
    ).toHaveLength(1);
  });

  test('warns of what is hardly meant', () => {
    const { warnings, config } = checkConfig({
      placements: {
        empty: {},
        mute: { strategies: [{ strategy: 'for_you', weight: 0 }] },
      },
      personas: { nobody: {} },
    });
    expect(config).not.toBeNull();
    expect(warnings.map((warning) => warning.path)).toEqual(
      expect.arrayContaining(['placements.empty.strategies', 'placements.mute.strategies', 'personas.nobody']),
    );
  });

  test.each<[string, object, string, string]>([
    ['a rule that is over', { rules: [{ key: 'r', items: {}, do: 'hide', until: '2026-11-01' }] }, 'rules[0]', 'over'],
    [
      'a pin below what is shown',
      { count: 4, rules: [{ key: 'r', items: {}, do: 'pin', at: 5 }] },
      'rules[0]',
      '4 places',
    ],
    ['a factor of 1', { rules: [{ key: 'r', items: {}, do: 'boost', by: 1 }] }, 'rules[0]', 'changes nothing'],
    ['a boost that buries', { rules: [{ key: 'r', items: {}, do: 'boost', by: 0.5 }] }, 'rules[0]', 'bury'],
    [
      'two pins for one place',
      { rules: ['a', 'b'].map((key) => ({ key, items: {}, do: 'pin', at: 2 })) },
      'rules[1]',
      '"a" has place 2',
    ],
    ['the same and another value', { sameAs: ['brand'], differentFrom: ['brand'] }, 'differentFrom', 'brand'],
  ])('warns of %s', (_, steering, path, says) => {
    const checked = checkConfig(
      placement({ strategies: [{ strategy: 'for_you' }], ...steering }),
      Date.UTC(2026, 10, 22),
    );
    expect(checked.issues).toEqual([]);
    expect(checked.warnings).toEqual([{ path: `placements.home.${path}`, message: expect.stringContaining(says) }]);
  });

  test('a rule of today is not over', () => {
    const rule = { key: 'r', items: {}, do: 'hide', until: '2026-11-22' };
    const config = placement({ strategies: [{ strategy: 'for_you' }], rules: [rule] });
    expect(checkConfig(config, Date.UTC(2026, 10, 22, 23)).warnings).toEqual([]);
  });

  test('every strategy has an effect', () => {
    const { issues, inactive } = checkConfig(
      placement({ strategies: [{ strategy: 'for_you' }], fallback: [...STRATEGIES], explore: 0.1 }),
    );
    expect(issues).toEqual([]);
    expect(inactive).toEqual([]);
  });

  test('never throws, whatever it is given', () => {
    const part = fc.constantFrom(
      ...Object.keys(WHOLE),
      'home',
      'strategies',
      'filter',
      'rules',
      'experiments',
      'variations',
      'changes',
      '$or',
      'constructor',
      '__proto__',
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(part, tie('node'), { maxKeys: 4 }),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (plain) => {
        const { config } = checkConfig(JSON.parse(JSON.stringify(plain)));
        if (config !== null) resolveConfig(config);
      }),
      { numRuns: 300 },
    );
  });

  test('never throws when one place of a good config is replaced', () => {
    const places: string[][] = [];
    const walk = (value: unknown, path: string[]) => {
      places.push(path);
      if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    };
    walk(WHOLE, []);
    fc.assert(
      fc.property(fc.constantFrom(...places.slice(1)), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
        const plain = JSON.parse(JSON.stringify(WHOLE));
        const parent = path.slice(0, -1).reduce((at, key) => at[key], plain);
        parent[path.at(-1) ?? ''] = value;
        const { config } = checkConfig(plain);
        if (config !== null) resolveConfig(config);
      }),
      { numRuns: 200 },
    );
  });

  test('does not follow nesting without end', () => {
    let deep: object = {};
    for (let i = 0; i < 100_000; i++) deep = { a: deep };
    expect(checkConfig({ loyalty: deep }).issues).toMatchObject([{ message: expect.stringContaining('40 deep') }]);
  });
});
