import { admit } from './admit.ts';
import type { Placed } from './pins.ts';
import type { Selection } from './selection.ts';
import { take } from './selection.ts';

/** What an explored pick is attributed to. */
export const EXPLORED = 'explore';

/** Little-known items among which chance decides: each is shown with a probability that is worth learning from. */
const MOST_CHOICES = 20;

/** How many are looked at to find those that fit the page best. */
const MOST_LOOKED_AT = 100;

/**
 * Leaves one place, the middle one or the next that is not pinned, to chance, as often as makes the asked share of all places: then each of the twenty little-known items that fit best
 * beside the page's item (or the item viewed last) is equally probable there. They are filtered like all others; their place is no judgement, so it brings
 * no score.
 */
export function explore(selection: Selection, occupied: readonly Placed[]): Placed | null {
  const { ask } = selection;
  const share = Math.min(1, ask.explore * ask.count);
  if (share <= 0 || ask.random() >= share) return null;
  let at = Math.floor((ask.count - 1) / 2);
  while (occupied.some((one) => one.at === at)) at++;
  if (at >= ask.count) return null;
  const choices = choicesOf(selection);
  const slot = choices[Math.floor(ask.random() * choices.length)];
  if (slot === undefined) return null;
  const pick = {
    slot,
    key: selection.situation.catalogue.keyOf(slot),
    score: 0,
    strategy: EXPLORED,
    list: 'strategies' as const,
    rule: null,
    promoted: ask.promoted?.holds(slot) ?? false,
    explored: { position: at + 1, probability: share / choices.length },
    reasons: () => [{ code: 'little_known' as const, weight: 0 }],
  };
  take(selection, pick);
  return { at, pick };
}

function choicesOf({ situation, ask, taken, tally }: Selection): number[] {
  const { catalogue, popularity, page, recent } = situation;
  const little = popularity.littleKnown();
  const slots: number[] = [];
  for (let i = 0; i < little.keys.length && slots.length < MOST_LOOKED_AT; i++) {
    const key = little.keys[i] as number;
    if (taken.has(key) || ask.before.has(key)) continue;
    const slot = admit(ask.bars, key, { meant: -1, origin: 'found' });
    if (typeof slot === 'number' && tally.broken(slot) === null) slots.push(slot);
  }
  const beside = catalogue.indexOf(page.itemId ?? recent[0]?.itemId ?? '');
  if (beside < 0) return slots.slice(0, MOST_CHOICES);
  const fits = new Map(slots.map((slot) => [slot, ask.alike.similarity(slot, beside)]));
  return slots.sort((a, b) => (fits.get(b) ?? 0) - (fits.get(a) ?? 0)).slice(0, MOST_CHOICES);
}
