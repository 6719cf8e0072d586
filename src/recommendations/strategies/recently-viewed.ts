import { type Scored, scoredEntries } from '../scored.ts';
import { keyOfItem, type Situation } from '../situation.ts';

/** What one place further back takes away. Places, not days, so that the same memory gives the same scores at any hour. */
const FADE_PER_PLACE = 0.95;

/** The visitor's own last views, newest first; without a memory, those of the session that the caller sent. */
export function recentlyViewed(situation: Situation): Scored {
  const { catalogue, profile } = situation;
  const viewed = profile !== null && profile.viewed.length > 0 ? profile.viewed : situation.recent;
  return scoredEntries(
    viewed.map(({ itemId }, place) => {
      const score = FADE_PER_PLACE ** place;
      return {
        key: keyOfItem(catalogue, itemId),
        slot: catalogue.indexOf(itemId),
        score,
        reasons: () => [{ code: 'recently_viewed' as const, weight: score }],
      };
    }),
  );
}
