import { CONNECTIVES, type Condition, hasOnlyOperators, isObject } from '../targeting/schema.ts';

const isBare = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

const isConnective = (key: string): boolean => (CONNECTIVES as readonly string[]).includes(key);

function translated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translated);
  return isObject(value) ? sdkCondition(value) : value;
}

/** Conditions that must all hold for one entry of a condition to hold. */
function partsOf(key: string, value: unknown): Condition[] {
  if (isConnective(key)) return [{ [key]: translated(value) }];
  if (isBare(value)) return [{ $or: [{ [key]: value }, { [key]: { $all: [value] } }] }];
  if (!isObject(value) || !hasOnlyOperators(value) || !isBare(value.$not)) return [{ [key]: value }];
  const { $not, ...others } = value;
  const rest = Object.keys(others).length === 0 ? [] : [{ [key]: others }];
  return [...rest, { $not: sdkCondition({ [key]: $not }) }];
}

/**
 * A condition as GrowthBook's SDKs must be given it to agree with us: there a bare text or number never holds for a list that contains it, and here it does.
 * @example sdkCondition({ 'trait.tags': 'vip' }) // { $or: [{ 'trait.tags': 'vip' }, { 'trait.tags': { $all: ['vip'] } }] }
 */
export function sdkCondition(condition: Condition): Condition {
  const parts = Object.entries(condition).flatMap(([key, value]) => partsOf(key, value));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { $and: parts };
}
