import { compileCondition } from './compile.ts';
import { findFact, type Vocabulary } from './find-fact.ts';
import type { Oddity } from './lint-clause.ts';
import { sampleValues } from './sample-values.ts';
import { type Condition, isObject } from './schema.ts';
import type { Fact } from './vocabulary.ts';

type Path = readonly (string | number)[];

/** A comparison that is to hold. */
interface Literal {
  fact: string;
  path: Path;
  /** What stands below the fact. */
  value: unknown;
  holds(value: unknown): boolean;
}

/** A condition with its negations pushed down to the comparisons. */
type Formula = Literal | { path: Path; all: Formula[] } | { path: Path; any: Formula[] };

interface Place {
  path: Path;
  isNegated: boolean;
}

const TRUE = (path: Path): Formula => ({ path, all: [] });
const FALSE = (path: Path): Formula => ({ path, any: [] });

/** @param isChoice one of them is enough, otherwise all must hold */
function join(parts: Formula[], path: Path, isChoice: boolean): Formula {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return isChoice ? { path, any: parts } : { path, all: parts };
}

function literal(fact: string, value: unknown, { path, isNegated }: Place): Literal {
  const asked = compileCondition({ fact: value });
  return { fact, path, value, holds: (one) => asked({ fact: one }) !== isNegated };
}

function alternatives(list: readonly unknown[], { path, isNegated }: Place): Formula {
  // Without any alternative `$or` holds.
  if (list.length === 0) return isNegated ? FALSE(path) : TRUE(path);
  const parts = list.map((one, i) => formulaOf(one, { path: [...path, i], isNegated }));
  return join(parts, path, !isNegated);
}

function entry(key: string, value: unknown, place: Place): Formula {
  const list = Array.isArray(value) ? value : [];
  if (key === '$not') return formulaOf(value, { ...place, isNegated: !place.isNegated });
  if (key === '$or') return alternatives(list, place);
  if (key === '$nor') return alternatives(list, { ...place, isNegated: !place.isNegated });
  if (key === '$and')
    return join(
      list.map((one, i) => formulaOf(one, { ...place, path: [...place.path, i] })),
      place.path,
      place.isNegated,
    );
  return literal(key, value, place);
}

function formulaOf(condition: unknown, place: Place): Formula {
  const entries = isObject(condition) ? Object.entries(condition) : [];
  return join(
    entries.map(([key, value]) => entry(key, value, { ...place, path: [...place.path, key] })),
    place.path,
    place.isNegated,
  );
}

/** What must hold together: comparisons, and choices of which one must hold. */
function flatten(formula: Formula): { literals: Literal[]; choices: { path: Path; any: Formula[] }[] } {
  if ('fact' in formula) return { literals: [formula], choices: [] };
  if ('any' in formula) return { literals: [], choices: [formula] };
  const parts = formula.all.map(flatten);
  return { literals: parts.flatMap((part) => part.literals), choices: parts.flatMap((part) => part.choices) };
}

function isImpossible(literals: readonly Literal[], fact: Fact): boolean {
  const values = sampleValues(
    fact,
    literals.map((one) => one.value),
  );
  return values !== null && !values.some((value) => literals.every((one) => one.holds(value)));
}

function explained(fact: Fact, literals: readonly Literal[]): string {
  const { values, least, most, ...unbounded } = fact;
  const what = literals.length > 1 ? 'these comparisons exclude each other' : 'nothing fulfils this';
  if (values !== undefined) return `${what}, so it never holds: it is one of ${values.join(', ')}`;
  if (isImpossible(literals, unbounded)) return `${what}, so it never holds; take one away, or put them under $or`;
  return `${what}, so it never holds: it ${most === undefined ? `is ${least} or more` : `goes from ${least} to ${most}`}`;
}

interface Examined {
  isDead: boolean;
  /** Of each dead part that is not within a dead part. */
  found: Oddity[];
}

function examine(formula: Formula, vocabulary: Vocabulary, given: readonly Literal[]): Examined {
  const { literals, choices } = flatten(formula);
  const together = [...given, ...literals];
  const found: Oddity[] = [];
  for (const name of new Set(literals.map((one) => one.fact))) {
    const fact = findFact(vocabulary, name);
    const about = together.filter((one) => one.fact === name);
    if (fact === null || !isImpossible(about, fact)) continue;
    const path = about.at(-1)?.path ?? formula.path;
    found.push({ path, message: explained(fact, about) });
  }
  if (found.length > 0) return { isDead: true, found };
  for (const choice of choices) {
    const branches = choice.any.map((branch) => examine(branch, vocabulary, together));
    const isDead = branches.every((branch) => branch.isDead);
    const inner = branches.flatMap((branch) => branch.found);
    if (!isDead) found.push(...inner);
    else if (inner.length === 1) return { isDead, found: inner };
    else return { isDead, found: [{ path: choice.path, message: 'none of these can hold, so it never holds' }] };
  }
  return { isDead: false, found };
}

/** Whether no facts fulfil a condition, as far as {@link contradictions} can tell. */
export function neverHolds(condition: Condition, vocabulary: Vocabulary): boolean {
  return examine(formulaOf(condition, { path: [], isNegated: false }), vocabulary, []).isDead;
}

/**
 * Finds contradictions: parts of a condition that no facts fulfil, by trying one value of every kind that its comparisons tell apart. Comparisons of several facts
 * are taken to be independent, and what regular expressions match is only known where the values are listed: what is found is dead, but not all that is dead is found.
 * @returns `found`: which parts never hold, and why; `isIdle`: the whole always holds
 */
export function contradictions(condition: Condition, vocabulary: Vocabulary): { found: Oddity[]; isIdle: boolean } {
  const isEmpty = Object.keys(condition).length === 0;
  const { found } = examine(formulaOf(condition, { path: [], isNegated: false }), vocabulary, []);
  return { found, isIdle: !isEmpty && neverHolds({ $not: condition }, vocabulary) };
}
