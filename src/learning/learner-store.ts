import type { OrderState } from './basket-learner.ts';
import { type Buyers, packHour, unpackHour } from './buyers.ts';
import type { ContextTrials } from './contexts.ts';
import type { BlendState, OrderTrials, TrialCounts } from './holdout.ts';
import type { LearnBatch } from './log.ts';
import { packBatches, unpackBatches } from './log.ts';
import type { Publication } from './publication.ts';
import type { Manifest } from './schema-published.ts';
import { VERSION_TTL_SECONDS } from './store.ts';

/** A row may have 2 MB: a chunk is cut into pieces of this size (whole numbers of 64 bits), and each further one lies so many numbers behind. */
const PIECE_BYTES = 1_900_000;
const NEXT_PIECE = 2 ** 20;

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  for (let i = 0, at = 0; i < pieces.length; at += pieces[i++]?.byteLength ?? 0) whole.set(pieces[i] ?? [], at);
  return whole;
}

/** Raised when the tables change. 1: pages of 4,096 slots; the learner writes them anew, smaller, with the next checkpoint. */
const SCHEMA_VERSION = 2;

/** The store at the last checkpoint: what the stored chunks, counts and the log build upon. */
export interface Learnt {
  halfLifeMs: number;
  /** Null before the first event; likewise the next two. */
  landmark: number | null;
  trendingLandmark: number | null;
  newest: number | null;
  bits: number;
  /** Events applied, and changes made, until then. */
  events: number;
  sequence: number;
  /** Absent before there was a second scorer. */
  blend?: BlendState;
  /** What is known about companions weighed against each other. */
  bigBaskets?: OrderState;
  /** What country, device and time of day have told; absent before they were counted. */
  contexts?: ContextTrials[];
}

/** What the learner noted at its last publication. */
export interface Published {
  publication: Publication;
  /** The counts hold every change up to this one. */
  sequence: number;
  /** Of the events applied, this many are in published cards. */
  events: number;
  /** What a view by our own recommendation counted. */
  ownClicks: number;
  /** Whether companions were weighed against each other; absent before that was possible. */
  bigBaskets?: boolean;
}

/** Before the first publication. */
export const NOTHING_PUBLISHED: Published = {
  publication: {
    manifest: null,
    writtenAt: [],
    isAnnounced: true,
    bucket: { tokens: Number.MAX_SAFE_INTEGER, at: 0 },
  },
  sequence: 0,
  events: 0,
  ownClicks: Number.NaN,
};

/** Chunks that differ from what is published, after the change `sequence`. */
export interface Waiting {
  sequence: number;
  bits: number;
  chunks: number[];
}

export interface LogRow {
  sequence: number;
  at: number;
  batches: LearnBatch[];
  /** Of views, and of orders. */
  trials: TrialCounts;
  orderTrials: OrderTrials;
}

/**
 * The learner's tables: `state` (a few notes), `log`, `cards` (a chunk a row, or a few), `counts` (a page a row), `uploads`, `buyers` (an hour a row), `sessions` (a
 * page a row), `manifests` (one a publication).
 */
