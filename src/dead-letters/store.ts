/** The dead letters of a shop and the record of what was given up: tables of its DirectoryObject. */
import { DAY_MS } from '../shared/decay.ts';
import type { DeadLetter, ListedLetter } from './schema.ts';

/** The shards remember for 15 days what they applied: what is older might count twice, and goes. Its visitor has given it up by then. */
const LETTER_DAYS = 14;

/** Of more, the oldest go: a letter is a copy, and the visitor's object has the flush. */
const MOST_LETTERS = 2_000;

const PAGE = 100;

interface Row extends Record<string, SqlStorageValue> {
  id: string;
  at: number;
  events: number;
  deaths: number;
  why: string | null;
  hasBody: number;
}

const LISTED = 'id, at, events, deaths, why, body IS NOT NULL AS hasBody';

function listed(row: Row): ListedLetter {
  const { id, at, events, deaths, why, hasBody } = row;
  return { letterId: id, diedAt: at, events, deaths, why, hasBody: hasBody === 1 };
}

/**
 * `letters(id, at, events, deaths, why, body)`: by flushId; `at` is the first death.
 * `lost(flush_id, at, events)`: flushes that their visitor gave up.
 */
export function deadLetterStore(sql: SqlStorage) {
  sql.exec(`CREATE TABLE IF NOT EXISTS letters (id TEXT PRIMARY KEY, at INTEGER NOT NULL, events INTEGER NOT NULL, deaths INTEGER NOT NULL,
    why TEXT, body TEXT) WITHOUT ROWID`);
  sql.exec(
    `CREATE TABLE IF NOT EXISTS lost (flush_id TEXT PRIMARY KEY, at INTEGER NOT NULL, events INTEGER NOT NULL) WITHOUT ROWID`,
  );
  const prune = (now: number): void => {
    sql.exec('DELETE FROM letters WHERE at <= ?', now - LETTER_DAYS * DAY_MS);
    sql.exec(
      'DELETE FROM letters WHERE id IN (SELECT id FROM letters ORDER BY at DESC, id LIMIT -1 OFFSET ?)',
      MOST_LETTERS,
    );
  };
  return {
    /** Keeps letters. One that is there already keeps the time of its first death, and its reason and body where the new one has none. */
    keep(letters: readonly DeadLetter[], now: number): void {
      for (const { letterId, events, why, body } of letters)
        sql.exec(
          `INSERT INTO letters (id, at, events, deaths, why, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
             deaths = deaths + excluded.deaths, why = COALESCE(excluded.why, why), body = COALESCE(excluded.body, body), events = MAX(excluded.events, events)`,
          letterId,
          now,
          events,
          body === null && why !== null ? 0 : 1,
          why,
          body,
        );
      prune(now);
    },
    /** A page in the order of their ids. */
    page(after: string, now: number): { items: ListedLetter[]; cursor: string | null; total: number } {
      prune(now);
      const rows = sql
        .exec<Row>(`SELECT ${LISTED} FROM letters WHERE id > ? ORDER BY id LIMIT ?`, after, PAGE)
        .toArray();
      return {
        items: rows.map(listed),
        cursor: rows.length === PAGE ? (rows.at(-1)?.id ?? null) : null,
        total: this.count(),
      };
    },
    count: () => sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM letters').one().n,
    find(letterId: string): ListedLetter | null {
      const row = sql.exec<Row>(`SELECT ${LISTED} FROM letters WHERE id = ?`, letterId).toArray()[0];
      return row === undefined ? null : listed(row);
    },
    /** The flushes of letters that have one. */
    bodies(letterIds: readonly string[]): { letterId: string; body: string }[] {
      return letterIds.flatMap((id) =>
        sql
          .exec<{ body: string }>('SELECT body FROM letters WHERE id = ? AND body IS NOT NULL', id)
          .toArray()
          .map(({ body }) => ({ letterId: id, body })),
      );
    },
    strike(letterIds: readonly string[]): void {
      for (const id of letterIds) sql.exec('DELETE FROM letters WHERE id = ?', id);
    },
    /** Notes flushes that were given up, each once. */
    lose(flushes: readonly { flushId: string; events: number }[], now: number): void {
      for (const { flushId, events } of flushes)
        sql.exec('INSERT OR IGNORE INTO lost (flush_id, at, events) VALUES (?, ?, ?)', flushId, now, events);
    },
    /** Events of the flushes that were given up. */
    losses: () => sql.exec<{ n: number }>('SELECT COALESCE(SUM(events), 0) AS n FROM lost').one().n,
  };
}

export type DeadLetterStore = ReturnType<typeof deadLetterStore>;
