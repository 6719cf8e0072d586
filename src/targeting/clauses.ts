import { hasOnlyOperators, isObject } from './schema.ts';

/** One comparison of a condition: which fact, and with which plain texts it is compared. */
export interface Clause {
  /** The fact's dotted path. */
  fact: string;
  /** Where it stands below the condition: keys and indexes. */
  path: readonly (string | number)[];
  /** What stands below the fact: a value to equal, or operators. */
  value: unknown;
  /** Texts that the fact is asked to be. */
  texts: readonly string[];
  /** Texts that it is asked not to be. */
  excluded: readonly string[];
}

const ASKS_FOR = new Set(['$eq', '$in', '$ini', '$all', '$alli']);
const EXCLUDES = new Set(['$ne', '$nin', '$nini', '$not']);

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return operands(value, ASKS_FOR).flatMap(textsOf);
}

function operands(value: unknown, operators: ReadonlySet<string>): unknown[] {
  if (!isObject(value) || !hasOnlyOperators(value)) return [];
  return Object.entries(value).flatMap(([operator, operand]) => (operators.has(operator) ? [operand] : []));
}

/**
 * Every comparison of a condition, for those who look for references in it. What is inside `$elemMatch` names fields of elements and is left out.
 * @param condition one that `checkCondition` has nothing against: its depth is bounded
 */
export function clausesOf(condition: unknown, path: readonly (string | number)[] = []): Clause[] {
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([key, value]): Clause[] => {
    if (Array.isArray(value) && key.startsWith('$'))
      return value.flatMap((one: unknown, index) => clausesOf(one, [...path, key, index]));
    if (key === '$not') return clausesOf(value, [...path, key]);
    return [
      {
        fact: key,
        path: [...path, key],
        value,
        texts: textsOf(value),
        excluded: operands(value, EXCLUDES).flatMap(textsOf),
      },
    ];
  });
}
