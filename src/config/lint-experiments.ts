import type { Issue } from '../http/problems.ts';
import { clausesOf } from '../targeting/clauses.ts';
import type { Vocabulary } from '../targeting/find-fact.ts';
import { canHold, conditionOf, emptiness } from './audiences.ts';
import { type Path, pathText } from './check-shape.ts';
import type { SiteConfigInput } from './schema.ts';
import type { Experiment } from './schema-experiments.ts';

type Finding = [below: Path, message: string];

/** What keeps a running experiment from deciding anything. */
function lintRunning(experiment: Experiment): Finding[] {
  const found: Finding[] = [];
  const { goals = [], coverage = 1, variations, weights, force, minBucketVersion = 0, sticky, type } = experiment;
  if (goals.length === 0) found.push([[], 'it runs without a goal, so it decides nothing']);
  if (coverage === 0) found.push([['coverage'], 'nobody is in it; raise the coverage, or stop it']);
  if (variations.length === 1) found.push([['variations'], 'one variation is compared with nothing; add a control']);
  if (force != null) found.push([['force'], `everybody is given "${force}", so nothing is compared; take it out`]);
  if (minBucketVersion > 0 && !(sticky ?? type === 'bandit'))
    found.push([['minBucketVersion'], 'no variation is remembered, so it leaves nobody out; set sticky']);
  weights?.forEach((weight, i) => {
    if (weight === 0) found.push([['weights', i], `nobody is given "${variations[i]?.key}"; take the variation out`]);
  });
  return found;
}

const drawnBy = ({ hashAttribute = 'visitorId', fallbackAttribute }: Experiment): string =>
  fallbackAttribute == null ? hashAttribute : `${hashAttribute} or ${fallbackAttribute}`;

/** An exclusion group whose experiments draw units of different kinds: somebody may be in several of them. */
function lintGroup(name: string, own: Experiment, config: SiteConfigInput): Finding[] {
  const { group, status } = own;
  if (status !== 'running' || group == null) return [];
  if (config.exclusionGroups?.[group.name]?.hashAttribute !== undefined) return [];
  const other = Object.entries(config.experiments ?? {}).find(
    ([key, one]) =>
      key !== name && one.status === 'running' && one.group?.name === group.name && drawnBy(one) !== drawnBy(own),
  );
  if (other === undefined) return [];
  const message = `draws ${drawnBy(own)} here and ${drawnBy(other[1])} in "${other[0]}", so that somebody may be in both; give exclusionGroups.${group.name} a hashAttribute`;
  return [[['group', 'name'], message]];
}

/** Whom it is for: nobody, or what is not known yet when experiments are decided. */
function lintAudience(experiment: Experiment, config: SiteConfigInput, vocabulary: Vocabulary): Finding[] {
  const { audience, condition = {}, rules = [] } = experiment;
  const named = conditionOf(config, audience);
  const found: Finding[] = [];
  const empty = emptiness(audience, config, vocabulary);
  if (empty !== null) found.push([['audience'], `${empty}, so nobody is in it`]);
  else if (canHold([named], vocabulary) && canHold([condition], vocabulary) && !canHold([named, condition], vocabulary))
    found.push([['condition'], 'it and the audience exclude each other, so nobody is in it; change one of them']);
  const asked: [Path, typeof condition][] = [
    [['audience'], named],
    [['condition'], condition],
    ...rules.map((rule, i): [Path, typeof condition] => [['rules', i, 'condition'], rule.condition]),
  ];
  for (const [path, one] of asked)
    if (clausesOf(one).some((clause) => clause.fact.startsWith('experiment.')))
      found.push([path, 'variations are not known yet when experiments are decided; use prerequisites']);
  return found;
}

/** Why nobody is ever given one of these variations; null where somebody may be. */
function neverGiven({ status = 'draft', force, rules = [] }: Experiment, variations: readonly string[]): string | null {
  if (status === 'draft') return 'is a draft';
  if (rules.some((rule) => variations.includes(rule.variation))) return null;
  if (force != null) return variations.includes(force) ? null : `gives everybody "${force}"`;
  return status === 'stopped' ? 'was stopped' : null;
}

/** Others that it waits for in vain. */
function lintPrerequisites({ status, prerequisites = [] }: Experiment, config: SiteConfigInput): Finding[] {
  if (status !== 'running') return [];
  return prerequisites.flatMap(({ experiment: key, variations }, i): Finding[] => {
    const awaited = config.experiments?.[key];
    const why = awaited === undefined ? null : neverGiven(awaited, variations);
    return why === null ? [] : [[['prerequisites', i], `"${key}" ${why}, so nobody is in it`]];
  });
}

/** Experiments that decide nothing, or that nobody can be in. */
export function lintExperiments(config: SiteConfigInput, vocabulary: Vocabulary): Issue[] {
  return Object.entries(config.experiments ?? {}).flatMap(([name, experiment]) =>
    [
      ...(experiment.status === 'running' ? lintRunning(experiment) : []),
      ...lintAudience(experiment, config, vocabulary),
      ...lintPrerequisites(experiment, config),
      ...lintGroup(name, experiment, config),
    ].map(([below, message]) => ({ path: pathText(['experiments', name, ...below]), message })),
  );
}
