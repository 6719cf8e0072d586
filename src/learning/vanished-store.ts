import { viewColumns } from '../catalog/columns.ts';
import { catalogStore } from '../catalog/store.ts';
import type { Learner } from './learner.ts';
import { chunkOf } from './schema-published.ts';
import { isHidden, lookFor, NOTHING_VANISHED, neighboursOf, type Vanished } from './vanished.ts';

/** The catalogue's columns are read at most this often. */
const LOOK_MS = 300_000;

/** Keys in a row: a row holds at most 2 MB. */
const ROW_KEYS = 60_000;

/** So many changes have their neighbours' chunks published again one by one; of more, all chunks are. */
const MOST_SINGLE = 200;

/** The table `vanished`: which cards belong to nothing in the catalogue, and since when. Made when there is something to put in. */
function vanishedStore(sql: SqlStorage) {
  return {
    read(): Vanished {
      const isThere = sql.exec(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'vanished'`).toArray();
      if (isThere.length === 0) return NOTHING_VANISHED;
      const since = new Map<number, number>();
      let lookedAt = Number.NEGATIVE_INFINITY;
      for (const { bytes } of sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM vanished').toArray()) {
        const [at = Number.NEGATIVE_INFINITY, ...pairs] = new Float64Array(bytes);
        lookedAt = at;
        for (let i = 0; i < pairs.length; i += 2) since.set(pairs[i] ?? 0, pairs[i + 1] ?? 0);
      }
      return { lookedAt, since };
    },
    write({ lookedAt, since }: Vanished): void {
      sql.exec('CREATE TABLE IF NOT EXISTS vanished (page INTEGER PRIMARY KEY, bytes BLOB NOT NULL)');
      sql.exec('DELETE FROM vanished');
      const pairs = [...since];
      for (let page = 0; page === 0 || page * ROW_KEYS < pairs.length; page++) {
        const row = pairs.slice(page * ROW_KEYS, (page + 1) * ROW_KEYS);
        const bytes = Float64Array.from([lookedAt, ...row.flat()]);
        sql.exec('INSERT INTO vanished (page, bytes) VALUES (?, ?)', page, bytes.buffer);
      }
    },
  };
}

/** Card keys of the published catalogue, ascending; null when there is none, or nothing in it: then nothing can be missed. */
async function liveKeys(kv: KVNamespace, shop: string, variants: 'group' | 'separate'): Promise<Float64Array | null> {
  const bytes = await catalogStore(kv).readColumns(shop);
  if (bytes === null) return null;
  const { groupKeys, itemKeys } = viewColumns(bytes);
  const keys = variants === 'group' ? groupKeys : itemKeys;
  return keys.length === 0 ? null : keys.slice().sort();
}

/** What a learner knows of vanished items, and how it finds out. */
export function vanishedKeys(sql: SqlStorage, kv: KVNamespace) {
  const store = vanishedStore(sql);
  let held: Vanished | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;

  /** Chunks whose published form has one of the keys, or should have. */
  function mark({ cards: { shelf } }: Learner, changed: readonly number[]): void {
    if (changed.length > MOST_SINGLE) shelf.publishAll();
    else
      for (const key of changed)
        for (const other of [key, ...neighboursOf(shelf.find(key))]) shelf.unpublished.add(chunkOf(other, shelf.bits));
  }

  function known(): Vanished {
    held ??= store.read();
    return held;
  }

  return {
    /** Which cards are to be left out of a publication. */
    isHidden(): (key: number) => boolean {
      const vanished = known();
      return (key) => isHidden(vanished, key);
    },
    /** The catalogue's card keys when it is time to look again, otherwise null. */
    async live(shop: string, variants: 'group' | 'separate', now: number): Promise<Float64Array | null> {
      if (Math.abs(now - askedAt) < LOOK_MS) return null;
      askedAt = now;
      return liveKeys(kv, shop, variants);
    },
    /** Takes in what the catalogue has. To be run in one transaction of the storage. */
    take(live: Float64Array, learner: Learner, now: number): void {
      const look = lookFor(known(), live, { cards: learner.cards, now });
      if (!look.isNews) return;
      held = look.vanished;
      mark(learner, look.changed);
      learner.noteWaiting();
      store.write(look.vanished);
      if (look.forgotten.size > 0) learner.forget(look.forgotten, now);
    },
  };
}
