import { compileCondition } from '../targeting/compile.ts';
import type { Condition, Facts, Groups } from '../targeting/schema.ts';
import { type Unit, unitOf } from './attribute.ts';
import { chooseVariation, getBucketRanges, hash, inNamespace, inRange } from './bucket.ts';
import type { EvaluationContext, ExperimentResult, Filter, InlineExperiment, StickyDocument } from './schema.ts';
import { isSticky, remember, rememberedVariation } from './sticky.ts';

/** What an experiment came to, and what is to be remembered of it. */
export interface Run {
  result: ExperimentResult;
  sticky: StickyDocument | null;
}

type Holds = (facts: Facts) => boolean;
const compiled = new WeakMap<Condition, { groups: Groups | undefined; holds: Holds }>();

/** Conditions are part of a config, so each is compiled once for as long as that is in use. */
export function holds(condition: Condition, context: Pick<EvaluationContext, 'attributes' | 'groups'>): boolean {
  let known = compiled.get(condition);
  if (known === undefined || known.groups !== context.groups) {
    known = { groups: context.groups, holds: compileCondition(condition, context.groups) };
    compiled.set(condition, known);
  }
  return known.holds(context.attributes);
}

/** Whether somebody falls outside the stretches of any filter. */
export function isFilteredOut(filters: readonly Filter[], attributes: Facts): boolean {
  return filters.some(({ seed, ranges, attribute, hashVersion }) => {
    const { value } = unitOf(attributes, { hashAttribute: attribute });
    const n = value === '' ? null : hash(seed, value, hashVersion ?? 2);
    return n === null || !ranges.some((range) => inRange(n, range));
  });
}

/** A variation that the page's address asks for: `?<experiment>=1`. @returns null when it asks for none that exists */
export function getQueryStringOverride(key: string, url: string, variations: number): number | null {
  const query = url.split('?').slice(1).join('?').split('#')[0] ?? '';
  const asked = query
    .split('&')
    .map((pair) => pair.split('='))
    .find(([name, value]) => name === key && /^\d+$/.test(value ?? ''))?.[1];
  const number = asked === undefined ? -1 : Number(asked);
  return number >= 0 && number < variations ? number : null;
}

/** What a run is about, gathered once. */
interface Subject {
  context: EvaluationContext;
  experiment: InlineExperiment;
  unit: Unit;
  featureId: string | null;
}

interface Found {
  variation: number;
  hashUsed: boolean;
  bucket?: number;
  stickyUsed?: boolean;
}

/** @param found.variation out of range: not in the experiment, which is then answered like the first variation */
function resultOf({ experiment, unit, featureId }: Subject, found: Found): ExperimentResult {
  const { variations, meta } = experiment;
  const inExperiment = found.variation >= 0 && found.variation < variations.length;
  const variationId = inExperiment ? found.variation : 0;
  const { key, name, passthrough } = meta?.[variationId] ?? {};
  return {
    key: key ?? String(variationId),
    featureId,
    inExperiment,
    hashUsed: found.hashUsed && inExperiment,
    variationId,
    value: variations[variationId],
    hashAttribute: unit.attribute,
    hashValue: unit.value,
    stickyBucketUsed: found.stickyUsed ?? false,
    ...(found.bucket === undefined ? {} : { bucket: found.bucket }),
    ...(name === undefined ? {} : { name }),
    ...(passthrough === undefined ? {} : { passthrough }),
  };
}

/** Whether somebody is among those whom the experiment is for. `parents` asks other flags. */
function isTargeted({ context, experiment, unit }: Subject, parents: () => boolean): boolean {
  const { filters, namespace, condition } = experiment;
  if (filters !== undefined) {
    if (isFilteredOut(filters, context.attributes)) return false;
  } else if (namespace !== undefined && !inNamespace(unit.value, namespace)) return false;
  if (condition !== undefined && !holds(condition, context)) return false;
  return parents();
}

/** A variation that somebody has decided, before anybody is asked who they are. */
function decidedBefore({ context, experiment }: Subject): number | null {
  const { key, variations } = experiment;
  const asked = context.url === undefined ? null : getQueryStringOverride(key, context.url, variations.length);
  return asked ?? context.forcedVariations?.[key] ?? null;
}

/**
 * Decides one experiment for one unit: overrides first, then who takes part, then chance, which a remembered variation goes before.
 * The order of the steps is that of GrowthBook's SDKs.
 * @param parents whether the experiment's prerequisites hold
 */
export function runExperiment(
  context: EvaluationContext,
  experiment: InlineExperiment,
  { featureId, parents }: { featureId: string | null; parents: () => boolean },
): Run {
  const fallbackAttribute = isSticky(context, experiment) ? experiment.fallbackAttribute : undefined;
  const unit = unitOf(context.attributes, { hashAttribute: experiment.hashAttribute, fallbackAttribute });
  const subject: Subject = { context, experiment, unit, featureId };
  const out = (found: Partial<Found> = {}): Run => ({
    result: resultOf(subject, { variation: -1, hashUsed: false, ...found }),
    sticky: null,
  });
  if (experiment.variations.length < 2 || context.enabled === false) return out();
  const decided = decidedBefore(subject);
  if (decided !== null) return out({ variation: decided });
  if (experiment.active === false || unit.value === '') return out();
  const known = rememberedVariation(context, experiment);
  if (known.variation < 0 && !isTargeted(subject, parents)) return out();
  const bucket = hash(experiment.seed ?? experiment.key, unit.value, experiment.hashVersion ?? 1);
  if (bucket === null) return out();
  if (known.isBlocked) return out({ bucket, stickyUsed: true });
  const { ranges, coverage, weights, variations } = experiment;
  const drawn = chooseVariation(bucket, ranges ?? getBucketRanges(variations.length, coverage ?? 1, weights ?? null));
  const variation = known.variation >= 0 ? known.variation : drawn;
  if (variation < 0) return out();
  if (experiment.force !== undefined) return out({ variation: experiment.force });
  if (context.qaMode === true) return out();
  const result = resultOf(subject, { variation, hashUsed: true, bucket, stickyUsed: known.variation >= 0 });
  const sticky = isSticky(context, experiment)
    ? remember(context, experiment, { unit, variationKey: result.key })
    : null;
  return { result, sticky };
}
