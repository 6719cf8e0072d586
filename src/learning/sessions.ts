/**
 * The recent sessions of a shop, as the learner holds them: what was looked at in one visit, each item once. A visit is known by a random number while it
 * lasts; when nothing has come of it for an hour it is closed, and then it is a list of items in a row of such lists, without a number, a time or an owner.
 */
import { type FlatSessions, LONGEST_SESSION } from './session-index.ts';

/** A visit that nothing has come of for so long is over: twice the usual pause, so that what was delivered late still finds it. */
const OPEN_MS = 3_600_000;
const MOST_OPEN = 20_000;

/** Closed sessions that are kept, the newest, by the number of their items: about 6 MB as they are published. */
export const MOST_EVENTS = 750_000;

/** Items in a page before the next one begins; a page is a row of the storage. */
const PAGE_EVENTS = 8_192;

interface OpenSession {
  /** Of the last view, by receipt, epoch milliseconds. */
  at: number;
  /** The last {@link LONGEST_SESSION}, each once. */
  keys: number[];
}

/** Closed sessions one after the other. */
export interface SessionPage {
  number: number;
  lengths: number[];
  keys: number[];
}

export interface Sessions {
  /** By their random numbers, the one longest untouched first. */
  open: Map<number, OpenSession>;
  /** Oldest first, numbered without gaps. */
  pages: SessionPage[];
  /** Items in the pages. */
  events: number;
  /** Sessions that were ever closed and kept. */
  closed: number;
  /** Numbers of the pages that differ from what is stored. */
  dirty: Set<number>;
}

export function createSessions(): Sessions {
  return { open: new Map(), pages: [], events: 0, closed: 0, dirty: new Set() };
}

function pageFor(sessions: Sessions): SessionPage {
  const last = sessions.pages.at(-1);
  if (last !== undefined && last.keys.length < PAGE_EVENTS) return last;
  const page = { number: (last?.number ?? -1) + 1, lengths: [], keys: [] };
  sessions.pages.push(page);
  return page;
}

/** Puts a session at the end of the closed ones; the oldest page goes when there are too many. One item says nothing about what goes with it. */
export function closeSession(sessions: Sessions, keys: readonly number[]): void {
  if (keys.length < 2) return;
  const page = pageFor(sessions);
  page.lengths.push(keys.length);
  page.keys.push(...keys);
  sessions.dirty.add(page.number);
  sessions.events += keys.length;
  sessions.closed += 1;
  const oldest = sessions.pages[0];
  if (sessions.events <= MOST_EVENTS || oldest === undefined) return;
  sessions.pages.shift();
  sessions.events -= oldest.keys.length;
  sessions.dirty.add(oldest.number);
}

/**
 * Adds a view to its session, and closes those that are over.
 * @param view.session the random number of the visit; views without one teach the cards only
 * @param now of receipt, epoch milliseconds
 */
export function learnSession(sessions: Sessions, view: { session?: number; key: number }, now: number): void {
  const { open } = sessions;
  for (const [number, { at, keys }] of open) {
    if (now - at < OPEN_MS && open.size < MOST_OPEN) break;
    open.delete(number);
    closeSession(sessions, keys);
  }
  if (view.session === undefined) return;
  const keys = open.get(view.session)?.keys ?? [];
  if (!keys.includes(view.key)) keys.push(view.key);
  if (keys.length > LONGEST_SESSION) keys.shift();
  open.delete(view.session);
  open.set(view.session, { at: now, keys });
}

/** The closed sessions, as the index takes them. */
export function flatten({ pages, events }: Sessions): FlatSessions {
  const size = pages.reduce((sum, page) => sum + page.lengths.length, 0);
  const starts = new Uint32Array(size + 1);
  const keys = new Float64Array(events);
  let session = 0;
  let at = 0;
  for (const page of pages) {
    keys.set(page.keys, at);
    for (const length of page.lengths) {
      at += length;
      starts[++session] = at;
    }
  }
  return { size, starts, keys };
}

/** The number of the row that holds the open sessions. */
const OPEN_PAGE = -1;

