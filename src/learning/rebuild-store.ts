/** The rows of a rebuild of the cards: what was learnt since it began, and the uploaded parts that wait for the last one. In the learner's storage. */
import { DAY_MS } from '../shared/decay.ts';
import { key53 } from '../shared/hash.ts';
import { type LearnBatch, packBatches, unpackBatches } from './log.ts';

/** A row holds at most 2 MB. */
const PIECE_BYTES = 1_000_000;

/** A rebuild in progress. */
export interface Rebuild {
  rebuildId: string;
  /** Epoch milliseconds. */
  startedAt: number;
  /** Hashes of flush ids that the archive has: learnt since the rebuild began, they are not learnt on top of it. */
  archived: number[];
}

/**
 * `rebuild(id, body)`: the one in progress. `journal(n, ids, batches)`: what was learnt since it began. `staged(chunk, piece, bytes)`: uploaded parts.
 */
export function rebuildStore(sql: SqlStorage) {
  sql.exec('CREATE TABLE IF NOT EXISTS rebuild (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID');
  sql.exec('CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY, ids TEXT NOT NULL, batches BLOB NOT NULL)');
  sql.exec(
    'CREATE TABLE IF NOT EXISTS staged (chunk INTEGER, piece INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (chunk, piece))',
  );
  const clear = (): void => {
    for (const table of ['rebuild', 'journal', 'staged']) sql.exec(`DELETE FROM ${table}`);
  };
  const write = (rebuild: Rebuild): void => {
    sql.exec('INSERT OR REPLACE INTO rebuild (id, body) VALUES (?, ?)', rebuild.rebuildId, JSON.stringify(rebuild));
  };
  return {
    current(): Rebuild | null {
      const row = sql.exec<{ body: string }>('SELECT body FROM rebuild').toArray()[0];
      return row === undefined ? null : (JSON.parse(row.body) as Rebuild);
    },
    /** Begins a rebuild; one that was in progress is given up. */
    begin(rebuildId: string, startedAt: number): Rebuild {
      clear();
      const rebuild = { rebuildId, startedAt, archived: [] };
      write(rebuild);
      return rebuild;
    },
    write,
    clear,
    /** The rebuild, unless nobody has finished it in a day: then it is given up. */
    lasting(rebuild: Rebuild | null, now: number): Rebuild | null {
      if (rebuild === null || now - rebuild.startedAt < DAY_MS) return rebuild;
      clear();
      return null;
    },
    note(batches: readonly LearnBatch[]): void {
      if (batches.length === 0) return;
      const ids = JSON.stringify(batches.map((batch) => batch.flushId));
      sql.exec('INSERT INTO journal (ids, batches) VALUES (?, ?)', ids, packBatches(batches).buffer);
    },
    /** What was learnt since the rebuild began and is not in the archive, under ids of its own: the flushes themselves are known as applied. */
    *noted({ rebuildId, archived }: Rebuild): Generator<LearnBatch[]> {
      const known = new Set(archived);
      const rows = sql.exec<{ ids: string; batches: ArrayBuffer }>('SELECT ids, batches FROM journal ORDER BY n');
      for (const { ids, batches } of rows.toArray())
        yield unpackBatches(new Float64Array(batches), JSON.parse(ids) as string[])
          .batches.filter((batch) => !known.has(key53(batch.flushId)))
          .map((batch) => ({ ...batch, flushId: `${rebuildId}~${batch.flushId}` }));
    },
    /** @returns false when the part was there already */
    stage(chunk: number, bytes: Uint8Array): boolean {
      if (sql.exec('SELECT 1 FROM staged WHERE chunk = ?', chunk).toArray().length > 0) return false;
      for (let piece = 0; piece * PIECE_BYTES < bytes.byteLength; piece++)
        sql.exec(
          'INSERT INTO staged (chunk, piece, bytes) VALUES (?, ?, ?)',
          chunk,
          piece,
          bytes.slice(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES).buffer,
        );
      return true;
    },
    stagedParts: () => sql.exec<{ n: number }>('SELECT COUNT(DISTINCT chunk) AS n FROM staged').one().n,
    part(chunk: number): Uint8Array {
      const rows = sql
        .exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM staged WHERE chunk = ? ORDER BY piece', chunk)
        .toArray();
      const whole = new Uint8Array(rows.reduce((sum, row) => sum + row.bytes.byteLength, 0));
      let at = 0;
      for (const { bytes } of rows) {
        whole.set(new Uint8Array(bytes), at);
        at += bytes.byteLength;
      }
      return whole;
    },
  };
}

export type RebuildStore = ReturnType<typeof rebuildStore>;
