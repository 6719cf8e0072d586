import { boughtWithOnShelf } from './basket-learner.ts';
import type { EncodeOptions } from './choose.ts';
import type { ChunkedCards } from './chunk-shelf.ts';
import { encodeChunk } from './codec.ts';
import type { CardStore } from './store.ts';

/** A version to be written. */
export interface Version {
  number: number;
  chunks: readonly number[];
  counts: Uint8Array;
  /** The index of sessions; null where it stays, or there is none. */
  sessions: Uint8Array | null;
  options: EncodeOptions;
}

/**
 * Writes everything of a version but the manifest that announces it; its chunks do not wait for publication any more. If it fails, they do again.
 * @returns the chunks that are empty, and therefore not there
 */
export async function writeVersion(store: CardStore, cards: ChunkedCards, version: Version): Promise<number[]> {
  const { number, chunks, counts, sessions, options } = version;
  const { shelf } = cards;
  const { bits } = shelf;
  const empty: number[] = [];
  const boughtWith = boughtWithOnShelf(shelf);
  try {
    for (const chunk of chunks) {
      if (shelf.bits !== bits) throw new Error('The chunks were divided meanwhile.');
      shelf.unpublished.delete(chunk);
      const bytes = encodeChunk(shelf.chunk(chunk), cards, { ...options, boughtWith });
      if (bytes === null) empty.push(chunk);
      else await store.writeChunk(`${chunk}/${number}`, bytes);
    }
    await store.writeCounts(number, counts);
    if (sessions !== null) await store.writeSessions(number, sessions);
  } catch (error) {
    const all = Array.from({ length: 2 ** shelf.bits }, (_, chunk) => chunk);
    for (const chunk of shelf.bits === bits ? chunks : all) shelf.unpublished.add(chunk);
    throw error;
  }
  return empty;
}
