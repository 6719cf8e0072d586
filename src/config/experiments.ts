import { addUp } from '../experiments/bucket.ts';
import type { Issue } from '../http/problems.ts';
import { checkPattern } from '../targeting/patterns.ts';
import { checkBandits } from './bandits.ts';
import { checkChanges, overlap } from './changes.ts';
import { type Path, pathText } from './check-shape.ts';
import { noSuch } from './conditions.ts';
import { DEFAULT_METRICS } from './default-parts.ts';
import { checkPrerequisites } from './prerequisites.ts';
import type { SiteConfigInput } from './schema.ts';
import type { Experiment } from './schema-experiments.ts';

function reference(what: string, name: string | null | undefined, known: object | undefined, at: Path): Issue[] {
  const names = Object.keys(known ?? {});
  return name == null || names.includes(name) ? [] : [{ path: pathText(at), message: noSuch(what, name, names) }];
}

function checkVariations(experiment: Experiment, at: Path): Issue[] {
  const issues: Issue[] = [];
  const keys = experiment.variations.map((variation) => variation.key);
  keys.forEach((key, i) => {
    if (keys.indexOf(key) !== i)
      issues.push({ path: pathText([...at, 'variations', i, 'key']), message: `"${key}" is there twice` });
  });
  const { weights, force } = experiment;
  if (weights !== undefined) {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const path = pathText([...at, 'weights']);
    if (weights.length !== keys.length)
      issues.push({ path, message: `${keys.length} variations need as many weights, not ${weights.length}` });
    else if (!addUp(weights)) issues.push({ path, message: `weights add up to 1, not to ${Number(sum.toFixed(6))}` });
  }
  const isMissing = (key: string) => !keys.includes(key);
  if (force != null && isMissing(force))
    issues.push({ path: pathText([...at, 'force']), message: noSuch('variation', force, keys) });
  experiment.rules?.forEach(({ variation }, i) => {
    if (isMissing(variation))
      issues.push({ path: pathText([...at, 'rules', i, 'variation']), message: noSuch('variation', variation, keys) });
  });
  return issues;
}

/** Regular expressions that may take long, and versions under which nobody could stay. */
function checkTargets(
  { urlPatterns = [], bucketVersion, minBucketVersion = 0, ...rest }: Experiment,
  at: Path,
): Issue[] {
  const issues = urlPatterns.flatMap((one, i): Issue[] => {
    const problem = typeof one !== 'string' && one.type === 'regex' ? checkPattern(one.pattern) : null;
    const path = pathText([...at, 'urlPatterns', i, 'pattern']);
    return problem === null ? [] : [{ path, message: `a regular expression that ${problem}` }];
  });
  const version = bucketVersion ?? (rest.type === 'bandit' ? (rest.phase ?? 0) : 0);
  if (minBucketVersion > version)
    issues.push({
      path: pathText([...at, 'minBucketVersion']),
      message: `is above bucketVersion (${version}), so that whoever comes back is left out; raise that too`,
    });
  return issues;
}

function checkReferences(experiment: Experiment, config: SiteConfigInput, at: Path): Issue[] {
  const { audience, group, holdout } = experiment;
  const issues = [
    ...(typeof audience === 'string' ? reference('audience', audience, config.audiences, [...at, 'audience']) : []),
    ...reference('holdout', holdout, config.holdouts, [...at, 'holdout']),
    ...reference('exclusion group', group?.name, config.exclusionGroups, [...at, 'group', 'name']),
    ...checkPrerequisites(experiment, config, at),
  ];
  for (const kind of ['goals', 'secondary', 'guardrails'] as const) {
    experiment[kind]?.forEach((metric, i) => {
      issues.push(...reference('metric', metric, config.metrics ?? DEFAULT_METRICS, [...at, kind, i]));
    });
  }
  return issues;
}

interface Claim {
  range: readonly [number, number];
  path: string;
}

const meet = (a: Claim, b: Claim): boolean => a.range[0] < b.range[1] && b.range[0] < a.range[1];

/** Within an exclusion group nobody is in two experiments: the ranges of one never meet, nor those of two that run. */
function checkRanges(config: SiteConfigInput): Issue[] {
  const issues: Issue[] = [];
  const taken = new Map<string, Claim[]>();
  for (const [name, { group, status }] of Object.entries(config.experiments ?? {})) {
    if (group == null) continue;
    const others = status === 'running' ? (taken.get(group.name) ?? []) : [];
    const own: Claim[] = [];
    group.ranges.forEach((range, i) => {
      const claim: Claim = { range, path: pathText(['experiments', name, 'group', 'ranges', i]) };
      const rival = [...own, ...others].find((one) => meet(one, claim));
      if (rival !== undefined)
        issues.push({
          path: claim.path,
          message: `overlaps with ${rival.path}, ${rival.range[0]} to ${rival.range[1]}`,
        });
      own.push(claim);
    });
    if (status === 'running') taken.set(group.name, [...others, ...own]);
  }
  return issues;
}

const changedBy = (experiment: Experiment): string[] =>
  experiment.variations.flatMap((variation) => Object.keys(variation.changes ?? {}));

/** Two running experiments that change the same place must share an exclusion group. */
function checkTogether(config: SiteConfigInput): Issue[] {
  const running = Object.entries(config.experiments ?? {}).filter(([, experiment]) => experiment.status === 'running');
  return running.flatMap(([name, experiment], i) =>
    running.slice(0, i).flatMap(([otherName, other]): Issue[] => {
      if (experiment.group != null && experiment.group.name === other.group?.name) return [];
      const shared = changedBy(experiment).find((path) => changedBy(other).some((rival) => overlap(path, rival)));
      if (shared === undefined) return [];
      return [
        {
          path: pathText(['experiments', name]),
          message: `changes ${shared} as the running "${otherName}" does; put both into one exclusion group`,
        },
      ];
    }),
  );
}

/** What is wrong with experiments, with bandits, and with the messages' references to audiences. */
export function checkExperiments(config: SiteConfigInput): Issue[] {
  const issues = Object.entries(config.experiments ?? {}).flatMap(([name, experiment]) => {
    const at: Path = ['experiments', name];
    return [
      ...checkVariations(experiment, at),
      ...checkReferences(experiment, config, at),
      ...checkTargets(experiment, at),
      ...experiment.variations.flatMap((variation, i) =>
        variation.changes ? checkChanges(variation.changes, config, [...at, 'variations', i, 'changes']) : [],
      ),
    ];
  });
  const messages = Object.entries(config.messages ?? {}).flatMap(([name, { audience }]) => [
    ...(typeof audience === 'string'
      ? reference('audience', audience, config.audiences, ['messages', name, 'audience'])
      : []),
  ]);
  const bandits = checkBandits(config, config.metrics ?? DEFAULT_METRICS);
  return [...issues, ...messages, ...bandits, ...checkRanges(config), ...checkTogether(config)];
}
