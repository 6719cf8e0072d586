/** Rows that belong together (the lines of an order, the views of a session) brought together without holding the whole file. */
import { key53 } from '../../shared/hash.ts';

/** Rows of one group may lie this far apart, which takes some 60 MB. What is further apart is refused rather than taken for another group. */
export const WINDOW_ROWS = 200_000;

/** Why a row is refused that comes too late, for the summary. */
export function tooLate(group: string): string {
  return `the rest of its ${group} lies more than ${WINDOW_ROWS.toLocaleString('en-GB')} rows before`;
}

export interface Grouped<T> {
  id: string;
  rows: T[];
}

interface Open<T> {
  group: Grouped<T>;
  /** Number of its last row. */
  touched: number;
}

/**
 * Groups rows by id.
 * @param idOf '' for rows that belong to no group; they are skipped
 * @param late told of rows that come more than {@link WINDOW_ROWS} rows after the rest of their group
 * @returns the groups, in the order of their last rows
 */
export async function* grouped<T>(
  rows: AsyncIterable<T>,
  idOf: (row: T) => string,
  late: (row: T) => void,
): AsyncGenerator<Grouped<T>> {
  const open = new Map<string, Open<T>>();
  const closed = new Set<number>();
  let current: Open<T> | undefined;
  let number = 0;
  for await (const row of rows) {
    number++;
    const id = idOf(row);
    if (id === '') continue;
    if (current?.group.id !== id) {
      const known = open.get(id);
      if (known === undefined && closed.has(key53(id))) {
        late(row);
        continue;
      }
      // Taken out and put back, so that the map lists first what was touched longest ago.
      open.delete(id);
      current = known ?? { group: { id, rows: [] }, touched: number };
      open.set(id, current);
    }
    current.group.rows.push(row);
    current.touched = number;
    for (const [oldest, entry] of open) {
      if (entry.touched > number - WINDOW_ROWS) break;
      open.delete(oldest);
      closed.add(key53(oldest));
      yield entry.group;
    }
  }
  for (const { group } of open.values()) yield group;
}
