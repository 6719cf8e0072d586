/** Experiments that harm what they were told not to. */
import type { SiteConfig, SiteConfigInput } from '../config/schema.ts';
import type { Compared } from './compare.ts';
import { liftText } from './conclude.ts';
import { type Plan, planOf } from './plan.ts';

/** The running experiments that have a guardrail and stop by themselves. */
export function guardedPlans(config: SiteConfig): Plan[] {
  return Object.keys(config.experiments).flatMap((key) => {
    const plan = planOf(config, key);
    const isGuarded = plan?.metrics.some((metric) => metric.isGuarded) === true;
    return plan?.status === 'running' && plan.autoStop && isGuarded ? [plan] : [];
  });
}

/** What an experiment has done to its guardrails, in words; null where no harm beyond the margin is certain. */
export function harmDone(plan: Plan, all: readonly Compared[]): string | null {
  const harmed = all.filter(({ result }) => result.harm?.isHarmed === true);
  if (harmed.length === 0) return null;
  const done = harmed.map(
    ({ arm, planned, result }) => `"${arm}" changes the guardrail ${planned.key} ${liftText(result)}`,
  );
  return `Experiment ${plan.experiment}, phase ${plan.phase}, stopped: ${done.join(', and ')}, which is more harm than the margin of ${100 * plan.harmMargin} %.`;
}

/** The config with these experiments stopped: their visitors get what they would get without them. Nothing else changes. */
export function withStopped(config: SiteConfigInput, keys: readonly string[]): SiteConfigInput {
  const experiments = Object.entries(config.experiments ?? {}).map(([key, one]) => [
    key,
    keys.includes(key) ? { ...one, status: 'stopped' } : one,
  ]);
  return { ...config, experiments: Object.fromEntries(experiments) };
}
