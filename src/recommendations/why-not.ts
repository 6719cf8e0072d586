import { admit, standing, type Unmet } from './admit.ts';
import { find, isOwn, type StrategyUse } from './find.ts';
import { type CandidateList, listsOf, NO_KEY, searchOf } from './lists.ts';
import type { Picks } from './recommend.ts';
import type { Situation } from './situation.ts';
import type { Ask } from './steering.ts';
import { type TracedCandidate, traceOne } from './trace.ts';
import { type Unfound, unfoundBy } from './unfound.ts';
import { unlike } from './unlike.ts';

/** What one strategy knows of an item. */
export interface Told {
  strategy: string;
  list: CandidateList['list'];
  /** Place among its candidates, from 1; null where it is none of them. */
  rank: number | null;
  /** Why it is none; null where it is one. */
  why: Unfound | null;
  /** What it falls short of, where a strategy goes by content. */
  unmet?: Unmet;
}

/** Why an item is or is not in an answer. */
export interface WhyNot {
  /**
   * `shown`; a drop reason, where something removed it; `variant`, where another one of its group stands for it; `shown_before` on an earlier page; `rank` or
   * `diversity`, where others came before it; `not_found`, where no strategy names it.
   */
  reason: string;
  /** Key of the rule that hides it, or that has a say in its score. */
  rule: string | null;
  /** What it does not meet. */
  unmet: readonly Unmet[];
  /** The slot that is shown in its place. */
  instead: number | null;
  /** Position among what is shown, from 1. */
  position: number | null;
  /** Where it stands in the list that names it first; null where none does. */
  candidate: TracedCandidate | null;
  /** How many candidates of that list stand before it. */
  before: number | null;
  strategies: Told[];
}

/** Why an item of the catalogue is or is not among the picks. @param slot of the item, not removed */
export function whyNot(situation: Situation, ask: Ask, { picks, slot }: { picks: Picks; slot: number }): WhyNot {
  const key = situation.catalogue.keyOf(slot);
  const strategies = toldBy(situation, ask, slot);
  const candidate = candidateOf(situation, ask, { picks, key });
  const position = picks.picks.findIndex((pick) => pick.key === key);
  const pick = picks.picks[position];
  const said = {
    strategies,
    candidate,
    before: candidate === null ? null : candidate.rank - 1,
    position: pick?.slot === slot ? position + 1 : null,
    instead: pick !== undefined && pick.slot !== slot ? pick.slot : null,
    rule: pick?.rule ?? candidate?.reasons.find((reason) => reason.code === 'rule')?.detail ?? null,
    unmet: [],
  };
  if (pick !== undefined) return { ...said, reason: pick.slot === slot ? 'shown' : 'variant' };
  const barred = barredBy(ask, {
    key,
    slot,
    origin: candidate !== null && isOwn(candidate.strategy) ? 'own' : 'found',
  });
  if (barred !== null) {
    const rule = barred.startsWith('rule:') ? barred.slice('rule:'.length) : said.rule;
    const test = ask.bars.tests.find((one) => one.reason === barred && !one.passes(slot));
    return { ...said, reason: barred, rule, unmet: test?.why(slot) ?? [] };
  }
  return { ...said, reason: candidate?.fell ?? (ask.before.has(key) ? 'shown_before' : 'not_found') };
}

function barredBy(ask: Ask, item: { key: number; slot: number; origin: 'own' | 'found' }): string | null {
  const verdict = admit(ask.bars, item.key, { meant: item.slot, origin: item.origin });
  if (typeof verdict === 'string') return verdict;
  const own = standing(ask.bars, item.slot);
  return own === 'available' || own === 'unavailable' ? null : own;
}

/** The item in the first list that names it; in the rest of the assortment it has no rank worth telling. */
function candidateOf(
  situation: Situation,
  ask: Ask,
  { picks, key }: { picks: Picks; key: number },
): TracedCandidate | null {
  let number = -1;
  for (const from of listsOf(situation, ask)) {
    number++;
    if (from.isAssortment) return null;
    const ceiling = picks.ceilings[number] ?? picks.picks.at(-1)?.score ?? 1;
    for (let index = 0; index < from.mixed.size; index++)
      if (key !== NO_KEY && from.mixed.key(index) === key)
        return traceOne(situation, ask, { picks, from, index, ceiling });
  }
  return null;
}

function toldBy(situation: Situation, ask: Ask, slot: number): Told[] {
  const key = situation.catalogue.keyOf(slot);
  const search = searchOf(ask);
  const tell = (use: StrategyUse, list: Told['list']): Told => {
    const scored = find(use, situation, search);
    for (let index = 0; index < scored.size; index++)
      if (scored.key(index) === key) return { strategy: use.strategy, list, rank: index + 1, why: null };
    const why = unfoundBy(use.strategy, situation, slot);
    const said = why === null ? unlike(use, situation, { slot, alternatives: ask.alternatives }) : { why };
    return { strategy: use.strategy, list, rank: null, ...said };
  };
  return [
    ...ask.strategies.map((use) => tell(use, 'strategies')),
    ...ask.usual.map((use) => tell(use, 'fallback')),
    ...ask.fallback.map((strategy) => tell({ strategy, weight: 1 }, 'fallback')),
  ];
}
