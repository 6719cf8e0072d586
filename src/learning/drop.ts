/** Taking items out of what was learnt. */
import type { CountColumns } from './cards.ts';
import type { Slots } from './slots.ts';
import { taggedOf } from './tagged.ts';

/** Takes neighbours out. */
export function dropNeighbours(slots: Slots, gone: ReadonlySet<number>): void {
  let to = 0;
  for (let at = 0; at < slots.size; at++) {
    if (gone.has(slots.keys[at] ?? 0)) continue;
    for (const column of [slots.keys, slots.weights, slots.others]) if (column !== null) column[to] = column[at] ?? 0;
    to++;
  }
  slots.size = to;
}

/** Takes items out of the counts; those after them move up. */
export function dropCounts(counts: CountColumns, gone: ReadonlySet<number>): void {
  const { keys, views, ownViews, bought, baskets, trending } = counts;
  const columns = [keys, views, ownViews, bought, baskets, trending];
  const kept: number[] = [];
  counts.slots.clear();
  for (let at = 0; at < counts.size; at++) {
    const key = keys[at] ?? 0;
    if (gone.has(key)) continue;
    for (const column of columns) column[kept.length] = column[at] ?? 0;
    counts.slots.set(key, kept.length);
    kept.push(at);
  }
  for (const column of columns) column.fill(0, kept.length);
  counts.size = kept.length;
  counts.personas = taggedOf(counts.personas, kept);
  counts.days = taggedOf(counts.days, kept);
  counts.contexts = taggedOf(counts.contexts, kept);
  counts.repeats = taggedOf(counts.repeats, kept);
}
