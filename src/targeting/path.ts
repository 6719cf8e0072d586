import { isObject } from './schema.ts';

/** Names that every object or list inherits: facts by these names count only where they are the object's own. */
const INHERITED: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Array.prototype).filter((name) => name !== 'length'),
]);

const isContainer = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function ownStep(from: unknown, name: string): unknown {
  return isContainer(from) && Object.hasOwn(from, name) ? from[name] : null;
}

/** Null for what is not there, so that a missing fact and a null one are the same. */
const orNull = (value: unknown): unknown => (value === undefined ? null : value);

/**
 * Turns a dotted path into a reader that allocates nothing. Lists are walked by number (`cart.items.0`). What an object merely inherits
 * (`constructor`, `__proto__`) is not there.
 * @example compilePath('cart.value')({ cart: { value: 20 } }) // 20
 */
export function compilePath(path: string): (facts: unknown) => unknown {
  const names = path.split('.');
  if (names.some((name) => INHERITED.has(name))) {
    return (facts) => orNull(names.reduce(ownStep, facts));
  }
  const [first = '', second = '', third = ''] = names;
  if (names.length === 1) return (facts) => (isContainer(facts) ? orNull(facts[first]) : null);
  if (names.length === 2) {
    return (facts) => {
      const inner = isContainer(facts) ? facts[first] : null;
      return isContainer(inner) ? orNull(inner[second]) : null;
    };
  }
  if (names.length === 3) {
    return (facts) => {
      const outer = isContainer(facts) ? facts[first] : null;
      const inner = isContainer(outer) ? outer[second] : null;
      return isContainer(inner) ? orNull(inner[third]) : null;
    };
  }
  return (facts) => {
    let value: unknown = facts;
    for (const name of names) {
      if (!isContainer(value)) return null;
      value = value[name];
    }
    return orNull(value);
  };
}

/** The value of an own key, for lookups by a name that somebody chose. */
export function ownValue(from: unknown, name: string): unknown {
  return isObject(from) && Object.hasOwn(from, name) ? from[name] : undefined;
}
