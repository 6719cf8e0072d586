/** The rows of a CatalogObject: items, the log of their changes, and one row of state. */
import { placeOf, placesOf } from './chunks.ts';
import { COLUMNS_FORMAT } from './columns.ts';
import type { ItemNews } from './news.ts';

const SCHEMA_VERSION = 1;

/** What the object knows of itself. All times are epoch milliseconds. */
export interface CatalogState {
  schemaVersion: number;
  shop: string;
  /** Of the last change; 0 before the first. */
  version: number;
  count: number;
  chunkBits: number;
  /** Chunks to be written, or all of them. */
  dirty: number[] | 'all';
  publishedVersion: number;
  publishedAt: number;
  publishedFormat: number;
  /** When the first change after the last publication came; null when everything is out. */
  waitingSince: number | null;
  /** When the alarm is set for; null when nothing is to be done. */
  dueAt: number | null;
  /** Publications that failed one after another. */
  failures: number;
  /** The log holds every change after this version. */
  trimmedTo: number;
  /** Changes of which those who looked at the items have still to be told. */
  news: ItemNews[];
}

const FRESH: CatalogState = {
  schemaVersion: SCHEMA_VERSION,
  shop: '',
  version: 0,
  count: 0,
  chunkBits: 0,
  dirty: [],
  publishedVersion: 0,
  publishedAt: 0,
  publishedFormat: COLUMNS_FORMAT,
  waitingSince: null,
  dueAt: null,
  failures: 0,
  trimmedTo: 0,
  news: [],
};

/** An item as it lies there. */
export interface StoredItem {
  version: number;
  body: string;
}

export interface LogRow {
  version: number;
  itemIds: string[];
}

type StoredRow = { itemId: string; place: number; version: number; body: string };

export function itemStore(sql: SqlStorage) {
  sql.exec('CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  sql.exec(
    'CREATE TABLE IF NOT EXISTS items (place INTEGER NOT NULL, itemId TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (place, itemId)) WITHOUT ROWID',
  );
  sql.exec(
    'CREATE TABLE IF NOT EXISTS changes (version INTEGER PRIMARY KEY, changedAt INTEGER NOT NULL, itemIds TEXT NOT NULL)',
  );
  return {
    loadState(): CatalogState {
      const [row] = sql.exec<{ body: string }>('SELECT body FROM state WHERE id = 1').toArray();
      return row ? { ...FRESH, ...(JSON.parse(row.body) as Partial<CatalogState>) } : { ...FRESH };
    },
    saveState(state: CatalogState): void {
      sql.exec('INSERT OR REPLACE INTO state (id, body) VALUES (1, ?)', JSON.stringify(state));
    },
    read(itemId: string): StoredItem | null {
      const query = 'SELECT version, body FROM items WHERE place = ? AND itemId = ?';
      return (
        sql.exec<StoredItem & Record<string, SqlStorageValue>>(query, placeOf(itemId), itemId).toArray()[0] ?? null
      );
    },
    write(itemId: string, version: number, body: string): void {
      const query = 'INSERT OR REPLACE INTO items (place, itemId, version, body) VALUES (?, ?, ?, ?)';
      sql.exec(query, placeOf(itemId), itemId, version, body);
    },
    remove(itemId: string): void {
      sql.exec('DELETE FROM items WHERE place = ? AND itemId = ?', placeOf(itemId), itemId);
    },
    /** Items as JSON, in the order of their places, after the one given. */
    *after(itemId: string | null): Iterable<string> {
      const query = 'SELECT body FROM items WHERE (place, itemId) > (?, ?) ORDER BY place, itemId';
      const from = itemId === null ? [-1, ''] : [placeOf(itemId), itemId];
      for (const row of sql.exec<Pick<StoredRow, 'body'>>(query, ...from)) yield row.body;
    },
    /** The items of a chunk, as JSON each. */
    bodiesOf(chunk: number, bits: number): string[] {
      const query = 'SELECT body FROM items WHERE place >= ? AND place < ?';
      const rows = sql.exec<Pick<StoredRow, 'body'>>(query, ...placesOf(chunk, bits));
      return Array.from(rows, (row) => row.body);
    },
    log(version: number, changedAt: number, itemIds: readonly string[]): void {
      const query = 'INSERT INTO changes (version, changedAt, itemIds) VALUES (?, ?, ?)';
      sql.exec(query, version, changedAt, JSON.stringify(itemIds));
    },
    *logAfter(version: number): Iterable<LogRow> {
      const query = 'SELECT version, itemIds FROM changes WHERE version > ? ORDER BY version';
      for (const row of sql.exec<{ version: number; itemIds: string }>(query, version)) {
        yield { version: row.version, itemIds: JSON.parse(row.itemIds) as string[] };
      }
    },
    /** Takes away what is old and published. @returns the version up to which the log is gone, null when nothing was old enough */
    trim(publishedVersion: number, before: number): number | null {
      const query = 'SELECT MAX(version) AS last FROM changes WHERE version <= ? AND changedAt < ?';
      const last = sql.exec<{ last: number | null }>(query, publishedVersion, before).one().last;
      if (last !== null) sql.exec('DELETE FROM changes WHERE version <= ?', last);
      return last;
    },
  };
}

export type ItemStore = ReturnType<typeof itemStore>;
