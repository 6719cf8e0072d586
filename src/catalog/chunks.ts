/**
 * Where an item's details are published. A chunk is the hash of the itemId modulo 2^bits; bits grow by one whenever the chunks get too full, and never
 * shrink. In the object, items lie by the reversed low bits of the same hash, so that a chunk is one range of rows whatever the bits are.
 */
import { key53 } from '../shared/hash.ts';
import type { Item } from './schema.ts';

const PLACE_BITS = 16;
const PLACES = 2 ** PLACE_BITS;
const ITEMS_PER_CHUNK = 200;

/** The chunk of an item, 0 to 2^bits − 1. */
export function chunkOf(itemId: string, bits: number): number {
  return key53(itemId) % 2 ** bits;
}

function reversed(number: number, bits: number): number {
  let left = number;
  let result = 0;
  for (let bit = 0; bit < bits; bit++) {
    result = result * 2 + (left & 1);
    left >>>= 1;
  }
  return result;
}

/** Where an item lies among the rows, 0 to 65,535. */
export function placeOf(itemId: string): number {
  return reversed(chunkOf(itemId, PLACE_BITS), PLACE_BITS);
}

/** The places of a chunk: from the first up to, and without, the second. */
export function placesOf(chunk: number, bits: number): [number, number] {
  const width = PLACES / 2 ** bits;
  const from = reversed(chunk, bits) * width;
  return [from, from + width];
}

/** Bits for so many items: as few as keep a chunk at 200 items on average, and never fewer than before. */
export function bitsFor(count: number, before: number): number {
  let bits = before;
  while (bits < PLACE_BITS && count > ITEMS_PER_CHUNK * 2 ** bits) bits++;
  return bits;
}

/** A chunk as it is published: JSON. */
export interface Chunk {
  /** With how many bits it was made: who looks with others has to look elsewhere. */
  bits: number;
  items: Item[];
}

/** @param bodies items as JSON, already settled */
export function encodeChunk(bits: number, bodies: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`{"bits":${bits},"items":[${bodies.join(',')}]}`);
}
