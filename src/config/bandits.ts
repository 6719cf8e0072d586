import { ARMS } from '../experiments/schema-counts.ts';
import type { Issue } from '../http/problems.ts';
import { type Path, pathText } from './check-shape.ts';
import { noSuch } from './conditions.ts';
import type { SiteConfig, SiteConfigInput } from './schema.ts';
import type { Experiment } from './schema-experiments.ts';

type Metrics = SiteConfig['metrics'];

/** What a bandit is to raise must be there, be of single units, and its floors must leave room. @param floor what holds where none is stated */
function checkOne(
  { metric, floor }: { metric: string; floor?: number | undefined },
  { arms, metrics, at }: { arms: number; metrics: Metrics; at: Path },
): Issue[] {
  const issues: Issue[] = [];
  const known = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  const path = pathText([...at, 'metric']);
  if (known === undefined) issues.push({ path, message: noSuch('metric', metric, Object.keys(metrics)) });
  else if (known.type === 'ratio')
    issues.push({ path, message: 'a bandit is rewarded by single visitors: a proportion or a mean, no ratio' });
  if (floor !== undefined && floor * arms > 1 + 1e-9)
    issues.push({
      path: pathText([...at, 'floor']),
      message: `${arms} variations of at least ${floor} each are more than the whole; at most ${Math.floor(1_000 / arms) / 1_000}`,
    });
  return issues;
}

const areEqual = (weights: readonly number[]): boolean =>
  weights.every((one) => Math.abs(one - (weights[0] ?? 0)) < 0.01);

function checkExperiment(name: string, experiment: Experiment, metrics: Metrics): Issue[] {
  const { type, bandit, variations, weights = [], goals = [] } = experiment;
  const at: Path = ['experiments', name, 'bandit'];
  if (type !== 'bandit')
    return bandit == null ? [] : [{ path: pathText(at), message: 'an experiment is one with type "bandit"' }];
  const metric = bandit?.metric ?? goals[0];
  if (metric === undefined)
    return [
      {
        path: pathText(at),
        message: 'a bandit needs a metric to raise, such as { "metric": "conversion" }, or a goal',
      },
    ];
  const issues = checkOne({ metric, floor: bandit?.floor }, { arms: variations.length, metrics, at });
  if (!areEqual(weights))
    issues.push({
      path: pathText(['experiments', name, 'weights']),
      message: 'a bandit begins with equal weights and works out its own',
    });
  return issues;
}

/** What is wrong with bandits, among variations and among the variants of messages. @param metrics those of the config, or those that hold without any */
export function checkBandits(config: SiteConfigInput, metrics: Metrics): Issue[] {
  const experiments = Object.entries(config.experiments ?? {});
  const messages = Object.entries(config.messages ?? {});
  return [
    ...experiments.flatMap(([name, experiment]) => checkExperiment(name, experiment, metrics)),
    ...messages.flatMap(([name, { optimize, variants = {} }]) => {
      const at: Path = ['messages', name, 'optimize'];
      const arms = 1 + Object.keys(variants).length;
      const own = Object.hasOwn(variants, ARMS.own)
        ? [
            {
              path: pathText(['messages', name, 'variants', ARMS.own]),
              message: `"${ARMS.own}" is the message's own content`,
            },
          ]
        : [];
      return optimize == null ? own : [...own, ...checkOne(optimize, { arms, metrics, at })];
    }),
  ];
}
