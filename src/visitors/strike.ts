/** How the shop's statistics know a visitor, and stop knowing one. */
import { key53 } from '../shared/hash.ts';
import type { Core, Errand } from './state.ts';

/** The key of the sample that the statistics have of this visitor. */
export const sampleKey = ({ pseudonym }: Core): number => key53(`sample ${pseudonym}`);

/** What is to be told where what the statistics know may not be known any more, in place. */
export function strikeSample(core: Core): Errand[] {
  if (core.sampled === undefined) return [];
  delete core.sampled;
  return [{ errand: 'strike', sample: sampleKey(core) }];
}
