import type { Condition } from '../targeting/schema.ts';
import type { SiteConfigInput } from './schema.ts';
import type { Experiment } from './schema-experiments.ts';
import type { PersonaInput, PlacementInput } from './schema-placements.ts';

type Given<K extends keyof SiteConfigInput> = NonNullable<SiteConfigInput[K]>;
type MessageInput = Given<'messages'>[string];
type Metric = Given<'metrics'>[string];

/** The names that experiments and messages may refer to. */
interface Names {
  audience: string;
  holdout: string;
  group: string;
  metric: string;
  /** What variations may change. */
  path: string;
}

/** The placements that are there where none is configured. */
type UsualPlacement = 'home' | 'item-page' | 'category-page' | 'search' | 'cart';

/** A dotted path that names a placement or a message of the config. */
type PathIn<Placement extends string, Message extends string> =
  | `placements.${[Placement] extends [never] ? UsualPlacement : Placement}${'' | `.${string}`}`
  | `messages.${Message}${'' | `.${string}`}`
  | `attention.${string}`
  | `guides.${string}`;

/** What refers to a name never adds it to those that exist. */
interface Fixed<N extends Names> extends Names {
  audience: NoInfer<N['audience']>;
  holdout: NoInfer<N['holdout']>;
  group: NoInfer<N['group']>;
  metric: NoInfer<N['metric']>;
  path: NoInfer<N['path']>;
}

type ExperimentOf<N extends Names, Experiments extends string> = Omit<
  Experiment,
  'audience' | 'holdout' | 'group' | 'goals' | 'secondary' | 'guardrails' | 'bandit' | 'prerequisites' | 'variations'
> & {
  audience?: N['audience'] | Condition | null;
  holdout?: N['holdout'] | null;
  group?: { name: N['group']; ranges: [number, number][] } | null;
  goals?: N['metric'][];
  secondary?: N['metric'][];
  guardrails?: N['metric'][];
  prerequisites?: { experiment: Experiments; variations: string[] }[];
  bandit?: (Omit<NonNullable<Experiment['bandit']>, 'metric'> & { metric?: N['metric'] }) | null;
  variations: (Omit<Experiment['variations'][number], 'changes'> & { changes?: Partial<Record<N['path'], unknown>> })[];
};

type MessageOf<N extends Names> = Omit<MessageInput, 'audience' | 'optimize'> & {
  audience?: N['audience'] | Condition;
  optimize?: (Omit<NonNullable<MessageInput['optimize']>, 'metric'> & { metric: N['metric'] }) | null;
};

type Rest = Omit<
  SiteConfigInput,
  'placements' | 'personas' | 'messages' | 'experiments' | 'audiences' | 'holdouts' | 'exclusionGroups' | 'metrics'
>;

/** A config whose names the compiler knows. */
export type DefinedConfig<
  Placement extends string,
  Persona extends string,
  Message extends string,
  Experiments extends string,
  N extends Names,
> = Rest & {
  placements?: Record<Placement, PlacementInput>;
  personas?: Record<Persona, PersonaInput>;
  audiences?: Record<N['audience'], Condition>;
  holdouts?: Record<N['holdout'], Given<'holdouts'>[string]>;
  exclusionGroups?: Record<N['group'], Given<'exclusionGroups'>[string]>;
  metrics?: Record<N['metric'], Metric>;
  messages?: Record<Message, MessageOf<Fixed<N>>>;
  experiments?: Record<Experiments, ExperimentOf<Fixed<N>, NoInfer<Experiments>>>;
};

/**
 * Writes a config in TypeScript: the compiler checks its shape, knows every placement, persona, message and experiment by name, and refuses references to audiences, holdouts, exclusion
 * groups and metrics that are not in it. What only a running check can tell (`checkConfig`) is told when it is published.
 * @example export const config = defineConfig({ placements: { home: { count: 8, strategies: [{ strategy: 'for_you' }] } } });
 */
export function defineConfig<
  Placement extends string = never,
  Persona extends string = never,
  Message extends string = never,
  Experiments extends string = never,
  Audience extends string = never,
  Holdout extends string = never,
  Group extends string = never,
  MetricName extends string = never,
>(
  config: DefinedConfig<
    Placement,
    Persona,
    Message,
    Experiments,
    {
      audience: Audience;
      holdout: Holdout;
      group: Group;
      metric: MetricName;
      path: PathIn<NoInfer<Placement>, NoInfer<Message>>;
    }
  >,
): typeof config {
  return config;
}

/** The names of a part of a defined config. @example type Slot = NameIn<typeof config, 'placements'> // 'home' */
export type NameIn<C, Part extends 'placements' | 'personas' | 'messages' | 'experiments'> = C extends {
  [K in Part]?: infer R;
}
  ? keyof NonNullable<R> & string
  : never;
