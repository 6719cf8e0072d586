import { admit } from './admit.ts';
import type { Mixed } from './scored.ts';
import { drop, type Pick, type Selection, take } from './selection.ts';
import type { Pin } from './steering.ts';

/** What a pick that no strategy found is attributed to. */
const PINNED = 'rule';

/** A pick with the place that it is to have on this page, from 0. */
export interface Placed {
  at: number;
  pick: Pick;
}

/**
 * Places what rules pin: for each the best candidate that the rule holds for, or the first such item of the catalogue; none that is barred, and none that
 * would break a cap. Of two pins for one place the earlier rule has it, the other the next.
 */
export function placePins(selection: Selection, primary: Mixed): Placed[] {
  const { ask } = selection;
  const placed: Placed[] = [];
  for (const pin of ask.pins.toSorted((a, b) => a.at - b.at)) {
    let at = pin.at - 1 - ask.before.count;
    while (placed.some((one) => one.at === at)) at++;
    if (at < 0 || at >= ask.count) continue;
    const pick = pinned(selection, pin, primary);
    if (pick === null) continue;
    take(selection, pick);
    placed.push({ at, pick });
  }
  return placed;
}

function pinned(selection: Selection, pin: Pin, primary: Mixed): Pick | null {
  const { catalogue } = selection.situation;
  const slots = pin.slots();
  const byKey = new Map<number, number>();
  for (const slot of slots.toReversed()) byKey.set(catalogue.keyOf(slot), slot);
  for (let index = 0; index < primary.size && byKey.size > 0; index++) {
    const key = primary.key(index);
    const slot = byKey.get(key);
    if (slot === undefined) continue;
    byKey.delete(key);
    const pick = tryPin(selection, pin, { slot, found: { primary, index } });
    if (pick !== null) return pick;
  }
  for (const slot of slots) {
    if (!byKey.has(catalogue.keyOf(slot))) continue;
    const pick = tryPin(selection, pin, { slot, found: null });
    if (pick !== null) return pick;
  }
  return null;
}

interface Trial {
  slot: number;
  /** Where the placement's own strategies found it; null where they did not. */
  found: { primary: Mixed; index: number } | null;
}

function tryPin(selection: Selection, pin: Pin, { slot: meant, found }: Trial): Pick | null {
  const { ask, situation, taken, tally } = selection;
  const key = situation.catalogue.keyOf(meant);
  if (taken.has(key) || ask.before.has(key)) return null;
  const slot = admit(ask.bars, key, { meant, origin: 'pinned' });
  if (typeof slot === 'string') {
    drop(selection, key, slot);
    return null;
  }
  const cap = tally.broken(slot);
  if (cap !== null) drop(selection, key, `cap:${cap}`);
  if (cap !== null || !pin.holds(slot)) return null;
  return {
    slot,
    key,
    score: found?.primary.score(found.index) ?? 0,
    strategy: found?.primary.strategy(found.index) ?? PINNED,
    list: 'strategies',
    rule: pin.key,
    promoted: ask.promoted?.holds(slot) ?? false,
    explored: null,
    reasons: () => [
      ...(found?.primary.reasons(found.index) ?? []),
      // A pin gives a place, not a score.
      { code: 'rule', detail: pin.key, weight: 0 },
    ],
  };
}
