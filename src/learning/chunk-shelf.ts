/**
 * A shelf whose cards lie in chunks that are read when they are needed and put away again. What is learnt about a chunk is noted with it, and is brought
 * into its cards whenever it is read, until it is stored: so that learning reads nothing, however many chunks there are.
 */
import { type Card, type Cards, type Lesson, type Shelf, scale, scaleCard, takeCard, teach } from './cards.ts';
import { factorBetween } from './merge.ts';
import { chunkOf } from './schema-published.ts';
import { bytesOf } from './slots.ts';
import { decodeCards, encodeCards, type Scale } from './stored.ts';

/** Chunks in memory, and what their neighbours may take there, before others are put away. */
const LOADED_CHUNKS = 32;
const LOADED_BYTES = 40_000_000;

/** Lessons in memory before all of them should be stored; each has {@link LESSON} numbers, which makes 16 MB. */
const MOST_LESSONS = 400_000;

/** Key, neighbour (−1 − neighbour: bought with it), weight, other. */
const LESSON = 4;

export interface ChunkShelf extends Shelf {
  /** Chunks that differ from what is stored. */
  unsaved(): Iterable<number>;
  /** Chunks that differ from what is published, longest waiting first. */
  readonly unpublished: Set<number>;
  /** Whether all chunks may be in memory; otherwise reading many cards reads many chunks. */
  readonly isSmall: boolean;
  /** Whether more was learnt than should wait to be stored. */
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

/** What was learnt about a chunk since it was stored. */
interface Lessons {
  size: number;
  numbers: Float64Array;
}

function note(lessons: Lessons, { key, relation, neighbour, weight, other }: Lesson): void {
  const at = lessons.size * LESSON;
  if (at === lessons.numbers.length) {
    const longer = new Float64Array(at * 2);
    longer.set(lessons.numbers);
    lessons.numbers = longer;
  }
  lessons.numbers[at] = key;
  lessons.numbers[at + 1] = relation === 'viewed' ? neighbour : -1 - neighbour;
  lessons.numbers[at + 2] = weight;
  lessons.numbers[at + 3] = other;
  lessons.size++;
}

function sizeOf(cards: ReadonlyMap<number, Card>): number {
  let bytes = 0;
  for (const { viewed, bought } of cards.values()) bytes += bytesOf(viewed) + bytesOf(bought);
  return bytes;
}

function teachAll(cards: Map<number, Card>, { size, numbers }: Lessons): void {
  for (let at = 0; at < size * LESSON; at += LESSON) {
    const [key = 0, to = 0, weight = 0, other = 0] = numbers.subarray(at, at + LESSON);
    const of =
      to < 0 ? ({ relation: 'bought', neighbour: -1 - to } as const) : ({ relation: 'viewed', neighbour: to } as const);
    teach(cards, { key, ...of, weight, other });
  }
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
  /** What each of them took when it was read, or when all were stored. */
  const sizes = new Map<number, number>();
  /** Chunks that were changed otherwise than by lessons, and cannot be put away. */
  const taken = new Set<number>();
  const learnt = new Map<number, Lessons>();
  const unpublished = new Set<number>();
  let lessons = 0;

  function open(number: number): Map<number, Card> {
    const known = loaded.get(number);
    if (known !== undefined) return known;
    putAway(1);
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
    const noted = learnt.get(number);
    if (noted !== undefined) teachAll(cards, noted);
    loaded.set(number, cards);
    sizes.set(number, sizeOf(cards));
    return cards;
  }

  const total = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);

  /** Drops what lies longest in memory, as far as it can be had again. @param more chunks that are about to be read */
  function putAway(more: number): void {
    let bytes = total();
    for (const number of loaded.keys()) {
      if (loaded.size + more <= LOADED_CHUNKS && bytes <= LOADED_BYTES) return;
      if (taken.has(number)) continue;
      bytes -= sizes.get(number) ?? 0;
      loaded.delete(number);
      sizes.delete(number);
    }
  }

  return {
    get bits() {
      return bits;
    },
    unsaved: () => new Set([...taken, ...learnt.keys()]),
    unpublished,
    get isSmall() {
      const bytes = sizes.size === 0 ? 0 : (total() / sizes.size) * 2 ** bits;
      return 2 ** bits <= LOADED_CHUNKS && bytes <= LOADED_BYTES;
    },
    get isOverfull() {
      return lessons > MOST_LESSONS;
    },
    find: (key) => open(chunkOf(key, bits)).get(key),
    take(key) {
      const number = chunkOf(key, bits);
      taken.add(number);
      unpublished.add(number);
      return takeCard(open(number), key);
    },
    learn(lesson) {
      const number = chunkOf(lesson.key, bits);
      let noted = learnt.get(number);
      if (noted === undefined) {
        noted = { size: 0, numbers: new Float64Array(16 * LESSON) };
        learnt.set(number, noted);
      }
      note(noted, lesson);
      lessons++;
      unpublished.add(number);
      const cards = loaded.get(number);
      if (cards !== undefined) teach(cards, lesson);
    },
    scale(factor) {
      for (const cards of loaded.values()) for (const card of cards.values()) scaleCard(card, factor);
      for (const { numbers, size } of learnt.values())
        for (let at = 2; at < size * LESSON; at += LESSON) scale(numbers.subarray(at, at + 2), 2, factor);
    },
    *loaded() {
      for (const cards of loaded.values()) yield* cards.values();
    },
    publishAll() {
      for (let number = 0; number < 2 ** bits; number++) unpublished.add(number);
    },
    chunk: (number) => open(number).values(),
    encode: (number, scale) => encodeCards([...open(number).values()], scale),
    saved() {
      taken.clear();
      learnt.clear();
      lessons = 0;
      for (const [number, cards] of loaded) sizes.set(number, sizeOf(cards));
      putAway(0);
    },
    resize(to) {
      const waiting = [...unpublished];
      unpublished.clear();
      for (const number of waiting)
        for (let child = number; child < 2 ** to; child += 2 ** bits) unpublished.add(child);
      loaded.clear();
      sizes.clear();
      bits = to;
    },
  };
}

/** The store of a learner: its cards lie in chunks. */
export type ChunkedCards = Cards & { shelf: ChunkShelf };
