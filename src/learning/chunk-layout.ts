/** Where everything lies in a published chunk of cards. */

export const HEADER_BYTES = 64;

/**
 * WHOLE: neighbours by their keys, 8 bytes each, as older versions published them and as a store reads its own cards. NAMED: by the lower half of the key,
 * 4 bytes, which the counts bring back (see `indexOfName` in counts.ts).
 */
export const WHOLE = 1;
export const NAMED = 2;

/** What a chunk holds: its format, cards, and neighbours of each relation. */
export interface Sizes {
  format: number;
  count: number;
  viewed: number;
  bought: number;
}

export interface Layout {
  header: DataView;
  keys: Float64Array;
  neighbours: [Float64Array | Uint32Array, Float64Array | Uint32Array];
  offsets: [Uint32Array, Uint32Array];
  largest: [Float32Array, Float32Array, Float32Array];
  levels: [Uint8Array, Uint8Array, Uint8Array];
}

/** Cards that have a place for what is bought with them: none, where nothing was bought and neighbours have names. */
function buyers({ format, count, bought }: Sizes): number {
  return format === NAMED && bought === 0 ? 0 : count;
}

export function bytesOf(sizes: Sizes): number {
  const { format, count, viewed, bought } = sizes;
  const width = format === NAMED ? 4 : 8;
  return HEADER_BYTES + count * 16 + 4 + buyers(sizes) * 12 + 4 + viewed * (width + 1) + bought * (width + 2);
}

/** Where everything lies in a chunk. One function for writing and reading, so that they cannot disagree. */
export function layout(from: ArrayBufferLike, sizes: Sizes): Layout {
  const { count, viewed, bought } = sizes;
  let at = HEADER_BYTES;
  const take = <T>(
    kind: { new (b: ArrayBufferLike, o: number, n: number): T; BYTES_PER_ELEMENT: number },
    n: number,
  ) => {
    const part = new kind(from, at, n);
    at += n * kind.BYTES_PER_ELEMENT;
    return part;
  };
  const neighbours = (n: number) => (sizes.format === NAMED ? take(Uint32Array, n) : take(Float64Array, n));
  const rows = buyers(sizes);
  return {
    header: new DataView(from),
    keys: take(Float64Array, count),
    neighbours: [neighbours(viewed), neighbours(bought)],
    offsets: [take(Uint32Array, count + 1), take(Uint32Array, rows + 1)],
    largest: [take(Float32Array, count), take(Float32Array, rows), take(Float32Array, rows)],
    levels: [take(Uint8Array, viewed), take(Uint8Array, bought), take(Uint8Array, bought)],
  };
}
