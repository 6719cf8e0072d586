/** The rows of a tally. All SQL of {@link TallyObject}. */

import type { BanditWeights } from '../experiments/bandit.ts';
import type { WrittenAggregates } from './aggregates.ts';
import { type Claim, UNCLAIMED } from './claims.ts';
import type { Slots } from './count.ts';

/** Raised when the tables change; {@link tallyStore} brings older ones forward. */
const SCHEMA_VERSION = 3;

/** The weights of a phase of a bandit, every version that units were dealt by. */
interface LoggedWeights {
  /** On which they were looked at last, UTC; '' before. */
  day: string;
  /** Oldest first. */
  log: BanditWeights[];
}

/** A part of the archive's buffer: lines of JSON. */
export interface ArchiveSegment {
  /** Counts upwards for ever. */
  n: number;
  /** Epoch milliseconds. */
  begunAt: number;
  bytes: number;
}

/**
 * `meta(key, value)`: schema version, the shop's name, the number of the last archive segment, what was written as aggregates, the weights
 * of each bandit's phase.
 * `counters(row, slots)`: a day by hours, or a month by days (see count.ts).
 * `claims(order_id, flush_id, body)`: whose report of an order teaches, and what the order counts (see claims.ts); kept for ever.
 * `recommendations(day, slots)`: what recommendations did, a row a day (see attributed.ts).
 * `archive(n, begun_at, bytes, body)`: what is not yet in KV.
 */
