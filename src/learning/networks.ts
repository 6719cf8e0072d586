/** How much of an item's weight may come from one network: what a shared address may teach in an hour, and no more. */
import { fade } from '../shared/decay.ts';
import type { Cards } from './cards.ts';
import type { LearnBatch } from './log.ts';

export const HOUR_MS = 3_600_000;

/** Views and orders of an item that one network prefix teaches in an hour, whatever the item weighs: an office looks at the same thing. */
export const FLOOR = 30;

/**
 * Beyond that: the part of the item's own weight. In an hour an item in steady demand gains about a two-thousandth of a weight with a half-life of 60
 * days, so that this is ten times what the whole world brings it, and one network cannot make much of itself.
 */
export const SHARE = 0.005;

/** Held in memory at most; when there are more, counting starts again. */
const MOST_COUNTS = 100_000;

/** What each network has taught about each item in the hour that runs. In memory only. */
export interface NetworkShares {
  hour: number;
  taught: Map<string, number>;
}

export function noShares(): NetworkShares {
  return { hour: 0, taught: new Map() };
}

function weightOf({ counts, newest, landmark, halfLifeMs }: Cards, key: number): number {
  const slot = counts.slots.get(key);
  if (slot === undefined) return 0;
  const stored = (counts.views[slot] ?? 0) + (counts.ownViews[slot] ?? 0) + (counts.baskets[slot] ?? 0);
  return stored * fade(newest, landmark, halfLifeMs);
}

function hasRoom(shares: NetworkShares, place: string, weight: number): boolean {
  const known = shares.taught.get(place) ?? 0;
  if (known >= FLOOR && known >= weight * SHARE) return false;
  shares.taught.set(place, known + 1);
  return true;
}

/**
 * A batch without what is beyond its network's share; `shares` is changed. A batch without a network (the secret key's) is left as it is, and so is the
 * number of its events: they were delivered, whether or not they teach.
 * @param now epoch milliseconds
 */
export function withinShare(
  shares: NetworkShares,
  cards: Cards,
  { batch, now }: { batch: LearnBatch; now: number },
): LearnBatch {
  const { network } = batch;
  if (network === undefined) return batch;
  const hour = Math.floor(now / HOUR_MS);
  if (hour !== shares.hour || shares.taught.size > MOST_COUNTS) Object.assign(shares, { hour, taught: new Map() });
  const isWithin = (key: number) => hasRoom(shares, `${network} ${key}`, weightOf(cards, key));
  return {
    ...batch,
    views: batch.views.filter((view) => isWithin(view.key)),
    baskets: batch.baskets.filter((basket) => [...new Set(basket.keys)].map(isWithin).every(Boolean)),
  };
}
