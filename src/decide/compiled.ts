import type { Aggregates } from '../analytics/schema-aggregates.ts';
import type { Placement, PlacementRule, SiteConfig } from '../config/schema.ts';
import { type CompiledExperiment, compileExperiments } from '../experiments/compile.ts';
import { type CompiledMessage, compileMessages } from '../messages/compile.ts';
import { assignPersona, type CompiledPersona, compilePersonas } from '../personas/assign.ts';
import type { Held, PersonaAssignment } from '../personas/schema.ts';
import { type SlotCondition, slotCondition } from '../recommendations/slot-condition.ts';
import { compileCondition } from '../targeting/compile.ts';
import type { Facts } from '../targeting/schema.ts';
import { factsForMany, type VisitFacts } from './facts.ts';
import type { Scene } from './scene.ts';

/** A rule ready to be asked. */
export interface CompiledRule extends Pick<PlacementRule, 'key' | 'do' | 'by' | 'at' | 'from' | 'until'> {
  /** Null: always. */
  when: ((facts: Facts) => boolean) | null;
  items: SlotCondition;
}

/** What steers a placement, ready to be asked; conditions remember their answers for as long as the config is in use. */
export interface CompiledPlacement {
  filter: SlotCondition | null;
  rules: readonly CompiledRule[];
  promoted: SlotCondition | null;
}

interface Compiled {
  experiments: CompiledExperiment[];
  messages: CompiledMessage[];
  personas: CompiledPersona[];
  placements: Map<string, CompiledPlacement>;
}

/** Compiling depends on the config alone, so it is done once for as long as the config is in use. */
const compiled = new WeakMap<SiteConfig, Compiled>();

export function compileRule({ key, when, items, do: does, by, at, from, until }: PlacementRule): CompiledRule {
  const test = when === null ? null : compileCondition(when);
  return { key, when: test, items: slotCondition(items), do: does, by, at, from, until };
}

function compilePlacement({ filter, rules, promoted }: Placement): CompiledPlacement {
  return {
    filter: filter === null ? null : slotCondition(filter),
    rules: rules.map(compileRule),
    promoted: promoted === null ? null : slotCondition(promoted.items),
  };
}

function compiledOf(config: SiteConfig): Compiled {
  let known = compiled.get(config);
  if (known === undefined) {
    known = {
      experiments: compileExperiments(config),
      messages: compileMessages(config),
      personas: compilePersonas(config.personas),
      placements: new Map(Object.entries(config.placements).map(([name, one]) => [name, compilePlacement(one)])),
    };
    compiled.set(config, known);
  }
  return known;
}

const UNSTEERED: CompiledPlacement = { filter: null, rules: [], promoted: null };

/** What steers a configured placement; nothing where there is no such placement. */
export function steeringOf(config: SiteConfig, placement: string): CompiledPlacement {
  return compiledOf(config).placements.get(placement) ?? UNSTEERED;
}

type Weights = Aggregates['weights'];

/** Experiments that deal by weights of bandits, for as long as those are in force. */
const dealt = new WeakMap<Weights, { config: SiteConfig; experiments: readonly CompiledExperiment[] }>();

/** The experiments of a config. @param weights of bandits, as they were worked out last */
export function experimentsOf(config: SiteConfig, weights: Weights | undefined): readonly CompiledExperiment[] {
  const { experiments } = compiledOf(config);
  if (weights === undefined || !experiments.some(({ isBandit, key }) => isBandit && Object.hasOwn(weights, key)))
    return experiments;
  const known = dealt.get(weights);
  if (known?.config === config) return known.experiments;
  const made = compileExperiments(config, weights);
  dealt.set(weights, { config, experiments: made });
  return made;
}

/** The messages of a config, the most important first. */
export const messagesOf = (config: SiteConfig): readonly CompiledMessage[] => compiledOf(config).messages;

/** The personas of a config. */
export const personasOf = (config: SiteConfig): readonly CompiledPersona[] => compiledOf(config).personas;

type Assigned = Pick<Scene, 'config' | 'facts' | 'locales'> & { held: Held | null };

/** Assignments by the facts that they were made of: a decision asks for its persona several times. */
const assignments = new WeakMap<Facts, Omit<Assigned, 'facts'> & { assignment: PersonaAssignment }>();

/** Who the visitor seems to be. */
export function personaOf({ config, facts, locales, held }: Assigned): PersonaAssignment {
  const known = assignments.get(facts);
  if (known?.config === config && known.held === held && known.locales === locales) return known.assignment;
  const personas = personasOf(config);
  const signals = personas.reduce((sum, one) => sum + one.signals.length + one.prior.length, 0);
  const assignment = assignPersona(personas, factsForMany(facts, signals), { held, locales });
  assignments.set(facts, { config, held, locales, assignment });
  return assignment;
}

/** The facts about the visitor and the page, the persona among them; it is assigned when a condition first asks for it. */
export const factsWithPersona = (scene: Assigned): VisitFacts =>
  scene.facts.with({ persona: () => personaOf(scene).key });
