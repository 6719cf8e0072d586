import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import { neverHolds } from '../targeting/contradict.ts';
import type { Vocabulary } from '../targeting/find-fact.ts';
import type { Condition } from '../targeting/schema.ts';
import { FACTS } from '../targeting/vocabulary.ts';
import { DEFAULT_PERSONAS } from './default-parts.ts';
import type { SiteConfigInput } from './schema.ts';
import type { PersonaInput } from './schema-placements.ts';

/** The condition of an audience, by its name or as it is written; `{}` where there is none: everybody. */
export function conditionOf(config: SiteConfigInput, audience: string | Condition | null | undefined): Condition {
  return (typeof audience === 'string' ? config.audiences?.[audience] : audience) ?? {};
}

/** The most that can speak for a persona, in log-odds against nobody in particular. */
export const mostFor = ({ signals = [], prior = [] }: PersonaInput): number =>
  [...signals, ...prior].reduce((sum, { weight }) => sum + Math.max(0, weight), 0);

/** How sure of a persona one can be at most: the softmax against `unknown` alone, 0 to 1. */
export const surest = (persona: PersonaInput): number => 1 / (1 + Math.exp(-mostFor(persona)));

/** Whether somebody may ever be found to be this. */
export function isAssignable(persona: PersonaInput): boolean {
  return mostFor(persona) > 0 && surest(persona) >= (persona.minimumConfidence ?? 0);
}

/** The facts with what only this config knows: which personas there may be, and the variations of each experiment. */
export function vocabularyOf(config: SiteConfigInput): Vocabulary {
  const personas = Object.entries(config.personas ?? DEFAULT_PERSONAS).flatMap(([name, persona]) =>
    isAssignable(persona) ? [name] : [],
  );
  const experiments = Object.entries(config.experiments ?? {}).map(([name, { variations }]) => [
    `experiment.${name}`,
    { type: 'text', absent: 'unknown', values: variations.map((one) => one.key) },
  ]);
  return {
    ...FACTS,
    ...Object.fromEntries(experiments),
    persona: { type: 'text', values: [...personas, UNKNOWN_PERSONA] },
  };
}

/** Whether all of these conditions may hold at once. */
export function canHold(conditions: readonly Condition[], vocabulary: Vocabulary): boolean {
  return !neverHolds({ $and: conditions }, vocabulary);
}

/** Why an audience is nobody; null when it may be somebody, or where the condition itself is found to be a contradiction. */
export function emptiness(
  audience: string | Condition | null | undefined,
  config: SiteConfigInput,
  vocabulary: Vocabulary,
): string | null {
  const condition = conditionOf(config, audience);
  if (canHold([condition], vocabulary)) return null;
  if (typeof audience === 'string') return `the audience "${audience}" never holds`;
  return canHold([condition], FACTS) ? 'it asks for a persona or a variation that nobody ever has' : null;
}
