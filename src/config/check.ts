import type { Issue } from '../http/problems.ts';
import { isShapely, pathText, shapeIssues } from './check-shape.ts';
import { checkConditions } from './conditions.ts';
import { resolveRecentlyBought } from './defaults.ts';
import { checkExperiments } from './experiments.ts';
import { inactiveParts, lint } from './lint.ts';
import type { SiteConfigInput } from './schema.ts';
import { checkSuccession } from './succession.ts';

/** What there is to say about a config before it is published. */
export interface CheckedConfig {
  /** As it was sent; null when there are issues. */
  config: SiteConfigInput | null;
  /** What is wrong, each with its path: with any of them the config is refused. At most 200. */
  issues: Issue[];
  /** What is allowed, but hardly meant. */
  warnings: Issue[];
  /** Paths of parts that are accepted, but have no effect yet. */
  inactive: string[];
}

const ISSUES_LIMIT = 200;

/**
 * Checks a config where it is published, so that it can be trusted where it is read: shape and ranges, unknown keys (with the nearest known one), conditions, references to personas,
 * audiences, metrics, holdouts, exclusion groups and variations, weights, overlapping ranges, and the config that each variation amounts to.
 * @param plain whatever `JSON.parse` made of it; never throws
 * @param now epoch milliseconds, by which rules are over; without it none is
 * @param before the config that this one is to follow, if any
 * @example checkConfig({ placments: {} }).issues // [{ path: 'placments', message: '…did you mean "placements"?' }]
 */
export function checkConfig(
  plain: unknown,
  now = Number.NEGATIVE_INFINITY,
  before: SiteConfigInput | null = null,
): CheckedConfig {
  const shape = shapeIssues(plain);
  if (!isShapely(plain, shape)) {
    return { config: null, issues: shape.slice(0, ISSUES_LIMIT), warnings: [], inactive: [] };
  }
  const conditions = checkConditions(plain);
  const issues = [
    ...conditions.issues,
    ...checkExperiments(plain),
    ...checkWindows(plain),
    ...checkSuccession(before ?? {}, plain),
  ];
  // What conditions amount to is only worked out of those that are in order.
  const linted = issues.length === 0 ? lint(plain, now) : [];
  return {
    config: issues.length === 0 ? plain : null,
    issues: issues.slice(0, ISSUES_LIMIT),
    warnings: [...conditions.warnings, ...linted].slice(0, ISSUES_LIMIT),
    inactive: inactiveParts(plain),
  };
}

/** A placement cannot look back further than the shop lists what others bought. */
function checkWindows(config: SiteConfigInput): Issue[] {
  const { hours } = resolveRecentlyBought(config);
  return Object.entries(config.placements ?? {}).flatMap(([name, { strategies = [] }]) =>
    strategies.flatMap((use, i) =>
      (use.hours ?? 0) <= hours
        ? []
        : [
            {
              path: pathText(['placements', name, 'strategies', i, 'hours']),
              message: `recentlyBought.hours is ${hours}: nobody can look back further`,
            },
          ],
    ),
  );
}
