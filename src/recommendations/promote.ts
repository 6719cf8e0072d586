import { admit } from './admit.ts';
import { drop, type Pick, type Selection } from './selection.ts';

/** What a pick that no strategy found is attributed to. */
const PROMOTED = 'promoted';

/** The most viewed promoted item that may be shown, where no strategy found one; null when there is none. */
export function popularFirst(selection: Selection): Pick | null {
  const { ask, situation, taken, tally } = selection;
  const { counts, catalogue } = situation;
  const views = (slot: number): number => counts.views(counts.indexOf(catalogue.keyOf(slot)));
  let first = -1;
  for (const slot of ask.promoted?.slots() ?? []) {
    const key = catalogue.keyOf(slot);
    if (taken.has(key) || ask.before.has(key) || tally.broken(slot) !== null) continue;
    if (first >= 0 && views(slot) <= views(first)) continue;
    const verdict = admit(ask.bars, key, { meant: slot, origin: 'found' });
    if (verdict === slot) first = slot;
    else if (typeof verdict === 'string') drop(selection, key, verdict);
  }
  if (first < 0) return null;
  return {
    slot: first,
    key: catalogue.keyOf(first),
    score: 0,
    strategy: PROMOTED,
    list: 'strategies',
    rule: null,
    promoted: true,
    explored: null,
    reasons: () => [{ code: 'promoted', weight: 0 }],
  };
}
