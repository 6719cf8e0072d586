import type { Text } from '../config/schema-common.ts';
import { textFor } from '../config/texts.ts';
import { together } from '../shared/reasons.ts';
import { compileCondition } from '../targeting/compile.ts';
import type { Condition, Facts } from '../targeting/schema.ts';
import { type PersonaAssignment, type PersonaReason, type PersonaReasonCode, UNKNOWN_PERSONA } from './schema.ts';

/** A weighted condition: while it holds, it adds its weight to the log-odds. */
export interface Signal {
  condition: Condition;
  weight: number;
}

/** A persona of the config, as far as assigning it goes. */
export interface PersonaDefinition {
  name: Text;
  /** 0 to 1. */
  minimumConfidence: number;
  /** By how much a challenger must be surer than the persona assigned before, 0 to 1. */
  hysteresis: number;
  signals: readonly Signal[];
  prior: readonly Signal[];
}

interface CompiledSignal {
  holds(facts: Facts): boolean;
  reason: PersonaReason;
}

export interface CompiledPersona {
  key: string;
  name: Text;
  minimumConfidence: number;
  hysteresis: number;
  signals: readonly CompiledSignal[];
}

const AFFINITY_CODES: Record<string, PersonaReasonCode> = {
  category: 'category_affinity',
  brand: 'brand_affinity',
  priceBand: 'price_affinity',
};
const OWN_CODES: ReadonlySet<string> = new Set([
  'visitor',
  'trait',
  'lifecycle',
  'rfm',
  'session',
  'page',
  'cart',
  'context',
]);

/** The first fact that a condition names, wherever it stands. */
function firstPath(condition: unknown): string {
  if (typeof condition !== 'object' || condition === null) return '';
  for (const [key, value] of Object.entries(condition)) {
    if (!key.startsWith('$')) return key;
    for (const inner of Array.isArray(value) ? value : [value]) {
      const path = firstPath(inner);
      if (path !== '') return path;
    }
  }
  return '';
}

function reasonOf(signal: Signal): PersonaReason {
  const path = firstPath(signal.condition);
  const [head = '', second = '', ...rest] = path.split('.');
  const affinity = head === 'affinity' ? AFFINITY_CODES[second] : undefined;
  if (affinity !== undefined) return { code: affinity, detail: rest.join('.'), weight: signal.weight };
  if (OWN_CODES.has(head))
    return { code: head as PersonaReasonCode, detail: [second, ...rest].join('.'), weight: signal.weight };
  return { code: 'other', detail: path, weight: signal.weight };
}

/** Compiles the personas of a config, once per version of it. */
export function compilePersonas(personas: Readonly<Record<string, PersonaDefinition>>): CompiledPersona[] {
  return Object.entries(personas).map(([key, persona]) => ({
    key,
    name: persona.name,
    minimumConfidence: persona.minimumConfidence,
    hysteresis: persona.hysteresis,
    signals: [...persona.prior, ...persona.signals].map((signal) => ({
      holds: compileCondition(signal.condition),
      reason: reasonOf(signal),
    })),
  }));
}

/**
 * Assigns the likeliest persona. Each persona's log-odds are the sum of the weights of those of its conditions that hold; `unknown` has 0, so a visitor
 * about whom nothing holds is nobody in particular. Confidences are the softmax over all of them. A persona below its own minimum is not assigned, and
 * one that was assigned before gives way only to a challenger that is surer by its `hysteresis`.
 * @param options.previous key assigned before, null when none
 * @param options.locales for the persona's name, in order of preference
 */
export function assignPersona(
  personas: readonly CompiledPersona[],
  facts: Facts,
  options: { previous: string | null; locales: readonly string[] },
): PersonaAssignment {
  const judged = personas.map((persona) => {
    const reasons = persona.signals.filter((signal) => signal.holds(facts)).map((signal) => signal.reason);
    const logOdds = reasons.reduce((sum, reason) => sum + reason.weight, 0);
    return { persona, reasons, logOdds };
  });
  const highest = judged.reduce((max, one) => Math.max(max, one.logOdds), 0);
  const whole = judged.reduce((sum, one) => sum + Math.exp(one.logOdds - highest), Math.exp(-highest));
  const confidenceOf = (logOdds: number): number => Math.exp(logOdds - highest) / whole;
  const unknown = confidenceOf(0);
  const alternatives = judged
    .map((one) => ({ key: one.persona.key, confidence: confidenceOf(one.logOdds) }))
    .concat({ key: UNKNOWN_PERSONA, confidence: unknown })
    .sort((a, b) => b.confidence - a.confidence);
  const eligible = judged
    .map((one) => ({ ...one, confidence: confidenceOf(one.logOdds) }))
    .filter((one) => one.confidence > unknown && one.confidence >= one.persona.minimumConfidence)
    .sort((a, b) => b.confidence - a.confidence);
  const before = eligible.find((one) => one.persona.key === options.previous);
  const first = eligible[0];
  const chosen =
    before !== undefined && first !== undefined && first.confidence < before.confidence + before.persona.hysteresis
      ? before
      : first;
  if (chosen === undefined)
    return { key: UNKNOWN_PERSONA, name: 'Unknown', confidence: unknown, reasons: [], alternatives };
  return {
    key: chosen.persona.key,
    name: textFor(chosen.persona.name, options.locales) ?? chosen.persona.key,
    confidence: chosen.confidence,
    reasons: together(chosen.reasons),
    alternatives,
  };
}
