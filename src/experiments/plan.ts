/** What an experiment key is about: which arms, which metrics, and how it is to be read. */

import type { SiteConfig } from '../config/schema.ts';
import type { Metric } from '../config/schema-experiments.ts';
import type { BanditSettings } from './bandit.ts';
import { ARMS } from './schema-counts.ts';
import type { MetricResult, Results } from './schema-results.ts';

type Role = MetricResult['role'];

export interface PlannedMetric {
  key: string;
  role: Role;
  metric: Metric;
  /** Harm to it stops the experiment, whatever else it is. */
  isGuarded: boolean;
}

interface PlannedArm {
  key: string;
  name: string;
  /** Meant share of the units; they add up to 1. */
  share: number;
}

export interface Plan {
  experiment: string;
  name: string;
  type: Results['type'];
  status: string;
  phase: number;
  /** The control first. */
  arms: PlannedArm[];
  metrics: PlannedMetric[];
  engine: 'frequentist' | 'bayesian';
  isSequential: boolean;
  /** Error level. */
  alpha: number;
  /** What a guardrail may lose, relative, before that counts as harm. */
  harmMargin: number;
  /** A harmed guardrail stops it. */
  autoStop: boolean;
  /** How its weights are worked out; null: units are dealt by fixed shares. */
  bandit: BanditSettings | null;
  /** Each persona is dealt to by itself. */
  isPersonal: boolean;
  /** A variation changes what is recommended, and arms teach each other by what is clicked. */
  changesRecommendations: boolean;
}

type ConfiguredExperiment = SiteConfig['experiments'][string];

const ALPHA = 0.05;
const HARM_MARGIN = 0.05;
const READ_SEQUENTIALLY = {
  engine: 'frequentist',
  isSequential: true,
  alpha: ALPHA,
  harmMargin: HARM_MARGIN,
  autoStop: false,
} as const;

type Optimized = NonNullable<ConfiguredExperiment['bandit']>;

const BANDIT = { floor: 0.05, burnIn: 100, burnInConversions: 40, halfLifeDays: 60 } as const;

/** @param arms how many: of very many each has at least a share that leaves half to choose with */
function banditOf(
  config: SiteConfig,
  metric: string,
  { optimized, arms }: { optimized: Optimized; arms: number },
): BanditSettings {
  const known = Object.hasOwn(config.metrics, metric) ? config.metrics[metric] : undefined;
  return {
    metric,
    isBetter: known?.direction ?? 'up',
    windowHours: known?.windowHours ?? config.attribution.windowHours,
    floor: optimized.floor ?? Math.min(BANDIT.floor, 0.5 / arms),
    burnIn: optimized.burnIn ?? BANDIT.burnIn,
    burnInConversions: optimized.burnInConversions ?? BANDIT.burnInConversions,
    halfLifeDays: optimized.halfLifeDays ?? BANDIT.halfLifeDays,
  };
}

/** A metric is read once: the first role that names it counts. */
function metricsOf(config: SiteConfig, roles: readonly (readonly [Role, readonly string[]])[]): PlannedMetric[] {
  const planned = new Map<string, PlannedMetric>();
  const guarded = roles.flatMap(([role, keys]) => (role === 'guardrail' ? keys : []));
  for (const [role, keys] of roles)
    for (const key of keys) {
      const metric = config.metrics[key];
      if (metric !== undefined && !planned.has(key))
        planned.set(key, { key, role, metric, isGuarded: guarded.includes(key) });
    }
  return [...planned.values()];
}

function equalArms(
  arms: readonly { key: string; name?: string | undefined }[],
  weights?: readonly number[],
): PlannedArm[] {
  return arms.map(({ key, name }, i) => ({ key, name: name ?? key, share: weights?.[i] ?? 1 / arms.length }));
}

