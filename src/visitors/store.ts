/**
 * The rows of a visitor's object. All SQL of {@link VisitorObject}.
 *
 * One table, `kept(kind, number, at, body, events, base, ids)`, without a rowid, so that a row is one written row:
 * - `state` 0: `body` core and profile without orders; `events` the open batch; `base` the profile without the session's part; `ids` recent hashes
 * - `batch` n: `body` flush n as it is sent, `events` the events it tells of
 * - `orders` n: `body` past orders, in pages
 * - `ids` n: hashes of event ids, in pages
 * - `part` n: what a visitor of this customer holds, in pieces of a text
 * - `past` n: events of a visitor who has changed hands; `body` the part's name, `base` the visitorId, `ids` the hashes of their ids
 */
import type { Consent } from '../events/schema.ts';
import type { View } from '../learning/schema.ts';
import { key53 } from '../shared/hash.ts';
import type { FixedFlush } from './deliver.ts';
import type { IdPage, Sealed } from './flush.ts';
import { type Packed, parted, profileText, unpack } from './packed.ts';
import { partsStore } from './parts-store.ts';
import { bufferOf, groupsOf, hashesOf } from './rows.ts';
import type { PastOrder, Profile, SequencedEvent } from './schema.ts';
import { type Core, type Entry, freshState, SCHEMA_VERSION, type VisitorState } from './state.ts';
import type { Visits } from './visits.ts';

/** Every kind of row there is: export shows and erasure removes all of them. */
export const KINDS = ['state', 'batch', 'orders', 'ids', 'part', 'past'] as const;

/** SQLite's. A row that is as long as it was is written over where it lies; any other gives its pages back and takes others, which are written as well. */
const PAGE_BYTES = 4096;

interface StoredBody {
  core: Core;
  profile: StoredProfile;
  views: View[];
}

/** Plain in rows from before it was packed. */
type StoredProfile = Packed | Profile | null;

const isPacked = (stored: Packed | Profile): stored is Packed => Array.isArray(stored.affinities.brand);

/** Steps with times in place of how long ago they were, and the other way round. */
function turned({ visits, seenAt }: Pick<Profile, 'visits' | 'seenAt'>): Visits | undefined {
  return visits && { ...visits, steps: visits.steps.map((step) => ({ ...step, at: seenAt - step.at })) };
}

function profileIn(stored: StoredProfile): Profile | null {
  if (stored === null || !isPacked(stored)) return stored;
  const visits = turned(stored);
  return { ...unpack(stored), orders: [], ...(visits && { visits }) };
}

/** Without its orders, which lie in rows of their own. @returns also that of it which whoever decides is told */
function textOf(profile: Profile | null): { whole: string; told: string | null } {
  if (profile === null) return { whole: 'null', told: null };
  const { told: part, inner } = parted(profile);
  const told = profileText(part);
  const rest = JSON.stringify({ ...inner, visits: turned(profile) });
  return { whole: rest === '{}' ? told : `${told.slice(0, -1)},${rest.slice(1)}`, told };
}

const pagesOf = (orders: readonly PastOrder[]): string[] => groupsOf(orders).map(({ text }) => text);

