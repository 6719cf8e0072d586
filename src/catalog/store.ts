/** The catalogue's keys in KV: `<shop>/columns`, `<shop>/items/<chunk>`. Written by the shop's CatalogObject only. */
import { key53 } from '../shared/hash.ts';
import { type Chunk, chunkOf } from './chunks.ts';
import { readHeader } from './columns.ts';
import type { LiveCatalogue } from './memory.ts';
import type { Item } from './schema.ts';

/** From here on columns are published compressed: a KV value has at most 25 MiB, and columns shrink to a fifth. Smaller ones save the readers' time. */
const COMPRESS_FROM_BYTES = 8 * 1_048_576;
const GZIP_MAGIC = 0x8b1f;

async function through(bytes: Uint8Array | ArrayBuffer, stream: CompressionStream | DecompressionStream) {
  const body = new Response(bytes as BodyInit).body;
  if (body === null) return new ArrayBuffer(0);
  return new Response(body.pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array>)).arrayBuffer();
}

export function catalogStore(kv: KVNamespace) {
  return {
    /** @returns what `openColumns` opens; null when nothing was published, or in a format of another release (the object is then about to publish anew) */
    async readColumns(shop: string): Promise<ArrayBuffer | null> {
      const stored = await kv.get(`${shop}/columns`, 'arrayBuffer');
      if (stored === null || stored.byteLength < 2) return null;
      const compressed = new DataView(stored).getUint16(0, true) === GZIP_MAGIC;
      const columns = compressed ? await through(stored, new DecompressionStream('gzip')) : stored;
      return readHeader(columns) === null ? null : columns;
    },
    async writeColumns(shop: string, bytes: Uint8Array): Promise<void> {
      const large = bytes.byteLength > COMPRESS_FROM_BYTES;
      await kv.put(`${shop}/columns`, large ? await through(bytes, new CompressionStream('gzip')) : bytes);
    },
    /** The JSON of a {@link Chunk}, null when there is none. */
    readItems(shop: string, chunk: number): Promise<string | null> {
      return kv.get(`${shop}/items/${chunk}`, 'text');
    },
    async writeItems(shop: string, chunk: number, bytes: Uint8Array): Promise<void> {
      await kv.put(`${shop}/items/${chunk}`, bytes);
    },
  };
}

/** Fields that answers may carry and the catalogue in memory does not have as they were sent. */
export const DETAIL_FIELDS = ['url', 'imageUrl', 'categories'] as const;
export type Details = Pick<Item, (typeof DETAIL_FIELDS)[number]>;

/** A chunk as it is kept: texts one after another, a fifth of what parsed items take. */
interface OpenedChunk {
  bits: number;
  /** Of each item the 53-bit hash of its id, and where its text ends. */
  keys: Float64Array;
  ends: Uint32Array;
  /** Of each item `[itemId, details]`, as JSON. */
  texts: string;
}

interface HeldChunk {
  /** Of the columns that it was read for: other columns may know items that it does not. */
  baseVersion: number;
  readAt: number;
  bytes: number;
  chunk: Promise<OpenedChunk | null>;
}

const HELD_BYTES = 6 * 1_048_576;
/** KV may have answered with what it had a minute before: what was read is read again in the end. */
const HELD_FOR_MS = 300_000;

const held = new Map<string, HeldChunk>();
let heldBytes = 0;

function drop(key: string): void {
  heldBytes -= held.get(key)?.bytes ?? 0;
  held.delete(key);
}

function detailsOf({ url, imageUrl, categories }: Item): Details {
  return {
    ...(url === undefined ? {} : { url }),
    ...(imageUrl === undefined ? {} : { imageUrl }),
    ...(categories === undefined ? {} : { categories }),
  };
}

function openChunk(json: string): OpenedChunk {
  const { bits, items } = JSON.parse(json) as Chunk;
  let texts = '';
  const ends = Uint32Array.from(items, (item) => {
    texts += JSON.stringify([item.itemId, detailsOf(item)]);
    return texts.length;
  });
  return { bits, keys: Float64Array.from(items, ({ itemId }) => key53(itemId)), ends, texts };
}

function bytesOf({ keys, ends, texts }: OpenedChunk): number {
  return keys.byteLength + ends.byteLength + texts.length;
}

function findIn({ keys, ends, texts }: OpenedChunk, itemId: string): Details | null {
  const key = key53(itemId);
  for (let at = keys.indexOf(key); at >= 0; at = keys.indexOf(key, at + 1)) {
    const [found, details] = JSON.parse(texts.slice(ends[at - 1] ?? 0, ends[at])) as [string, Details];
    if (found === itemId) return details;
  }
  return null;
}

/** The chunk from memory or KV; what was used last is dropped last. Concurrent callers share a reading; one that fails is forgotten. */
function chunkFrom(kv: KVNamespace, shop: string, at: { chunk: number; baseVersion: number; now: number }) {
  const key = `${shop}/${at.chunk}`;
  const known = held.get(key);
  if (known && known.baseVersion === at.baseVersion && at.now - known.readAt < HELD_FOR_MS) {
    held.delete(key);
    held.set(key, known);
    return known.chunk;
  }
  drop(key);
  const entry: HeldChunk = { baseVersion: at.baseVersion, readAt: at.now, bytes: 0, chunk: Promise.resolve(null) };
  entry.chunk = catalogStore(kv)
    .readItems(shop, at.chunk)
    .then((text) => {
      const opened = text === null ? null : openChunk(text);
      if (held.get(key) === entry) {
        entry.bytes = opened === null ? 0 : bytesOf(opened);
        heldBytes += entry.bytes;
        for (const oldest of held.keys()) {
          if (heldBytes <= HELD_BYTES) break;
          if (oldest !== key) drop(oldest);
        }
      }
      return opened;
    })
    .catch((error: unknown) => {
      if (held.get(key) === entry) drop(key);
      throw error;
    });
  held.set(key, entry);
  return entry.chunk;
}

/**
 * What answers carry of items beside what the catalogue in memory knows. Items changed since the catalogue's columns were made come from the catalogue
 * itself, the others from chunks in KV, of which an LRU holds 6 MB in the isolate's memory.
 * @param options.now epoch milliseconds; chunks held for five minutes are read again
 * @returns by itemId; unknown and removed items, and those that KV does not have yet, are absent
 */
export async function itemDetails(
  kv: KVNamespace,
  shop: string,
  options: { itemIds: readonly string[]; catalogue: LiveCatalogue; now: number },
): Promise<Map<string, Details>> {
  const { catalogue, now } = options;
  const details = new Map<string, Details>();
  const read = async (itemId: string): Promise<void> => {
    const { baseVersion } = catalogue;
    let bits = catalogue.chunkBits;
    for (let attempt = 0; attempt < 3; attempt++) {
      const chunk = await chunkFrom(kv, shop, { chunk: chunkOf(itemId, bits), baseVersion, now });
      const item = chunk ? findIn(chunk, itemId) : null;
      if (item) details.set(itemId, item);
      // While the chunks are being doubled, some are of the old number and some of the new.
      const next = chunk ? chunk.bits : bits - 1;
      if (item || next === bits || next < 0) return;
      bits = next;
    }
  };
  await Promise.all(
    [...new Set(options.itemIds)].map((itemId) => {
      const changed = catalogue.changed(itemId);
      if (changed) details.set(itemId, detailsOf(changed));
      return changed === undefined && catalogue.indexOf(itemId) >= 0 ? read(itemId) : undefined;
    }),
  );
  return details;
}
