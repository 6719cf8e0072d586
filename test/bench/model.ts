/** A shop in memory, learnt by the product's own functions and read in its published form. */
import { encodeColumns } from '../../src/catalog/columns.ts';
import { type LiveCatalogue, openColumns } from '../../src/catalog/memory.ts';
import { createCards } from '../../src/learning/cards.ts';
import { type CardLookup, encodeChunk, openChunk } from '../../src/learning/codec.ts';
import { type Counts, encodeCounts, openCounts } from '../../src/learning/counts.ts';
import { learnBasket, learnView } from '../../src/learning/learn.ts';
import { encodeSessions, openSessions, type SessionIndex } from '../../src/learning/session-index.ts';
import { closeSession, createSessions, flatten } from '../../src/learning/sessions.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { key53 } from '../../src/shared/hash.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { type Timing, timingOf } from './client.ts';
import { benchItems, itemIdOf, nextItem } from './shop.ts';

export interface BenchModel {
  catalogue: LiveCatalogue;
  cards: CardLookup;
  counts: Counts;
  sessions: SessionIndex;
  /** What is written to KV, bytes. */
  bytes: number;
  /** Making what is written to KV, all cards at once. */
  publish: Timing;
}

const START = Date.UTC(2026, 9, 1);
const SESSION_LENGTH = 8;
const PUBLICATIONS = 30;

/**
 * Learns `sessions` made-up sessions of eight views and a basket each, publishes the cards and opens them; so too the catalogue.
 * @param publications how often publishing is timed
 */
export function buildModel(items: number, sessions: number, publications = PUBLICATIONS): BenchModel {
  const catalogue = openColumns(encodeColumns(benchItems(items), 1).buffer as ArrayBuffer, { variants: 'group' });
  const random = seededRandom(3);
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  const recent = createSessions();
  for (let session = 0; session < sessions; session++) {
    const at = START + Math.floor((session / sessions) * 40) * DAY_MS;
    let item = Math.floor(items * random() * random());
    const seen: number[] = [];
    for (let step = 0; step < SESSION_LENGTH; step++) {
      item = nextItem(item, items, random);
      const key = key53(itemIdOf(item));
      learnView(cards, { key, at: at + step * 20_000, previous: seen.slice(0, 10), length: step + 1, own: false });
      seen.unshift(key);
    }
    closeSession(recent, [...new Set(seen)]);
    learnBasket(cards, { keys: seen.slice(0, 3), at: at + 200_000, learn: true });
  }
  const encode = () => ({
    chunk: encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0.5, isNamed: true }),
    columns: encodeCounts(cards, { ownClicks: 0.5 }),
  });
  const durations: number[] = [];
  for (let i = 0; i < publications; i++) {
    const started = performance.now();
    encode();
    durations.push(performance.now() - started);
  }
  const { chunk, columns } = encode();
  if (chunk === null) throw new Error('nothing was learnt');
  const opened = openChunk(new Uint8Array(chunk).buffer);
  const counts = openCounts(new Uint8Array(columns).buffer);
  const index = openSessions(encodeSessions(flatten(recent)).buffer);
  if (opened === null || counts === null || index === null) throw new Error('what was just published cannot be read');
  return {
    catalogue,
    cards: opened.find,
    counts,
    sessions: index,
    bytes: chunk.byteLength + columns.byteLength,
    publish: timingOf('publish', durations),
  };
}