/** @param draw makes a random name for a visitor who is new */
export function visitorStore(sql: SqlStorage, draw: () => string) {
  let exists = false;
  let hasState = false;
  let orderPages: string[] = [];
  /** What was told of the profile that was saved last. */
  let saved: { profile: Profile; told: string } | null = null;
  const parts = partsStore(sql, () => {
    if (!exists) create();
  });

  function create(): void {
    sql.exec(`CREATE TABLE IF NOT EXISTS kept (kind TEXT, number INTEGER, at INTEGER, body TEXT, events TEXT, base TEXT, ids BLOB,
      PRIMARY KEY (kind, number)) WITHOUT ROWID`);
    exists = true;
  }

  function allHashes(): Set<number> {
    const known = new Set<number>();
    for (const row of sql.exec<{ ids: unknown } & Record<string, SqlStorageValue>>(
      `SELECT ids FROM kept WHERE kind IN ('ids', 'past')`,
    ))
      for (const hash of hashesOf(row.ids)) known.add(hash);
    return known;
  }

  function readOrders(): PastOrder[] {
    orderPages = sql
      .exec<{ body: string }>(`SELECT body FROM kept WHERE kind = 'orders' ORDER BY number`)
      .toArray()
      .map((row) => row.body);
    return orderPages.flatMap((page) => JSON.parse(page) as PastOrder[]);
  }

  return {
    parts,

    /** What the rows say; the state of a new visitor when there are none. */
    load(): VisitorState {
      const state = freshState(draw);
      orderPages = [];
      hasState = false;
      saved = null;
      // Somebody who is only asked about gets no table.
      exists = sql.exec(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'kept'`).toArray().length > 0;
      if (!exists) return state;
      const row = sql
        .exec<{ body: string; events: string; base: string | null; ids: ArrayBuffer | null }>(
          `SELECT body, events, base, ids FROM kept WHERE kind = 'state'`,
        )
        .toArray()[0];
      if (row === undefined) return state;
      hasState = true;
      const { core, profile: stored, views } = JSON.parse(row.body) as StoredBody;
      const profile = profileIn(stored);
      state.core = core.schema === SCHEMA_VERSION ? core : { ...state.core, ...core, schema: SCHEMA_VERSION };
      state.profile = profile;
      state.base = row.base === null ? null : profileIn(JSON.parse(row.base) as StoredProfile);
      state.open = JSON.parse(row.events) as Entry[];
      state.openTexts = state.open.map((entry) => JSON.stringify(entry));
      state.openViews = views;
      state.viewTexts = views.map((view) => JSON.stringify(view));
      state.recent = hashesOf(row.ids);
      state.known = allHashes();
      for (const hash of state.recent) state.known.add(hash);
      for (const entry of state.open) state.known.add(key53(entry.event.eventId));
      state.parts = parts.load();
      const orders = readOrders();
      if (profile !== null) profile.orders = orders;
      if (state.base !== null) {
        const session = new Set(core.sessionOrders);
        state.base.orders = structuredClone(orders.filter((order) => !session.has(order.orderId)));
      }
      return state;
    },

    /** Writes the state row, filled up with blanks to whole pages; the recent hashes only where a batch was sealed. */
    save(state: VisitorState, withIds: boolean): void {
      const { core, profile, base } = state;
      if (!exists) create();
      // Each by itself: what a text in pieces or a large record keeps from being written fast is the whole of what it is written with.
      const views = state.viewTexts.join(',');
      const { whole, told } = textOf(profile);
      saved = profile === null || told === null ? null : { profile, told };
      const body = `{"core":${JSON.stringify(core)},"profile":${whole},"views":[${views}]}`;
      const events = `[${state.openTexts.join(',')}]`;
      const without = base === null ? null : textOf(base).whole;
      const size = body.length + events.length + (without?.length ?? 0);
      const room = Math.ceil(size / PAGE_BYTES) * PAGE_BYTES - size;
      const texts = [body.padEnd(body.length + room), events, without];
      if (hasState && !withIds)
        sql.exec(`UPDATE kept SET body = ?, events = ?, base = ? WHERE kind = 'state' AND number = 0`, ...texts);
      else
        sql.exec(
          `INSERT OR REPLACE INTO kept (kind, number, at, body, events, base, ids) VALUES ('state', 0, 0, ?, ?, ?, ?)`,
          ...texts,
          bufferOf(state.recent),
        );
      hasState = true;
    },

    /** The {@link profileText} of a profile, as it was saved; null where it was not saved since it was read. */
    toldOf: (profile: Profile): string | null => (saved?.profile === profile ? saved.told : null),

    /** Writes those pages of orders that have changed. */
    saveOrders(orders: readonly PastOrder[]): void {
      if (!exists) create();
      const pages = pagesOf(orders);
      pages.forEach((page, number) => {
        if (orderPages[number] === page) return;
        sql.exec(`INSERT OR REPLACE INTO kept (kind, number, at, body) VALUES ('orders', ?, 0, ?)`, number, page);
      });
      if (orderPages.length > pages.length)
        sql.exec(`DELETE FROM kept WHERE kind = 'orders' AND number >= ?`, pages.length);
      orderPages = pages;
    },

    addSealed({ batches, page }: Sealed): void {
      if (!exists) create();
      for (const { number, at, events, flush } of batches)
        sql.exec(
          `INSERT INTO kept (kind, number, at, body, events) VALUES ('batch', ?, ?, ?, ?)`,
          number,
          at,
          flush,
          JSON.stringify(events),
        );
      if (page !== null) addPage(page);
    },

    /** The flushes of these numbers that are still there, as they were fixed. */
    *flushes(numbers: Iterable<number>): Generator<FixedFlush> {
      for (const number of numbers) {
        const row = sql.exec<{ body: string }>(`SELECT body FROM kept WHERE kind = 'batch' AND number = ?`, number);
        for (const { body } of row.toArray()) yield { number, text: body };
      }
    },

    /** All sealed events, in the visitor's order. */
    events(): SequencedEvent[] {
      if (!exists) return [];
      return sql
        .exec<{ events: string }>(`SELECT events FROM kept WHERE kind = 'batch' ORDER BY number`)
        .toArray()
        .flatMap((row) => JSON.parse(row.events) as SequencedEvent[])
        .sort((a, b) => a.sequence - b.sequence);
    },

    /** How many events sealed batches hold. */
    countEvents(): number {
      if (!exists) return 0;
      return sql
        .exec<{ events: number }>(
          `SELECT COALESCE(SUM(json_array_length(events)), 0) AS events FROM kept WHERE kind IN ('batch', 'past')`,
        )
        .one().events;
    },

    /** Takes events out of batches; a batch goes when nothing is left of it and its flush need not be sent again. */
    strip(numbers: readonly number[], stays: (consent: Consent) => boolean, unconfirmed: ReadonlySet<number>): void {
      for (const number of numbers) {
        const row = sql
          .exec<{ events: string }>(`SELECT events FROM kept WHERE kind = 'batch' AND number = ?`, number)
          .toArray()[0];
        if (row === undefined) continue;
        const events = (JSON.parse(row.events) as SequencedEvent[]).filter((event) => stays(event.consent));
        if (events.length === 0 && !unconfirmed.has(number))
          sql.exec(`DELETE FROM kept WHERE kind = 'batch' AND number = ?`, number);
        else sql.exec(`UPDATE kept SET events = ? WHERE kind = 'batch' AND number = ?`, JSON.stringify(events), number);
      }
    },

    /** The numbers of all batches. */
    batches(): number[] {
      if (!exists) return [];
      const rows = sql.exec<{ number: number }>(`SELECT number FROM kept WHERE kind = 'batch' ORDER BY number`);
      return rows.toArray().map((row) => row.number);
    },

    /** Removes emptied batches whose flush has been confirmed. */
    dropEmptied(confirmed: readonly number[]): void {
      for (const number of confirmed)
        sql.exec(`DELETE FROM kept WHERE kind = 'batch' AND number = ? AND events = '[]'`, number);
    },

    /**
     * Removes batches and pages received before a time, except batches from a number on.
     * @returns the hashes that are left, and when the oldest row that is left was received (null: none is left)
     */
    retain(before: number, from: number): { known: Set<number>; oldest: number | null } {
      sql.exec(`DELETE FROM kept WHERE kind = 'batch' AND at <= ? AND number < ?`, before, from);
      sql.exec(`DELETE FROM kept WHERE kind IN ('ids', 'past') AND at <= ?`, before);
      const { oldest } = sql
        .exec<{ oldest: number | null }>(`SELECT MIN(at) AS oldest FROM kept WHERE kind IN ('batch', 'ids', 'past')`)
        .one();
      return { known: allHashes(), oldest };
    },

    /** Removes every row. */
    clear(): void {
      if (exists) sql.exec('DELETE FROM kept');
      hasState = false;
      orderPages = [];
      parts.forget();
    },

    /** Removes every row but the flushes of these numbers, of which nothing stays but what `leave` makes of them. */
    clearBut(numbers: ReadonlySet<number>, leave: (flush: string) => string): void {
      const left = [...this.flushes(numbers)];
      this.clear();
      for (const { number, text } of left)
        sql.exec(
          `INSERT INTO kept (kind, number, at, body, events) VALUES ('batch', ?, 0, ?, '[]')`,
          number,
          leave(text),
        );
    },

    /** Number of rows by kind. */
    counts(): Record<string, number> {
      if (!exists) return {};
      const rows = sql.exec<{ kind: string; rows: number }>('SELECT kind, COUNT(*) AS rows FROM kept GROUP BY kind');
      return Object.fromEntries(rows.toArray().map((row) => [row.kind, row.rows]));
    },
  };

  function addPage({ number, at, ids }: IdPage): void {
    sql.exec(`INSERT INTO kept (kind, number, at, ids) VALUES ('ids', ?, ?, ?)`, number, at, bufferOf(ids));
  }
}

export type VisitorStore = ReturnType<typeof visitorStore>;
