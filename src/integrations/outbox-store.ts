/** The messages of a shop that go out, and which endpoints are switched off. All SQL of the OutboxObject. */
import { DAY_MS } from '../shared/decay.ts';
import type { Attempt, Delivery, DeliveryState, OutgoingEvent } from './schema.ts';

/** How long a message can be looked at and sent again after it was delivered or given up. */
const KEPT_DAYS = 7;

const PAGE = 50;

interface Row extends Record<string, SqlStorageValue> {
  endpoint: string;
  id: string;
  state: string;
  next_at: number;
  event: string;
  attempts: string;
}

const deliveryOf = (row: Row): Delivery => ({
  endpoint: row.endpoint,
  event: JSON.parse(row.event) as OutgoingEvent,
  state: row.state as DeliveryState,
  attempts: JSON.parse(row.attempts) as Attempt[],
  nextAt: row.next_at,
});

/**
 * `deliveries(endpoint, id, subject, at, state, next_at, event, attempts)`: a message for an endpoint; `subject` names whom it is about.
 * `off(endpoint, url, at, why)`: endpoints that said they are gone.
 */
export function outboxStore(sql: SqlStorage) {
  sql.exec(`CREATE TABLE IF NOT EXISTS deliveries (endpoint TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL,
    state TEXT NOT NULL, next_at INTEGER NOT NULL, event TEXT NOT NULL, attempts TEXT NOT NULL, PRIMARY KEY (endpoint, id)) WITHOUT ROWID`);
  sql.exec(
    'CREATE TABLE IF NOT EXISTS off (endpoint TEXT PRIMARY KEY, url TEXT NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL) WITHOUT ROWID',
  );
  return {
    /** Puts a message in line, unless this endpoint has it already. @returns whether it was new */
    add(endpoint: string, event: OutgoingEvent, now: number): boolean {
      const { rowsWritten } = sql.exec(
        `INSERT OR IGNORE INTO deliveries (endpoint, id, subject, at, state, next_at, event, attempts) VALUES (?, ?, ?, ?, 'waiting', ?, ?, '[]')`,
        endpoint,
        event.messageId,
        event.subject,
        event.at,
        now,
        JSON.stringify(event),
      );
      return rowsWritten > 0;
    },
    /** Those whose time has come, the longest waiting first. */
    due(now: number, limit: number): Delivery[] {
      return sql
        .exec<Row>(
          `SELECT * FROM deliveries WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT ?`,
          now,
          limit,
        )
        .toArray()
        .map(deliveryOf);
    },
    /** When the next message is due, null when none waits. */
    nextAt(): number | null {
      return sql.exec<{ at: number | null }>(`SELECT MIN(next_at) AS at FROM deliveries WHERE state = 'waiting'`).one()
        .at;
    },
    get(endpoint: string, messageId: string): Delivery | null {
      const row = sql
        .exec<Row>('SELECT * FROM deliveries WHERE endpoint = ? AND id = ?', endpoint, messageId)
        .toArray()[0];
      return row === undefined ? null : deliveryOf(row);
    },
    /** Whether a message was put in line for anybody. */
    has(messageId: string): boolean {
      return sql.exec('SELECT 1 FROM deliveries WHERE id = ? LIMIT 1', messageId).toArray().length > 0;
    },
    /** Writes what became of a message; one that was erased meanwhile stays erased. */
    update({ endpoint, event, state, attempts, nextAt }: Delivery): void {
      sql.exec(
        'UPDATE deliveries SET state = ?, next_at = ?, attempts = ? WHERE endpoint = ? AND id = ?',
        state,
        nextAt,
        JSON.stringify(attempts),
        endpoint,
        event.messageId,
      );
    },
    /** A page of an endpoint's messages, the newest first. */
    page(
      endpoint: string,
      from: { cursor: string | null; state: DeliveryState | null },
    ): { items: Delivery[]; cursor: string | null } {
      const [, at = '', id = ''] = /^(\d+)\.(.*)$/s.exec(from.cursor ?? '') ?? [];
      const before = from.cursor === null ? Number.MAX_SAFE_INTEGER : Number(at);
      const rows = sql
        .exec<Row & { at: number }>(
          `SELECT * FROM deliveries WHERE endpoint = ? AND (at < ? OR (at = ? AND id < ?)) AND (? = '' OR state = ?) ORDER BY at DESC, id DESC LIMIT ?`,
          endpoint,
          before,
          before,
          id,
          from.state ?? '',
          from.state ?? '',
          PAGE,
        )
        .toArray();
      const last = rows.length === PAGE ? rows.at(-1) : undefined;
      return { items: rows.map(deliveryOf), cursor: last === undefined ? null : `${last.at}.${last.id}` };
    },
    counts(endpoint: string): { waiting: number; failed: number } {
      return sql
        .exec<{ waiting: number; failed: number }>(
          `SELECT COALESCE(SUM(state = 'waiting'), 0) AS waiting, COALESCE(SUM(state = 'failed'), 0) AS failed FROM deliveries WHERE endpoint = ?`,
          endpoint,
        )
        .one();
    },
    /** What is held about somebody. */
    about(subject: string): Delivery[] {
      return sql.exec<Row>('SELECT * FROM deliveries WHERE subject = ? ORDER BY at', subject).toArray().map(deliveryOf);
    },
    /** Takes out all that is about somebody, sent or not. @returns how many messages */
    forget(subject: string): number {
      return sql.exec('DELETE FROM deliveries WHERE subject = ?', subject).rowsWritten;
    },
    /** Files what is held about somebody under another name. */
    handOver(subject: string, to: string): void {
      sql.exec(
        `UPDATE deliveries SET subject = ?, event = json_set(event, '$.subject', ?) WHERE subject = ?`,
        to,
        to,
        subject,
      );
    },
    /** Takes out what was over long ago. */
    prune(now: number): void {
      sql.exec(`DELETE FROM deliveries WHERE state <> 'waiting' AND at <= ?`, now - KEPT_DAYS * DAY_MS);
    },
    off(endpoint: string): { url: string; at: number; why: string } | null {
      return (
        sql
          .exec<{ url: string; at: number; why: string }>('SELECT url, at, why FROM off WHERE endpoint = ?', endpoint)
          .toArray()[0] ?? null
      );
    },
    switchOff(endpoint: string, { url, at, why }: { url: string; at: number; why: string }): void {
      sql.exec('INSERT OR REPLACE INTO off (endpoint, url, at, why) VALUES (?, ?, ?, ?)', endpoint, url, at, why);
    },
    /** @returns whether it was off */
    switchOn(endpoint: string): boolean {
      return sql.exec('DELETE FROM off WHERE endpoint = ?', endpoint).rowsWritten > 0;
    },
  };
}

export type OutboxStore = ReturnType<typeof outboxStore>;
