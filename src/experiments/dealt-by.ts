import type { CompiledExperiment } from './compile.ts';
import type { Met } from './schema-exposures.ts';

/** By which weights a bandit deals a variation, and with what chance, as exposures log it; nothing of other experiments. */
export function dealtBy(
  { weightsVersion, weights }: Pick<CompiledExperiment, 'weightsVersion' | 'weights'>,
  variation: number,
): Pick<Met, 'weights' | 'propensity'> {
  if (weightsVersion === null) return {};
  return { weights: weightsVersion, propensity: weights[variation] ?? 0 };
}