export function learnerStore(sql: SqlStorage) {
  sql.exec('CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID');
  sql.exec(
    'CREATE TABLE IF NOT EXISTS log (sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, ids TEXT NOT NULL, batches BLOB NOT NULL)',
  );
  sql.exec('CREATE TABLE IF NOT EXISTS cards (chunk INTEGER PRIMARY KEY, bytes BLOB NOT NULL)');
  sql.exec('CREATE TABLE IF NOT EXISTS counts (page INTEGER PRIMARY KEY, bytes BLOB NOT NULL)');
  sql.exec('CREATE TABLE IF NOT EXISTS buyers (hour INTEGER PRIMARY KEY, bytes BLOB NOT NULL)');
  sql.exec(
    'CREATE TABLE IF NOT EXISTS uploads (import TEXT, chunk INTEGER, PRIMARY KEY (import, chunk)) WITHOUT ROWID',
  );
  sql.exec('CREATE TABLE IF NOT EXISTS sessions (page INTEGER PRIMARY KEY, bytes BLOB NOT NULL)');

  sql.exec(
    'CREATE TABLE IF NOT EXISTS manifests (version INTEGER PRIMARY KEY, at INTEGER NOT NULL, json TEXT NOT NULL)',
  );

  const readNote = <T>(name: string): T | null => {
    const row = sql.exec<{ json: string }>('SELECT json FROM state WHERE name = ?', name).toArray()[0];
    return row === undefined ? null : (JSON.parse(row.json) as T);
  };
  const writeNote = (name: string, note: unknown) => {
    sql.exec('INSERT OR REPLACE INTO state (name, json) VALUES (?, ?)', name, JSON.stringify(note));
  };
  const readPiece = (row: number) =>
    sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM cards WHERE chunk = ?', row).toArray()[0];

  if (readNote('schema') === null) writeNote('schema', SCHEMA_VERSION);
  let salt = readNote<string>('salt');
  return {
    /** Whether the pages of the counts are still those of an older schema. */
    isOutdated: () => readNote<number>('schema') !== SCHEMA_VERSION,
    migrated: () => writeNote('schema', SCHEMA_VERSION),
    /** What the hashes of buyers are made with: drawn once, never leaves the object. */
    saltOf(draw: () => string): string {
      if (salt === null) {
        salt = draw();
        writeNote('salt', salt);
      }
      return salt;
    },
    readLearnt: () => readNote<Learnt>('learnt'),
    writeLearnt: (learnt: Learnt) => writeNote('learnt', learnt),
    readShop: () => readNote<string>('shop'),
    writeShop: (shop: string) => writeNote('shop', shop),
    readWaiting: () => readNote<Waiting>('waiting'),
    writeWaiting: (waiting: Waiting) => writeNote('waiting', waiting),
    readPublished: () => readNote<Published>('published'),
    /** A publication that is about to be announced is kept for as long as its objects in KV live, so that a replay finds them. */
    writePublished(published: Published): void {
      writeNote('published', published);
      const { manifest, isAnnounced } = published.publication;
      if (manifest === null || isAnnounced) return;
      const { version, publishedAt } = manifest;
      sql.exec('INSERT OR REPLACE INTO manifests VALUES (?, ?, ?)', version, publishedAt, JSON.stringify(manifest));
      sql.exec('DELETE FROM manifests WHERE at < ?', publishedAt - VERSION_TTL_SECONDS * 1_000);
    },
    readManifest(version: number): Manifest | null {
      const row = sql.exec<{ json: string }>('SELECT json FROM manifests WHERE version = ?', version).toArray()[0];
      return row === undefined ? null : (JSON.parse(row.json) as Manifest);
    },
    appendLog(row: LogRow): void {
      sql.exec(
        'INSERT INTO log (sequence, at, ids, batches) VALUES (?, ?, ?, ?)',
        row.sequence,
        row.at,
        JSON.stringify(row.batches.map((batch) => batch.flushId)),
        packBatches(row.batches, row.trials, row.orderTrials.baskets, row.orderTrials.again).buffer,
      );
    },
    *readLog(): Generator<LogRow> {
      const rows = sql.exec<{ sequence: number; at: number; ids: string; batches: ArrayBuffer }>(
        'SELECT sequence, at, ids, batches FROM log ORDER BY sequence',
      );
      for (const { sequence, at, ids, batches } of rows.toArray())
        yield { sequence, at, ...unpackBatches(new Float64Array(batches), JSON.parse(ids) as string[]) };
    },
    clearLog: () => {
      sql.exec('DELETE FROM log');
    },
    readChunk(chunk: number): Uint8Array | null {
      const pieces: Uint8Array[] = [];
      for (let row = chunk; ; row += NEXT_PIECE) {
        const piece = readPiece(row);
        if (piece !== undefined) pieces.push(new Uint8Array(piece.bytes));
        if (piece?.bytes.byteLength !== PIECE_BYTES) break;
      }
      return pieces.length < 2 ? (pieces[0] ?? null) : joined(pieces);
    },
    /** What does not fit into a row goes on in others. */
    writeChunk(chunk: number, bytes: Uint8Array<ArrayBuffer>): void {
      let row = chunk;
      for (let from = 0; from < bytes.byteLength; from += PIECE_BYTES, row += NEXT_PIECE) {
        const piece = bytes.subarray(from, from + PIECE_BYTES);
        sql.exec('INSERT OR REPLACE INTO cards (chunk, bytes) VALUES (?, ?)', row, piece);
      }
      // It may have been longer before.
      for (; readPiece(row) !== undefined; row += NEXT_PIECE) sql.exec('DELETE FROM cards WHERE chunk = ?', row);
    },
    *readCounts(): Generator<Uint8Array> {
      for (const row of sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM counts ORDER BY page').toArray())
        yield new Uint8Array(row.bytes);
    },
    writeCounts(page: number, bytes: Uint8Array<ArrayBuffer>): void {
      sql.exec('INSERT OR REPLACE INTO counts (page, bytes) VALUES (?, ?)', page, bytes);
    },
    *readBuyers(): Generator<[number, Map<number, Set<number>>]> {
      for (const row of sql.exec<{ hour: number; bytes: ArrayBuffer }>('SELECT hour, bytes FROM buyers').toArray())
        yield [row.hour, unpackHour(new Float64Array(row.bytes))];
    },
    /** Writes hours that changed, and drops those before the oldest that is left. */
    writeBuyers(buyers: Buyers, changed: Iterable<number>, oldest: number | null): void {
      for (const hour of changed) {
        const items = buyers.get(hour);
        if (items !== undefined)
          sql.exec('INSERT OR REPLACE INTO buyers (hour, bytes) VALUES (?, ?)', hour, packHour(items).buffer);
      }
      sql.exec('DELETE FROM buyers WHERE hour < ?', oldest ?? Number.MAX_SAFE_INTEGER);
    },
    dropCounts(): void {
      sql.exec('DELETE FROM counts');
    },
    *readSessions(): Generator<readonly [row: number, block: Float64Array]> {
      const rows = sql.exec<{ page: number; bytes: ArrayBuffer }>('SELECT page, bytes FROM sessions ORDER BY page');
      for (const { page, bytes } of rows.toArray()) yield [page, new Float64Array(bytes)];
    },
    writeSessions(page: number, block: Float64Array<ArrayBuffer> | null): void {
      if (block === null) sql.exec('DELETE FROM sessions WHERE page = ?', page);
      else sql.exec('INSERT OR REPLACE INTO sessions (page, bytes) VALUES (?, ?)', page, block.buffer);
    },
    clearSessions: () => {
      sql.exec('DELETE FROM sessions');
    },
    /** Forgets all cards, counts and uploads; the sessions stay. */
    empty(): void {
      for (const table of ['cards', 'counts', 'uploads']) sql.exec(`DELETE FROM ${table}`);
    },
    hasUpload: (importId: string, chunk: number) =>
      sql.exec('SELECT 1 FROM uploads WHERE import = ? AND chunk = ?', importId, chunk).toArray().length > 0,
    addUpload(importId: string, chunk: number): void {
      sql.exec('INSERT INTO uploads (import, chunk) VALUES (?, ?)', importId, chunk);
    },
  };
}

export type LearnerStore = ReturnType<typeof learnerStore>;
