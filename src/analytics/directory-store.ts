/** The rows of a directory. All SQL of {@link DirectoryObject}. */
import type { OpenWindow, Segment } from './windows.ts';

const SCHEMA_VERSION = 1;

/** `windows(n, body)`: open windows, up to fifty in a row (see windows.ts). `meta(key, value)`: schema version. */
export function directoryStore(sql: SqlStorage) {
  sql.exec(`CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
  sql.exec(`CREATE TABLE IF NOT EXISTS windows (n INTEGER PRIMARY KEY, body TEXT NOT NULL)`);
  if (sql.exec(`SELECT value FROM meta WHERE key = 'schema'`).toArray().length === 0)
    sql.exec(`INSERT INTO meta (key, value) VALUES ('schema', ?)`, String(SCHEMA_VERSION));
  return {
    segments(): Segment[] {
      return sql
        .exec<{ n: number; body: string }>('SELECT n, body FROM windows ORDER BY n')
        .toArray()
        .map((found) => ({ n: found.n, windows: JSON.parse(found.body) as OpenWindow[] }));
    },
    /** Replaces a segment; an empty one is deleted. */
    write(segment: Segment): void {
      if (segment.windows.length === 0) sql.exec('DELETE FROM windows WHERE n = ?', segment.n);
      else
        sql.exec('INSERT OR REPLACE INTO windows (n, body) VALUES (?, ?)', segment.n, JSON.stringify(segment.windows));
    },
  };
}

export type DirectoryStore = ReturnType<typeof directoryStore>;
