import type { Issue } from '../http/problems.ts';
import { CONDITION_LIMITS } from './limits.ts';
import { checkPattern } from './patterns.ts';
import { isObject, isOperator, type Operator } from './schema.ts';
import { TYPES } from './values.ts';

const isPrimitive = (value: unknown): value is string | number | boolean | null =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const isLong = (value: unknown): boolean => typeof value === 'string' && value.length > CONDITION_LIMITS.text;

const TOO_LONG = `a text to compare with has at most ${CONDITION_LIMITS.text} characters`;

/** Checks a value that a fact is to equal as it stands. */
export function operandOfValue(value: unknown, path: string): Issue[] {
  if (isLong(value)) return [{ path, message: TOO_LONG }];
  if (isPrimitive(value)) return [];
  if (Array.isArray(value) && value.length > CONDITION_LIMITS.list) {
    return [{ path, message: `a list has at most ${CONDITION_LIMITS.list} values` }];
  }
  if (typeof value !== 'object') return [{ path, message: 'a value is a text, a number, true, false, null or a list' }];
  const strays = namesLike(value, 3);
  if (strays === 'deep') return [{ path, message: 'a value to equal is nested at most 3 deep' }];
  if (strays === null) return [];
  return [
    {
      path,
      message: `"${strays.slice(0, 60)}" looks like an operator, but this is a value to equal; operators begin with $, and nested facts are named by a dotted path`,
    },
  ];
}

/** The first key in a value that looks like an operator, with or without its `$`. */
function namesLike(value: object | null, depth: number): string | null | 'deep' {
  if (value === null) return null;
  if (depth === 0) return 'deep';
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value) && (key.startsWith('$') || isOperator(`$${key}`))) return key;
    const found = typeof inner === 'object' ? namesLike(inner, depth - 1) : null;
    if (found !== null) return found;
  }
  return null;
}

function listProblem(operand: unknown): string | null {
  if (!Array.isArray(operand)) return 'a list of values is expected';
  if (operand.length > CONDITION_LIMITS.list) return `a list has at most ${CONDITION_LIMITS.list} values`;
  if (operand.some(isLong)) return TOO_LONG;
  return operand.every(isPrimitive) ? null : 'the list holds texts, numbers, true, false and null';
}

/**
 * Says what is wrong with an operator's operand, or null. What the operand itself contains (`$not`, `$elemMatch`, …) is checked by the caller.
 */
export function checkOperand(operator: Operator, operand: unknown, groups: readonly string[]): string | null {
  switch (operator) {
    case '$eq':
    case '$ne':
      if (isLong(operand)) return TOO_LONG;
      return isPrimitive(operand) ? null : 'a text, a number, true, false or null is expected';
    case '$lt':
    case '$lte':
    case '$gt':
    case '$gte':
      if (isLong(operand)) return TOO_LONG;
      return typeof operand === 'number' || typeof operand === 'string' ? null : 'a number or a text is expected';
    case '$veq':
    case '$vne':
    case '$vlt':
    case '$vlte':
    case '$vgt':
    case '$vgte':
      return typeof operand === 'string' && operand !== '' && operand.length <= 100
        ? null
        : 'a version such as "1.2.3" is expected';
    case '$in':
    case '$nin':
    case '$ini':
    case '$nini':
      return listProblem(operand);
    default:
      return checkOtherOperand(operator, operand, groups);
  }
}

function checkOtherOperand(operator: Operator, operand: unknown, groups: readonly string[]): string | null {
  switch (operator) {
    case '$exists':
      return typeof operand === 'boolean' ? null : 'true or false is expected';
    case '$type':
      return (TYPES as readonly unknown[]).includes(operand) ? null : `one of ${TYPES.join(', ')} is expected`;
    case '$regex':
    case '$regexi': {
      if (typeof operand !== 'string') return 'a regular expression, written as a text, is expected';
      const problem = checkPattern(operand);
      return problem === null ? null : `this regular expression ${problem}`;
    }
    case '$inGroup':
    case '$notInGroup':
      return typeof operand === 'string' && groups.includes(operand)
        ? null
        : `the name of a group is expected; there ${groups.length === 0 ? 'are none' : `are ${groups.join(', ')}`}`;
    case '$size':
      return typeof operand === 'number' || isObject(operand) ? null : 'a number or operators are expected';
    case '$elemMatch':
      return isObject(operand) ? null : 'a condition or operators are expected';
    case '$all':
    case '$alli':
      if (!Array.isArray(operand)) return 'a list of values is expected';
      return operand.length <= CONDITION_LIMITS.list ? null : `a list has at most ${CONDITION_LIMITS.list} values`;
    default:
      return null;
  }
}
