import type { Clause } from './clauses.ts';
import { compileCondition } from './compile.ts';
import { findFact, type Vocabulary } from './find-fact.ts';
import { isRange, type Oddity } from './lint-clause.ts';
import { isObject } from './schema.ts';

function operatorsOf(value: unknown): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$not' ? [key, ...operatorsOf(inner)] : key.startsWith('$') ? [key] : [],
  );
}

/** Whether a comparison says what is to become of those of whom the fact is unknown. */
const asksForPresence = ({ value }: Clause): boolean =>
  value === null || operatorsOf(value).some((operator) => operator === '$exists' || operator === '$type');

/**
 * Ranges over what may be unknown: in this language (GrowthBook's) nothing counts as 0 there, so `{"trait.age": {"$lt": 18}}` holds for everybody whose age nobody
 * knows. A condition that asks anywhere whether there is a value has thought of it.
 * @returns with the path of the comparison
 */
export function lintRanges(clauses: readonly Clause[], vocabulary: Vocabulary): Oddity[] {
  const settled = new Set(clauses.filter(asksForPresence).map((clause) => clause.fact));
  return clauses.flatMap(({ fact, path, value }): Oddity[] => {
    const known = findFact(vocabulary, fact);
    if (settled.has(fact) || known?.absent !== 'unknown' || !operatorsOf(value).some(isRange)) return [];
    const holds = compileCondition({ fact: value })({ fact: null });
    // Nothing is neither before nor after a text.
    if (known.type === 'text' && !holds) return [];
    const message = `where ${fact} is unknown it counts as 0, and this ${holds ? 'holds' : 'does not hold'}; say which is meant by "$exists"`;
    return [{ path, message }];
  });
}
