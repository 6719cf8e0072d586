/**
 * Items that have left the catalogue. They are not published, so that they take no place from others; they are kept, since what is out of season comes back;
 * and they are forgotten when nothing is left of them, or when they did not come back for more than a year. Pure.
 */
import { DAY_MS, fade } from '../shared/decay.ts';
import { placeIn } from '../shared/sorted.ts';
import { ALL_BASKETS, type Card, type Cards } from './cards.ts';

/** What is gone for so long and weighs less than one view is forgotten. */
const FADED_AFTER_MS = 30 * DAY_MS;
const FADED_WEIGHT = 1;

/** What is gone for so long is forgotten whatever it weighs: longer than a season needs to come round. */
export const FORGOTTEN_AFTER_MS = 400 * DAY_MS;

export interface Vanished {
  /** Epoch milliseconds of the last look at the catalogue that found something else than the one before. */
  lookedAt: number;
  /** Card key → the look that missed it first. What was missed before {@link lookedAt} was missed twice, and is left out of publications. */
  since: ReadonlyMap<number, number>;
}

export const NOTHING_VANISHED: Vanished = { lookedAt: Number.NEGATIVE_INFINITY, since: new Map() };

/** What a look at the catalogue has found. */
export interface Look {
  vanished: Vanished;
  /** Keys that are left out from now on, and those that are no longer. */
  changed: number[];
  /** Keys to be forgotten; they are left out as well. */
  forgotten: Set<number>;
  isNews: boolean;
}

/** Whether it is left out of what is published: one look alone may have met a catalogue that is just being replaced. */
export function isHidden({ lookedAt, since }: Vanished, key: number): boolean {
  return (since.get(key) ?? Number.POSITIVE_INFINITY) < lookedAt;
}

/**
 * Compares what is counted with what the catalogue has.
 * @param live the catalogue's card keys, ascending
 * @param now epoch milliseconds, after the look before
 */
export function lookFor(before: Vanished, live: Float64Array, { cards, now }: { cards: Cards; now: number }): Look {
  const { counts } = cards;
  const factor = fade(cards.newest, cards.landmark, cards.halfLifeMs);
  const since = new Map<number, number>();
  const changed: number[] = [];
  const forgotten = new Set<number>();
  let isNews = false;
  for (let slot = 0; slot < counts.size; slot++) {
    const key = counts.keys[slot] ?? 0;
    const missed = before.since.get(key);
    if (key === ALL_BASKETS) continue;
    if (placeIn(live, key) >= 0) {
      if (missed !== undefined && isHidden(before, key)) changed.push(key);
      isNews ||= missed !== undefined;
      continue;
    }
    const weight = (counts.views[slot] ?? 0) + (counts.ownViews[slot] ?? 0) + (counts.baskets[slot] ?? 0);
    const goneMs = now - (missed ?? now);
    if (goneMs >= FORGOTTEN_AFTER_MS || (goneMs >= FADED_AFTER_MS && weight * factor < FADED_WEIGHT))
      forgotten.add(key);
    since.set(key, missed ?? now);
    if (missed !== undefined && !isHidden(before, key)) changed.push(key);
    isNews ||= missed === undefined;
  }
  // What was forgotten is no longer counted, so that it was not met here.
  isNews ||= changed.length > 0 || forgotten.size > 0 || since.size !== before.since.size;
  return { vanished: { lookedAt: isNews ? now : before.lookedAt, since }, changed, forgotten, isNews };
}

/** The keys on the other side of a card's relations: mostly, they have it among their neighbours. */
export function neighboursOf(card: Card | undefined): number[] {
  if (card === undefined) return [];
  return [card.viewed, card.bought].flatMap(({ keys, size }) => [...keys.subarray(0, size)]);
}