export function tallyStore(sql: SqlStorage) {
  sql.exec(`CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
  sql.exec(`CREATE TABLE IF NOT EXISTS counters (row TEXT PRIMARY KEY, slots TEXT NOT NULL) WITHOUT ROWID`);
  sql.exec(
    `CREATE TABLE IF NOT EXISTS claims (order_id TEXT PRIMARY KEY, flush_id TEXT NOT NULL, body TEXT) WITHOUT ROWID`,
  );
  sql.exec(
    `CREATE TABLE IF NOT EXISTS archive (n INTEGER PRIMARY KEY, begun_at INTEGER NOT NULL, bytes INTEGER NOT NULL, body TEXT NOT NULL)`,
  );
  sql.exec(`CREATE TABLE IF NOT EXISTS recommendations (day TEXT PRIMARY KEY, slots TEXT NOT NULL) WITHOUT ROWID`);
  const meta = (key: string): string | null =>
    sql.exec<{ value: string }>('SELECT value FROM meta WHERE key = ?', key).toArray()[0]?.value ?? null;
  const setMeta = (key: string, value: string): void =>
    void sql.exec('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value);
  if (meta('schema') === '1') sql.exec('ALTER TABLE claims ADD COLUMN body TEXT');
  if (meta('schema') !== String(SCHEMA_VERSION)) setMeta('schema', String(SCHEMA_VERSION));
  return {
    shop: () => meta('shop'),
    setShop: (shop: string) => setMeta('shop', shop),
    /** @returns an empty object for a row that is not there */
    slots(row: string): Slots {
      const found = sql.exec<{ slots: string }>('SELECT slots FROM counters WHERE row = ?', row).toArray()[0];
      return found ? (JSON.parse(found.slots) as Slots) : {};
    },
    setSlots(row: string, slots: Slots): void {
      sql.exec('INSERT OR REPLACE INTO counters (row, slots) VALUES (?, ?)', row, JSON.stringify(slots));
    },
    /** Every row, one at a time. */
    *allSlots(): Generator<{ row: string; slots: Slots }> {
      for (const found of sql.exec<{ row: string; slots: string }>('SELECT row, slots FROM counters'))
        yield { row: found.row, slots: JSON.parse(found.slots) as Slots };
    },
    /** Of the recommendations of a day. */
    shown(day: string): Slots {
      const found = sql.exec<{ slots: string }>('SELECT slots FROM recommendations WHERE day = ?', day).toArray()[0];
      return found ? (JSON.parse(found.slots) as Slots) : {};
    },
    setShown(day: string, slots: Slots): void {
      sql.exec('INSERT OR REPLACE INTO recommendations (day, slots) VALUES (?, ?)', day, JSON.stringify(slots));
    },
    /** Days in ascending order, both ends included. */
    allShown(from: string, to: string): { day: string; slots: Slots }[] {
      return sql
        .exec<{ day: string; slots: string }>(
          'SELECT day, slots FROM recommendations WHERE day BETWEEN ? AND ? ORDER BY day',
          from,
          to,
        )
        .toArray()
        .map(({ day, slots }) => ({ day, slots: JSON.parse(slots) as Slots }));
    },
    /** What is known of an order; {@link UNCLAIMED} when nothing is. */
    claimOf(orderId: string): Claim {
      const found = sql
        .exec<{ flush_id: string; body: string | null }>(
          'SELECT flush_id, body FROM claims WHERE order_id = ?',
          orderId,
        )
        .toArray()[0];
      if (found === undefined) return UNCLAIMED;
      if (found.body === null) return { ...UNCLAIMED, flushId: found.flush_id, teaches: true };
      return { flushId: found.flush_id, ...(JSON.parse(found.body) as Omit<Claim, 'flushId'>) };
    },
    claim(orderId: string, { flushId, ...body }: Claim): void {
      sql.exec(
        'INSERT OR REPLACE INTO claims (order_id, flush_id, body) VALUES (?, ?, ?)',
        orderId,
        flushId,
        JSON.stringify(body),
      );
    },
    /** Oldest first. */
    segments(): ArchiveSegment[] {
      return sql
        .exec<{ n: number; begun_at: number; bytes: number }>('SELECT n, begun_at, bytes FROM archive ORDER BY n')
        .toArray()
        .map((found) => ({ n: found.n, begunAt: found.begun_at, bytes: found.bytes }));
    },
    /** The number of the last segment there ever was; 0 before the first. */
    lastSegment(): number {
      const last = sql.exec<{ n: number | null }>('SELECT max(n) AS n FROM archive').toArray()[0]?.n ?? 0;
      return Math.max(last, Number(meta('struck') ?? 0));
    },
    beginSegment(segment: ArchiveSegment, body: string): void {
      sql.exec(
        'INSERT INTO archive (n, begun_at, bytes, body) VALUES (?, ?, ?, ?)',
        segment.n,
        segment.begunAt,
        segment.bytes,
        body,
      );
    },
    appendSegment(segment: ArchiveSegment, body: string): void {
      sql.exec('UPDATE archive SET body = body || ?, bytes = ? WHERE n = ?', body, segment.bytes, segment.n);
    },
    segmentBody(n: number): string {
      return sql.exec<{ body: string }>('SELECT body FROM archive WHERE n = ?', n).toArray()[0]?.body ?? '';
    },
    /** Forgets segments up to and including one that is now in KV. @param key of the value, null where nothing is archived */
    strike(n: number, key: string | null): void {
      sql.exec('DELETE FROM archive WHERE n <= ?', n);
      setMeta('struck', String(n));
      if (key !== null) setMeta('lastKey', key);
    },
    lastKey: () => meta('lastKey'),
    /** Null when aggregates were never written. */
    written(): WrittenAggregates | null {
      const found = meta('aggregates');
      return found === null ? null : (JSON.parse(found) as WrittenAggregates);
    },
    /** The weights of a bandit. */
    weights(experiment: string, phase: number): LoggedWeights {
      const found = meta(`weights ${experiment}@${phase}`);
      return found === null ? { day: '', log: [] } : (JSON.parse(found) as LoggedWeights);
    },
    setWeights: (experiment: string, phase: number, logged: LoggedWeights) =>
      setMeta(`weights ${experiment}@${phase}`, JSON.stringify(logged)),
    setWritten: (written: WrittenAggregates) => setMeta('aggregates', JSON.stringify(written)),
  };
}

export type TallyStore = ReturnType<typeof tallyStore>;
