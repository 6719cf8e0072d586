import type { Issue } from '../http/problems.ts';
import { pathText } from './check-shape.ts';
import type { SiteConfigInput } from './schema.ts';
import type { Experiment } from './schema-experiments.ts';

const keysOf = ({ variations }: Experiment): string[] => variations.map((variation) => variation.key);

/** What deals units to variations; a phase has one of each. */
const DEALING: readonly { field: string; of(experiment: Experiment, key: string): unknown }[] = [
  { field: 'weights', of: (one) => one.weights ?? keysOf(one).map(() => 1 / one.variations.length) },
  { field: 'variations', of: keysOf },
  { field: 'seed', of: (one, key) => one.seed ?? key },
  { field: 'hashVersion', of: (one) => one.hashVersion ?? 2 },
  { field: 'hashAttribute', of: (one) => one.hashAttribute ?? 'visitorId' },
  { field: 'type', of: (one) => one.type ?? 'ab' },
];

/**
 * What may not become of a running experiment: within a phase units are dealt in one way, or earlier and later ones are not alike, and no statistics makes up for that.
 * @param before the config that is published now
 */
export function checkSuccession(before: SiteConfigInput, config: SiteConfigInput): Issue[] {
  return Object.entries(config.experiments ?? {}).flatMap(([key, now]): Issue[] => {
    const then = Object.hasOwn(before.experiments ?? {}, key) ? before.experiments?.[key] : undefined;
    const isSamePhase = (then?.phase ?? 0) === (now.phase ?? 0);
    if (then === undefined || !isSamePhase || then.status !== 'running' || now.status !== 'running') return [];
    return DEALING.filter(({ of }) => JSON.stringify(of(then, key)) !== JSON.stringify(of(now, key))).map(
      ({ field }) => ({
        path: pathText(['experiments', key, field]),
        message: `changed while it is running: give it a new phase (${(now.phase ?? 0) + 1}), since results of both together would mean nothing`,
      }),
    );
  });
}
