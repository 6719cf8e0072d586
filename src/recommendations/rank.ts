import { listsOf } from './lists.ts';
import type { Reason } from './schema.ts';
import type { Situation } from './situation.ts';
import type { Ask } from './steering.ts';
import { weigh } from './weigh.ts';

/** An item of a list that the caller has, as it is ranked. */
export interface RankedItem {
  /** Place in the list as it was sent. */
  index: number;
  /** Null where nothing speaks for or against it. */
  score: number | null;
  rule: string | null;
  /** Weights add up to the score. */
  reasons(): Reason[];
}

/**
 * Re-orders a list by what the strategies, rules and rotation of a placement say of its items: those with a score first, best first, then the others as
 * they were sent. Nothing is left out: what is shown is for whoever has the list to decide.
 * @param slots by place in the list; -1 for items that the catalogue does not have, which come last
 */
export function rank(situation: Situation, ask: Ask, slots: readonly number[]): RankedItem[] {
  const lists = listsOf(situation, ask);
  let from = lists.next().value;
  while (from?.mixed.size === 0) {
    const next = lists.next().value;
    if (next?.standsIn !== true) break;
    from = next;
  }
  const places = new Map<number, number>();
  for (let place = (from?.mixed.size ?? 0) - 1; place >= 0; place--) places.set(from?.mixed.key(place) ?? -1, place);
  const ranked = slots.map((slot, index): RankedItem => {
    const key = slot < 0 ? -1 : situation.catalogue.keyOf(slot);
    const place = places.get(key);
    if (from === undefined || slot < 0 || place === undefined)
      return { index, score: null, rule: null, reasons: () => [] };
    const { score, changes, rule } = weigh(from.mixed.score(place), { key, slot }, ask);
    return { index, score, rule, reasons: () => [...from.mixed.reasons(place), ...changes] };
  });
  const last = (one: RankedItem): number => ((slots[one.index] ?? -1) < 0 ? 1 : 0);
  return ranked.sort(
    (a, b) =>
      last(a) - last(b) ||
      (b.score ?? Number.NEGATIVE_INFINITY) - (a.score ?? Number.NEGATIVE_INFINITY) ||
      a.index - b.index,
  );
}
