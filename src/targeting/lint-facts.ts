import { clausesOf } from './clauses.ts';
import { findFact, strayFact, type Vocabulary } from './find-fact.ts';
import { lintClause, type Oddity } from './lint-clause.ts';
import { lintRanges } from './lint-ranges.ts';
import type { Condition } from './schema.ts';

/**
 * Judges the facts that a condition names, and how it compares them.
 * @param condition one that `checkCondition` has nothing against
 * @param whose how it is said that there is no such fact: `there is no fact`, `items have no field`
 * @returns `strays`: facts that do not exist; `oddities`: comparisons that are allowed, and hardly meant. Paths are below the condition
 */
export function lintFacts(
  condition: Condition,
  vocabulary: Vocabulary,
  whose: string,
): { strays: Oddity[]; oddities: Oddity[] } {
  const clauses = clausesOf(condition);
  const strays = clauses.flatMap(({ fact, path }): Oddity[] => {
    const message = strayFact(vocabulary, fact, whose);
    return message === null ? [] : [{ path, message }];
  });
  const odd = clauses.flatMap((clause): Oddity[] => {
    const fact = findFact(vocabulary, clause.fact);
    if (fact === null) return [];
    return lintClause(clause.value, fact).map(({ path, message }) => ({ path: [...clause.path, ...path], message }));
  });
  return { strays, oddities: [...odd, ...lintRanges(clauses, vocabulary)] };
}
