/** One published version, as the object keeps it. The config is kept as text: exactly as it was sent, and cheap to hand out. */
export interface StoredVersion {
  version: number;
  /** Epoch milliseconds. */
  publishedAt: number;
  /** Who: the key's kind and fingerprint. */
  by: string;
  /** The version that was brought back, null for a new config. */
  rollbackOf: number | null;
  /** Why, where it was published by the system itself. */
  why: string | null;
  config: string;
}

export type VersionHead = Omit<StoredVersion, 'config'>;

type Row = Record<string, SqlStorageValue>;

const headOf = (row: Row): VersionHead => ({
  version: Number(row.version),
  publishedAt: Number(row.published_at),
  by: String(row.published_by),
  rollbackOf: row.rollback_of === null ? null : Number(row.rollback_of),
  why: row.why === null ? null : String(row.why),
});

const versionOf = (row: Row): StoredVersion => ({ ...headOf(row), config: String(row.config) });

const SCHEMA_VERSION = 2;

/** The only SQL about configs: versions, secrets and what is still to be written to KV. Brings the tables up to date as it opens. */
export function versionsStore(storage: DurableObjectStorage) {
  const { sql } = storage;
  if (storage.kv.get('schema') !== SCHEMA_VERSION) {
    storage.transactionSync(() => {
      sql.exec(`CREATE TABLE IF NOT EXISTS versions (
        version INTEGER PRIMARY KEY, published_at INTEGER NOT NULL, published_by TEXT NOT NULL, rollback_of INTEGER, config TEXT NOT NULL, why TEXT)`);
      if (storage.kv.get('schema') === 1) sql.exec('ALTER TABLE versions ADD COLUMN why TEXT');
      sql.exec(
        'CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL)',
      );
      storage.kv.put('schema', SCHEMA_VERSION);
    });
  }
  return {
    current(): StoredVersion | null {
      const row = sql.exec('SELECT * FROM versions ORDER BY version DESC LIMIT 1').toArray()[0];
      return row === undefined ? null : versionOf(row);
    },
    get(version: number): StoredVersion | null {
      const row = sql.exec('SELECT * FROM versions WHERE version = ?', version).toArray()[0];
      return row === undefined ? null : versionOf(row);
    },
    /** Newest first. */
    list(before: number, limit: number): VersionHead[] {
      return sql
        .exec(
          'SELECT version, published_at, published_by, rollback_of, why FROM versions WHERE version < ? ORDER BY version DESC LIMIT ?',
          before,
          limit,
        )
        .toArray()
        .map(headOf);
    },
    add({ version, publishedAt, by, rollbackOf, config, why }: StoredVersion): void {
      sql.exec('INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?)', version, publishedAt, by, rollbackOf, config, why);
    },
    putSecret(name: string, value: string, now: number): void {
      sql.exec('INSERT OR REPLACE INTO secrets VALUES (?, ?, ?)', name, value, now);
    },
    secret(name: string): string | null {
      const row = sql.exec('SELECT value FROM secrets WHERE name = ?', name).toArray()[0];
      return row === undefined ? null : String(row.value);
    },
    /** The shop whose KV entry is behind the newest version, null when it is not. */
    owed(): string | null {
      return storage.kv.get<string>('owed') ?? null;
    },
    owe(shop: string): void {
      storage.kv.put('owed', shop);
    },
    settle(): void {
      storage.kv.delete('owed');
    },
  };
}

export type VersionsStore = ReturnType<typeof versionsStore>;
