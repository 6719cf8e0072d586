/** Counters of a tally by day, a row a day and kind. */

import { withinBounds } from './attributed.ts';
import { addSlots, type Slots } from './count.ts';

/** `pages`: which pages visits saw and where they ended, by the day on which they began; `messages`: what came of them. */
export type DailyKind = 'pages' | 'messages';

/** Days (UTC, like 2026-11-22), both included. */
export interface Period {
  from: string;
  to: string;
}

/** Sums by day, by what is counted, and by metric. */
type DailySums = Readonly<Record<string, Record<string, Partial<Record<string, number>>>>>;

/** Those of a list that are there. */
export const present = <T>(parts: readonly (T | undefined)[]): T[] => parts.filter((one) => one !== undefined);

/** `daily(kind, day, slots)`: sums by what is counted of (a type of page, …) and metric. Kept for ever. */
export function dailyStore(sql: SqlStorage) {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS daily (kind TEXT, day TEXT, slots TEXT NOT NULL, PRIMARY KEY (kind, day)) WITHOUT ROWID`,
  );
  function read(kind: DailyKind, day: string): Slots {
    const found = sql
      .exec<{ slots: string }>('SELECT slots FROM daily WHERE kind = ? AND day = ?', kind, day)
      .toArray()[0];
    return found ? (JSON.parse(found.slots) as Slots) : {};
  }
  return {
    /** Adds sums by day; what goes beyond the bounds of a row is counted together. */
    add(kind: DailyKind, changes: readonly DailySums[]): void {
      const days = new Map<string, Slots>();
      for (const [day, sums] of changes.flatMap((one) => Object.entries(one)))
        days.set(day, addSlots(days.get(day) ?? {}, sums as Slots));
      for (const [day, sums] of days) {
        const before = read(kind, day);
        const after = JSON.stringify(addSlots(before, withinBounds(before, sums)));
        sql.exec('INSERT OR REPLACE INTO daily (kind, day, slots) VALUES (?, ?, ?)', kind, day, after);
      }
    },
    /** Days in ascending order, both ends included. */
    between(kind: DailyKind, { from, to }: Period): { day: string; slots: Slots }[] {
      return sql
        .exec<{ day: string; slots: string }>(
          'SELECT day, slots FROM daily WHERE kind = ? AND day BETWEEN ? AND ? ORDER BY day',
          kind,
          from,
          to,
        )
        .toArray()
        .map(({ day, slots }) => ({ day, slots: JSON.parse(slots) as Slots }));
    },
  };
}

export type DailyStore = ReturnType<typeof dailyStore>;
