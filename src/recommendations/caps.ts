import type { Catalogue } from '../catalog/catalogue.ts';
import { pathReader } from './item-field.ts';

/** What may be capped. A category is the innermost level of the item's last category: everything is in "Home". */
const CAPPED = ['brand', 'category', 'group'] as const;
export type Capped = (typeof CAPPED)[number];

/** Most items of one brand, category or group in an answer; null: as many as there are. */
export type Caps = Readonly<Record<Capped, number | null>>;

const groupId = pathReader('groupId');

/** What an item counts under; '' where it has none, and then nothing caps it. */
function cappedAs(catalogue: Catalogue, slot: number, kind: Capped): string {
  if (kind === 'brand') return catalogue.brand(slot);
  if (kind === 'category') return catalogue.categories(slot).at(-1) ?? '';
  const stated = groupId(catalogue.facts(slot));
  return typeof stated === 'string' ? stated : '';
}

/** Keeps count of what is shown. */
export interface Tally {
  /** Which cap one more item would break; null when none. */
  broken(slot: number): Capped | null;
  add(slot: number): void;
}

/** @param caps each 1 or more, or null */
export function tallyOf(catalogue: Catalogue, caps: Caps): Tally {
  const counted: { kind: Capped; most: number; counts: Map<string, number> }[] = [];
  for (const kind of CAPPED) {
    const most = caps[kind];
    if (most !== null) counted.push({ kind, most, counts: new Map() });
  }
  return {
    broken(slot) {
      for (const { kind, most, counts } of counted)
        if ((counts.get(cappedAs(catalogue, slot, kind)) ?? 0) >= most) return kind;
      return null;
    },
    add(slot) {
      for (const { kind, counts } of counted) {
        const name = cappedAs(catalogue, slot, kind);
        if (name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    },
  };
}

/** Which cap an item would break beside what is shown; null when none. */
export function cappedBy(
  catalogue: Catalogue,
  caps: Caps,
  { slot, shown }: { slot: number; shown: readonly number[] },
): Capped | null {
  const tally = tallyOf(catalogue, caps);
  for (const one of shown) tally.add(one);
  return tally.broken(slot);
}
