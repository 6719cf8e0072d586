import { ownValue } from './path.ts';
import { compilePattern } from './patterns.ts';
import { type Groups, hasOnlyOperators, isObject } from './schema.ts';
import { compare, numberOf, textOf, typeOf, versionKey } from './values.ts';

/** Asks a value; whole facts are a value too. */
export type Test = (value: unknown) => boolean;

/** Compiles a whole condition: given as an argument, since `$elemMatch` needs it and it needs the operators. */
export type CompileCondition = (condition: unknown, groups: Groups) => Test;

const NEVER: Test = () => false;

/** Lists up to this size are searched faster one by one than by hash. */
const SHORT_LIST = 8;

const fold = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

function membership(list: readonly unknown[]): Test {
  const primitives = list.filter((one) => typeof one !== 'object' || one === null);
  if (primitives.length <= SHORT_LIST) return (value) => primitives.includes(value);
  const set = new Set(primitives);
  return (value) => set.has(value);
}

/** Whether a value is in the list, or, for a list, whether the two have something in common. */
function isIn(list: unknown, insensitive = false): Test | null {
  if (!Array.isArray(list)) return null;
  const has = insensitive ? membership(list.map(fold)) : membership(list);
  if (!insensitive) return (value) => (Array.isArray(value) ? value.some(has) : has(value));
  return (value) => (Array.isArray(value) ? value.some((one) => has(fold(one))) : has(fold(value)));
}

function not(test: Test | null): Test {
  return test === null ? NEVER : (value) => !test(value);
}

function equalsText(expected: string): Test {
  const isOne = (value: unknown) => (typeof value === 'object' && value !== null ? false : textOf(value) === expected);
  return (value) => {
    if (typeof value === 'string') return value === expected;
    return Array.isArray(value) ? value.some(isOne) || textOf(value) === expected : textOf(value) === expected;
  };
}

function equalsNumber(expected: number): Test {
  const isOne = (value: unknown) => value != null && typeof value !== 'object' && numberOf(value) === expected;
  return (value) => {
    if (typeof value === 'number') return value === expected;
    return Array.isArray(value) ? value.some(isOne) || numberOf(value) === expected : numberOf(value) === expected;
  };
}

function equalsJson(expected: unknown): Test {
  const json = JSON.stringify(expected);
  return (value) => typeof value === 'object' && value !== null && JSON.stringify(value) === json;
}

/** What stands below a fact: a value to equal, or operators that must all hold. */
export function compileTest(expected: unknown, groups: Groups, compileCondition: CompileCondition): Test {
  if (typeof expected === 'string') return equalsText(expected);
  if (typeof expected === 'number') return equalsNumber(expected);
  if (typeof expected === 'boolean') return (value) => value !== null && Boolean(value) === expected;
  if (expected === null) return (value) => value === null;
  if (!isObject(expected) || !hasOnlyOperators(expected)) return equalsJson(expected);
  const tests = Object.entries(expected).map(([operator, operand]) =>
    compileOperator(operator, operand, { groups, compileCondition }),
  );
  const [first, second, third] = tests;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined && second !== undefined && third === undefined)
    return (value) => first(value) && second(value);
  return (value) => {
    for (const test of tests) if (!test(value)) return false;
    return true;
  };
}

interface Surroundings {
  groups: Groups;
  compileCondition: CompileCondition;
}

/** Every one of the expected is among the elements of a list. */
function all(expected: unknown, around: Surroundings, insensitive: boolean): Test {
  if (!Array.isArray(expected)) return NEVER;
  const tests = expected.map((one: unknown): Test => {
    if (!insensitive || typeof one !== 'string') return compileTest(one, around.groups, around.compileCondition);
    const folded = one.toLowerCase();
    return (value) => textOf(value).toLowerCase() === folded;
  });
  return (value) => Array.isArray(value) && tests.every((test) => value.some(test));
}

/** At least one element of a list; elements that are 0, "", false or null are passed over, as GrowthBook does. */
function someElement(expected: unknown, { groups, compileCondition }: Surroundings): Test {
  if (!isObject(expected)) return NEVER;
  const test = hasOnlyOperators(expected)
    ? compileTest(expected, groups, compileCondition)
    : compileCondition(expected, groups);
  return (value) => Array.isArray(value) && value.some((one) => Boolean(one) && test(one));
}

function groupNamed(groups: Groups, name: unknown): Test {
  const list = typeof name === 'string' ? ownValue(groups, name) : undefined;
  return isIn(Array.isArray(list) ? list : []) ?? NEVER;
}

function compileOperator(operator: string, expected: unknown, around: Surroundings): Test {
  switch (operator) {
    case '$eq':
      return (value) => value === expected;
    case '$ne':
      return (value) => value !== expected;
    case '$lt':
      return (value) => compare(value, expected) < 0;
    case '$lte':
      return (value) => compare(value, expected) <= 0;
    case '$gt':
      return (value) => compare(value, expected) > 0;
    case '$gte':
      return (value) => compare(value, expected) >= 0;
    case '$exists':
      return expected ? (value) => value !== null : (value) => value === null;
    case '$in':
      return isIn(expected) ?? NEVER;
    case '$nin':
      return not(isIn(expected));
    case '$ini':
      return isIn(expected, true) ?? NEVER;
    case '$nini':
      return not(isIn(expected, true));
    case '$all':
      return all(expected, around, false);
    case '$alli':
      return all(expected, around, true);
    case '$inGroup':
      return groupNamed(around.groups, expected);
    case '$notInGroup':
      return not(groupNamed(around.groups, expected));
    case '$not':
      return not(compileTest(expected, around.groups, around.compileCondition));
    case '$size': {
      const test = compileTest(expected, around.groups, around.compileCondition);
      return (value) => Array.isArray(value) && test(value.length);
    }
    case '$elemMatch':
      return someElement(expected, around);
    case '$type':
      return (value) => typeOf(value) === expected;
    case '$regex':
      return compilePattern(expected, false);
    case '$regexi':
      return compilePattern(expected, true);
    default:
      return compileVersion(operator, expected);
  }
}

function compileVersion(operator: string, expected: unknown): Test {
  const key = versionKey(expected);
  switch (operator) {
    case '$veq':
      return (value) => versionKey(value) === key;
    case '$vne':
      return (value) => versionKey(value) !== key;
    case '$vlt':
      return (value) => versionKey(value) < key;
    case '$vlte':
      return (value) => versionKey(value) <= key;
    case '$vgt':
      return (value) => versionKey(value) > key;
    case '$vgte':
      return (value) => versionKey(value) >= key;
    default:
      return NEVER;
  }
}
