import { type Unit, unitOf } from './attribute.ts';
import type { EvaluationContext, InlineExperiment, StickyDocument } from './schema.ts';

/** Under what a unit's variations are remembered. */
export const stickyKey = ({ attribute, value }: Unit): string => `${attribute}||${value}`;

/** Under what a variation is remembered: another version is another draw. */
export const assignmentKey = (experiment: string, version: number): string => `${experiment}__${version}`;

export interface Remembered {
  /** -1 when nothing is remembered. */
  variation: number;
  /** What is remembered is of a version before the least that counts: the unit takes no part any more. */
  isBlocked: boolean;
}

const NOTHING: Remembered = { variation: -1, isBlocked: false };

/** Whether an experiment's variations are remembered at all. */
export function isSticky(
  context: EvaluationContext,
  experiment: Pick<InlineExperiment, 'disableStickyBucketing'>,
): boolean {
  return context.sticky !== null && experiment.disableStickyBucketing !== true;
}

/** What was remembered of a unit under either of its attributes; the experiment's own attribute counts before the fallback. */
export function rememberedVariation(context: EvaluationContext, experiment: InlineExperiment): Remembered {
  if (!isSticky(context, experiment)) return NOTHING;
  const { attributes, sticky } = context;
  const { key, hashAttribute, fallbackAttribute, bucketVersion = 0, minBucketVersion = 0, meta } = experiment;
  const documents = [fallbackAttribute, hashAttribute ?? 'id'].flatMap((name) =>
    name === undefined ? [] : (sticky?.get(stickyKey(unitOf(attributes, { hashAttribute: name }))) ?? []),
  );
  const assignments: Record<string, string> = Object.assign({}, ...documents.map((one) => one.assignments));
  for (let version = 0; version < minBucketVersion; version++)
    if (assignments[assignmentKey(key, version)] !== undefined) return { variation: -1, isBlocked: true };
  const variationKey = assignments[assignmentKey(key, bucketVersion)];
  if (variationKey === undefined) return NOTHING;
  const variation = experiment.variations.findIndex((_, i) => (meta?.[i]?.key ?? String(i)) === variationKey);
  return { variation, isBlocked: false };
}

/** The document that remembers a variation; null when it is remembered already. */
export function remember(
  context: EvaluationContext,
  experiment: InlineExperiment,
  met: { unit: Unit; variationKey: string },
): StickyDocument | null {
  const { unit, variationKey } = met;
  const known = context.sticky?.get(stickyKey(unit));
  const key = assignmentKey(experiment.key, experiment.bucketVersion ?? 0);
  if (known?.assignments[key] === variationKey) return null;
  return {
    attributeName: unit.attribute,
    attributeValue: unit.value,
    assignments: { ...known?.assignments, [key]: variationKey },
  };
}
