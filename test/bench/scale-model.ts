/** A large shop as its objects publish it, laid down as files: what an isolate reads from KV. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bitsFor, chunkOf as detailsChunkOf, encodeChunk as encodeDetails } from '../../src/catalog/chunks.ts';
import { encodeColumns } from '../../src/catalog/columns.ts';
import { settle } from '../../src/catalog/merge.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { type Card, type Cards, createCards } from '../../src/learning/cards.ts';
import { encodeChunk } from '../../src/learning/codec.ts';
import { encodeCounts } from '../../src/learning/counts.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { CHUNK_ITEMS } from '../../src/learning/learner.ts';
import { chunkKey, chunkOf, countsKey, type Manifest, manifestKey } from '../../src/learning/schema-published.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { key53 } from '../../src/shared/hash.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { benchItems, itemIdOf, nextItem } from './shop.ts';

export const SCALE_SHOP = 'demo';
const SESSION_VIEWS = 8;
const SPAN_DAYS = 60;
const OWN_CLICKS = 0.5;

/** Asked for by `scale-isolate.ts`. */
const PLACEMENTS: SiteConfigInput['placements'] = {
  'item-page': { strategies: [{ strategy: 'for_you' }], fallback: ['trending'], count: 10 },
  alike: { strategies: [{ strategy: 'similar' }], fallback: ['trending'], count: 10 },
  cheap: { strategies: [{ strategy: 'for_you' }], fallback: ['trending'], filter: { price: { $lt: 40 } }, count: 10 },
  home: { strategies: [{ strategy: 'for_you' }, { strategy: 'trending', weight: 0.2 }], count: 10 },
  cart: { strategies: [{ strategy: 'complete_the_basket' }], fallback: ['bestsellers'], count: 10 },
};

/** The file that holds a key's value. */
export const fileOf = (folder: string, key: string): string => join(folder, encodeURIComponent(key));

export interface ScaleSize {
  items: number;
  events: number;
  /** Epoch milliseconds: the newest event. */
  now: number;
}

/** Sessions of eight views, every third with an order of three lines, spread over sixty days: nine or eight events each. */
export function learnEvents({ items, events, now }: ScaleSize): Cards {
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  const random = seededRandom(3);
  const keys = Float64Array.from({ length: items }, (_, n) => key53(itemIdOf(n)));
  let learnt = 0;
  for (let session = 0; learnt < events; session++) {
    const at = now - SPAN_DAYS * DAY_MS * (1 - learnt / events);
    let item = Math.floor(items * random() * random());
    const seen: number[] = [];
    for (let step = 0; step < SESSION_VIEWS && learnt < events; step++) {
      item = nextItem(item, items, random);
      const key = keys[item] ?? 0;
      learnView(cards, { key, at, previous: seen, length: step + 1, own: false });
      seen.unshift(key);
      learnt++;
    }
    if (session % 3 !== 0 || learnt === events) continue;
    learnBasket(cards, { keys: seen.slice(0, 3), at, learn: true });
    learnt++;
  }
  return cards;
}

function byChunk(cards: Cards, bits: number): Card[][] {
  const chunks: Card[][] = Array.from({ length: 2 ** bits }, () => []);
  for (const card of cards.shelf.loaded()) chunks[chunkOf(card.key, bits)]?.push(card);
  return chunks;
}

type Put = (key: string, value: string | Uint8Array) => void;

/** @returns bytes of what was written */
function publishCards(put: Put, cards: Cards, now: number): number {
  const bits = Math.max(0, Math.ceil(Math.log2(cards.counts.size / CHUNK_ITEMS)));
  const counts = encodeCounts(cards, { ownClicks: OWN_CLICKS });
  let bytes = counts.byteLength;
  const names = byChunk(cards, bits).map((members, chunk) => {
    const encoded = encodeChunk(members, cards, { ownClicks: OWN_CLICKS });
    if (encoded === null) return null;
    put(chunkKey(SCALE_SHOP, `${chunk}/1`), encoded);
    bytes += encoded.byteLength;
    return `${chunk}/1`;
  });
  put(countsKey(SCALE_SHOP, 1), counts);
  const manifest: Manifest = { format: 1, version: 1, publishedAt: now, bits, chunks: names, counts: 1 };
  put(manifestKey(SCALE_SHOP), JSON.stringify(manifest));
  return bytes;
}

/** @returns bytes of the columns */
function publishCatalogue(put: Put, items: number): number {
  const bits = bitsFor(items, 0);
  const chunks: string[][] = Array.from({ length: 2 ** bits }, () => []);
  const settled = benchItems(items).map(settle);
  for (const item of settled) chunks[detailsChunkOf(item.itemId, bits)]?.push(JSON.stringify(item));
  for (const [chunk, bodies] of chunks.entries()) put(`${SCALE_SHOP}/items/${chunk}`, encodeDetails(bits, bodies));
  const columns = encodeColumns(settled, 1, { chunkBits: bits });
  put(`${SCALE_SHOP}/columns`, columns);
  return columns.byteLength;
}

export interface ScaleModel {
  learnMicros: number;
  /** Bytes in KV: chunks and counts; columns. */
  cardsBytes: number;
  columnsBytes: number;
}

/** Learns and publishes a shop of this size into a folder. */
export function buildScaleModel(folder: string, size: ScaleSize): ScaleModel {
  mkdirSync(folder, { recursive: true });
  const put: Put = (key, value) => writeFileSync(fileOf(folder, key), value);
  const started = performance.now();
  const cards = learnEvents(size);
  const learnMicros = ((performance.now() - started) * 1000) / size.events;
  const cardsBytes = publishCards(put, cards, size.now);
  const columnsBytes = publishCatalogue(put, size.items);
  put(
    `${SCALE_SHOP}/current`,
    JSON.stringify({
      version: 1,
      publishedAt: size.now,
      config: { shop: { currency: 'GBP' }, placements: PLACEMENTS },
    }),
  );
  return { learnMicros, cardsBytes, columnsBytes };
}
