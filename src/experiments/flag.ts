import { compileCondition } from '../targeting/compile.ts';
import { unitOf } from './attribute.ts';
import { hash, inRange } from './bucket.ts';
import { holds, isFilteredOut, runExperiment } from './run.ts';
import type {
  EvaluationContext,
  FlagResult,
  FlagRule,
  InlineExperiment,
  ParentCondition,
  StickyDocument,
} from './schema.ts';
import { isSticky } from './sticky.ts';

/** A flag's answer, and what is to be remembered after it. */
export interface Evaluation extends FlagResult {
  sticky: StickyDocument[];
}

interface Evaluating {
  context: EvaluationContext;
  key: string;
  /** Flags that are being asked, so that a circle is seen. */
  asked: ReadonlySet<string>;
  sticky: StickyDocument[];
}

type Parents = 'hold' | 'fail' | 'gate' | 'cycle';

function parentsOf(evaluating: Evaluating, conditions: readonly ParentCondition[] | undefined): Parents {
  for (const { id, condition, gate } of conditions ?? []) {
    const { source, value } = evaluate({ ...evaluating, key: id });
    if (source === 'cyclicPrerequisite') return 'cycle';
    if (!compileCondition(condition)({ value })) return gate === true ? 'gate' : 'fail';
  }
  return 'hold';
}

/** Whether a share of units that a rule is for includes this one. */
function isIncluded({ context, key }: Evaluating, rule: FlagRule): boolean {
  const { range, coverage, hashAttribute, seed, hashVersion } = rule;
  if (range === undefined && coverage === undefined) return true;
  if (range === undefined && coverage === 0) return false;
  const fallbackAttribute = isSticky(context, rule) ? rule.fallbackAttribute : undefined;
  const { value } = unitOf(context.attributes, { hashAttribute, fallbackAttribute });
  const n = value === '' ? null : hash(seed ?? key, value, hashVersion ?? 1);
  if (n === null) return false;
  return range === undefined ? n <= (coverage ?? 1) : inRange(n, range);
}

const COPIED = [
  'coverage',
  'weights',
  'hashAttribute',
  'fallbackAttribute',
  'disableStickyBucketing',
  'bucketVersion',
  'minBucketVersion',
  'namespace',
  'meta',
  'ranges',
  'name',
  'phase',
  'seed',
  'hashVersion',
  'filters',
  'condition',
] as const;

function experimentOf({ context, key }: Evaluating, rule: FlagRule, variations: readonly unknown[]): InlineExperiment {
  const copied = Object.fromEntries(COPIED.flatMap((name) => (rule[name] === undefined ? [] : [[name, rule[name]]])));
  const experiment: InlineExperiment = { ...copied, key: rule.key ?? key, variations };
  const banditVersion = context.banditVersions?.[rule.contextualBanditRef ?? ''];
  if (banditVersion === undefined || context.forcedVariations?.[experiment.key] !== undefined) return experiment;
  // Without a leaf that knows better, a contextual bandit deals by its marginal weights.
  return { ...experiment, contextualBandit: { leafId: -1, variationWeights: rule.weights ?? [], banditVersion } };
}

/** What a rule answers; null when the next one is to be asked. */
function applyRule(evaluating: Evaluating, rule: FlagRule): FlagResult | null {
  const { context, key } = evaluating;
  const parents = parentsOf(evaluating, rule.parentConditions);
  if (parents === 'cycle') return { value: null, source: 'cyclicPrerequisite', ruleId: '' };
  if (parents === 'gate') return { value: null, source: 'prerequisite', ruleId: '' };
  if (parents === 'fail') return null;
  if (rule.filters !== undefined && isFilteredOut(rule.filters, context.attributes)) return null;
  if (Object.hasOwn(rule, 'force')) {
    if (rule.condition !== undefined && !holds(rule.condition, context)) return null;
    if (!isIncluded(evaluating, rule)) return null;
    return { value: rule.force, source: 'force', ruleId: rule.id ?? '' };
  }
  const variations = rule.variations ?? rule.contextualVariations;
  if (variations === undefined) return null;
  const experiment = experimentOf(evaluating, rule, variations);
  const { result, sticky } = runExperiment(context, experiment, { featureId: key, parents: () => true });
  if (!result.inExperiment || result.passthrough === true) return null;
  if (sticky !== null) evaluating.sticky.push(sticky);
  const { contextualBandit } = experiment;
  const answered = contextualBandit === undefined ? result : { ...result, ...contextualBandit };
  return { value: result.value, source: 'experiment', ruleId: rule.id ?? '', experiment, result: answered };
}

function evaluate(evaluating: Evaluating): FlagResult {
  const { context, key, asked } = evaluating;
  if (asked.has(key)) return { value: null, source: 'cyclicPrerequisite', ruleId: '' };
  const flag = Object.hasOwn(context.flags, key) ? context.flags[key] : undefined;
  if (flag === undefined) return { value: null, source: 'unknownFeature', ruleId: '' };
  const inside = { ...evaluating, asked: new Set([...asked, key]) };
  for (const rule of flag.rules ?? []) {
    const found = applyRule(inside, rule);
    if (found !== null) return found;
  }
  return { value: flag.defaultValue ?? null, source: 'defaultValue', ruleId: '' };
}

/** Decides a flag: the first of its rules that applies answers, otherwise its default. */
export function evaluateFlag(context: EvaluationContext, key: string): Evaluation {
  const sticky: StickyDocument[] = [];
  return { ...evaluate({ context, key, asked: new Set(), sticky }), sticky };
}

/** Whether the prerequisites of an experiment that stands by itself hold. */
export function prerequisitesHold(context: EvaluationContext, experiment: InlineExperiment): boolean {
  const evaluating: Evaluating = { context, key: '', asked: new Set(), sticky: [] };
  return parentsOf(evaluating, experiment.parentConditions) === 'hold';
}
