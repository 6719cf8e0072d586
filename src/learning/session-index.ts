/**
 * The index of past sessions in its published form: who looked at what together, newest sessions last, and of each item the newest sessions that contain it.
 * Read as it lies, without parsing; about ten bytes an event. It holds item keys only: no visitor, no time, no name of a session.
 */
import { placeIn } from '../shared/sorted.ts';

/** Sessions of an item that the index keeps, the newest: `m` of the paper. More of them would never be read. */
export const RECENT_SESSIONS = 500;

/** Items of a session that count, the last ones: who looks at everything says little about anything. */
export const LONGEST_SESSION = 50;

const FORMAT = 1;
const MAGIC = 0x53435746;
const HEADER_BYTES = 64;

/** Up to so many items are numbered in two bytes. */
const SMALL = 65_536;

/** Sessions one after the other, the oldest first: session s has the keys `starts[s]` to before `starts[s + 1]`, each once, at most {@link LONGEST_SESSION}. */
export interface FlatSessions {
  readonly size: number;
  readonly starts: Uint32Array;
  readonly keys: Float64Array;
}

/** Sessions are numbered from 0, the oldest, and items in the order of their keys. */
export interface SessionIndex {
  readonly size: number;
  readonly bytes: number;
  readonly keys: Float64Array;
  /** `ln(sessions / sessions with the item)` of each item. */
  readonly rarity: Float32Array;
  /** Of item i the sessions `recent[recentStarts[i]]` to before `recent[recentStarts[i + 1]]`, newest first, at most {@link RECENT_SESSIONS}. */
  readonly recentStarts: Uint32Array;
  readonly recent: Uint32Array;
  /** Of session s the items `items[starts[s]]` to before `items[starts[s + 1]]`. */
  readonly starts: Uint32Array;
  readonly items: Uint16Array | Uint32Array;
  /** -1 when no session has the item. */
  indexOf(key: number): number;
}

interface Sizes {
  sessions: number;
  items: number;
  events: number;
  recent: number;
}

/** Where everything lies. One function for writing and reading, so that they cannot disagree. */
function layout(buffer: ArrayBuffer | null, { sessions, items, events, recent }: Sizes) {
  const width = items <= SMALL ? 2 : 4;
  const size = HEADER_BYTES + items * 16 + 4 + recent * 4 + (sessions + 1) * 4 + events * width;
  if (buffer !== null && buffer.byteLength !== size) return null;
  const from = buffer ?? new ArrayBuffer(size);
  let at = HEADER_BYTES;
  const place = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  return {
    header: new DataView(from),
    keys: new Float64Array(from, place(items * 8), items),
    rarity: new Float32Array(from, place(items * 4), items),
    recentStarts: new Uint32Array(from, place((items + 1) * 4), items + 1),
    recent: new Uint32Array(from, place(recent * 4), recent),
    starts: new Uint32Array(from, place((sessions + 1) * 4), sessions + 1),
    items: width === 2 ? new Uint16Array(from, at, events) : new Uint32Array(from, at, events),
  };
}

/** How many sessions have each item, by key. */
function frequenciesOf({ keys }: FlatSessions): Map<number, number> {
  const frequencies = new Map<number, number>();
  for (const key of keys) frequencies.set(key, (frequencies.get(key) ?? 0) + 1);
  return frequencies;
}

/** The published form of sessions. */
export function encodeSessions(sessions: FlatSessions): Uint8Array<ArrayBuffer> {
  const frequencies = frequenciesOf(sessions);
  const keys = Float64Array.from(frequencies.keys()).sort();
  let recent = 0;
  for (const count of frequencies.values()) recent += Math.min(RECENT_SESSIONS, count);
  const sizes = { sessions: sessions.size, items: keys.length, events: sessions.keys.length, recent };
  const to = layout(null, sizes);
  if (to === null) throw new Error('A new buffer has the size that it was given.');
  const header = [MAGIC, FORMAT, sizes.sessions, sizes.items, sizes.events, sizes.recent];
  for (const [i, word] of header.entries()) to.header.setUint32(i * 4, word, true);
  to.keys.set(keys);
  const numbers = new Map<number, number>();
  for (const [i, key] of keys.entries()) {
    const count = frequencies.get(key) ?? 0;
    numbers.set(key, i);
    to.rarity[i] = Math.log(sessions.size / count);
    to.recentStarts[i + 1] = (to.recentStarts[i] ?? 0) + Math.min(RECENT_SESSIONS, count);
  }
  to.starts.set(sessions.starts.subarray(0, sizes.sessions + 1));
  for (const [i, key] of sessions.keys.entries()) to.items[i] = numbers.get(key) ?? 0;
  const next = to.recentStarts.slice(0, keys.length);
  for (let session = sizes.sessions - 1; session >= 0; session--)
    for (let i = to.starts[session] ?? 0; i < (to.starts[session + 1] ?? 0); i++) {
      const item = to.items[i] ?? 0;
      const at = next[item] ?? 0;
      if (at === to.recentStarts[item + 1]) continue;
      to.recent[at] = session;
      next[item] = at + 1;
    }
  return new Uint8Array(to.header.buffer as ArrayBuffer);
}

/**
 * Opens a published index. Nothing is copied.
 * @returns null when the bytes are not an index of this format
 */
export function openSessions(buffer: ArrayBuffer): SessionIndex | null {
  if (buffer.byteLength < HEADER_BYTES) return null;
  const head = new DataView(buffer);
  const word = (i: number) => head.getUint32(i * 4, true);
  if (word(0) !== MAGIC || word(1) !== FORMAT) return null;
  const from = layout(buffer, { sessions: word(2), items: word(3), events: word(4), recent: word(5) });
  if (from === null) return null;
  const { header: _, ...columns } = from;
  return {
    size: word(2),
    bytes: buffer.byteLength,
    ...columns,
    indexOf: (key) => placeIn(columns.keys, key),
  };
}
