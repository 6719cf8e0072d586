import type { Entry, SampleSegment } from '../personas/samples.ts';

/** `samples(n, body)`: samples of visitors, and what was struck of them, many in a row (see samples.ts). */
export function samplesStore(sql: SqlStorage) {
  sql.exec(`CREATE TABLE IF NOT EXISTS samples (n INTEGER PRIMARY KEY, body TEXT NOT NULL)`);
  return {
    segments: (): SampleSegment[] =>
      sql
        .exec<{ n: number; body: string }>('SELECT n, body FROM samples')
        .toArray()
        .map(({ n, body }) => ({ n, entries: JSON.parse(body) as Entry[] })),
    /** Replaces segments; an empty one is deleted. */
    write(segments: readonly SampleSegment[]): void {
      for (const { n, entries } of segments)
        if (entries.length === 0) sql.exec('DELETE FROM samples WHERE n = ?', n);
        else sql.exec('INSERT OR REPLACE INTO samples (n, body) VALUES (?, ?)', n, JSON.stringify(entries));
    },
  };
}
