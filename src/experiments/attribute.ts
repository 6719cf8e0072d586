import type { Facts } from '../targeting/schema.ts';

/** A unit: which attribute names it, and by what value; '' when nothing names it. */
export interface Unit {
  attribute: string;
  value: string;
}

function textOf(attributes: Facts, name: string): string {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return value === null || value === undefined || value === '' ? '' : String(value);
}

/** What randomises somebody: an attribute, or where that is empty another one. */
export function unitOf(
  attributes: Facts,
  by: { hashAttribute?: string | undefined; fallbackAttribute?: string | undefined },
): Unit {
  const attribute = by.hashAttribute ?? 'id';
  const value = textOf(attributes, attribute);
  if (value !== '' || by.fallbackAttribute === undefined) return { attribute, value };
  const fallback = textOf(attributes, by.fallbackAttribute);
  return fallback === '' ? { attribute, value } : { attribute: by.fallbackAttribute, value: fallback };
}
