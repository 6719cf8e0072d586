import type { Simulation } from '../experiments/schema-simulation.ts';
import type { Issue } from '../http/problems.ts';
import { pathText } from './check-shape.ts';
import { DEFAULT_METRICS } from './default-parts.ts';
import type { SiteConfigInput } from './schema.ts';

/** Metrics without a cap of which, in the past that was tried, something would have been cut off. */
export function lintCaps({ metrics }: SiteConfigInput, { caps, past }: Pick<Simulation, 'caps' | 'past'>): Issue[] {
  return caps.flatMap(({ metric, conversions, isOver, proposed, set }) => {
    if (proposed === null || set !== null || proposed.sum === 0) return [];
    const { event = '' } = (metrics ?? DEFAULT_METRICS)[metric] ?? {};
    const who = event === 'purchase' ? 'buyers' : `visitors with "${event}"`;
    const so = isOver ? '' : ' so far, for their windows are not over yet';
    const mend = metrics === undefined ? 'state metrics, which have no cap by default, and set cap' : 'set cap';
    const message = `99 % of ${conversions} ${who} came to at most ${proposed.cap} (${past.from} to ${past.until})${so}; ${mend} to ${proposed.cap}, otherwise few large ones decide: ${(100 * proposed.sum).toPrecision(2)} % of the sum lies above it`;
    return [{ path: pathText(['metrics', metric, 'cap']), message }];
  });
}
