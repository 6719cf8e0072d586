/** OpenFeature's remote evaluation protocol (OFREP 0.3): flags are experiments, variants their variations. */
import * as z from 'zod';
import type { Facts } from '../targeting/schema.ts';
import type { CompiledExperiment } from './compile.ts';
import { decideExperiment, isAssigned, type Precedents } from './decide.ts';

const TargetingKey = z.string().min(1).max(256);

/** `targetingKey` is the unit; what else is said are facts under `context.`, and `page` those of the page besides. */
export const EvaluationBody = z.object({
  context: z.looseObject({ targetingKey: TargetingKey }),
});
export type EvaluationBody = z.infer<typeof EvaluationBody>;

interface EvaluatedFlag {
  key: string;
  reason: string;
  variant?: string;
  /** Absent: the code's own default is to be used. */
  value?: unknown;
  metadata?: Record<string, string | number | boolean>;
}

/** Variations that somebody is to try out. */
export const OverridesBody = z.strictObject({
  variations: z.record(z.string().max(64), z.string().max(64)).describe('Variation by experiment.'),
  hours: z.number().gt(0).max(720).default(24).describe('For how long the token holds.'),
});

export const OverridesAnswer = z.object({ token: z.string(), expiresAt: z.string() });

/** Who asks: the facts, the variations that stay, and whether there are experiments for this unit at all. */
interface Asked {
  facts: Facts;
  precedents: Precedents;
  isHeldOut: boolean;
}

/** A flag for one unit. Without a variation, or where that has no value, there is none: the code's own default is meant, which null is not. */
export function evaluateExperiment(experiment: CompiledExperiment, unit: Asked): EvaluatedFlag {
  const decision = decideExperiment(experiment, unit.facts, unit.precedents);
  const { key, phase } = experiment;
  if (unit.isHeldOut || !isAssigned(decision)) {
    const excluded = isAssigned(decision) ? 'holdout' : decision.excluded;
    return { key, reason: excluded === 'not_running' ? 'DISABLED' : 'TARGETING_MATCH', metadata: { excluded } };
  }
  const variation = experiment.variations[decision.variation];
  return {
    key,
    reason: decision.reason,
    ...(variation === undefined ? {} : { variant: variation.key }),
    ...(variation?.value == null ? {} : { value: variation.value }),
    metadata: { phase },
  };
}
