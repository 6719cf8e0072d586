/** OpenFeature's remote evaluation protocol (OFREP 0.3): flags are experiments, variants their variations. */
import * as z from 'zod';
import type { Facts } from '../targeting/schema.ts';
import type { CompiledExperiment } from './compile.ts';
import { decideExperiment, isAssigned } from './decide.ts';

const TargetingKey = z.string().min(1).max(256);

/** `targetingKey` is the unit; what else is said are facts under `context.`, and `page` those of the page besides. */
export const EvaluationBody = z.object({
  context: z.looseObject({ targetingKey: TargetingKey }),
});
export type EvaluationBody = z.infer<typeof EvaluationBody>;

export interface EvaluatedFlag {
  key: string;
  reason: string;
  variant?: string;
  /** Absent: the code's own default is to be used. */
  value?: unknown;
  metadata?: Record<string, string | number | boolean>;
}

/** A flag for one unit. Without a variation, or where that has no value, there is none: the code's own default is meant, which null is not. */
export function evaluateExperiment(experiment: CompiledExperiment, facts: Facts): EvaluatedFlag {
  const decision = decideExperiment(experiment, facts);
  const { key, phase } = experiment;
  if (!isAssigned(decision)) {
    const isRunning = decision.excluded !== 'not_running';
    return { key, reason: isRunning ? 'TARGETING_MATCH' : 'DISABLED', metadata: { excluded: decision.excluded } };
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
