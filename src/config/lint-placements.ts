import type { Issue } from '../http/problems.ts';
import { pathText } from './check-shape.ts';
import { momentOf } from './moments.ts';
import { ACTIVE_STRATEGIES, type SiteConfigInput } from './schema.ts';
import type { PlacementInput } from './schema-placements.ts';

type RuleInput = NonNullable<PlacementInput['rules']>[number];

/** When the config is looked at, and where its days begin. */
interface Moment {
  /** Epoch milliseconds. */
  now: number;
  timeZone: string;
}

function lintStrategies(name: string, placement: PlacementInput, isForMessages: boolean): Issue[] {
  const path = pathText(['placements', name, 'strategies']);
  const used = placement.strategies ?? [];
  // A place for messages alone says so by an empty fallback.
  if (used.length === 0 && placement.fallback?.length === 0 && isForMessages) return [];
  if (used.length === 0) {
    const rest = (placement.fallback ?? ['bestsellers']).join(', ');
    return [{ path, message: `there is no strategy here: ${rest === '' ? 'nothing' : rest} is all it shows` }];
  }
  if (used.every((use) => use.weight === 0)) return [{ path, message: 'every strategy weighs 0' }];
  if (!used.some((use) => ACTIVE_STRATEGIES.includes(use.strategy)))
    return [{ path, message: 'none of these strategies is there yet; the fallback is shown' }];
  return [];
}

/** Why a rule never does anything; null when it may. */
function idle(rule: RuleInput, count: number, { now, timeZone }: Moment): string | null {
  if (rule.until != null && momentOf(rule.until, timeZone, 'until') <= now) return 'it is over and never applies again';
  if (rule.do === 'pin' && (rule.at ?? 1) > count) return `it pins below the ${count} places that are shown`;
  if (rule.by === 1) return 'a factor of 1 changes nothing';
  return null;
}

function lintRules(name: string, placement: PlacementInput, moment: Moment): Issue[] {
  const rules = placement.rules ?? [];
  const at = (i: number): string => pathText(['placements', name, 'rules', i]);
  const pins = new Map<number, string>();
  return rules.flatMap((rule, i) => {
    const why = idle(rule, placement.count ?? 10, moment);
    if (why !== null) return [{ path: at(i), message: why }];
    if (rule.by !== undefined && rule.by < 1)
      return [{ path: at(i), message: `a factor below 1 makes it ${rule.do === 'boost' ? 'bury' : 'boost'}` }];
    if (rule.do !== 'pin' || rule.when !== undefined) return [];
    const place = rule.at ?? 1;
    const earlier = pins.get(place);
    pins.set(place, earlier ?? rule.key);
    return earlier === undefined
      ? []
      : [{ path: at(i), message: `"${earlier}" has place ${place} already; this one comes after it` }];
  });
}

function lintSoldOut(name: string, { whenSoldOut }: PlacementInput): Issue[] {
  return whenSoldOut?.strategies?.every((use) => use.weight === 0)
    ? [
        {
          path: pathText(['placements', name, 'whenSoldOut', 'strategies']),
          message: 'every strategy weighs 0: leave them out, or whenSoldOut as a whole',
        },
      ]
    : [];
}

function lintPromoted(name: string, { promoted }: PlacementInput): Issue[] {
  return promoted?.share === 0
    ? [{ path: pathText(['placements', name, 'promoted', 'share']), message: 'a share of 0 shows none of these' }]
    : [];
}

function lintBeside(name: string, { sameAs = [], differentFrom = [] }: PlacementInput): Issue[] {
  const both = sameAs.filter((field) => differentFrom.includes(field));
  return both.map((field) => ({
    path: pathText(['placements', name, 'differentFrom']),
    message: `nothing has the same ${field} as an item and another one`,
  }));
}

/** What is allowed in placements, but hardly meant. */
export function lintPlacements(config: SiteConfigInput, now: number): Issue[] {
  const moment = { now, timeZone: config.shop?.timeZone ?? 'UTC' };
  const used = new Set(Object.values(config.messages ?? {}).map((message) => message.placement));
  return Object.entries(config.placements ?? {}).flatMap(([name, placement]) => [
    ...lintStrategies(name, placement, used.has(name)),
    ...lintRules(name, placement, moment),
    ...lintSoldOut(name, placement),
    ...lintPromoted(name, placement),
    ...lintBeside(name, placement),
  ]);
}
