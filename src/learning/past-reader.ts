import { type CardLookup, openChunk } from './codec.ts';
import { type Counts, NO_COUNTS, openCounts } from './counts.ts';
import { chunkOf, type Manifest } from './schema-published.ts';
import { openSessions, type SessionIndex } from './session-index.ts';
import { cardStore } from './store.ts';

/** What a decision reads of a publication. */
export interface PastCards {
  counts: Counts;
  cards: CardLookup;
}

/** Before anything was published. */
export const NO_PAST: PastCards = { counts: NO_COUNTS, cards: () => null };

/**
 * The counts and some cards of a publication, straight from KV: a replay is rare, and must not push out of memory what today's answers read.
 * @returns null when one of the objects has lived its seven days
 */
export async function pastCards(
  kv: KVNamespace,
  shop: string,
  { manifest, keys }: { manifest: Pick<Manifest, 'bits' | 'chunks' | 'counts'>; keys: readonly number[] },
): Promise<PastCards | null> {
  const store = cardStore(kv, shop);
  const { bits, chunks } = manifest;
  const names = new Set(keys.flatMap((key) => chunks[chunkOf(key, bits)] ?? []));
  const [counts, ...read] = await Promise.all([
    store.readCounts(manifest.counts),
    ...[...names].map(async (name) => ({ name, bytes: await store.readChunk(name) })),
  ]);
  const opened = new Map(read.map(({ name, bytes }) => [name, bytes === null ? null : openChunk(bytes)]));
  const openedCounts = counts === null ? null : openCounts(counts);
  if (openedCounts === null || [...opened.values()].includes(null)) return null;
  return { counts: openedCounts, cards: (key) => opened.get(chunks[chunkOf(key, bits)] ?? '')?.find(key) ?? null };
}

/** An index of sessions, null when it has lived its seven days. @param version `s<n>`, as answers state it */
export async function pastSessions(kv: KVNamespace, shop: string, version: string): Promise<SessionIndex | null> {
  const bytes = await cardStore(kv, shop).readSessions(Number(version.slice(1)));
  return bytes === null ? null : openSessions(bytes);
}
