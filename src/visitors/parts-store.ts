/** The rows in which a customer's object keeps what its visitors hold, and what they held before they changed hands. See `store.ts` for the table. */
import { key53 } from '../shared/hash.ts';
import { bufferOf, groupsOf } from './rows.ts';
import type { SequencedEvent } from './schema.ts';
import type { MergedEvent } from './schema-held.ts';
import type { Part } from './schema-parts.ts';

/** A row holds at most 2 MB; a character may take three bytes. */
const PIECE_CHARACTERS = 600_000;
const MOST_PIECES = 1_000;

/** @param ensure makes the table if it is not there */
export function partsStore(sql: SqlStorage, ensure: () => void) {
  let numbers = new Map<string, number>();

  function remove(part: string): void {
    const n = numbers.get(part);
    if (n === undefined) return;
    const [from, to] = [n * MOST_PIECES, (n + 1) * MOST_PIECES];
    sql.exec(`DELETE FROM kept WHERE kind = 'part' AND number >= ? AND number < ?`, from, to);
  }

  return {
    load(): Part[] {
      numbers = new Map();
      const texts = new Map<number, string>();
      const rows = sql.exec<{ number: number; body: string }>(
        `SELECT number, body FROM kept WHERE kind = 'part' ORDER BY number`,
      );
      for (const { number, body } of rows) {
        const n = Math.floor(number / MOST_PIECES);
        texts.set(n, (texts.get(n) ?? '') + body);
      }
      return [...texts].map(([n, text]) => {
        const part = JSON.parse(text) as Part;
        numbers.set(part.part, n);
        return part;
      });
    },

    /** Writes a part, in the place of what was there of it. */
    save(part: Part): void {
      ensure();
      const n = numbers.get(part.part) ?? Math.max(0, ...numbers.values()) + 1;
      const text = JSON.stringify(part);
      // Mostly one piece takes the place of one piece, which is one written row.
      const { pieces } = sql
        .exec<{ pieces: number }>(
          `SELECT COUNT(*) AS pieces FROM kept WHERE kind = 'part' AND number >= ? AND number < ?`,
          n * MOST_PIECES,
          (n + 1) * MOST_PIECES,
        )
        .one();
      if (pieces * PIECE_CHARACTERS >= text.length + PIECE_CHARACTERS) remove(part.part);
      numbers.set(part.part, n);
      for (let i = 0; i * PIECE_CHARACTERS < text.length; i++) {
        const piece = text.slice(i * PIECE_CHARACTERS, (i + 1) * PIECE_CHARACTERS);
        const number = n * MOST_PIECES + i;
        sql.exec(
          `INSERT OR REPLACE INTO kept (kind, number, at, body) VALUES ('part', ?, ?, ?)`,
          number,
          part.at,
          piece,
        );
      }
    },

    /** Removes a part, and the events that were handed over with it. */
    drop(part: string): void {
      remove(part);
      numbers.delete(part);
      sql.exec(`DELETE FROM kept WHERE kind = 'past' AND body = ?`, part);
    },

    /** Keeps the events of a visitor who changes hands, in the place of those that were handed over before. */
    savePast({ part, visitorId }: Part, events: readonly SequencedEvent[]): void {
      ensure();
      sql.exec(`DELETE FROM kept WHERE kind = 'past' AND body = ?`, part);
      const { last } = sql
        .exec<{ last: number | null }>(`SELECT MAX(number) AS last FROM kept WHERE kind = 'past'`)
        .one();
      groupsOf(events).forEach(({ text, of }, i) => {
        const at = Math.max(...of.map((event) => event.receivedAt));
        const ids = bufferOf(of.map((event) => key53(event.eventId)));
        sql.exec(
          `INSERT INTO kept (kind, number, at, body, base, events, ids) VALUES ('past', ?, ?, ?, ?, ?, ?)`,
          (last ?? 0) + 1 + i,
          at,
          part,
          visitorId,
          text,
          ids,
        );
      });
    },

    /** The events that were handed over. */
    past(): MergedEvent[] {
      ensure();
      return sql
        .exec<{ base: string; events: string }>(`SELECT base, events FROM kept WHERE kind = 'past' ORDER BY number`)
        .toArray()
        .flatMap(({ base, events }) =>
          (JSON.parse(events) as SequencedEvent[]).map((event) => ({ ...event, visitorId: base })),
        );
    },

    /** To be called when all rows have gone. */
    forget(): void {
      numbers = new Map();
    },
  };
}
