import { clausesOf } from './clauses.ts';
import { contradictions } from './contradict.ts';
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
  if (strays.length > 0) return { strays, oddities: odd };
  return { strays, oddities: [...odd, ...lintRanges(clauses, vocabulary), ...lintTruth(condition, vocabulary, odd)] };
}

/** What never holds, or always does; where a comparison is odd by itself, that is said already. */
function lintTruth(condition: Condition, vocabulary: Vocabulary, odd: readonly Oddity[]): Oddity[] {
  const { found, isIdle } = contradictions(condition, vocabulary);
  const dead = found.filter(({ path }) => !odd.some((one) => path.every((step, i) => one.path[i] === step)));
  return isIdle && odd.length === 0
    ? [...dead, { path: [], message: 'this always holds; leave it out, or ask for less' }]
    : dead;
}