/** What is to be stored, by row: pages that changed, null where the page has gone, and the open sessions. They count as stored from then on. */
export function* unsavedPages(sessions: Sessions): Generator<[row: number, block: Float64Array<ArrayBuffer> | null]> {
  for (const number of sessions.dirty) {
    const page = sessions.pages[number - (sessions.pages[0]?.number ?? 0)];
    yield [number, page === undefined ? null : Float64Array.from([page.lengths.length, ...page.lengths, ...page.keys])];
  }
  const numbers = [sessions.closed];
  for (const [session, { at, keys }] of sessions.open) numbers.push(session, at, keys.length, ...keys);
  yield [OPEN_PAGE, Float64Array.from(numbers)];
  sessions.dirty.clear();
}

/** Sessions as they were stored. @param rows in the order of their numbers */
export function restoreSessions(rows: Iterable<readonly [row: number, block: Float64Array]>): Sessions {
  const sessions = createSessions();
  for (const [number, block] of rows) {
    if (number === OPEN_PAGE) {
      sessions.closed = block[0] ?? 0;
      for (let at = 1; at < block.length; at += 3 + (block[at + 2] ?? 0)) {
        const keys = [...block.subarray(at + 3, at + 3 + (block[at + 2] ?? 0))];
        sessions.open.set(block[at] ?? 0, { at: block[at + 1] ?? 0, keys });
      }
      continue;
    }
    const size = block[0] ?? 0;
    const page = { number, lengths: [...block.subarray(1, 1 + size)], keys: [...block.subarray(1 + size)] };
    sessions.pages.push(page);
    sessions.events += page.keys.length;
  }
  return sessions;
}

/** Sessions that ended before all that are here, as a block of numbers: how many there are, the length of each, their keys; oldest first. */
export type PastSessions = Float64Array;

/** The closed sessions in blocks of at most `most` items, the newest block first: as they are put before others, one block after the other. */
export function* pastBlocks({ pages }: Sessions, most: number): Generator<Float64Array<ArrayBuffer>> {
  let lengths: number[] = [];
  let keys: number[] = [];
  for (const page of pages.toReversed()) {
    if (keys.length > 0 && keys.length + page.keys.length > most) {
      yield Float64Array.from([lengths.length, ...lengths, ...keys]);
      [lengths, keys] = [[], []];
    }
    lengths = [...page.lengths, ...lengths];
    keys = [...page.keys, ...keys];
  }
  if (lengths.length > 0) yield Float64Array.from([lengths.length, ...lengths, ...keys]);
}

/** The block that some bytes are. */
export function readPast(bytes: Uint8Array): PastSessions | 'broken' {
  if (bytes.byteLength % 8 !== 0) return 'broken';
  const block = new Float64Array(bytes.slice().buffer);
  const size = block[0] ?? -1;
  if (!Number.isInteger(size) || size < 1 || size >= block.length) return 'broken';
  const lengths = block.subarray(1, 1 + size);
  const keys = block.subarray(1 + size);
  const events = lengths.reduce((sum, length) => sum + length, 0);
  const isSound = lengths.every((length) => Number.isInteger(length) && length >= 2 && length <= LONGEST_SESSION);
  return isSound && events === keys.length && keys.every((key) => Number.isSafeInteger(key) && key >= 0)
    ? block
    : 'broken';
}

/** The sessions with older ones before them, as many as there is room for; all pages are new. */
export function withPast(sessions: Sessions, block: PastSessions): Sessions {
  const made = createSessions();
  for (const { number } of sessions.pages) made.dirty.add(number);
  const flat = flatten(sessions);
  const size = block[0] ?? 0;
  let at = 1 + size;
  for (const length of block.subarray(1, 1 + size)) {
    closeSession(made, [...block.subarray(at, at + length)]);
    at += length;
  }
  for (let session = 0; session < flat.size; session++)
    closeSession(made, [...flat.keys.subarray(flat.starts[session], flat.starts[session + 1])]);
  return { ...made, open: sessions.open, closed: sessions.closed + size };
}