function experimentPlan(config: SiteConfig, key: string, experiment: ConfiguredExperiment): Plan {
  const { variations, weights, goals = [], secondary = [], guardrails = [], analysis = {}, bandit } = experiment;
  const { engine = 'frequentist', alpha = ALPHA, harmMargin = HARM_MARGIN, autoStop = true } = analysis;
  const isBandit = experiment.type === 'bandit';
  const reward = isBandit ? (bandit?.metric ?? goals[0]) : undefined;
  return {
    experiment: key,
    name: experiment.name ?? key,
    type: isBandit ? 'bandit' : 'ab',
    status: experiment.status ?? 'draft',
    phase: experiment.phase ?? 0,
    arms: equalArms(variations, weights),
    metrics: metricsOf(config, [
      ['goal', reward === undefined ? goals : [reward, ...goals]],
      ['guardrail', guardrails],
      ['secondary', secondary],
    ]),
    engine,
    isSequential: analysis.sequential ?? engine === 'frequentist',
    alpha,
    harmMargin,
    autoStop,
    bandit:
      reward === undefined ? null : banditOf(config, reward, { optimized: bandit ?? {}, arms: variations.length }),
    isPersonal: false,
    changesRecommendations: variations.some((one) =>
      Object.keys(one.changes ?? {}).some((path) => path.startsWith('placements.')),
    ),
  };
}

/** Of a message that is optimised the metric for which it is; of others, and of holdouts, every metric of the shop. */
function otherPlan(
  config: SiteConfig,
  plan: Pick<Plan, 'experiment' | 'name' | 'type' | 'arms'> & {
    goals: readonly string[];
    secondary: readonly string[];
    bandit?: BanditSettings | null;
  },
): Plan {
  const { goals, secondary, ...rest } = plan;
  return {
    ...rest,
    ...READ_SEQUENTIALLY,
    status: 'running',
    phase: 0,
    bandit: plan.bandit ?? null,
    isPersonal: true,
    metrics: metricsOf(config, [
      ['goal', goals],
      ['secondary', secondary],
    ]),
    changesRecommendations: false,
  };
}

/** The two arms of a holdout, whoever gets nothing first. */
const heldArms = (held: string, rest: string, coverage: number): PlannedArm[] => [
  { key: held, name: held, share: coverage },
  { key: rest, name: rest, share: 1 - coverage },
];

const moneyOf = ({ metrics }: SiteConfig): string[] =>
  Object.keys(metrics).filter((key) => metrics[key]?.type === 'mean' && metrics[key].event === 'purchase');

/**
 * @param key of an experiment, or `message:<key>`, `message-holdout:<key>`, `holdout:<name>`
 * @returns null where the config has no such thing
 */
export function planOf(config: SiteConfig, key: string): Plan | null {
  const at = key.indexOf(':');
  if (at < 0) {
    const experiment = Object.hasOwn(config.experiments, key) ? config.experiments[key] : undefined;
    return experiment === undefined ? null : experimentPlan(config, key, experiment);
  }
  const [kind, name] = [key.slice(0, at), key.slice(at + 1)];
  const all = Object.keys(config.metrics);
  if (kind === 'holdout') {
    const holdout = Object.hasOwn(config.holdouts, name) ? config.holdouts[name] : undefined;
    if (holdout === undefined) return null;
    const arms = heldArms(ARMS.held, ARMS.served, holdout.coverage);
    const goals = moneyOf(config);
    return otherPlan(config, { experiment: key, name, type: 'holdout', arms, goals, secondary: all });
  }
  const message = Object.hasOwn(config.messages, name) ? config.messages[name] : undefined;
  if (message === undefined) return null;
  const optimized = message.optimize?.metric;
  const read = optimized === undefined ? { goals: [], secondary: all } : { goals: [optimized], secondary: [] };
  if (kind === 'message-holdout' && message.holdout != null) {
    const arms = heldArms(ARMS.ghost, ARMS.shown, message.holdout.coverage);
    return otherPlan(config, { experiment: key, name, type: 'message-holdout', arms, ...read });
  }
  if (kind !== 'message') return null;
  const variants = Object.keys(message.variants ?? {}).map((variant) => ({ key: variant }));
  const { optimize } = message;
  return otherPlan(config, {
    bandit:
      optimize == null ? null : banditOf(config, optimize.metric, { optimized: optimize, arms: variants.length + 1 }),
    experiment: key,
    name,
    type: 'message',
    arms: equalArms([{ key: ARMS.own }, ...variants]),
    ...read,
  });
}

/** What deals by weights that are worked out: running bandits, and messages with variants to choose from. */
export function banditsOf(config: SiteConfig): (Plan & { bandit: BanditSettings })[] {
  const keys = [...Object.keys(config.experiments), ...Object.keys(config.messages).map((key) => `message:${key}`)];
  return keys.flatMap((key) => {
    const plan = planOf(config, key);
    return plan?.bandit == null || plan.status !== 'running' ? [] : [{ ...plan, bandit: plan.bandit }];
  });
}
