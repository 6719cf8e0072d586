/**
 * Counts of an item by something that it has few of: by persona, by day, by context. Rows of an item form a chain, so that 100,000 items with a few rows each take a few
 * megabytes, and no index of their own.
 */

/** Personas that are counted of one item: when all rows are taken, the one that weighs least gives way. */
export const PERSONAS_OF_AN_ITEM = 8;

/** Orders of an item are kept by the day for so many days, the shop's newest one included. */
export const PERIOD_DAYS = 31;

export interface TaggedRows {
  size: number;
  /** By the item's slot: its newest row and 1; 0 for none. */
  first: Uint32Array;
  /** By row: the next row of the same item and 1; 0 at the end. */
  next: Uint32Array;
  /** By row: the item's slot, so that all rows can be read in the order in which they lie. */
  slots: Uint32Array;
  /** By row: a hash of the persona's key (32 bits); the number of the day since 1970, in UTC; see `contextTags`. */
  tags: Uint32Array;
  columns: Float64Array[];
}

/** By persona: decayed views (those that our own recommendations brought about left out), decayed orders, both under a half-life of one day. */
export const PERSONA_COLUMNS = 3;
/** By day: orders. */
export const DAY_COLUMNS = 1;
/** Under the tag 0: customers, and those who bought it on a second day. */
export const REPEAT_COLUMNS = 2;
/** By context: decayed views and orders together. */
export const CONTEXT_COLUMNS = 1;

/** Contexts that are counted of one item, and in all (10 MB): items that are known well come first. */
const CONTEXTS_OF_AN_ITEM = 16;
const MOST_CONTEXTS = 400_000;

export function createTagged(columns: number): TaggedRows {
  return {
    size: 0,
    first: new Uint32Array(64),
    next: new Uint32Array(64),
    slots: new Uint32Array(64),
    tags: new Uint32Array(64),
    columns: Array.from({ length: columns }, () => new Float64Array(64)),
  };
}

function longer<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The rows of an item, newest first. */
export function rowsOf(rows: TaggedRows, slot: number): number[] {
  const found: number[] = [];
  for (let at = rows.first[slot] ?? 0; at > 0; at = rows.next[at - 1] ?? 0) found.push(at - 1);
  return found;
}

function append(rows: TaggedRows, slot: number): number {
  if (slot >= rows.first.length)
    rows.first = longer(rows.first, new Uint32Array(Math.max(slot + 1, rows.first.length * 2)));
  if (rows.size === rows.next.length) {
    const length = Math.ceil(rows.size * 1.5);
    rows.next = longer(rows.next, new Uint32Array(length));
    rows.slots = longer(rows.slots, new Uint32Array(length));
    rows.tags = longer(rows.tags, new Uint32Array(length));
    rows.columns = rows.columns.map((column) => longer(column, new Float64Array(length)));
  }
  const row = rows.size++;
  rows.next[row] = rows.first[slot] ?? 0;
  rows.first[slot] = row + 1;
  rows.slots[row] = slot;
  return row;
}

/**
 * The row of an item under a tag, made if there is none yet.
 * @param giveWay which row of the item to overwrite rather than to make another one; -1 for none
 */
function rowFor(
  rows: TaggedRows,
  { slot, tag }: { slot: number; tag: number },
  giveWay: (rows: TaggedRows, slot: number) => number,
): number {
  for (let at = rows.first[slot] ?? 0; at > 0; at = rows.next[at - 1] ?? 0)
    if (rows.tags[at - 1] === tag) return at - 1;
  const old = giveWay(rows, slot);
  const row = old < 0 ? append(rows, slot) : old;
  for (const column of rows.columns) column[row] = 0;
  rows.tags[row] = tag;
  return row;
}

function lightest(rows: TaggedRows, slot: number, most = PERSONAS_OF_AN_ITEM): number {
  const taken = rowsOf(rows, slot);
  if (taken.length < most) return -1;
  const weightOf = (row: number) => (rows.columns[0]?.[row] ?? 0) + (rows.columns[1]?.[row] ?? 0);
  return taken.reduce((least, row) => (weightOf(row) < weightOf(least) ? row : least));
}

function addTo(rows: TaggedRows, row: number, amounts: readonly number[]): void {
  for (const [i, column] of rows.columns.entries()) column[row] = (column[row] ?? 0) + (amounts[i] ?? 0);
}

/** @param amounts one for each column */
export function addPersona(rows: TaggedRows, at: { slot: number; tag: number }, amounts: readonly number[]): void {
  addTo(
    rows,
    rowFor(rows, at, (of, slot) => lightest(of, slot)),
    amounts,
  );
}

/** Adds to an item's row of a context. @returns false where there is no room for another row */
export function addContext(rows: TaggedRows, at: { slot: number; tag: number }, weight: number): boolean {
  if (rows.size >= MOST_CONTEXTS && !rowsOf(rows, at.slot).some((row) => rows.tags[row] === at.tag)) return false;
  addTo(
    rows,
    rowFor(rows, at, (of, slot) => lightest(of, slot, CONTEXTS_OF_AN_ITEM)),
    [weight],
  );
  return true;
}

/**
 * Adds orders of a day. Days before the last {@link PERIOD_DAYS} are not kept, and their rows are used again.
 * @param newest the shop's newest day
 */
export function addDay(
  rows: TaggedRows,
  at: { slot: number; tag: number },
  { orders, newest }: { orders: number; newest: number },
): void {
  if (at.tag <= newest - PERIOD_DAYS) return;
  const past = (of: TaggedRows, slot: number) =>
    rowsOf(of, slot).find((row) => (of.tags[row] ?? 0) <= newest - PERIOD_DAYS) ?? -1;
  addTo(rows, rowFor(rows, at, past), [orders]);
}

/**
 * The rows of some items, numbered anew.
 * @param slots the slot that each of the items has had
 */
export function taggedOf(rows: TaggedRows, slots: readonly number[]): TaggedRows {
  const made = createTagged(rows.columns.length);
  for (const [slot, before] of slots.entries())
    for (const row of rowsOf(rows, before).reverse()) {
      const amounts = rows.columns.map((column) => column[row] ?? 0);
      addStored(made, { slot, tag: rows.tags[row] ?? 0 }, amounts);
    }
  return made;
}

/** Adds a row as it was stored, whatever else the item has. */
export function addStored(rows: TaggedRows, at: { slot: number; tag: number }, amounts: readonly number[]): void {
  addTo(
    rows,
    rowFor(rows, at, () => -1),
    amounts,
  );
}
