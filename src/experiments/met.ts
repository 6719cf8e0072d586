import type { SiteConfig } from '../config/schema.ts';
import type { KeptEvent } from '../events/schema.ts';
import type { Met } from './schema-exposures.ts';

/**
 * What an `exposure` event says was met: whoever shows a variation says so, since an evaluation alone shows nothing. Null where there is no such experiment that was
 * ever started, or no such variation in its present phase.
 */
export function metBy({ name, experiment, variation }: KeptEvent, { experiments }: SiteConfig): Met | null {
  if (name !== 'exposure' || experiment === undefined || !Object.hasOwn(experiments, experiment)) return null;
  const { variations = [], phase = 0, status = 'draft' } = experiments[experiment] ?? {};
  const isOne = variations.some((one) => one.key === variation);
  return isOne && status !== 'draft' && variation !== undefined ? { experiment, phase, arm: variation } : null;
}
