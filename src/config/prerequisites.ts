import type { Issue } from '../http/problems.ts';
import { type Path, pathText } from './check-shape.ts';
import { noSuch } from './conditions.ts';
import type { SiteConfigInput } from './schema.ts';
import type { Experiment } from './schema-experiments.ts';

type Experiments = NonNullable<SiteConfigInput['experiments']>;

const prerequisitesOf = (experiments: Experiments, key: string) =>
  (Object.hasOwn(experiments, key) ? experiments[key]?.prerequisites : undefined) ?? [];

/** Whether one experiment waits for another, directly or through others. */
function waitsFor(experiments: Experiments, from: string, target: string): boolean {
  const known = new Set<string>();
  const open = [from];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (key === target) return true;
    if (known.has(key)) continue;
    known.add(key);
    open.push(...prerequisitesOf(experiments, key).map((one) => one.experiment));
  }
  return false;
}

/** What is wrong with the experiments that must have given a variation first: they exist, with these variations, and never wait for each other. */
export function checkPrerequisites(experiment: Experiment, config: SiteConfigInput, at: Path): Issue[] {
  const experiments = config.experiments ?? {};
  const own = String(at.at(-1));
  return (experiment.prerequisites ?? []).flatMap(({ experiment: key, variations }, i): Issue[] => {
    const path: Path = [...at, 'prerequisites', i];
    const known = Object.keys(experiments);
    if (!known.includes(key))
      return [{ path: pathText([...path, 'experiment']), message: noSuch('experiment', key, known) }];
    if (waitsFor(experiments, key, own))
      return [{ path: pathText([...path, 'experiment']), message: `"${key}" waits for "${own}" itself` }];
    const keys = experiments[key]?.variations.map((one) => one.key) ?? [];
    return variations.flatMap((variation, n) =>
      keys.includes(variation)
        ? []
        : [{ path: pathText([...path, 'variations', n]), message: noSuch('variation', variation, keys) }],
    );
  });
}
