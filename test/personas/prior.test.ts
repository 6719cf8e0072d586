import { expect, test } from 'vitest';
import { assignPersona, compilePersonas, priorSay } from '../../src/personas/assign.ts';

const personas = compilePersonas({
  gift: {
    name: 'Gift hunter',
    minimumConfidence: 0.4,
    hysteresis: 0.1,
    signals: [{ condition: { 'affinity.category.gifts': { $gt: 0.3 } }, weight: 2 }],
    prior: [
      { condition: { 'context.campaign': 'christmas' }, weight: 1 },
      { condition: { 'session.hour': { $gte: 20 } }, weight: 0.5 },
    ],
  },
});
const CONTEXT = { context: { campaign: 'christmas' }, session: { hour: 21 } };
const asked = (facts: object) => assignPersona(personas, { ...CONTEXT, ...facts }, { held: null, locales: [] });

test('a first-time visitor is judged by the context alone', () => {
  expect(asked({})).toMatchObject({
    key: 'gift',
    reasons: [
      { code: 'context', detail: 'campaign', weight: 1 },
      { code: 'session', detail: 'hour', weight: 0.5 },
    ],
  });
  expect(asked({}).confidence).toBeCloseTo(Math.exp(1.5) / (Math.exp(1.5) + 1), 12);
});

test.each([
  [0, 1],
  [3, 0.5],
  [9, 0.25],
  [30, 0],
  [1000, 0],
])('after evidence of %f interactions a prior has %f of its weight', (evidence, say) => {
  expect(priorSay(evidence)).toBe(say);
  const persona = asked({ visitor: { evidence } });
  const [unknown, gift] = ['unknown', 'gift'].map(
    (key) => persona.alternatives.find((one) => one.key === key)?.confidence ?? 0,
  );
  expect(Math.log((gift ?? 0) / (unknown ?? 1))).toBeCloseTo(1.5 * say, 9);
  expect(persona.reasons.reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(say === 0 ? 0 : 1.5 * say, 9);
});

test('what the visitor does counts in full', () => {
  const persona = asked({ visitor: { evidence: 30 }, affinity: { category: { gifts: 0.5 } } });
  expect(persona).toMatchObject({ key: 'gift', reasons: [{ code: 'category_affinity', detail: 'gifts', weight: 2 }] });
});
