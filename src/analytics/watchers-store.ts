/** Who has looked at which items, and which changes they have still to hear of. SQL of {@link DirectoryObject}. */
import type { ItemNews } from '../catalog/news.ts';
import { DAY_MS } from '../shared/decay.ts';

/** Who looked at an item so long ago is not told of it any more. */
export const WATCH_DAYS = 30;
/** Items of one person, the last ones looked at. */
const MOST_ITEMS = 50;
/** People; those who have been away longest are forgotten first. */
const MOST_WATCHERS = 100_000;
/** Changes that wait to be told; where more come at once, whole assortments are repriced, and that is no news. */
const MOST_NEWS = 5_000;
const PRUNE_EVERY_MS = 3_600_000;

export interface Watched {
  itemId: string;
  /** When it was looked at last, epoch milliseconds. */
  at: number;
}

/** Changes on their way to those who watch the items, as far as they have come. */
export interface PendingNews {
  n: number;
  news: ItemNews[];
  /** The last one who was told; '' before the first. */
  after: string;
}

/**
 * `watchers(subject, at, items)`: whom the row is about (`v:<visitorId>`, `c:<customerId>`), the last look, and the items with when each was looked at.
 * `news(n, body, after)`: changes, and how far the row of watchers has been told of them.
 */
export function watchersStore(sql: SqlStorage) {
  sql.exec('CREATE TABLE IF NOT EXISTS watchers (subject TEXT PRIMARY KEY, at INTEGER, items TEXT) WITHOUT ROWID');
  sql.exec('CREATE TABLE IF NOT EXISTS news (n INTEGER PRIMARY KEY, body TEXT, after TEXT)');
  let prunedAt = 0;

  function read(subject: string): Watched[] {
    const rows = sql.exec<{ items: string }>('SELECT items FROM watchers WHERE subject = ?', subject).toArray();
    return rows.flatMap((row) => JSON.parse(row.items) as Watched[]);
  }

  function forget(subject: string): void {
    sql.exec('DELETE FROM watchers WHERE subject = ?', subject);
  }

  function prune(now: number): void {
    if (now - prunedAt < PRUNE_EVERY_MS) return;
    prunedAt = now;
    sql.exec('DELETE FROM watchers WHERE at < ?', now - WATCH_DAYS * DAY_MS);
    const { rows } = sql.exec<{ rows: number }>('SELECT COUNT(*) AS rows FROM watchers').one();
    if (rows > MOST_WATCHERS)
      sql.exec(
        'DELETE FROM watchers WHERE subject IN (SELECT subject FROM watchers ORDER BY at LIMIT ?)',
        rows - MOST_WATCHERS,
      );
  }

  function watch(subject: string, items: readonly Watched[], now: number): void {
    const known = new Map(read(subject).map((one) => [one.itemId, one]));
    for (const one of items) known.set(one.itemId, one);
    const last = [...known.values()].sort((a, b) => b.at - a.at).slice(0, MOST_ITEMS);
    sql.exec(
      'INSERT OR REPLACE INTO watchers (subject, at, items) VALUES (?, ?, ?)',
      subject,
      last[0]?.at ?? now,
      JSON.stringify(last),
    );
    prune(now);
  }

  return {
    read,
    forget,
    watch,

    /** Files what is held about somebody under another name. */
    handOver(subject: string, to: string, now: number): void {
      const items = read(subject);
      if (items.length > 0) watch(to, items, now);
      forget(subject);
    },

    /** Notes changes that are to be told; harmless when repeated while they wait. */
    note(news: readonly ItemNews[]): void {
      const body = JSON.stringify(news.slice(0, MOST_NEWS));
      const isKnown = sql.exec('SELECT 1 FROM news WHERE body = ?', body).toArray().length > 0;
      if (!isKnown) sql.exec(`INSERT INTO news (body, after) VALUES (?, '')`, body);
    },

    /** The changes that have waited longest. */
    pending(): PendingNews | null {
      const [row] = sql.exec<{ n: number; body: string; after: string }>('SELECT * FROM news ORDER BY n LIMIT 1');
      return row === undefined ? null : { n: row.n, news: JSON.parse(row.body) as ItemNews[], after: row.after };
    },

    /** Some of those who looked, in the order of their names. */
    page(after: string, limit: number): { subject: string; items: Watched[] }[] {
      return sql
        .exec<{ subject: string; items: string }>(
          'SELECT subject, items FROM watchers WHERE subject > ? ORDER BY subject LIMIT ?',
          after,
          limit,
        )
        .toArray()
        .map(({ subject, items }) => ({ subject, items: JSON.parse(items) as Watched[] }));
    },

    /** Notes how far changes have been told; null: to everybody. */
    told(n: number, after: string | null): void {
      if (after === null) sql.exec('DELETE FROM news WHERE n = ?', n);
      else sql.exec('UPDATE news SET after = ? WHERE n = ?', after, n);
    },
  };
}

export type WatchersStore = ReturnType<typeof watchersStore>;
