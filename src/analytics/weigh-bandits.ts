import type { SiteConfig } from '../config/schema.ts';
import { nextWeights } from '../experiments/bandit.ts';
import { banditsOf } from '../experiments/plan.ts';
import { isoDay } from '../shared/decay.ts';
import type { CellsStore } from './cells-store.ts';
import type { Aggregates } from './schema-aggregates.ts';
import type { TallyStore } from './tally-store.ts';

/** Where bandits are counted, and where their weights are logged. */
interface Shelves {
  store: Pick<TallyStore, 'weights' | 'setWeights'>;
  cells: Pick<CellsStore, 'of'>;
}

/**
 * The weights of all bandits that run; new ones are logged. Outcomes are known by the day, so that once a day is often enough to work them out.
 * @param now epoch milliseconds
 */
export function weighBandits(config: SiteConfig, now: number, { store, cells }: Shelves): Aggregates['weights'] {
  const weights: Aggregates['weights'] = {};
  const today = isoDay(now);
  for (const { experiment, phase, bandit: settings, isPersonal, ...plan } of banditsOf(config)) {
    let { day, log } = store.weights(experiment, phase);
    if (day !== today) {
      const arms = plan.arms.map((arm) => arm.key);
      const next = nextWeights({ cells: cells.of(experiment, phase), arms, phase, log }, { settings, now, isPersonal });
      if (next !== null) log = [...log, next];
      store.setWeights(experiment, phase, { day: today, log });
    }
    const inForce = log.at(-1);
    if (inForce !== undefined) weights[experiment] = inForce;
  }
  return weights;
}
