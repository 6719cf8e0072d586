import { fade } from '../shared/decay.ts';
import { SHOWN_HALF_LIFE_MS, type ShownItem } from '../visitors/schema.ts';

const HOUR_MS = 3_600_000;

/** Recently shown items yield: how much of its score an item keeps. */
export interface Rotation {
  /** Above 0 to 1; 1 for what was not shown lately. */
  kept(key: number): number;
}

/**
 * An item shown w times (each counting half after a day), the last time h hours ago, keeps `(1 − rate)^(w · (1 − h/hours))` of its score: it yields fully at
 * once, more with every showing, and comes back steadily until, after `hours`, nothing is left of it.
 * @param shown by card key
 * @param rate 0 to 1; with 1 an item shown a moment ago comes last
 */
export function rotationOf(
  shown: ReadonlyMap<number, ShownItem>,
  { rate, hours, now }: { rate: number; hours: number; now: number },
): Rotation {
  const span = hours * HOUR_MS;
  return {
    kept(key) {
      const one = shown.get(key);
      if (one === undefined) return 1;
      const age = Math.max(0, now - one.at);
      if (age >= span) return 1;
      const times = one.weight * fade(now, Math.min(one.at, now), SHOWN_HALF_LIFE_MS);
      return (1 - rate) ** (times * (1 - age / span));
    },
  };
}
