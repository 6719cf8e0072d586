/** What is odd about a single comparison: a value of another kind than the fact has, a value that it never has. */
import { suggestion } from './nearest.ts';
import { hasOnlyOperators, isObject } from './schema.ts';
import type { Fact } from './vocabulary.ts';

/** What is odd, and where below the fact. */
export interface Oddity {
  path: readonly (string | number)[];
  message: string;
}

const RANGES: ReadonlySet<string> = new Set(['$lt', '$lte', '$gt', '$gte']);
const LISTS: ReadonlySet<string> = new Set(['$size', '$elemMatch', '$all', '$alli']);
/** Read a value as text. */
const TEXTS: ReadonlySet<string> = new Set(['$regex', '$regexi', '$ini', '$nini']);
const VALUES: ReadonlySet<string> = new Set(['$eq', '$ne', '$in', '$nin', '$ini', '$nini', '$all', '$alli']);

export const isRange = (operator: string): boolean => RANGES.has(operator);

const NAMES = {
  number: 'a number',
  text: 'a text',
  boolean: 'true or false',
  list: 'a list',
  any: 'anything',
} as const;

const kindOf = (operand: unknown): string => (typeof operand === 'string' ? 'text' : typeof operand);

const written = (operand: unknown): string => JSON.stringify(operand).slice(0, 80);

/** How a value has to be written, where it is the right one in the wrong form. */
function rewritten(operand: unknown, type: string): string {
  if (type === 'text') return `; write "${String(operand).slice(0, 60)}"`;
  if (type === 'number' && typeof operand === 'string' && operand.trim() !== '' && !Number.isNaN(Number(operand)))
    return `; write ${Number(operand)}`;
  return type === 'boolean' && (operand === 'true' || operand === 'false') ? `; write ${operand}` : '';
}

/** Why an operator does not suit a fact of this type; null when it may. */
function unsuited(operator: string, { type }: Fact): string | null {
  if (LISTS.has(operator)) return type === 'list' ? null : `this is ${NAMES[type]}, and ${operator} is about lists`;
  if (type === 'list') {
    if (isRange(operator)) return 'this is a list; compare how long it is by {"$size": {"$gt": 2}}';
    if (operator === '$eq') return 'this is a list, which equals no single value; leave $eq out, or use $in';
    return operator === '$ne' ? 'this is a list, which differs from every single value; use $nin' : null;
  }
  if (TEXTS.has(operator) && (type === 'number' || type === 'boolean'))
    return `this is ${NAMES[type]}, and ${operator} compares texts`;
  return isRange(operator) && type === 'boolean' ? 'this is true or false; it is neither more nor less' : null;
}

function valuesOf(operator: string, operand: unknown): unknown[] {
  if (!isRange(operator) && !VALUES.has(operator)) return [];
  return (Array.isArray(operand) ? operand : [operand]).filter((one) => typeof one !== 'object');
}

function complaint(operator: string, operand: unknown, fact: Fact): string | null {
  const why = unsuited(operator, fact);
  if (why !== null) return why;
  const { type, values = fact.usual } = fact;
  const kind = type === 'list' ? 'text' : type;
  const compared = valuesOf(operator, operand);
  const wrong = compared.find((one) => kindOf(one) !== kind);
  if (wrong !== undefined) {
    const is = type === 'list' ? 'this is a list of texts' : `this is ${NAMES[type]}`;
    return `${is}, and ${written(wrong)} is none${rewritten(wrong, kind)}`;
  }
  if (values === undefined || !VALUES.has(operator)) return null;
  const insensitive = operator.endsWith('i');
  const stray = compared.find((one) => !values.some((value) => value === one || (insensitive && isLike(value, one))));
  if (stray === undefined) return null;
  const meant = suggestion(String(stray), values);
  return fact.values === undefined
    ? `this is usually one of ${values.join(', ')}; ${written(stray)} is met only where the pages say so${meant}`
    : `this is one of ${values.join(', ')}; ${written(stray)} is never met${meant}`;
}

const isLike = (value: string, one: unknown): boolean =>
  typeof one === 'string' && value.toLowerCase() === one.toLowerCase();

/**
 * What is odd about what stands below a fact.
 * @param value a value to equal, or operators, in a condition that `checkCondition` has nothing against
 */
export function lintClause(value: unknown, fact: Fact): Oddity[] {
  if (fact.type === 'any') return [];
  if (!isObject(value)) {
    // A list to equal is a list; what is null asks whether there is a value.
    if (value === null || Array.isArray(value)) return [];
    const message = fact.type === 'list' ? null : complaint('$eq', value, fact);
    return message === null ? [] : [{ path: [], message }];
  }
  if (!hasOnlyOperators(value)) return [];
  return Object.entries(value).flatMap(([operator, operand]): Oddity[] => {
    if (operator === '$not')
      return lintClause(operand, fact).map(({ path, message }) => ({ path: [operator, ...path], message }));
    const message = complaint(operator, operand, fact);
    return message === null ? [] : [{ path: [operator], message }];
  });
}
