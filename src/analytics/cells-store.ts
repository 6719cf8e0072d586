/**
 * The rows in which a tally keeps the cells of experiments: `cells(name, body)`.
 *
 * What arrives is appended to one row of lines, so that a delivery writes a single row however many experiments it touches; when that has grown it is added
 * to the rows of the cells, by experiment, phase and day of exposure.
 */
import type { Cell, Increment } from '../experiments/schema-counts.ts';
import { addTo, type CellSums, cellsIn, combined, rowOf, rowsFrom, rowsUntil } from './cells.ts';

/** The row of what has not been added to its cells yet. */
const PENDING = '';
const MOST_PENDING_CHARACTERS = 120_000;

export function cellsStore(sql: SqlStorage) {
  sql.exec(`CREATE TABLE IF NOT EXISTS cells (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID`);
  const bodyOf = (name: string): string | null =>
    sql.exec<{ body: string }>('SELECT body FROM cells WHERE name = ?', name).toArray()[0]?.body ?? null;
  const pending = (): Increment[] =>
    (bodyOf(PENDING) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Increment);

  function fold(): void {
    const rows = new Map<string, CellSums>();
    for (const increment of pending()) {
      const name = rowOf(increment);
      const row = rows.get(name) ?? (JSON.parse(bodyOf(name) ?? '{}') as CellSums);
      addTo(row, increment);
      rows.set(name, row);
    }
    for (const [name, row] of rows)
      sql.exec('INSERT OR REPLACE INTO cells (name, body) VALUES (?, ?)', name, JSON.stringify(row));
    sql.exec(`UPDATE cells SET body = '' WHERE name = ?`, PENDING);
  }

  return {
    add(increments: readonly Increment[]): void {
      const together = combined(increments);
      if (together.length === 0) return;
      const lines = together.map((one) => `${JSON.stringify(one)}\n`).join('');
      const { size } = sql
        .exec<{ size: number }>(
          `INSERT INTO cells (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = body || excluded.body
          RETURNING length(body) AS size`,
          PENDING,
          lines,
        )
        .one();
      if (size > MOST_PENDING_CHARACTERS) fold();
    },

    /** Everything that is counted of an experiment's phase, days in ascending order; its pairs last. */
    of(experiment: string, phase: number): Cell[] {
      const rows = new Map<string, CellSums>();
      for (const { name, body } of sql.exec<{ name: string; body: string }>(
        'SELECT name, body FROM cells WHERE name > ? AND name < ?',
        rowsFrom(experiment, phase),
        rowsUntil(experiment, phase),
      ))
        rows.set(name, JSON.parse(body) as CellSums);
      for (const increment of pending()) {
        if (increment.experiment !== experiment || increment.phase !== phase) continue;
        const row = rows.get(rowOf(increment)) ?? {};
        addTo(row, increment);
        rows.set(rowOf(increment), row);
      }
      const isPair = (name: string): number => (name.endsWith('*') ? 1 : 0);
      const names = [...rows.keys()].sort((a, b) => isPair(a) - isPair(b) || (a < b ? -1 : 1));
      return names.flatMap((name) => cellsIn(name, rows.get(name) ?? {}));
    },
  };
}

export type CellsStore = ReturnType<typeof cellsStore>;
