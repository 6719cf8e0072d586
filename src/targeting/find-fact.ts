import { nearest } from './nearest.ts';
import type { Fact } from './vocabulary.ts';

/** Facts by path; `*` in a path stands for any name, `**` at its end for any path. */
export type Vocabulary = Readonly<Record<string, Fact>>;

/** Paths with free names, split; worked out once for each vocabulary. */
const families = new WeakMap<Vocabulary, { steps: readonly string[]; fact: Fact }[]>();

function familiesOf(vocabulary: Vocabulary): { steps: readonly string[]; fact: Fact }[] {
  let found = families.get(vocabulary);
  if (found === undefined) {
    found = Object.entries(vocabulary).flatMap(([path, fact]) =>
      path.includes('*') ? [{ steps: path.split('.'), fact }] : [],
    );
    families.set(vocabulary, found);
  }
  return found;
}

function belongs(names: readonly string[], steps: readonly string[]): boolean {
  const isOpen = steps.at(-1) === '**';
  if (isOpen ? names.length < steps.length : names.length !== steps.length) return false;
  return steps.every((step, i) => step === '*' || step === '**' || step === names[i]);
}

function named(vocabulary: Vocabulary, path: string): Fact | null {
  if (Object.hasOwn(vocabulary, path)) return vocabulary[path] ?? null;
  const names = path.split('.');
  return familiesOf(vocabulary).find(({ steps }) => belongs(names, steps))?.fact ?? null;
}

const LENGTH: Fact = { type: 'number', least: 0, isWhole: true, absent: 'unknown' };

/**
 * The fact of a path. Lists may be asked for their length and for one of their elements: `cart.items.length`, `cart.items.0`.
 * @returns null when there is no such fact
 */
export function findFact(vocabulary: Vocabulary, path: string): Fact | null {
  const fact = named(vocabulary, path);
  if (fact !== null) return fact;
  const [, list, step = ''] = /^(.+)\.(length|\d+)$/.exec(path) ?? [];
  const of = list === undefined ? null : named(vocabulary, list);
  if (of === null || (of.type !== 'list' && of.type !== 'any')) return null;
  if (step === 'length') return LENGTH;
  return of.type === 'any' ? of : { ...of, type: 'text', absent: 'unknown' };
}

/** A pattern with the names that somebody wrote in the places that are free. */
function filledIn(pattern: string, names: readonly string[]): string {
  return pattern
    .split('.')
    .map((step, i) => (step.startsWith('*') ? (names[i] ?? 'name') : step))
    .join('.');
}

/**
 * Says that there is no fact of this path, and which was probably meant: one that ends in the same name, one that is written nearly so, or what there is below the
 * same beginning.
 * @param whose how it begins: `there is no fact`, `items have no field`
 * @returns null when there is one
 */
export function strayFact(vocabulary: Vocabulary, path: string, whose: string): string | null {
  if (findFact(vocabulary, path) !== null) return null;
  const names = path.split('.');
  const all = Object.keys(vocabulary);
  const said = `${whose} "${path.slice(0, 80)}"`;
  const below = all.filter((one) => one.startsWith(`${path}.`));
  if (below.length > 0) return `${said} by itself; there are ${below.join(', ')}`;
  const last = names.at(-1) ?? '';
  const known = all.filter((one) => !one.endsWith('**'));
  const meant =
    known.find((one) => one.split('.').at(-1) === last) ??
    nearest(
      path,
      known.map((one) => filledIn(one, names)),
    );
  if (meant != null) return `${said}; did you mean "${meant}"?`;
  const beside = all.filter((one) => one.startsWith(`${names[0]}.`));
  return `${said}; there are ${beside.length > 0 ? beside.join(', ') : roots(all).join(', ')}`;
}

/** First steps: `cart.*` for all that begins so. */
function roots(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => (path.includes('.') ? `${path.split('.')[0]}.*` : path)))];
}
