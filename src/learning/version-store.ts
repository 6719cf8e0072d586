import type { Card } from './cards.ts';
import { chooseCards, type EncodeOptions } from './choose.ts';
import type { ChunkedCards, ChunkShelf } from './chunk-shelf.ts';
import { encodeChosen } from './codec.ts';
import { REGRESSED_AT_ONCE } from './publication.ts';
import { chunkOf } from './schema-published.ts';
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

/** At one moment, from where on the chunks do not wait any more: what is learnt while they are written makes them wait again. */
function encodeTogether(chunks: readonly number[], cards: ChunkedCards, options: EncodeOptions) {
  const { shelf } = cards;
  const chosen = chooseCards(cardsOf(chunks, shelf), cards, options);
  const rows = Map.groupBy(chosen, ({ key }) => chunkOf(key, shelf.bits));
  for (const chunk of chunks) shelf.unpublished.delete(chunk);
  return chunks.map((chunk) => [chunk, encodeChosen(rows.get(chunk) ?? [], cards, options)] as const);
}

function* cardsOf(chunks: readonly number[], shelf: ChunkShelf): Generator<Card> {
  for (const chunk of chunks) yield* shelf.chunk(chunk);
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
  const together = options.bigBaskets === true ? REGRESSED_AT_ONCE : 1;
  try {
    for (let from = 0; from < chunks.length; from += together) {
      if (shelf.bits !== bits) throw new Error('The chunks were divided meanwhile.');
      for (const [chunk, bytes] of encodeTogether(chunks.slice(from, from + together), cards, options))
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
