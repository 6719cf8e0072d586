import { changedInput } from '../config/changes.ts';
import { inputOf, resolveConfig } from '../config/defaults.ts';
import type { SiteConfig } from '../config/schema.ts';
import { type Assigned, type Decision, decideExperiment, isAssigned, type Precedents } from '../experiments/decide.ts';
import { bucket, fnv1a32 } from '../shared/hash.ts';
import type { Facts } from '../targeting/schema.ts';
import { experimentsOf } from './compiled.ts';
import type { Known } from './scene.ts';
import type { ExperimentAnswer } from './schema.ts';

const NONE: readonly Assigned[] = [];

/** The variations that a visitor has. @param make the facts, made only where there is something to decide */
export function assignedTo(
  { config, aggregates }: Pick<Known, 'config' | 'aggregates'>,
  make: () => Facts,
  precedents?: Precedents,
): readonly Assigned[] {
  const experiments = experimentsOf(config, aggregates?.weights);
  if (experiments.length === 0) return NONE;
  const facts = make();
  return experiments.map((one): Decision => decideExperiment(one, facts, precedents)).filter(isAssigned);
}

/** A holdout that somebody is in: what they get is the shop without what it names. */
export interface HeldOut {
  name: string;
  placements: 'empty' | 'bestsellers' | 'unchanged';
  messages: 'none' | 'unchanged';
  experiments: 'none' | 'unchanged';
}

/** The first holdout that a visitor is in, drawn before anything else is decided; null: none. What its baseline does not name is as for everybody. */
export function heldOutOf({ holdouts }: SiteConfig, visitorId: string): HeldOut | null {
  for (const [name, { seed, coverage, baseline = {} }] of Object.entries(holdouts)) {
    if (bucket(seed, visitorId) >= coverage) continue;
    const { placements = 'unchanged', messages = 'unchanged', experiments = 'unchanged' } = baseline;
    return { name, placements, messages, experiments };
  }
  return null;
}

const variationOf = ({ experiment, variation }: Assigned) => experiment.variations[variation];

/** Configs with the changes of some variations, by the names of those. */
const varied = new WeakMap<SiteConfig, Map<string, SiteConfig>>();
const MOST_VARIED = 100;

/** The config with what a visitor's variations change; made once for each set of variations. */
export function variedConfig(config: SiteConfig, assigned: readonly Assigned[]): SiteConfig {
  const changing = assigned.filter((one) => variationOf(one)?.changes);
  if (changing.length === 0) return config;
  let known = varied.get(config);
  if (known === undefined || known.size >= MOST_VARIED) {
    known = new Map();
    varied.set(config, known);
  }
  const name = changing.map((one) => `${one.experiment.key}=${one.variation}`).join('&');
  let made = known.get(name);
  if (made === undefined) {
    made = resolveConfig(
      changedInput(
        inputOf(config),
        changing.map((one) => variationOf(one)?.changes ?? {}),
      ),
    );
    known.set(name, made);
  }
  return made;
}

/** The variations as they are answered, and as facts: by experiment. */
export function answerExperiments(assigned: readonly Assigned[]): Record<string, ExperimentAnswer> {
  return Object.fromEntries(
    assigned.map((one) => {
      const { key = '', value = null } = variationOf(one) ?? {};
      return [one.experiment.key, { variation: key, value, reason: one.reason }];
    }),
  );
}

/** For conditions on `experiment.<key>`. */
export const experimentFacts = (assigned: readonly Assigned[]): Readonly<Record<string, string>> =>
  Object.fromEntries(assigned.map((one) => [one.experiment.key, variationOf(one)?.key ?? '']));

/** The randomised variations as a recommendationId carries them. */
export function armsOf(assigned: readonly Assigned[]): number[] {
  return assigned
    .filter((one) => one.isRandomised)
    .map((one) => fnv1a32(`${one.experiment.key}:${one.experiment.phase}:${variationOf(one)?.key}`));
}
