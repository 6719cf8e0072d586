import { compileTest, type Test } from './operators.ts';
import { compilePath } from './path.ts';
import { type Condition, type Facts, type Groups, isObject } from './schema.ts';

const NEVER: Test = () => false;

function allOf(tests: readonly Test[]): Test {
  const [first, second, third] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (third === undefined) return (facts) => first(facts) && second(facts);
  return (facts) => {
    for (const test of tests) if (!test(facts)) return false;
    return true;
  };
}

/** One of several; with none at all it is true, as GrowthBook has it. */
function anyOf(tests: readonly Test[]): Test {
  if (tests.length === 0) return () => true;
  return (facts) => {
    for (const test of tests) if (test(facts)) return true;
    return false;
  };
}

function compileList(list: unknown, groups: Groups): Test[] | null {
  return Array.isArray(list) ? list.map((one: unknown) => compileAny(one, groups)) : null;
}

function compileEntry(key: string, value: unknown, groups: Groups): Test {
  switch (key) {
    case '$and': {
      const tests = compileList(value, groups);
      return tests === null ? NEVER : allOf(tests);
    }
    case '$or': {
      const tests = compileList(value, groups);
      return tests === null ? NEVER : anyOf(tests);
    }
    case '$nor': {
      const tests = compileList(value, groups);
      if (tests === null) return NEVER;
      const any = anyOf(tests);
      return (facts) => !any(facts);
    }
    case '$not': {
      if (!isObject(value)) return NEVER;
      const test = compileAny(value, groups);
      return (facts) => !test(facts);
    }
    default: {
      const read = compilePath(key);
      const test = compileTest(value, groups, compileAny);
      return (facts) => test(read(facts));
    }
  }
}

function compileAny(condition: unknown, groups: Groups): Test {
  if (!isObject(condition)) return NEVER;
  return allOf(Object.entries(condition).map(([key, value]) => compileEntry(key, value, groups)));
}

/**
 * Compiles a condition, once, to closures (workerd has no `eval`); asking then reads paths that are already split and allocates nothing.
 *
 * The language is GrowthBook's (SDK specification 0.8.0), with its quirks: a missing fact counts as null, so `{"age": {"$lt": 18}}` holds for nobody-knows;
 * `{"a": 5}` coerces and `{"$eq": 5}` does not; `{"$or": []}` is true; an unknown operator is false. One thing is added: a bare text or number holds for a list that
 * contains it, so that `{"tags": "clearance"}` finds an item with two tags. Regular expressions see the first 512 characters.
 *
 * Nothing is checked here: `checkCondition` does that where conditions come in. A malformed part is false.
 * @param groups named lists for `$inGroup` and `$notInGroup`; an unknown name is an empty list
 * @example compileCondition({ 'cart.value': { $gte: 20 } })({ cart: { value: 35 } }) // true
 */
export function compileCondition(condition: Condition, groups: Groups = {}): (facts: Facts) => boolean {
  return compileAny(condition, groups);
}
