import { type Scored, scoredEntries } from '../scored.ts';
import { keyOfItem, type Situation } from '../situation.ts';

/** The items that the config lists, in its order. */
export function handpicked(situation: Situation, itemIds: readonly string[]): Scored {
  const { catalogue } = situation;
  return scoredEntries(
    itemIds.map((itemId, i) => {
      const score = 1 - i / (itemIds.length + 1);
      return {
        key: keyOfItem(catalogue, itemId),
        slot: catalogue.indexOf(itemId),
        score,
        reasons: () => [{ code: 'handpicked' as const, weight: score }],
      };
    }),
  );
}
