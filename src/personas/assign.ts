import type { Text } from '../config/schema-common.ts';
import { textFor } from '../config/texts.ts';
import { together } from '../shared/reasons.ts';
import { compileCondition } from '../targeting/compile.ts';
import { type Condition, type Facts, isObject } from '../targeting/schema.ts';
import {
  type Held,
  type PersonaAssignment,
  type PersonaReason,
  type PersonaReasonCode,
  UNKNOWN_PERSONA,
} from './schema.ts';

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
  /** By how much a challenger must be surer than the persona assigned before, in two consecutive updates; 0 to 1. */
  hysteresis: number;
  signals: readonly Signal[];
  /** What speaks for it before the visitor has done anything: it fades as evidence comes, see {@link priorSay}. */
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
  prior: readonly CompiledSignal[];
}

const AFFINITY_CODES: Record<string, PersonaReasonCode> = {
  category: 'category_affinity',
  brand: 'brand_affinity',
  priceBand: 'price_affinity',
  priceLevel: 'price_affinity',
  discount: 'price_affinity',
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
  const compile = (signal: Signal) => ({ holds: compileCondition(signal.condition), reason: reasonOf(signal) });
  return Object.entries(personas).map(([key, { name, minimumConfidence, hysteresis, signals, prior }]) => ({
    key,
    name,
    minimumConfidence,
    hysteresis,
    signals: signals.map(compile),
    prior: prior.map(compile),
  }));
}

/** So many interactions leave a prior half its weight. */
const HALF_PRIOR = 3;
/** Beyond so many it says nothing any more: the visitor is not new. */
const LAST_PRIOR = 30;

/** How much of its weight a prior has after so much evidence, 1 to 0 (`visitor.evidence`, decayed interactions). */
export function priorSay(evidence: number): number {
  return evidence >= LAST_PRIOR ? 0 : HALF_PRIOR / (HALF_PRIOR + evidence);
}

function evidenceIn(facts: Facts): number {
  const { visitor } = facts;
  return isObject(visitor) && typeof visitor.evidence === 'number' ? Math.max(0, visitor.evidence) : 0;
}

interface Judged {
  persona: CompiledPersona;
  reasons: readonly PersonaReason[];
  confidence: number;
}

/** What speaks for each persona, the likeliest first. Log-odds are the sums of weights, `unknown` has 0; confidences are the softmax over all of them. */
function judge(personas: readonly CompiledPersona[], facts: Facts): { judged: Judged[]; unknown: number } {
  const say = priorSay(evidenceIn(facts));
  const weighed = personas.map((persona) => {
    const reasons: PersonaReason[] = [];
    let logOdds = 0;
    const speaks = (reason: PersonaReason): void => {
      reasons.push(reason);
      logOdds += reason.weight;
    };
    for (const { holds, reason } of persona.signals) if (holds(facts)) speaks(reason);
    if (say > 0)
      for (const { holds, reason } of persona.prior)
        if (holds(facts)) speaks({ ...reason, weight: reason.weight * say });
    return { persona, reasons, logOdds };
  });
  const highest = weighed.reduce((max, one) => Math.max(max, one.logOdds), 0);
  const whole = weighed.reduce((sum, one) => sum + Math.exp(one.logOdds - highest), Math.exp(-highest));
  const judged = weighed
    .map(({ persona, reasons, logOdds }) => ({ persona, reasons, confidence: Math.exp(logOdds - highest) / whole }))
    .sort((a, b) => b.confidence - a.confidence);
  return { judged, unknown: Math.exp(-highest) / whole };
}

/** The likeliest of those that are sure enough: likelier than nobody in particular, and not below their own minimum. */
function likeliest({ judged, unknown }: ReturnType<typeof judge>): Judged | undefined {
  return judged.find((one) => one.confidence > unknown && one.confidence >= one.persona.minimumConfidence);
}

/**
 * Who is surer than the persona held by the margin of that. `unknown` needs none: it challenges as soon as nobody in particular is as likely, or the
 * persona is below its own minimum by the margin, so that nobody is called what nothing speaks for.
 */
function challengerOf(all: ReturnType<typeof judge>, held: Judged): string | null {
  const { hysteresis, minimumConfidence } = held.persona;
  const first = likeliest(all);
  if (first !== undefined && first !== held && first.confidence >= held.confidence + hysteresis)
    return first.persona.key;
  const isOut = held.confidence < minimumConfidence - hysteresis || all.unknown >= held.confidence;
  return isOut ? UNKNOWN_PERSONA : null;
}

/** The likeliest persona by the priors alone, as sure as they are of somebody new; null where none is sure enough. */
export function assignByPrior(personas: readonly CompiledPersona[], facts: Facts): string | null {
  if (personas.every((persona) => persona.prior.length === 0)) return null;
  const priors = personas.map((persona) => ({ ...persona, signals: persona.prior, prior: [] }));
  return likeliest(judge(priors, facts))?.persona.key ?? null;
}

/**
 * What is held after an update: after events were taken, never because somebody asked. A persona gives way only to the challenger that has the margin in
 * two consecutive updates; where none is held, the likeliest that is sure enough is, at once.
 * @param held before; null before the first update
 */
export function updatePersona(personas: readonly CompiledPersona[], facts: Facts, held: Held | null): Held {
  const all = judge(personas, facts);
  const before = all.judged.find((one) => one.persona.key === held?.key);
  if (held === null || before === undefined)
    return { key: likeliest(all)?.persona.key ?? UNKNOWN_PERSONA, challenger: null };
  const challenger = challengerOf(all, before);
  if (challenger === null || challenger !== held.challenger) return { key: held.key, challenger };
  return { key: challenger, challenger: null };
}

/**
 * Who the visitor seems to be: the persona held, as sure as the facts make it now; where none is, the likeliest that is sure enough, otherwise `unknown`:
 * a visitor about whom nothing holds is nobody in particular.
 * @param options.held what the last update left, see {@link updatePersona}
 * @param options.locales for the persona's name, in order of preference
 */
export function assignPersona(
  personas: readonly CompiledPersona[],
  facts: Facts,
  { held, locales }: { held: Held | null; locales: readonly string[] },
): PersonaAssignment {
  const all = judge(personas, facts);
  const before = all.judged.find((one) => one.persona.key === held?.key);
  const chosen = before ?? likeliest(all);
  const alternatives = all.judged
    .map((one) => ({ key: one.persona.key, confidence: one.confidence }))
    .concat({ key: UNKNOWN_PERSONA, confidence: all.unknown })
    .sort((a, b) => b.confidence - a.confidence);
  if (chosen === undefined)
    return {
      key: UNKNOWN_PERSONA,
      name: 'Unknown',
      confidence: all.unknown,
      reasons: [],
      challenger: null,
      alternatives,
    };
  return {
    key: chosen.persona.key,
    name: textFor(chosen.persona.name, locales) ?? chosen.persona.key,
    confidence: chosen.confidence,
    reasons: together(chosen.reasons),
    challenger: before === undefined ? null : (held?.challenger ?? null),
    alternatives,
  };
}
