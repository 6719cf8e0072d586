/** One item of packed columns at a time, decoded when it is asked for. */
import { key53 } from '../shared/hash.ts';
import { AVAILABILITIES, type Columns, placeOf } from './columns.ts';
import type { Rest, Row } from './facts.ts';

// A byte order mark at the start of a text is part of the text.
const DECODER = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

function textAt(texts: Uint8Array, ends: Uint32Array, slot: number): string {
  const from = slot === 0 ? 0 : (ends[slot - 1] ?? 0);
  const to = ends[slot] ?? 0;
  return from === to ? '' : DECODER.decode(texts.subarray(from, to));
}

export const idAt = (columns: Columns, slot: number) => textAt(columns.ids, columns.idEnds, slot);
export const titleAt = (columns: Columns, slot: number) => textAt(columns.titles, columns.titleEnds, slot);
export const brandAt = (columns: Columns, slot: number) => columns.header.brands[columns.brands[slot] ?? 0] ?? '';
export const categoriesAt = (columns: Columns, slot: number): readonly string[] =>
  columns.header.categories[columns.categories[slot] ?? 0] ?? [];
export const currencyAt = (columns: Columns, slot: number) =>
  columns.header.currencies[columns.currencies[slot] ?? 0] ?? '';
export const availabilityAt = (columns: Columns, slot: number) =>
  AVAILABILITIES[columns.availabilities[slot] ?? 0] ?? 'in_stock';

/** Parsed anew at each call. */
export function restAt(columns: Columns, slot: number): Rest | null {
  const text = textAt(columns.rests, columns.restEnds, slot);
  return text === '' ? null : (JSON.parse(text) as Rest);
}

export function rowAt(columns: Columns, slot: number): Row {
  return {
    itemId: idAt(columns, slot),
    title: titleAt(columns, slot),
    itemKey: columns.itemKeys[slot] ?? 0,
    groupKey: columns.groupKeys[slot] ?? 0,
    price: columns.prices[slot] ?? Number.NaN,
    salePrice: columns.salePrices[slot] ?? Number.NaN,
    currency: currencyAt(columns, slot),
    availability: availabilityAt(columns, slot),
    brand: brandAt(columns, slot),
    categories: categoriesAt(columns, slot),
    createdAt: columns.createdAt[slot] ?? 0,
  };
}

/** The slots of an item's own key: one, but for two ids that share a 53-bit hash. */
export function slotsOfItemKey(columns: Columns, key: number): number[] {
  const table = columns.idTable;
  const slots: number[] = [];
  let place = placeOf(key, table.length);
  for (let held = table[place]; held !== undefined && held !== 0; held = table[place]) {
    if (columns.itemKeys[held - 1] === key) slots.push(held - 1);
    place = (place + 1) & (table.length - 1);
  }
  return slots;
}

/** The slot of an item, -1 for one that the columns do not have. */
export const slotIn = (columns: Columns, itemId: string): number =>
  slotsOfItemKey(columns, key53(itemId)).find((slot) => idAt(columns, slot) === itemId) ?? -1;

/** The slots of a group's key, ascending. */
export function slotsOfGroupKey(columns: Columns, key: number): number[] {
  const table = columns.groupTable;
  let place = placeOf(key, table.length);
  for (let held = table[place]; held !== undefined && held !== 0; held = table[place]) {
    if (columns.groupKeys[held - 1] === key) {
      const slots = [held - 1];
      for (let next = columns.nextMember[held - 1]; next; next = columns.nextMember[next - 1]) slots.push(next - 1);
      return slots;
    }
    place = (place + 1) & (table.length - 1);
  }
  return [];
}
