import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { type Plan, planOf } from '../../src/experiments/plan.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import { noSums } from '../../src/experiments/sums.ts';

export const DAY = '2026-11-01';

type Parts = Partial<Cell> & Pick<Cell, 'arm'>;

/** A cell of the experiment "layout"; what is not said is 0. */
export const cell = (parts: Parts): Cell => ({
  experiment: 'layout',
  phase: 1,
  day: DAY,
  since: 0,
  metric: '',
  ...noSums(),
  ...parts,
});

/** Units of an arm, of whom so many converted. */
export const converted = (arm: string, n: number, y: number, parts: Partial<Cell> = {}): Cell[] => [
  cell({ ...parts, arm, n }),
  cell({ ...parts, arm, metric: 'conversion', y, yy: y }),
];

export const METRICS = {
  conversion: { type: 'proportion', event: 'purchase' },
  revenue: { type: 'mean', event: 'purchase', value: 'value', cap: 500 },
  exits: { type: 'proportion', event: 'exit', direction: 'down' },
} as const satisfies SiteConfigInput['metrics'];

type ExperimentInput = NonNullable<SiteConfigInput['experiments']>[string];

/** The plan of the experiment "layout" of a config. */
export function layoutPlan(experiment: Partial<ExperimentInput> = {}, more: SiteConfigInput = {}): Plan {
  const config = resolveConfig({
    metrics: METRICS,
    ...more,
    experiments: {
      layout: {
        status: 'running',
        phase: 1,
        variations: [{ key: 'control' }, { key: 'b' }],
        goals: ['conversion'],
        ...experiment,
      },
    },
  });
  const plan = planOf(config, 'layout');
  if (plan === null) throw new Error('there is an experiment "layout"');
  return plan;
}
