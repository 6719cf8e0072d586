import type { KeptEvent } from '../events/schema.ts';
import { DAY_MS, fade } from '../shared/decay.ts';
import type { Affinity, Profile } from './schema.ts';

export const AFFINITY_HALF_LIFE_MS = 30 * DAY_MS;

/** How much an event says about taste. What is not named says nothing. */
const WEIGHTS: Partial<Record<KeptEvent['name'], number>> = {
  view_item: 1,
  add_to_cart: 3,
  add_to_wishlist: 3,
  purchase: 5,
};

/** When more names than this are known of a kind, the weakest are forgotten, down to {@link KEPT}. */
const MOST = 120;
const KEPT = 100;

/** An affinity's weight as it is at a time, 0 for none. */
export function weightAt(affinity: Affinity | undefined, now: number): number {
  return affinity === undefined ? 0 : affinity.weight * fade(now, affinity.at, AFFINITY_HALF_LIFE_MS);
}

/** Adds to a decayed weight, in place; in any order of times. @returns whether the name is a new one */
export function add(to: Record<string, Affinity>, name: string, weight: number, at: number): boolean {
  if (name === '' || name === '__proto__') return false;
  const known = Object.hasOwn(to, name) ? to[name] : undefined;
  if (known === undefined) to[name] = { weight, at };
  else if (at >= known.at) to[name] = { weight: weightAt(known, at) + weight, at };
  else known.weight += weight * fade(known.at, at, AFFINITY_HALF_LIFE_MS);
  return known === undefined;
}

function prune(affinities: Record<string, Affinity>): Record<string, Affinity> {
  const entries = Object.entries(affinities);
  if (entries.length <= MOST) return affinities;
  const newest = Math.max(...entries.map(([, affinity]) => affinity.at));
  entries.sort(([, a], [, b]) => weightAt(b, newest) - weightAt(a, newest));
  return Object.fromEntries(entries.slice(0, KEPT));
}

/**
 * Adds what an event says about taste, in place: to every category level, the brand and the price band of each of its items. An event of n items
 * counts √n times its weight in all, so that one big order does not outweigh a year. Gifts say nothing about who bought them. The result does not
 * depend on the order in which events arrive.
 */
export function learnTaste(profile: Profile, event: KeptEvent): void {
  const weight = WEIGHTS[event.name];
  const { items } = event;
  if (weight === undefined || items === undefined || items.length === 0 || event.gift === true) return;
  const { affinities } = profile;
  const share = weight / Math.sqrt(items.length);
  let isNew = false;
  const learn = (to: Record<string, Affinity>, name: string): void => {
    isNew = add(to, name, share, event.at) || isNew;
  };
  for (const item of items) {
    for (const category of item.categories ?? []) learn(affinities.category, category);
    if (item.brand !== undefined) learn(affinities.brand, item.brand);
    if (item.priceBand !== undefined) learn(affinities.priceBand, String(item.priceBand));
  }
  if (!isNew) return;
  affinities.category = prune(affinities.category);
  affinities.brand = prune(affinities.brand);
}
