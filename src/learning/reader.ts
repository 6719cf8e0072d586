import { type CardLookup, type Chunk, openChunk } from './codec.ts';
import { type Counts, NO_COUNTS, openCounts } from './counts.ts';
import { chunkOf, type Manifest } from './schema-published.ts';
import { openSessions, type SessionIndex } from './session-index.ts';
import { cardStore } from './store.ts';

/** Chunks that an isolate keeps, in bytes: with a catalogue of 100,000 items everything stays under 64 MB. An isolate has 128 MB for all its shops. */
const CHUNK_BYTES = 10_000_000;

/** A shop's published cards as an isolate reads them. */
export interface CardReader {
  /** Null before anything was published. */
  readonly manifest: Manifest | null;
  /** `k<n>`, `k0` before anything was published. */
  readonly version: string;
  readonly counts: Counts;
  /**
   * The index of sessions with its version; null where the blend is off, and until it was read: {@link CardReader.cards} has that done after the answer. An
   * older one serves meanwhile.
   */
  readonly sessions: HeldSessions | null;
  /**
   * Looks for a newer publication: one KV read; where there is one, another and those of the chunks in use, if they are few. @returns whether there was
   */
  refresh(now?: number): Promise<boolean>;
  /**
   * Gets the chunks of these cards into memory. A chunk of an older publication serves while the new one loads.
   * @param waitUntil keeps that loading alive after the answer
   */
  cards(keys: readonly number[], waitUntil?: (work: Promise<unknown>) => void): Promise<CardsRead>;
}

/** @property isWhole false where a published chunk cannot be had: not here yet, or not any more */
export type CardsRead = CardLookup & { isWhole: boolean };

export interface HeldSessions {
  version: number;
  index: SessionIndex;
}

/** Chunks in use that are renewed together with a publication. Of more, each is renewed when it is next asked for. */
const RENEWED_AT_ONCE = 8;

const NO_CARDS: CardsRead = Object.assign(() => null, { isWhole: true });

/**
 * @param options.bytes how much of the chunks to keep, the least recently used give way
 */
export function cardReader(kv: KVNamespace, shop: string, options: { bytes?: number } = {}): CardReader {
  const store = cardStore(kv, shop);
  const limit = options.bytes ?? CHUNK_BYTES;
  // A Map keeps the order of insertion: what was used last is put in again, so the first one is the one to go.
  const held = new Map<string, Chunk>();
  // What serves each chunk at the moment: the published object, or an older one.
  let serving = new Map<number, string>();
  // Newer objects that somebody is already loading. Promises are not shared between requests, which may be gone before theirs are settled.
  const renewing = new Set<string>();
  let manifest: Manifest | null = null;
  let counts: Counts = NO_COUNTS;
  let sessions: HeldSessions | null = null;
  let loadingSessions: number | null = null;
  let bytes = 0;

  function keep(name: string, chunk: Chunk): void {
    bytes += held.delete(name) ? 0 : chunk.bytes;
    held.set(name, chunk);
    for (const [other, old] of held) {
      if (bytes <= limit || other === name) break;
      held.delete(other);
      bytes -= old.bytes;
    }
  }

  /** @returns null when it cannot be had: another location may not have it yet, and the next request tries again */
  async function load(number: number, name: string): Promise<Chunk | null> {
    try {
      const buffer = await store.readChunk(name);
      const chunk = buffer === null ? null : openChunk(buffer);
      if (chunk !== null) {
        keep(name, chunk);
        if (manifest?.chunks[number] === name) serving.set(number, name);
      }
      return chunk;
    } catch (error) {
      console.warn(JSON.stringify({ shop, cards: name, error: String(error) }));
      return null;
    }
  }

  /** Reads the published index of sessions where another one is held. One that is broken, or not there yet, is asked for again. */
  async function loadSessions(): Promise<void> {
    const version = manifest?.sessions;
    if (version === undefined || version === sessions?.version || version === loadingSessions) return;
    loadingSessions = version;
    try {
      const buffer = await store.readSessions(version);
      const index = buffer === null ? null : openSessions(buffer);
      if (index !== null && manifest?.sessions !== undefined) sessions = { version, index };
    } catch (error) {
      console.warn(JSON.stringify({ shop, sessions: version, error: String(error) }));
    } finally {
      if (loadingSessions === version) loadingSessions = null;
    }
  }

  /** Loads the newer chunks of those in use, so that the first answer after a publication is already of it. */
  async function renewServing(): Promise<void> {
    const renewed = [...serving].flatMap(([number, served]) => {
      const name = manifest?.chunks[number] ?? null;
      return name === null || held.has(name) || !held.has(served) ? [] : [{ number, name }];
    });
    if (renewed.length > RENEWED_AT_ONCE) return;
    for (const { name } of renewed) renewing.add(name);
    await Promise.all(renewed.map(({ number, name }) => load(number, name)));
  }

  /** The chunk that serves, and has it renewed where a newer one is published. */
  function heldChunk(number: number, name: string, waitUntil: (work: Promise<unknown>) => void): Chunk | null {
    const served = held.has(name) ? name : (serving.get(number) ?? name);
    const chunk = held.get(served);
    if (chunk === undefined) return null;
    keep(served, chunk);
    if (served !== name && !renewing.has(name)) {
      renewing.add(name);
      waitUntil(load(number, name));
    }
    return chunk;
  }

  function take(newer: Manifest): void {
    if (manifest !== null && newer.bits !== manifest.bits) {
      const before = manifest.bits;
      const old = serving;
      serving = new Map();
      for (let number = 0; number < newer.chunks.length; number++) {
        const name = old.get(chunkOf(number, before));
        if (name !== undefined) serving.set(number, name);
      }
    }
    manifest = newer;
    if (newer.sessions === undefined) sessions = null;
    renewing.clear();
  }

  return {
    get manifest() {
      return manifest;
    },
    get version() {
      return `k${manifest?.version ?? 0}`;
    },
    get counts() {
      return counts;
    },
    get sessions() {
      return sessions;
    },
    async refresh() {
      // What could not be had is asked for again.
      renewing.clear();
      const newer = await store.readManifest();
      if (newer === null || newer.version === manifest?.version) return false;
      if (newer.counts !== manifest?.counts) {
        const buffer = await store.readCounts(newer.counts);
        const opened = buffer === null ? null : openCounts(buffer);
        if (opened === null) return false;
        counts = opened;
      }
      take(newer);
      await renewServing();
      return true;
    },
    async cards(keys, waitUntil = () => undefined) {
      if (manifest === null) return NO_CARDS;
      const { bits, chunks } = manifest;
      if (manifest.sessions !== undefined && manifest.sessions !== sessions?.version) waitUntil(loadSessions());
      const used = new Map<number, Chunk | null>();
      const missing: Promise<void>[] = [];
      for (const key of keys) {
        const number = chunkOf(key, bits);
        const name = chunks[number] ?? null;
        if (name === null || used.has(number)) continue;
        const chunk = heldChunk(number, name, waitUntil);
        used.set(number, chunk);
        if (chunk === null) missing.push(load(number, name).then((loaded) => void used.set(number, loaded)));
      }
      if (missing.length > 0) await Promise.all(missing);
      const find: CardLookup = (key) => used.get(chunkOf(key, bits))?.find(key) ?? null;
      return Object.assign(find, { isWhole: ![...used.values()].includes(null) });
    },
  };
}
