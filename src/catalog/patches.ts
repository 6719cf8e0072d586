import { checkWhole } from './check.ts';
import { mergePatch, settle } from './merge.ts';
import type { Item, ItemPatch, PatchAnswer } from './schema.ts';

/**
 * Merges patches into items, in their order. One that does not fit is answered and leaves its item as it was.
 * @param read the item as it is kept, null when there is none
 */
export function mergePatches(
  patches: readonly ItemPatch[],
  read: (itemId: string) => Item | null,
): { merged: Map<string, Item>; rejected: PatchAnswer['rejected'] } {
  const merged = new Map<string, Item>();
  const rejected: PatchAnswer['rejected'] = [];
  for (const [index, patch] of patches.entries()) {
    const { itemId } = patch;
    const current = merged.get(itemId) ?? read(itemId);
    if (current === null) {
      const issues = [{ path: ['itemId'], message: 'The catalogue has no such item' }];
      rejected.push({ index, itemId, unknown: true, issues });
      continue;
    }
    const checked = checkWhole(mergePatch(current, patch));
    if ('value' in checked) merged.set(itemId, settle(checked.value));
    else rejected.push({ index, itemId, unknown: false, issues: checked.issues });
  }
  return { merged, rejected };
}
