import { DAY_MS } from './decay.ts';
import { key53 } from './hash.ts';
import { placeIn } from './sorted.ts';

/** How long an id is remembered. What is delivered later than this goes to replay. */
export const APPLIED_DAYS = 15;

/** Ids in one row: 16 KB, so that adding to it stays cheap. */
const PAGE_IDS = 2_000;

/** Ids that were applied last lie in a set; beyond this many they join the sorted rest. */
const RECENT_IDS = 20_000;

export interface AppliedIds {
  has(id: string): boolean;
  /** Remembers ids in memory only; the caller has them on disk elsewhere until it adds them. */
  hold(ids: readonly string[]): void;
  /** Remembers ids: one row written. To be called in the transaction that applies what they name. Those of {@link APPLIED_DAYS} ago are dropped. */
  add(ids: readonly string[], now: number): void;
  /** Hashes (`key53`) of the ids that were added last: at least the last two thousand, where there are so many. */
  newest(): number[];
  /** Those of the ids that were not applied. */
  lacking(ids: readonly string[]): string[];
}

function bytesOf(ids: readonly number[]): ArrayBuffer {
  return Float64Array.from(ids).buffer;
}

function numbersOf(blob: unknown): Float64Array {
  return blob instanceof ArrayBuffer ? new Float64Array(blob) : new Float64Array(0);
}

/**
 * The ids that an object has applied, packed: 53-bit hashes, two thousand to a row, 8 bytes each in memory. Among a million and a half ids (100,000
 * a day) a new one is taken for an old one with a probability of 2e-10.
 * @param sql of the object
 * @param table a name of letters and underscores; made if it does not exist
 */
export function appliedIds(sql: SqlStorage, table: string): AppliedIds {
  if (!/^[a-z_]+$/.test(table)) throw new Error(`"${table}" is no name for a table.`);
  sql.exec(
    `CREATE TABLE IF NOT EXISTS ${table} (page INTEGER PRIMARY KEY, newest INTEGER NOT NULL, ids BLOB NOT NULL)`,
  );
  let settled = new Float64Array(0);
  let recent = new Set<number>();
  let page = 0;
  let inPage: number[] = [];
  let oldest = Number.POSITIVE_INFINITY;

  const settle = (more: Iterable<number>) => {
    settled = Float64Array.from([...settled, ...more]).sort();
  };
  const load = () => {
    const all: number[] = [];
    for (const row of sql.exec<{ page: number; newest: number; ids: ArrayBuffer }>(
      `SELECT page, newest, ids FROM ${table} ORDER BY page`,
    )) {
      page = row.page;
      inPage = [...numbersOf(row.ids)];
      oldest = Math.min(oldest, row.newest);
      for (const id of inPage) all.push(id);
    }
    settled = Float64Array.from(all).sort();
  };
  const has = (id: number) => recent.has(id) || placeIn(settled, id) >= 0;
  const hold = (ids: readonly number[]) => {
    for (const id of ids) if (placeIn(settled, id) < 0) recent.add(id);
    if (recent.size <= RECENT_IDS) return;
    settle(recent);
    recent = new Set();
  };
  load();
  return {
    has: (id) => has(key53(id)),
    hold: (ids) => hold(ids.map(key53)),
    newest: () =>
      sql
        .exec<{ ids: ArrayBuffer }>(`SELECT ids FROM ${table} ORDER BY page DESC LIMIT 2`)
        .toArray()
        .flatMap((row) => [...numbersOf(row.ids)]),
    lacking: (ids) => ids.filter((id) => !has(key53(id))),
    add(ids, now) {
      if (ids.length === 0) return;
      const numbers = ids.map(key53);
      if (inPage.length > 0 && inPage.length + numbers.length > PAGE_IDS) {
        page++;
        inPage = [];
      }
      inPage.push(...numbers);
      hold(numbers);
      sql.exec(`INSERT OR REPLACE INTO ${table} (page, newest, ids) VALUES (?, ?, ?)`, page, now, bytesOf(inPage));
      const limit = now - APPLIED_DAYS * DAY_MS;
      if (oldest < limit) {
        // What leaves the table stays in memory until the object is loaded again: to remember longer does no harm.
        sql.exec(`DELETE FROM ${table} WHERE newest < ?`, limit);
      }
      oldest = Math.min(
        ...sql
          .exec<{ newest: number }>(`SELECT newest FROM ${table} ORDER BY page LIMIT 1`)
          .toArray()
          .map((row) => row.newest),
      );
    },
  };
}
