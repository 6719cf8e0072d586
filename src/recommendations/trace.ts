import { cappedBy } from './caps.ts';
import { type CandidateList, listsOf, NO_KEY } from './lists.ts';
import type { Picks } from './recommend.ts';
import type { Traced } from './schema.ts';
import { scaled } from './scored.ts';
import { judge, selectionOf } from './selection.ts';
import type { Situation } from './situation.ts';
import type { Ask } from './steering.ts';
import { weigh } from './weigh.ts';

/** Candidates that a trace names. */
const MOST_TRACED = 300;

/** A candidate as it was considered. */
export interface TracedCandidate extends Omit<Traced, 'itemId'> {
  key: number;
  slot: number;
}

/**
 * Every candidate of the lists that were read, in their order, and where it fell; those of the whole assortment are not told. It reads the lists once more:
 * answers that nobody asks about pay nothing for it.
 */
export function trace(situation: Situation, ask: Ask, picks: Picks): TracedCandidate[] {
  const traced: TracedCandidate[] = [];
  const told = new Set<number>();
  const lists = listsOf(situation, ask);
  for (const ceiling of picks.ceilings) {
    const from = lists.next().value;
    if (from === undefined || from.isAssortment) break;
    for (let index = 0; index < from.mixed.size && traced.length < MOST_TRACED; index++) {
      const key = from.mixed.key(index);
      if (key === NO_KEY || told.has(key)) continue;
      told.add(key);
      traced.push(traceOne(situation, ask, { picks, from, index, ceiling }));
    }
  }
  return traced;
}

interface At {
  picks: Picks;
  from: CandidateList;
  index: number;
  /** What the list's scores are multiplied by. */
  ceiling: number;
}

/** One candidate of a list, and where it fell. */
export function traceOne(situation: Situation, ask: Ask, { picks, from, index, ceiling }: At): TracedCandidate {
  const { mixed, list } = from;
  const key = mixed.key(index);
  const verdict = judge(selectionOf(situation, ask), from, index);
  const found = mixed.score(index) * ceiling;
  const slot = typeof verdict === 'number' ? verdict : (situation.catalogue.membersOf(key)[0] ?? -1);
  const { score, changes } =
    typeof verdict === 'number' ? weigh(found, { key, slot }, ask) : { score: found, changes: [] };
  return {
    key,
    slot,
    strategy: mixed.strategy(index),
    list,
    rank: index + 1,
    found,
    score,
    reasons: [...scaled(mixed.reasons(index), ceiling), ...changes],
    fell: typeof verdict === 'string' ? verdict : fellBy(situation, ask, { picks, key, slot, score }),
  };
}

/** What kept a candidate out that passed the filter; `shown` for one that was shown. */
function fellBy(
  { catalogue }: Situation,
  ask: Ask,
  { picks, key, slot, score }: { picks: Picks; key: number; slot: number; score: number },
): string {
  if (picks.picks.some((pick) => pick.key === key)) return 'shown';
  if (ask.before.has(key)) return 'shown_before';
  const cap = cappedBy(catalogue, ask.caps, { slot, shown: picks.picks.map((pick) => pick.slot) });
  if (cap !== null) return `cap:${cap}`;
  if (ask.promoted?.holds(slot)) return 'promoted';
  const chosen = picks.picks.filter((pick) => pick.score > 0);
  return ask.diversity > 0 && chosen.some((pick) => pick.score < score) ? 'diversity' : 'rank';
}
