import type { Issue } from '../http/problems.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import { ITEM_FACTS } from '../recommendations/schema.ts';
import { checkCondition } from '../targeting/check.ts';
import { type Clause, clausesOf } from '../targeting/clauses.ts';
import { nearest } from '../targeting/nearest.ts';
import type { Condition } from '../targeting/schema.ts';
import { type Path, pathText } from './check-shape.ts';
import { DEFAULT_PERSONAS } from './default-parts.ts';
import type { SiteConfigInput } from './schema.ts';

/** A condition of the config: where it stands, and what its facts are about. */
interface Placed {
  condition: Condition;
  path: Path;
  about: 'visitor' | 'item';
}

/** What conditions about visitors may name: the first step of a fact's path. */
const FACTS = [
  'visitor',
  'trait',
  'affinity',
  'lifecycle',
  'rfm',
  'session',
  'page',
  'cart',
  'context',
  'persona',
  'experiment',
] as const;

function placementConditions(config: SiteConfigInput): Placed[] {
  return Object.entries(config.placements ?? {}).flatMap(([name, placement]) => {
    const at: Path = ['placements', name];
    const found: Placed[] = [];
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

function personaConditions(config: SiteConfigInput): Placed[] {
  return Object.entries(config.personas ?? {}).flatMap(([name, persona]) =>
    (['signals', 'prior'] as const).flatMap((kind) =>
      (persona[kind] ?? []).map(
        ({ condition }, i): Placed => ({
          condition,
          path: ['personas', name, kind, i, 'condition'],
          about: 'visitor',
        }),
      ),
    ),
  );
}

function experimentConditions(config: SiteConfigInput): Placed[] {
  return Object.entries(config.experiments ?? {}).flatMap(([name, experiment]) => {
    const at: Path = ['experiments', name];
    const found: Placed[] = [];
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

function conditionsOf(config: SiteConfigInput): Placed[] {
  const audiences = Object.entries(config.audiences ?? {}).map(
    ([name, condition]): Placed => ({ condition, path: ['audiences', name], about: 'visitor' }),
  );
  const messages = Object.entries(config.messages ?? {}).flatMap(([name, { audience }]): Placed[] =>
    audience && typeof audience !== 'string'
      ? [{ condition: audience, path: ['messages', name, 'audience'], about: 'visitor' }]
      : [],
  );
  return [
    ...placementConditions(config),
    ...personaConditions(config),
    ...audiences,
    ...messages,
    ...experimentConditions(config),
  ];
}

/** A reference to a persona or an experiment that can never hold. */
function brokenReference(clause: Clause, config: SiteConfigInput): string | null {
  if (clause.fact === 'persona') {
    const known = [...personasOf(config), ...Object.keys(DEFAULT_PERSONAS)];
    const missing = clause.texts.find((text) => !known.includes(text));
    return missing === undefined ? null : noSuch('persona', missing, personasOf(config));
  }
  const [root, name] = clause.fact.split('.');
  if (root !== 'experiment' || name === undefined) return null;
  const known = Object.keys(config.experiments ?? {});
  return known.includes(name) ? null : noSuch('experiment', name, known);
}

const personasOf = (config: SiteConfigInput): string[] => [
  ...Object.keys(config.personas ?? DEFAULT_PERSONAS),
  UNKNOWN_PERSONA,
];

/** A reference without effect: a persona that is excluded but never assigned, or a default one that this config replaces. */
function idleReference(clause: Clause, config: SiteConfigInput): string | null {
  if (clause.fact !== 'persona') return null;
  const known = personasOf(config);
  const missing = [...clause.texts, ...clause.excluded].find((text) => !known.includes(text));
  return missing === undefined ? null : noSuch('persona', missing, known);
}

/** Says that a name is not one of those that exist, and which do. */
export function noSuch(what: string, name: string, known: readonly string[]): string {
  const listed = known.slice(0, 20).join(', ');
  return `there is no ${what} "${name.slice(0, 80)}"; ${known.length === 0 ? 'there are none' : `there are ${listed}`}`;
}

function strayFact({ fact }: Clause, about: Placed['about']): string | null {
  const known = about === 'item' ? ITEM_FACTS : FACTS;
  const root = fact.split('.')[0] ?? '';
  if (known.includes(root)) return null;
  const meant = nearest(root, known);
  const whose = about === 'item' ? 'items have no field' : 'there is no fact';
  return `${whose} "${root.slice(0, 60)}", so this counts as null${meant === null ? '' : `; did you mean "${meant}"?`}`;
}

/** What is wrong, and what is odd, in all conditions of a config. */
export function checkConditions(config: SiteConfigInput): { issues: Issue[]; warnings: Issue[] } {
  const issues: Issue[] = [];
  const warnings: Issue[] = [];
  for (const { condition, path, about } of conditionsOf(config)) {
    const found = checkCondition(condition, { path: pathText(path) });
    issues.push(...found);
    if (found.length > 0) continue;
    for (const clause of clausesOf(condition)) {
      const at = pathText([...path, ...clause.path]);
      const broken = about === 'visitor' ? brokenReference(clause, config) : null;
      const idle = about === 'visitor' ? idleReference(clause, config) : null;
      if (broken !== null) issues.push({ path: at, message: broken });
      else if (idle !== null) warnings.push({ path: at, message: idle });
      const stray = strayFact(clause, about);
      if (stray !== null) warnings.push({ path: at, message: stray });
    }
  }
  return { issues, warnings };
}
