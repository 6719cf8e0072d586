import type { Catalogue } from '../catalog/catalogue.ts';
import { compilePath } from '../targeting/path.ts';
import { factsOf } from './slot-condition.ts';

const readers = new Map<string, (facts: unknown) => unknown>();

/** Readers kept: configs name a few fields, requests may name any attribute. */
const MOST_READERS = 500;

/** A reader of a dotted path, made once. */
export function pathReader(path: string): (facts: unknown) => unknown {
  let reader = readers.get(path);
  if (reader === undefined) {
    if (readers.size >= MOST_READERS) readers.clear();
    reader = compilePath(path);
    readers.set(path, reader);
  }
  return reader;
}

/** Reads one field of items, with the market's price where there is a market. */
export function itemField(path: string, catalogue: Catalogue, market: string | undefined): (slot: number) => unknown {
  if (path === 'brand') return (slot) => catalogue.brand(slot) || null;
  if (path === 'categories') return (slot) => catalogue.categories(slot);
  const read = pathReader(path);
  return (slot) => read(factsOf(catalogue, slot, market));
}

/** Whether an item states anything in a field. */
export function isStated(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** Whether two items have a value in common: the same one, or, where either has several, one of them. */
export function isShared(one: unknown, other: unknown): boolean {
  if (Array.isArray(one)) return one.some((value: unknown) => isShared(value, other));
  if (Array.isArray(other)) return other.some((value: unknown) => isShared(one, value));
  return one === other;
}
