import { compilePath } from '../targeting/path.ts';
import { type Facts, isObject } from '../targeting/schema.ts';
import { SAMPLED, type Sample } from './schema-sample.ts';

/** The categories that a sample names: those with the largest shares. */
const CATEGORIES = 12;

const READERS = SAMPLED.map((path) => [path, compilePath(path)] as const);
const categoriesIn = compilePath('affinity.category');

const rounded = (number: number): number => Number(number.toPrecision(4));

/** What of a visitor's facts goes into a sample: numbers alone. */
export function sampledFacts(facts: Facts): Sample['facts'] {
  const taken: Sample['facts'] = {};
  for (const [path, read] of READERS) {
    const value = read(facts);
    if (typeof value === 'number' && Number.isFinite(value)) taken[path] = rounded(value);
  }
  const categories = categoriesIn(facts);
  const shares = isObject(categories) ? Object.entries(categories) : [];
  shares.sort((a, b) => Number(b[1]) - Number(a[1]) || (a[0] < b[0] ? -1 : 1));
  for (const [slug, share] of shares.slice(0, CATEGORIES))
    if (slug.length <= 90) taken[`affinity.category.${slug}`] = rounded(Number(share));
  return taken;
}
