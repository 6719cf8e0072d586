import { explore } from './explore.ts';
import { listsOf } from './lists.ts';
import { type Placed, placePins } from './pins.ts';
import { fill } from './select.ts';
import { type Pick, selectionOf } from './selection.ts';
import type { Situation } from './situation.ts';
import type { Ask } from './steering.ts';

export interface Picks {
  picks: Pick[];
  /** What found most of the items. */
  strategy: string;
  /** Whether at least one item is there only because the strategies found too few. */
  fallback: boolean;
  dropped: Record<string, number>;
  /** What the scores of each list that was read were multiplied by: a later list never scores above what stands before it. */
  ceilings: readonly number[];
}

/**
 * The pipeline of a placement: what rules pin and what is left to chance have their places; the others are filled from the placement's own strategies, mixed
 * by weight, then from the fallback lists one after the other, and for lists of the whole assortment from the rest of it. Candidates are filtered, weighed by
 * rules and rotation, and chosen one by one for what they add to what is shown, within the caps. One item per card key; what a later list fills never scores
 * above what stands before it.
 */
export function recommend(situation: Situation, ask: Ask): Picks {
  const selection = selectionOf(situation, ask);
  const lists = listsOf(situation, ask);
  let placed: Placed[] = [];
  for (const from of lists) {
    if (from.list === 'strategies' && !from.isAssortment) {
      placed = placePins(selection, from.mixed);
      const explored = explore(selection, placed);
      if (explored !== null) placed.push(explored);
      selection.room = ask.count - placed.length;
    }
    fill(selection, from);
    if (selection.picks.length >= selection.room) break;
  }
  const { picks, dropped, ceilings } = selection;
  const primary = picks.filter((pick) => pick.list === 'strategies');
  return {
    picks: together(picks, placed),
    dropped,
    ceilings,
    strategy:
      leading(primary) ?? leading(picks) ?? leading(placed.map((one) => one.pick)) ?? ask.strategies[0]?.strategy ?? '',
    fallback: picks.length > primary.length,
  };
}

/** Puts what has a place of its own among what was chosen by score; in a list too short for their places, pins come last, in their order. */
function together(picks: readonly Pick[], placed: readonly Placed[]): Pick[] {
  if (placed.length === 0) return [...picks];
  const size = picks.length + placed.length;
  const places = new Map<number, Pick>();
  const pins = placed.filter(({ pick }) => pick.explored === null).sort((a, b) => a.at - b.at);
  for (const [i, { at, pick }] of pins.entries()) places.set(Math.min(at, size - pins.length + i), pick);
  for (const { at: wanted, pick } of placed) {
    if (pick.explored === null) continue;
    let at = Math.min(wanted, size - 1);
    while (places.has(at)) at = (at + 1) % size;
    places.set(at, pick);
    pick.explored.position = at + 1;
  }
  const rest = picks.values();
  return Array.from({ length: size }, (_, at) => places.get(at) ?? (rest.next().value as Pick));
}

/** The strategy that most picks come from; of several, the first. */
function leading(picks: readonly Pick[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { strategy } of picks) counts.set(strategy, (counts.get(strategy) ?? 0) + 1);
  let found: string | undefined;
  for (const [strategy, count] of counts) if (found === undefined || count > (counts.get(found) ?? 0)) found = strategy;
  return found;
}
