import type { Issue } from '../http/problems.ts';
import { vocabularyOf } from './audiences.ts';
import { pathText } from './check-shape.ts';
import { lintAttention } from './lint-attention.ts';
import { lintEndpoints } from './lint-endpoints.ts';
import { lintExperiments } from './lint-experiments.ts';
import { lintMessages } from './lint-messages.ts';
import { lintPersonas } from './lint-personas.ts';
import { lintPlacements } from './lint-placements.ts';
import { ACTIVE_PARTS, ACTIVE_STRATEGIES, type SiteConfigInput } from './schema.ts';
import type { PlacementInput } from './schema-placements.ts';

function lintShop(config: SiteConfigInput): Issue[] {
  const { locale, locales } = config.shop ?? {};
  return locale !== undefined && locales !== undefined && !locales.includes(locale)
    ? [{ path: 'shop.locales', message: `the shop's own locale ${locale} is not among them` }]
    : [];
}

function lintMetrics(config: SiteConfigInput): Issue[] {
  return Object.entries(config.metrics ?? {})
    .filter(([, metric]) => metric.type === 'ratio' && metric.denominator === undefined)
    .map(([name]) => ({ path: pathText(['metrics', name]), message: 'a ratio needs a denominator' }));
}

/**
 * What is allowed, but hardly meant: what can never be shown, happen or apply, what contradicts itself, what is named and is not there.
 * @param config one that is right in shape, whose conditions and references hold
 * @param now epoch milliseconds: what is over then never applies again
 */
export function lint(config: SiteConfigInput, now: number): Issue[] {
  const around = { config, now, vocabulary: vocabularyOf(config) };
  return [
    ...lintShop(config),
    ...lintPlacements(config, now),
    ...lintPersonas(config),
    ...lintMessages(around),
    ...lintAttention(around),
    ...lintMetrics(config),
    ...lintEndpoints(config),
    ...lintExperiments(config, around.vocabulary),
  ];
}

/** Whether something was asked for: neutral values ask for nothing. */
function asksForSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === 0 || value === false) return false;
  return typeof value !== 'object' || Object.values(value).some((inner) => inner !== null && inner !== undefined);
}

function inactiveOfPlacement(name: string, placement: PlacementInput): string[] {
  const strategies = (placement.strategies ?? []).flatMap((use, i) =>
    ACTIVE_STRATEGIES.includes(use.strategy) ? [] : [pathText(['placements', name, 'strategies', i])],
  );
  const fallback = (placement.fallback ?? []).flatMap((strategy, i) =>
    ACTIVE_STRATEGIES.includes(strategy) ? [] : [pathText(['placements', name, 'fallback', i])],
  );
  return [...strategies, ...fallback];
}

/** The parts of a config whose capability is not built yet, as paths: accepted and kept, without effect. */
export function inactiveParts(config: SiteConfigInput): string[] {
  const parts = Object.entries(config).flatMap(([part, value]) => {
    if (!asksForSomething(value)) return [];
    return ACTIVE_PARTS.includes(part) ? [] : [part];
  });
  const placements = Object.entries(config.placements ?? {}).flatMap(([name, one]) => inactiveOfPlacement(name, one));
  return [...placements, ...parts];
}
