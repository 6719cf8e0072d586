import type { Condition } from '../targeting/schema.ts';
import type { Path } from './check-shape.ts';
import type { SiteConfigInput } from './schema.ts';

/** A condition of the config: where it stands, and what its facts are about. */
export interface PlacedCondition {
  condition: Condition;
  path: Path;
  about: 'visitor' | 'item';
}

function ofPlacements(config: SiteConfigInput): PlacedCondition[] {
  return Object.entries(config.placements ?? {}).flatMap(([name, placement]) => {
    const at: Path = ['placements', name];
    const found: PlacedCondition[] = [];
    if (placement.filter) found.push({ condition: placement.filter, path: [...at, 'filter'], about: 'item' });
    placement.rules?.forEach((rule, i) => {
      if (rule.when) found.push({ condition: rule.when, path: [...at, 'rules', i, 'when'], about: 'visitor' });
      found.push({ condition: rule.items, path: [...at, 'rules', i, 'items'], about: 'item' });
    });
    if (placement.promoted)
      found.push({ condition: placement.promoted.items, path: [...at, 'promoted', 'items'], about: 'item' });
    return found;
  });
}

function ofPersonas(config: SiteConfigInput): PlacedCondition[] {
  return Object.entries(config.personas ?? {}).flatMap(([name, persona]) =>
    (['signals', 'prior'] as const).flatMap((kind) =>
      (persona[kind] ?? []).map(
        ({ condition }, i): PlacedCondition => ({
          condition,
          path: ['personas', name, kind, i, 'condition'],
          about: 'visitor',
        }),
      ),
    ),
  );
}

function ofExperiments(config: SiteConfigInput): PlacedCondition[] {
  return Object.entries(config.experiments ?? {}).flatMap(([name, experiment]) => {
    const at: Path = ['experiments', name];
    const found: PlacedCondition[] = [];
    const { audience, condition } = experiment;
    if (condition) found.push({ condition, path: [...at, 'condition'], about: 'visitor' });
    if (audience && typeof audience !== 'string')
      found.push({ condition: audience, path: [...at, 'audience'], about: 'visitor' });
    experiment.rules?.forEach((rule, i) => {
      found.push({ condition: rule.condition, path: [...at, 'rules', i, 'condition'], about: 'visitor' });
    });
    return found;
  });
}

/** Every condition of a config. */
export function conditionsOf(config: SiteConfigInput): PlacedCondition[] {
  const audiences = Object.entries(config.audiences ?? {}).map(
    ([name, condition]): PlacedCondition => ({ condition, path: ['audiences', name], about: 'visitor' }),
  );
  const messages = Object.entries(config.messages ?? {}).flatMap(([name, { audience }]): PlacedCondition[] =>
    audience && typeof audience !== 'string'
      ? [{ condition: audience, path: ['messages', name, 'audience'], about: 'visitor' }]
      : [],
  );
  return [...ofPlacements(config), ...ofPersonas(config), ...audiences, ...messages, ...ofExperiments(config)];
}
