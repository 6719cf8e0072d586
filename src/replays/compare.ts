import { itemHash } from '../recommendations/recommendation-id.ts';

/** The positions, from 0, at which a list is not the one whose hashes these are. */
export function differences(itemIds: readonly string[], hashes: readonly number[]): number[] {
  const length = Math.max(itemIds.length, hashes.length);
  return Array.from({ length }, (_, i) => i).filter((i) => {
    const itemId = itemIds[i];
    return itemId === undefined || itemHash(itemId) !== hashes[i];
  });
}
