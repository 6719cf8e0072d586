/** How values are coerced and compared: JavaScript's rules, as GrowthBook's SDKs inherit them, but safe for data that strangers sent. */

/**
 * A value as text, as `value + ''` would give it. Objects are never asked for their own `toString`: facts may come from a request.
 * @param depth lists nested deeper than this read as empty
 */
export function textOf(value: unknown, depth = 3): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    return depth === 0 ? '' : value.map((one: unknown) => (one == null ? '' : textOf(one, depth - 1))).join(',');
  }
  return typeof value === 'object' && value !== null ? '[object Object]' : String(value);
}

/** A value as a number, as `value * 1` would give it: null is 0, what is no number is NaN. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number(primitiveOf(value));
}

function primitiveOf(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value == null ? null : textOf(value);
}

/**
 * JavaScript's `a < b`, `a > b` and equality of what the two coerce to: texts are compared as texts, anything else as numbers.
 * @returns below 0, 0, above 0; NaN where the two have no order (then no comparison holds)
 */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = primitiveOf(a);
  const right = primitiveOf(b);
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return Number(left) - Number(right);
}

/**
 * A text that sorts as the version does (semver.org §11, in GrowthBook's reading): build data and a leading v do not count, numbers are padded so that 9
 * comes before 10, and a version of three parts gets a `~`, so that it comes after its own pre-releases.
 * @param version anything but a text or a number reads as "0"
 */
export function versionKey(version: unknown): string {
  const text = typeof version === 'number' ? String(version) : typeof version === 'string' && version ? version : '0';
  const build = text.indexOf('+');
  const parts = (build < 0 ? text : text.slice(0, build)).replace(/^v/, '').split(/[-.]/);
  if (parts.length === 3) parts.push('~');
  return parts.map((part) => (/^[0-9]+$/.test(part) ? part.padStart(5, ' ') : part)).join('-');
}

/** Names of the types that `$type` tells apart. */
export const TYPES = ['string', 'number', 'boolean', 'null', 'array', 'object'] as const;

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
