/** The exact form of counts by persona, by day and by context, and of who comes back: a tail of numbers behind the columns of the counts. Blocks from before there were any have none. */
import type { CountColumns } from './cards.ts';
import { dayOf } from './learn.ts';
import { addStored, PERIOD_DAYS, rowsOf, type TaggedRows } from './tagged.ts';

/** An item's row in the block and a tag in one number. */
const TAGS = 2 ** 32;
const TABLES = ['personas', 'days', 'contexts', 'repeats'] as const;
/** Numbers of a row. */
const WIDTHS = [4, 2, 2, 3] as const;

function isKept(name: (typeof TABLES)[number], rows: TaggedRows, { row, newest }: { row: number; newest: number }) {
  if (name === 'days') return (rows.tags[row] ?? 0) > dayOf(newest) - PERIOD_DAYS;
  return rows.columns.some((column) => (column[row] ?? 0) > 0);
}

/**
 * Numbers of rows by persona and by day, then those rows: the item's place and the tag, the columns. Behind them, as far as there are
 * any, the number of rows by context, and those; the number of rows of who comes back, and those. What has faded away is left out.
 * @returns nothing at all where there are no rows
 */
export function tailOf(
  counts: CountColumns,
  { from, size, newest }: { from: number; size: number; newest: number },
): number[] {
  const sizes: number[] = [];
  const tables: number[][] = [];
  for (const name of TABLES) {
    const numbers: number[] = [];
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
    tables.push(numbers);
  }
  const [personas = 0, days = 0, ...more] = sizes;
  const [first = [], second = [], ...others] = tables;
  const behind = more.slice(0, more.findLastIndex((rows) => rows > 0) + 1);
  if (personas + days + behind.length === 0) return [];
  return [personas, days, ...first, ...second, ...behind.flatMap((rows, i) => [rows, ...(others[i] ?? [])])];
}

/** Where the rows of each table begin in a tail, and how many there are. */
function tablesOf(tail: Float64Array): { at: number; rows: number }[] {
  const [personas = 0, days = 0] = tail;
  const tables = [
    { at: 2, rows: personas },
    { at: 2 + personas * WIDTHS[0], rows: days },
  ];
  let end = 2 + personas * WIDTHS[0] + days * WIDTHS[1];
  for (const width of WIDTHS.slice(2)) {
    if (end >= tail.length) break;
    const rows = tail[end] ?? 0;
    tables.push({ at: end + 1, rows });
    end += 1 + rows * width;
  }
  return tables;
}

/** Whether the numbers are a tail of a block with so many items. */
export function isTail(tail: Float64Array, items: number): boolean {
  if (tail.length === 0) return true;
  const tables = tablesOf(tail);
  const isWhole = tables.every(({ rows }) => Number.isInteger(rows) && rows >= 0);
  const { at: last = 0, rows = 0 } = tables.at(-1) ?? {};
  if (!isWhole || tail.length !== last + rows * (WIDTHS[tables.length - 1] ?? 1)) return false;
  return tables.every(({ at, rows }, table) => {
    for (let row = 0; row < rows; row++) {
      const place = tail[at + row * (WIDTHS[table] ?? 1)] ?? Number.NaN;
      if (!Number.isSafeInteger(place) || place >= items * TAGS) return false;
    }
    return true;
  });
}

/** @param slotOf the slot of an item of the block */
export function takeTail(tail: Float64Array, into: CountColumns, slotOf: (item: number) => number): void {
  if (tail.length === 0) return;
  for (const [table, { at, rows }] of tablesOf(tail).entries()) {
    const name = TABLES[table] ?? 'personas';
    const { columns } = into[name];
    for (let row = 0; row < rows; row++) {
      const from = at + row * (1 + columns.length);
      const place = tail[from] ?? 0;
      const amounts = [...tail.subarray(from + 1, from + 1 + columns.length)];
      addStored(into[name], { slot: slotOf(Math.floor(place / TAGS)), tag: place % TAGS }, amounts);
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
