import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignPersona, compilePersonas, type PersonaDefinition } from '../../src/personas/assign.ts';

const OPTIONS = { held: null, locales: ['en'] };

function persona(weight: number, more: Partial<PersonaDefinition> = {}): PersonaDefinition {
  return {
    name: 'Somebody',
    minimumConfidence: 0,
    hysteresis: 0,
    signals: [{ condition: { 'affinity.category.gifts': { $gt: 0.3 } }, weight }],
    prior: [],
    ...more,
  };
}

const GIFTS = { affinity: { category: { gifts: 0.5 } } };

describe('assigning a persona', () => {
  test('nothing that holds is nobody in particular', () => {
    const assigned = assignPersona(compilePersonas({ a: persona(2), b: persona(3) }), {}, OPTIONS);
    expect(assigned).toMatchObject({ key: 'unknown', reasons: [] });
    expect(assigned.confidence).toBeCloseTo(1 / 3);
  });

  test('the confidence is the softmax over all personas and unknown', () => {
    const assigned = assignPersona(compilePersonas({ a: persona(2), b: persona(1) }), GIFTS, OPTIONS);
    expect(assigned.key).toBe('a');
    expect(assigned.confidence).toBeCloseTo(Math.exp(2) / (Math.exp(2) + Math.exp(1) + 1), 12);
  });

  test('conditions on the same fact are one reason with their sum', () => {
    const signals = [0.1, 0.3].map((least) => ({
      condition: { 'affinity.category.gifts': { $gt: least } },
      weight: 1,
    }));
    const assigned = assignPersona(compilePersonas({ a: persona(0, { signals }) }), GIFTS, OPTIONS);
    expect(assigned.reasons).toEqual([{ code: 'category_affinity', detail: 'gifts', weight: 2 }]);
  });

  test('a persona below its own minimum is not assigned', () => {
    const personas = compilePersonas({ a: persona(1, { minimumConfidence: 0.9 }) });
    expect(assignPersona(personas, GIFTS, OPTIONS).key).toBe('unknown');
  });

  test('evidence against a persona takes it away', () => {
    expect(assignPersona(compilePersonas({ a: persona(-2) }), GIFTS, OPTIONS).key).toBe('unknown');
  });

  test('reasons name the fact that held', () => {
    const signals = [
      { condition: { 'affinity.category.gifts': { $gt: 0.3 } }, weight: 1 },
      { condition: { $or: [{ 'session.views': { $gte: 2 } }, { 'cart.value': { $gt: 9 } }] }, weight: 0.5 },
      { condition: { lifecycle: 'new' }, weight: 0.25 },
    ];
    const facts = { ...GIFTS, session: { views: 3 }, lifecycle: 'new' };
    expect(assignPersona(compilePersonas({ a: persona(0, { signals }) }), facts, OPTIONS).reasons).toEqual([
      { code: 'category_affinity', detail: 'gifts', weight: 1 },
      { code: 'session', detail: 'views', weight: 0.5 },
      { code: 'lifecycle', detail: '', weight: 0.25 },
    ]);
  });

  test('names are in the visitor’s language', () => {
    const personas = compilePersonas({ a: persona(3, { name: { en: 'Gift hunter', de: 'Geschenkesucher' } }) });
    expect(assignPersona(personas, GIFTS, { held: null, locales: ['de-AT', 'en'] }).name).toBe('Geschenkesucher');
  });

  test('whatever holds: reasons add up to the log-odds, confidences to 1, and the choice is the likeliest', () => {
    const weights = fc.array(
      fc.record({ weight: fc.double({ min: -20, max: 20, noNaN: true }), holds: fc.boolean() }),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(fc.array(weights, { maxLength: 5 }), (definitions) => {
        const personas = compilePersonas(
          Object.fromEntries(
            definitions.map((signals, i) => [
              `p${i}`,
              persona(0, {
                signals: signals.map(({ weight, holds }) => ({
                  condition: { lifecycle: holds ? 'new' : 'old' },
                  weight,
                })),
              }),
            ]),
          ),
        );
        const assigned = assignPersona(personas, { lifecycle: 'new' }, OPTIONS);
        const whole = assigned.alternatives.reduce((sum, one) => sum + one.confidence, 0);
        expect(whole).toBeCloseTo(1, 9);
        const logOdds = assigned.reasons.reduce((sum, reason) => sum + reason.weight, 0);
        const unknown = assigned.alternatives.find((one) => one.key === 'unknown')?.confidence ?? 0;
        expect(assigned.alternatives[0]?.confidence).toBeCloseTo(assigned.confidence, 12);
        if (assigned.key !== 'unknown' && unknown > 0)
          expect(Math.log(assigned.confidence / unknown)).toBeCloseTo(logOdds, 6);
      }),
    );
  });
});
