/** A model as the product would have it: learnt by the product's functions, published, and read in its published form. */
import { type Cards, createCards } from '../../learning/cards.ts';
import { type CardLookup, encodeChunk, openChunk } from '../../learning/codec.ts';
import { type Counts, encodeCounts, openCounts } from '../../learning/counts.ts';
import { type KeyedBasket, type KeyedView, learnBasket, learnView } from '../../learning/learn.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { key53 } from '../../shared/hash.ts';

/** The default of a shop. */
export const HALF_LIFE_MS = 60 * DAY_MS;
/** How far apart the clicks of a session lie where the file does not say. */
const CLICK_MS = 1;

/** Ids of a file and the keys that cards know them by. */
export interface Names {
  keyOf(id: string): number;
  idOf(key: number): string;
}

export function createNames(): Names {
  const keys = new Map<string, number>();
  const ids = new Map<number, string>();
  return {
    keyOf(id) {
      let key = keys.get(id);
      if (key === undefined) {
        key = key53(id);
        keys.set(id, key);
        ids.set(key, id);
      }
      return key;
    },
    idOf: (key) => ids.get(key) ?? '',
  };
}

/** A session with the time of its last click, epoch milliseconds. */
export interface TimedSession {
  at: number;
  keys: number[];
}

/** The views of a session, each with what came before it. */
export function viewsOf(session: TimedSession): KeyedView[] {
  const { keys } = session;
  return keys.map((key, i) => ({
    key,
    at: session.at - (keys.length - 1 - i) * CLICK_MS,
    previous: keys.slice(Math.max(0, i - 10), i).reverse(),
    length: i + 1,
    own: false,
  }));
}

export interface Model {
  cards: CardLookup;
  counts: Counts;
  /** What publishing takes, in bytes. */
  bytes: number;
  /** Learning, microseconds an event. */
  learnMicroseconds: number;
}

/** What a click on our own recommendation adds where nothing else is said. */
export const OWN_CLICKS = 0.5;

/** Cards in their published form. @param ownClicks how much a click on our own recommendation adds, 0 to 1 */
export function publishCards(
  cards: Cards,
  ownClicks: number,
  bigBaskets = false,
): Pick<Model, 'cards' | 'counts' | 'bytes'> {
  const chunk = encodeChunk(cards.shelf.loaded(), cards, { ownClicks, bigBaskets, isNamed: true });
  const column = encodeCounts(cards, { ownClicks });
  const opened = chunk === null ? null : openChunk(chunk.buffer);
  const counts = openCounts(column.buffer);
  if ((opened === null) !== (chunk === null) || counts === null)
    throw new Error('What was just published cannot be read.');
  return {
    cards: opened?.find ?? (() => null),
    counts,
    bytes: (chunk?.byteLength ?? 0) + column.byteLength,
  };
}

function publish(cards: Cards, learnMicroseconds: number): Model {
  return { ...publishCards(cards, OWN_CLICKS), learnMicroseconds };
}

/** Learns sessions in the order given. */
export function learnSessions(sessions: readonly TimedSession[]): Cards {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  for (const session of sessions) for (const view of viewsOf(session)) learnView(cards, view);
  return cards;
}

/** Learns sessions in the order given, and publishes what they taught. */
export function modelOfSessions(sessions: readonly TimedSession[]): Model {
  const from = performance.now();
  const cards = learnSessions(sessions);
  const events = sessions.reduce((sum, { keys }) => sum + keys.length, 0);
  return publish(cards, (1000 * (performance.now() - from)) / Math.max(1, events));
}

/** Learns baskets in the order given. */
export function learnBaskets(baskets: readonly KeyedBasket[]): Cards {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  for (const basket of baskets) learnBasket(cards, basket);
  return cards;
}
