import type { KeptEvent } from '../events/schema.ts';
import { fade } from '../shared/decay.ts';
import { type Profile, SHOWN_HALF_LIFE_MS, type ShownItem } from './schema.ts';

const MOST_SHOWN = 100;

/** Whether an event says that recommendations were shown: our own impressions, and lists that carry a recommendation's id. */
function showsRecommendations({ name, recommendationId, items }: KeptEvent): boolean {
  if (name === 'impression') return true;
  if (name !== 'view_item_list') return false;
  return recommendationId !== undefined || items?.some((item) => item.recommendationId !== undefined) === true;
}

/** Two counts of one item as one, as of the later time. */
function added(one: ShownItem, other: ShownItem): ShownItem {
  const [later, earlier] = one.at >= other.at ? [one, other] : [other, one];
  return { ...later, weight: later.weight + earlier.weight * fade(later.at, earlier.at, SHOWN_HALF_LIFE_MS) };
}

/** Showings of several lists as one: each item once, the last shown first. Comes out the same in any order. */
export function uniteShown(lists: readonly (readonly ShownItem[])[]): ShownItem[] {
  const byItem = new Map<string, ShownItem>();
  for (const one of lists.flat()) {
    const known = byItem.get(one.itemId);
    byItem.set(one.itemId, known === undefined ? one : added(known, one));
  }
  return [...byItem.values()].sort((a, b) => b.at - a.at || (a.itemId < b.itemId ? -1 : 1)).slice(0, MOST_SHOWN);
}

/** Takes what an event says was shown into a profile, in place. */
export function keepShown(profile: Profile, event: KeptEvent): void {
  if (event.items === undefined || !showsRecommendations(event)) return;
  const itemIds = new Set(event.items.map((item) => item.itemId));
  profile.shown = uniteShown([
    profile.shown ?? [],
    [...itemIds].map((itemId) => ({ itemId, at: event.at, weight: 1 })),
  ]);
}
