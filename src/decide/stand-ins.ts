import type { Popularity } from '../recommendations/popularity.ts';
import type { Reason } from '../recommendations/schema.ts';
import { keyOfItem } from '../recommendations/situation.ts';
import { type AlternativeTerms, alternatives } from '../recommendations/strategies/alternatives.ts';
import type { Scene } from './scene.ts';

/** What can stand in for an item, and why. */
export interface StandIn {
  slot: number;
  reasons: Reason[];
}

/** Of an item, the best ones: some may be sold out, or hidden by a visitor, before the list is made anew. */
const KEPT = 5;
/** Items whose lists are remembered at the same time. */
const MOST_ITEMS = 1_000;

/** They depend on the shop's terms and on what sells, and on no visitor: made once for as long as both are in use, a thousandth of a second each. */
const made = new WeakMap<AlternativeTerms, WeakMap<Popularity, Map<string, StandIn[]>>>();

/** What is kept under a key; made where nothing is. */
function keptUnder<K extends object, V>(kept: WeakMap<K, V>, key: K, make: () => V): V {
  const known = kept.get(key) ?? make();
  kept.set(key, known);
  return known;
}

function listsFor({ config, situation }: Scene): Map<string, StandIn[]> {
  const byPopularity = keptUnder(made, config.alternatives, () => new WeakMap());
  const lists = keptUnder(byPopularity, situation.popularity, () => new Map<string, StandIn[]>());
  if (lists.size >= MOST_ITEMS) lists.clear();
  return lists;
}

/** What can stand in for an item in the visitor's market, by the shop's own terms, the best first. */
export function standInsFor(scene: Scene, itemId: string): readonly StandIn[] {
  const { catalogue, situation, config } = scene;
  const lists = listsFor(scene);
  const name = `${situation.market ?? ''} ${itemId}`;
  const known = lists.get(name);
  if (known !== undefined) return known;
  const page = { itemId, key: keyOfItem(catalogue, itemId), category: null };
  const found = alternatives({ ...situation, page }, { alternatives: config.alternatives, isOpen: () => true });
  const list = Array.from({ length: Math.min(KEPT, found.size) }, (_, i) => ({
    slot: found.slot(i),
    reasons: found.reasons(i),
  }));
  lists.set(name, list);
  return list;
}
