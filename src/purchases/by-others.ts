/** What several people bought lately, as it may be shown: never what fewer did than the shop says, and not counting the one who looks. */
import type { Catalogue } from '../catalog/catalogue.ts';
import { hourOf } from '../learning/buyers.ts';
import type { Counts } from '../learning/counts.ts';
import { HOUR_MS } from '../learning/networks.ts';
import type { PastOrder } from '../visitors/schema.ts';

export interface ByOthers {
  key: number;
  /** How many different people, without the one who looks. */
  buyers: number;
  /** The hour since which enough of them bought it. */
  since: number;
}

/** Sorted once per version of the counts: most buyers first, of as many the latest. */
const sorted = new WeakMap<Counts, readonly ByOthers[]>();

function listOf(counts: Counts): readonly ByOthers[] {
  let list = sorted.get(counts);
  if (list === undefined) {
    const found: ByOthers[] = [];
    counts.breakdown.bought((index, purchase) => found.push({ key: counts.keyOf(index), ...purchase }));
    list = found.sort((a, b) => b.buyers - a.buyers || b.since - a.since || a.key - b.key);
    sorted.set(counts, list);
  }
  return list;
}

export interface ByOthersOptions {
  counts: Counts;
  catalogue: Catalogue;
  /** Of the one who looks. */
  orders: readonly PastOrder[];
  now: number;
  /** At least so many different people, within so many clock hours, the running one included. */
  buyers: number;
  hours: number;
}

/** Most buyers first. Whether enough bought within `hours` is exact; how many did is said of the shop's own window. */
export function boughtByOthers(options: ByOthersOptions): ByOthers[] {
  const { counts, catalogue, orders, now, buyers: least, hours } = options;
  const first = hourOf(now) - hours + 1;
  const own = new Set<number>();
  for (const { at, lines } of orders)
    if (now - at < (hours + 1) * HOUR_MS)
      for (const { itemId } of lines) {
        const slot = catalogue.indexOf(itemId);
        if (slot >= 0) own.add(catalogue.keyOf(slot));
      }
  return listOf(counts).flatMap(({ key, buyers, since }) => {
    const others = own.has(key) ? buyers - 1 : buyers;
    return since >= first && others >= least ? [{ key, since, buyers: others }] : [];
  });
}
