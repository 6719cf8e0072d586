import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignPersona, compilePersonas, type PersonaDefinition, updatePersona } from '../../src/personas/assign.ts';
import type { Held } from '../../src/personas/schema.ts';

const NAMES = ['a', 'b', 'c'] as const;
type Weights = Record<(typeof NAMES)[number], number>;
const STEPS = [-4, -1, 0, 0.5, 1, 1.5, 2, 3, 6];

/** Personas whose log-odds are a fact each. */
function personasWith(hysteresis: number, minimumConfidence = 0.3) {
  const definitionOf = (name: string): PersonaDefinition => ({
    name,
    minimumConfidence,
    hysteresis,
    signals: STEPS.map((step) => ({ condition: { [`trait.${name}`]: step }, weight: step })),
    prior: [],
  });
  return compilePersonas(Object.fromEntries(NAMES.map((name) => [name, definitionOf(name)])));
}

const factsOf = (weights: Partial<Weights>) => ({ trait: weights });

function after(steps: readonly Partial<Weights>[], hysteresis = 0.1): (Held | null)[] {
  const personas = personasWith(hysteresis);
  let held: Held | null = null;
  return steps.map((weights) => {
    held = updatePersona(personas, factsOf(weights), held);
    return held;
  });
}

const keysAfter = (steps: readonly Partial<Weights>[], hysteresis?: number) =>
  after(steps, hysteresis).map((held) => held?.key);

describe('a switch of persona', () => {
  test('takes the margin in two consecutive updates', () => {
    const steps = [{ a: 2 }, { a: 0, b: 3 }, { a: 0, b: 3 }];
    expect(keysAfter(steps)).toEqual(['a', 'a', 'b']);
    expect(after(steps)[1]).toEqual({ key: 'a', challenger: 'b' });
  });

  test('does not come about by updates with another in between', () => {
    expect(keysAfter([{ a: 2 }, { b: 3 }, { a: 2 }, { b: 3 }, { a: 2 }, { b: 3 }])).toEqual(Array(6).fill('a'));
  });

  test('needs the same challenger both times', () => {
    expect(keysAfter([{ a: 2 }, { b: 3 }, { c: 3 }, { c: 3 }])).toEqual(['a', 'a', 'a', 'c']);
  });

  test('does not come about without the margin, however often', () => {
    expect(keysAfter([{ a: 2 }, ...Array(20).fill({ a: 1.5, b: 2 })], 0.3)).not.toContain('b');
    expect(keysAfter([{ a: 2 }, ...Array(20).fill({ a: 1.5, b: 2 })], 0.1).at(-1)).toBe('b');
  });

  test('to nobody in particular takes two updates as well, and from nobody none', () => {
    expect(keysAfter([{}, { a: 2 }, {}, {}, { a: 2 }])).toEqual(['unknown', 'a', 'a', 'unknown', 'a']);
  });

  test('of a persona that the config has no more is no switch', () => {
    const facts = factsOf({ a: 2 });
    expect(updatePersona(personasWith(0.1), facts, { key: 'gone', challenger: 'b' })).toEqual({
      key: 'a',
      challenger: null,
    });
  });
});

describe('asking who the visitor is', () => {
  const personas = personasWith(0.1);
  test('answers the persona held, however much surer another one is, and who challenges it', () => {
    const held = { key: 'a', challenger: 'b' };
    const asked = assignPersona(personas, factsOf({ a: 0, b: 6 }), { held, locales: [] });
    expect(asked).toMatchObject({ key: 'a', challenger: 'b' });
    expect(asked.alternatives[0]?.key).toBe('b');
    expect(asked.confidence).toBeLessThan(0.01);
  });

  test('answers the likeliest where none is held', () => {
    for (const held of [null, { key: 'unknown', challenger: null }])
      expect(assignPersona(personas, factsOf({ b: 3 }), { held, locales: [] })).toMatchObject({
        key: 'b',
        challenger: null,
      });
  });
});

test('whatever happens: a persona is left only for one that had the margin over it in this update and in the one before', () => {
  const weight = fc.constantFrom(...STEPS);
  const steps = fc.array(fc.record({ a: weight, b: weight, c: weight }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.constantFrom(0, 0.05, 0.1, 0.3), fc.constantFrom(0, 0.3, 0.6), (all, hysteresis, minimum) => {
      const personas = personasWith(hysteresis, minimum);
      const confidencesIn = (weights: Weights): Record<string, number> => {
        const asked = assignPersona(personas, factsOf(weights), { held: null, locales: [] });
        return Object.fromEntries(asked.alternatives.map((one) => [one.key, one.confidence]));
      };
      const hasMargin = (weights: Weights, to: string, from: string) => {
        const sure = confidencesIn(weights);
        const ahead = (sure[to] ?? 0) - (sure[from] ?? 0);
        if (to !== 'unknown') return ahead >= hysteresis - 1e-12;
        return ahead >= -1e-12 || (sure[from] ?? 0) < minimum - hysteresis;
      };
      let held: Held | null = null;
      all.forEach((weights, i) => {
        const next: Held = updatePersona(personas, factsOf(weights), held);
        const earlier = all[i - 1];
        if (held !== null && held.key !== 'unknown' && next.key !== held.key) {
          expect(hasMargin(weights, next.key, held.key)).toBe(true);
          expect(earlier !== undefined && hasMargin(earlier, next.key, held.key)).toBe(true);
        }
        held = next;
      });
    }),
  );
});
