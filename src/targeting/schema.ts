import * as z from 'zod';

/**
 * A condition in GrowthBook's language (MongoDB's query operators, and versions and groups besides): an object whose keys are dotted paths of facts, or
 * `$and $or $nor $not`, and whose values are values to equal or objects of operators.
 * @example { "cart.value": { "$gte": 20, "$lt": 35 }, "persona": { "$ne": "trade" } }
 */
export const Condition = z.record(z.string(), z.unknown());
export type Condition = z.infer<typeof Condition>;

/** What conditions are asked about: plain nested data, as `JSON.parse` makes it. A fact that is not there counts as null. */
export type Facts = Readonly<Record<string, unknown>>;

/** Named lists of values, for `$inGroup` and `$notInGroup`. */
export type Groups = Readonly<Record<string, readonly unknown[]>>;

/** Keys of a condition that combine other conditions. */
export const CONNECTIVES = ['$and', '$or', '$nor', '$not'] as const;

/** Keys below a fact: what it is compared by. */
export const OPERATORS = [
  '$eq',
  '$ne',
  '$lt',
  '$lte',
  '$gt',
  '$gte',
  '$exists',
  '$in',
  '$nin',
  '$ini',
  '$nini',
  '$all',
  '$alli',
  '$inGroup',
  '$notInGroup',
  '$not',
  '$size',
  '$elemMatch',
  '$regex',
  '$regexi',
  '$type',
  '$veq',
  '$vne',
  '$vlt',
  '$vlte',
  '$vgt',
  '$vgte',
] as const;
export type Operator = (typeof OPERATORS)[number];

export function isOperator(key: string): key is Operator {
  return (OPERATORS as readonly string[]).includes(key);
}

/** A plain object, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object below a fact is made of operators alone; any other object is a value to equal. */
export function hasOnlyOperators(value: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => key.startsWith('$'));
}
