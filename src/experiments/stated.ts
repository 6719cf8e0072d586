import type { Facts } from '../targeting/schema.ts';
import { chooseVariation } from './bucket.ts';
import type { CompiledExperiment } from './compile.ts';
import { dealtBy } from './dealt-by.ts';
import { falls, isFilteredOut } from './decide.ts';
import type { Met } from './schema-exposures.ts';

/**
 * What an `exposure` event says that its visitor has met, as far as chance can have given it: whoever the experiment leaves out, and whoever names a variation
 * other than the one drawn, is not counted. Where variations stay although weights change, or somebody else than the visitor is drawn, the event is believed.
 * @returns null for what does not count
 */
export function metAsStated(
  experiments: readonly CompiledExperiment[],
  { experiment: key, variation }: { experiment?: string | undefined; variation?: string | undefined },
  visitorId: string,
): Met | null {
  const experiment = experiments.find((one) => one.key === key);
  if (experiment === undefined || experiment.status === 'draft' || experiment.force >= 0) return null;
  const facts: Facts = { visitor: { visitorId } };
  const unit = experiment.unit(facts);
  const { holdout, filters, phase } = experiment;
  const stated = experiment.variations.find((one) => one.key === variation)?.key;
  const met = (arm: string | undefined): Met | null => {
    if (arm === undefined) return null;
    const at = experiment.variations.findIndex((one) => one.key === arm);
    return { experiment: experiment.key, phase, arm, ...dealtBy(experiment, at) };
  };
  if (unit === '') return met(stated);
  if (holdout !== null && falls(holdout.draw, unit)) return null;
  if (experiment.isSticky && stated !== undefined) return met(stated);
  if (filters.some((filter) => filter.unit?.(facts) === '')) return met(stated);
  if (isFilteredOut(experiment, facts, unit)) return null;
  const drawn =
    experiment.certain >= 0 ? experiment.certain : chooseVariation(experiment.bucket(unit), experiment.ranges);
  const arm = experiment.variations[drawn]?.key;
  return variation === undefined || variation === arm ? met(arm) : null;
}
