/** The metrics of a config, ready to be counted: which events, for how long, up to what. Pure. */
import type { SiteConfig } from '../config/schema.ts';
import type { MetricSource } from './schema-exposures.ts';

const HOUR_MS = 3_600_000;

export interface CompiledMetric {
  key: string;
  type: 'proportion' | 'mean' | 'ratio';
  source: MetricSource;
  /** Of ratios. */
  denominator: MetricSource | null;
  /** From the exposure on; infinite for holdouts that do not say. */
  windowMs: number;
  /** A unit's total counts up to it. */
  cap: number;
  isCuped: boolean;
}

/** How an experiment is counted. */
export interface Plan {
  metrics: readonly CompiledMetric[];
  /** Metrics of its pairs with other experiments; null: it is in none. */
  joint: readonly string[] | null;
}

/** How the experiments of a config are counted. */
export interface Counting {
  /** @returns null for what is not counted: no such experiment or phase */
  plan(experiment: string, phase: number): Plan | null;
  /** What must be tracked of events, as {@link nameOf} names it. */
  sources: ReadonlyMap<string, MetricSource>;
  /** Of values: money in another currency counts nothing. */
  currency: string;
  /** Nothing is counted at all. */
  isEmpty: boolean;
}

/** Pairs are counted of so many experiments, the first of the config: their number grows with the square. */
const MOST_PAIRED = 12;

/** The name under which occurrences are remembered: `add_to_cart`, `add_to_cart value`. */
export const nameOf = ({ event, field }: MetricSource): string => (field === '' ? event : `${event} ${field}`);

/** Orders are remembered anyway, and refunds taken off them. */
export const isOfOrders = ({ event, field }: MetricSource): boolean =>
  event === 'purchase' && (field === '' || field === 'value' || field === 'quantity');

type ConfiguredMetric = SiteConfig['metrics'][string];

function compileMetric(key: string, metric: ConfiguredMetric, windowHours: number): CompiledMetric {
  const { type, event, value = '', denominator, cap } = metric;
  return {
    key,
    type,
    source: { event, field: type === 'proportion' ? '' : value },
    denominator: type === 'ratio' ? { event: denominator ?? event, field: '' } : null,
    windowMs: (metric.windowHours ?? windowHours) * HOUR_MS,
    cap: cap ?? Number.POSITIVE_INFINITY,
    isCuped: type !== 'ratio' && metric.cuped === true,
  };
}

/** Metrics by name; all of the config's where none is named. */
function metricsOf({ metrics }: SiteConfig, names: readonly string[], windowHours: number): CompiledMetric[] {
  const distinct = names.length > 0 ? [...new Set(names)] : Object.keys(metrics);
  return distinct.flatMap((key) => {
    const metric = Object.hasOwn(metrics, key) ? metrics[key] : undefined;
    return metric === undefined ? [] : [compileMetric(key, metric, windowHours)];
  });
}

function planOf(config: SiteConfig, experiment: string, phase: number): Plan | null {
  const { windowHours } = config.attribution;
  const [kind, name] = experiment.includes(':') ? experiment.split(':', 2) : ['', experiment];
  if (name === undefined) return null;
  if (kind === 'holdout')
    return Object.hasOwn(config.holdouts, name)
      ? { metrics: metricsOf(config, [], Number.POSITIVE_INFINITY), joint: null }
      : null;
  if (kind === 'message' || kind === 'message-holdout') {
    const message = Object.hasOwn(config.messages, name) ? config.messages[name] : undefined;
    if (message === undefined) return null;
    const { metric } = message.optimize ?? {};
    return { metrics: metricsOf(config, metric === undefined ? [] : [metric], windowHours), joint: null };
  }
  const one = Object.hasOwn(config.experiments, name) ? config.experiments[name] : undefined;
  if (kind !== '' || one === undefined || one.status === 'draft' || (one.phase ?? 0) !== phase) return null;
  const { goals = [], secondary = [], guardrails = [], bandit } = one;
  const reward = bandit?.metric === undefined ? [] : [bandit.metric];
  const isPaired = Object.keys(config.experiments).indexOf(name) < MOST_PAIRED;
  return {
    metrics: metricsOf(config, [...reward, ...goals, ...secondary, ...guardrails], windowHours),
    joint: isPaired ? goals : null,
  };
}

/** Everything that may be counted by its experiment key. */
function keysOf({ experiments, messages, holdouts }: SiteConfig): [string, number][] {
  const configured = Object.entries(experiments).map(([key, { phase = 0 }]): [string, number] => [key, phase]);
  const spoken = Object.entries(messages).flatMap(([key, { variants, holdout }]): [string, number][] => [
    ...(variants === undefined ? [] : [[`message:${key}`, 0] as [string, number]]),
    ...(holdout == null ? [] : [[`message-holdout:${key}`, 0] as [string, number]]),
  ]);
  return [...configured, ...spoken, ...Object.keys(holdouts).map((name): [string, number] => [`holdout:${name}`, 0])];
}

function compileCounting(config: SiteConfig): Counting {
  const plans = new Map<string, Plan>();
  const sources = new Map<string, MetricSource>();
  for (const [key, phase] of keysOf(config)) {
    const plan = planOf(config, key, phase);
    if (plan === null) continue;
    plans.set(`${key}@${phase}`, plan);
    for (const { source, denominator } of plan.metrics)
      for (const one of [source, denominator]) if (one !== null && !isOfOrders(one)) sources.set(nameOf(one), one);
  }
  return {
    plan: (experiment, phase) => plans.get(`${experiment}@${phase}`) ?? null,
    sources,
    currency: config.shop.currency,
    isEmpty: plans.size === 0,
  };
}

const compiled = new WeakMap<SiteConfig, Counting>();

/** How a config's experiments are counted; worked out once for as long as the config is in use. */
export function countingOf(config: SiteConfig): Counting {
  let known = compiled.get(config);
  if (known === undefined) {
    known = compileCounting(config);
    compiled.set(config, known);
  }
  return known;
}
