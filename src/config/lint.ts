import type { Issue } from '../http/problems.ts';
import { ownValue } from '../targeting/path.ts';
import { pathText } from './check-shape.ts';
import { lintPlacements } from './lint-placements.ts';
import { ACTIVE_PARTS, ACTIVE_STRATEGIES, INACTIVE_FIELDS, type SiteConfigInput } from './schema.ts';
import type { PlacementInput } from './schema-placements.ts';

function lintShop(config: SiteConfigInput): Issue[] {
  const { locale, locales } = config.shop ?? {};
  return locale !== undefined && locales !== undefined && !locales.includes(locale)
    ? [{ path: 'shop.locales', message: `the shop's own locale ${locale} is not among them` }]
    : [];
}

/** What is allowed, but hardly meant. @param now epoch milliseconds: what is over then never applies again */
export function lint(config: SiteConfigInput, now: number): Issue[] {
  const placements = lintPlacements(config, now);
  const personas = Object.entries(config.personas ?? {})
    .filter(([, persona]) => (persona.signals ?? []).length === 0)
    .map(([name]) => ({
      path: pathText(['personas', name]),
      message: 'without signals nobody is ever found to be this',
    }));
  const metrics = Object.entries(config.metrics ?? {})
    .filter(([, metric]) => metric.type === 'ratio' && metric.denominator === undefined)
    .map(([name]) => ({ path: pathText(['metrics', name]), message: 'a ratio needs a denominator' }));
  const experiments = Object.entries(config.experiments ?? {})
    .filter(([, experiment]) => experiment.status === 'running' && (experiment.goals ?? []).length === 0)
    .map(([name]) => ({
      path: pathText(['experiments', name]),
      message: 'it runs without a goal, so it decides nothing',
    }));
  return [...lintShop(config), ...placements, ...personas, ...metrics, ...experiments];
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
    const fields = INACTIVE_FIELDS[part];
    if (fields === undefined) return ACTIVE_PARTS.includes(part) ? [] : [part];
    return fields.filter((field) => asksForSomething(ownValue(value, field))).map((field) => pathText([part, field]));
  });
  const placements = Object.entries(config.placements ?? {}).flatMap(([name, one]) => inactiveOfPlacement(name, one));
  return [...placements, ...parts];
}
