import type { Facts } from '../targeting/schema.ts';
import { chooseVariation } from './bucket.ts';
import type { CompiledExperiment, Draw } from './compile.ts';
import { type Buckets, isBlocked, rememberedVariation } from './sticky.ts';

/** Why a variation was given, in OpenFeature's words: forced or certain, by a rule, by lot. */
export const REASONS = ['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DISABLED'] as const;
type DecisionReason = (typeof REASONS)[number];

/** Why somebody is in no variation. */
const EXCLUSIONS = [
  'not_running',
  'no_unit',
  'bucket_version',
  'audience',
  'prerequisite',
  'exclusion_group',
  'holdout',
  'coverage',
] as const;
type Exclusion = (typeof EXCLUSIONS)[number];

export interface Assigned {
  experiment: CompiledExperiment;
  variation: number;
  reason: DecisionReason;
  /** By lot, so that it counts when it is met. */
  isRandomised: boolean;
}

interface Unassigned {
  experiment: CompiledExperiment;
  excluded: Exclusion;
}

export type Decision = Assigned | Unassigned;

/** What is remembered or asked for, and goes before chance. */
export interface Precedents {
  /** Variations that the unit met before. */
  buckets?: Buckets | undefined;
  /** Variations that somebody tries out, by experiment; they never count. */
  overrides?: Readonly<Record<string, string>>;
}

export const falls = ({ bucket, ranges }: Draw, unit: string): boolean => chooseVariation(bucket(unit), ranges) >= 0;

function overrideOf({ key, variations }: CompiledExperiment, { overrides }: Precedents): number {
  if (overrides === undefined || !Object.hasOwn(overrides, key)) return -1;
  return variations.findIndex((variation) => variation.key === overrides[key]);
}

/** Whether somebody falls outside the stretches of an exclusion group, by who is drawn there; who cannot be drawn does. */
export function isFilteredOut({ filters }: CompiledExperiment, facts: Facts, unit: string): boolean {
  for (const filter of filters) {
    const drawn = filter.unit === null ? unit : filter.unit(facts);
    if (drawn === '' || !falls(filter, drawn)) return true;
  }
  return false;
}

/** Why somebody does not take part; null for who does. */
function exclusionOf(experiment: CompiledExperiment, facts: Facts, asked: { unit: string; precedents: Precedents }) {
  const { audience, prerequisites } = experiment;
  if (isFilteredOut(experiment, facts, asked.unit)) return 'exclusion_group';
  for (const holds of audience) if (!holds(facts)) return 'audience';
  for (const { experiment: other, variations } of prerequisites) {
    const given = decideExperiment(other, facts, asked.precedents);
    if (!isAssigned(given) || !variations.includes(given.variation)) return 'prerequisite';
  }
  return null;
}

/**
 * Decides one experiment: what is tried out, then rules, then what is forced, then who takes part, then chance, which what was met before goes before.
 * The same facts give the same variation for ever: nothing but the seed, the unit and the stretches decides.
 */
export function decideExperiment(experiment: CompiledExperiment, facts: Facts, precedents: Precedents = {}): Decision {
  const unit = experiment.unit(facts);
  const assign = (variation: number, reason: DecisionReason, isRandomised = false): Assigned => ({
    experiment,
    variation,
    reason,
    isRandomised,
  });
  const override = overrideOf(experiment, precedents);
  if (override >= 0) return assign(override, 'STATIC');
  if (experiment.status === 'draft') return { experiment, excluded: 'not_running' };
  for (const rule of experiment.rules) if (rule.holds(facts)) return assign(rule.variation, 'TARGETING_MATCH');
  if (experiment.force >= 0) return assign(experiment.force, 'STATIC');
  if (experiment.status === 'stopped') return { experiment, excluded: 'not_running' };
  if (unit === '') return { experiment, excluded: 'no_unit' };
  const { holdout } = experiment;
  if (holdout !== null && falls(holdout.draw, unit)) return { experiment, excluded: 'holdout' };
  const { buckets } = precedents;
  if (buckets !== undefined) {
    if (isBlocked(experiment, buckets)) return { experiment, excluded: 'bucket_version' };
    const known = rememberedVariation(experiment, buckets);
    if (known >= 0) return assign(known, 'SPLIT', true);
  }
  const excluded = exclusionOf(experiment, facts, { unit, precedents });
  if (excluded !== null) return { experiment, excluded };
  if (experiment.certain >= 0) return assign(experiment.certain, 'STATIC', true);
  const variation = chooseVariation(experiment.bucket(unit), experiment.ranges);
  return variation < 0 ? { experiment, excluded: 'coverage' } : assign(variation, 'SPLIT', true);
}

export const isAssigned = (decision: Decision): decision is Assigned => 'variation' in decision;
