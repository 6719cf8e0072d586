/** The exact form of counts by persona and by day: a tail of numbers behind the columns of the counts. Blocks from before there were any have none. */
import type { CountColumns } from './cards.ts';
import { dayOf } from './learn.ts';
import { addStored, PERIOD_DAYS, rowsOf, type TaggedRows } from './tagged.ts';

/** An item's row in the block and a tag in one number. */
const TAGS = 2 ** 32;
const TABLES = ['personas', 'days'] as const;

function isKept(name: (typeof TABLES)[number], rows: TaggedRows, { row, newest }: { row: number; newest: number }) {
  if (name === 'days') return (rows.tags[row] ?? 0) > dayOf(newest) - PERIOD_DAYS;
  return rows.columns.some((column) => (column[row] ?? 0) > 0);
}

/**
 * Numbers of rows by persona and by day, then those rows: the item's place and the tag, the columns. What has faded away is left out.
 * @returns nothing at all where there are no rows
 */
export function tailOf(
  counts: CountColumns,
  { from, size, newest }: { from: number; size: number; newest: number },
): number[] {
  const sizes: number[] = [];
  const numbers: number[] = [];
  for (const name of TABLES) {
    const rows = counts[name];
    let kept = 0;
    for (let item = 0; item < size; item++)
      for (const row of rowsOf(rows, from + item).reverse()) {
        if (!isKept(name, rows, { row, newest })) continue;
        kept++;
        numbers.push(item * TAGS + (rows.tags[row] ?? 0));
        for (const column of rows.columns) numbers.push(column[row] ?? 0);
      }
    sizes.push(kept);
  }
  return numbers.length === 0 ? [] : [...sizes, ...numbers];
}

/** Whether the numbers are a tail of a block with so many items. */
export function isTail(tail: Float64Array, items: number): boolean {
  if (tail.length === 0) return true;
  const [personas = -1, days = -1] = tail;
  if (!Number.isInteger(personas) || !Number.isInteger(days) || tail.length !== 2 + personas * 4 + days * 2)
    return false;
  for (let at = 2; at < tail.length; at += at < 2 + personas * 4 ? 4 : 2)
    if (!Number.isSafeInteger(tail[at]) || (tail[at] ?? 0) >= items * TAGS) return false;
  return true;
}

/** @param slotOf the slot of an item of the block */
export function takeTail(tail: Float64Array, into: CountColumns, slotOf: (item: number) => number): void {
  let at = 2;
  for (const [table, name] of TABLES.entries()) {
    const { columns } = into[name];
    for (let row = 0; row < (tail[table] ?? 0); row++) {
      const place = tail[at] ?? 0;
      const amounts = [...tail.subarray(at + 1, at + 1 + columns.length)];
      addStored(into[name], { slot: slotOf(Math.floor(place / TAGS)), tag: place % TAGS }, amounts);
      at += 1 + columns.length;
    }
  }
}

/** How many numbers the rows of an item take at most. */
export function tailLength(counts: CountColumns, key: number): number {
  const slot = counts.slots.get(key);
  if (slot === undefined) return 0;
  return TABLES.reduce((sum, name) => sum + rowsOf(counts[name], slot).length * (1 + counts[name].columns.length), 0);
}

/** Copies the rows of an item. */
export function copyTagged(from: CountColumns, into: CountColumns, slots: { from: number; to: number }): void {
  for (const name of TABLES) {
    const { tags, columns } = from[name];
    for (const row of rowsOf(from[name], slots.from).reverse())
      addStored(
        into[name],
        { slot: slots.to, tag: tags[row] ?? 0 },
        columns.map((column) => column[row] ?? 0),
      );
  }
}
