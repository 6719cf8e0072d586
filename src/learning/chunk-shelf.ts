/** A shelf whose cards lie in chunks that are read when they are needed and put away again. */
import { type Card, type Cards, createCard, type Shelf, scaleCard } from './cards.ts';
import { factorBetween } from './merge.ts';
import { chunkOf } from './schema-published.ts';
import { decodeCards, encodeCards, type Scale } from './stored.ts';

/** Chunks in memory before those that need no writing are put away. */
const LOADED_CHUNKS = 64;

export interface ChunkShelf extends Shelf {
  readonly bits: number;
  /** Chunks that differ from what is stored. */
  readonly unsaved: ReadonlySet<number>;
  /** Chunks that differ from what is published, longest waiting first. */
  readonly unpublished: Set<number>;
  /** Whether more is in memory than should be, and cannot be put away before it is written. */
  readonly isOverfull: boolean;
  /** From now on every chunk differs from what is published. */
  publishAll(): void;
  chunk(number: number): Iterable<Card>;
  /** The stored form of a chunk. */
  encode(number: number, scale: Scale): Uint8Array<ArrayBuffer>;
  /** To be called when all that was unsaved is stored. */
  saved(): void;
  /** Starts over with other chunks; nothing may be unsaved. */
  resize(bits: number): void;
}

/**
 * @param read the stored form of a chunk, null when there is none
 * @param scaleNow the scale of the store that the cards belong to
 */
export function chunkShelf(
  bits: number,
  read: (chunk: number) => Uint8Array | null,
  scaleNow: () => Scale,
): ChunkShelf {
  const loaded = new Map<number, Map<number, Card>>();
  const unsaved = new Set<number>();
  const unpublished = new Set<number>();

  function open(number: number): Map<number, Card> {
    const known = loaded.get(number);
    if (known !== undefined) return known;
    putAway();
    const cards = new Map<number, Card>();
    const bytes = read(number);
    if (bytes !== null) {
      const stored = decodeCards(bytes);
      if (stored === null) throw new Error(`Chunk ${number} of the item cards cannot be read.`);
      const factor = factorBetween(stored.scale, scaleNow());
      for (const card of stored.cards) {
        if (factor !== 1) scaleCard(card, factor);
        cards.set(card.key, card);
      }
    }
    loaded.set(number, cards);
    return cards;
  }

  /** Drops what lies longest in memory, as far as it is stored. */
  function putAway(): void {
    for (const number of loaded.keys()) {
      if (loaded.size < LOADED_CHUNKS) return;
      if (!unsaved.has(number)) loaded.delete(number);
    }
  }

  return {
    get bits() {
      return bits;
    },
    unsaved,
    unpublished,
    get isOverfull() {
      return loaded.size > LOADED_CHUNKS && unsaved.size >= LOADED_CHUNKS;
    },
    find: (key) => open(chunkOf(key, bits)).get(key),
    take(key) {
      const number = chunkOf(key, bits);
      const cards = open(number);
      unsaved.add(number);
      unpublished.add(number);
      let card = cards.get(key);
      if (card === undefined) {
        card = createCard(key);
        cards.set(key, card);
      }
      return card;
    },
    *loaded() {
      for (const cards of loaded.values()) yield* cards.values();
    },
    publishAll() {
      for (let number = 0; number < 2 ** bits; number++) unpublished.add(number);
    },
    chunk: (number) => open(number).values(),
    encode: (number, scale) => encodeCards([...open(number).values()], scale),
    saved: () => unsaved.clear(),
    resize(to) {
      const waiting = [...unpublished];
      unpublished.clear();
      for (const number of waiting)
        for (let child = number; child < 2 ** to; child += 2 ** bits) unpublished.add(child);
      loaded.clear();
      bits = to;
    },
  };
}

/** The store of a learner: its cards lie in chunks. */
export type ChunkedCards = Cards & { shelf: ChunkShelf };
