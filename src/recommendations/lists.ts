import { admit, standing } from './admit.ts';
import { isOpenEnded, type Search, type StrategyUse } from './find.ts';
import { type Mixed, mix } from './scored.ts';
import type { Situation } from './situation.ts';
import { partsOf, type StrategyPart } from './stand-in.ts';
import type { Ask } from './steering.ts';
import { newest } from './strategies/popular.ts';

/** How far lists are read where several are mixed: what lies deeper is there as fallback. */
const LEAST_DEPTH = 100;
const DEPTH_PER_ITEM = 4;

/** What an item of the assortment scores that nothing speaks for: so little that whatever is known comes first, and something, so that rules can tell. */
const ASSORTMENT_SCORE = 0.1;

/** One list of candidates: the placement's own strategies mixed, or one that fills what is missing. */
export interface CandidateList {
  mixed: Mixed;
  list: 'strategies' | 'fallback';
  /** The whole assortment, which nothing speaks for: what is left out of it is not worth counting. */
  isAssortment: boolean;
  /** In the place of strategies that found nothing themselves: content, or what the placement shows otherwise. */
  standsIn?: boolean;
}

/** How strategies are to search for a placement. */
export function searchOf(ask: Ask): Search {
  return {
    seen: ask.seen,
    depth: Math.max(LEAST_DEPTH, DEPTH_PER_ITEM * ask.count),
    alternatives: ask.alternatives,
    isOpen: (slot) => standing(ask.bars, slot) === 'available',
    slotFor(key) {
      const verdict = admit(ask.bars, key, { meant: -1, origin: 'found' });
      return typeof verdict === 'number' && !ask.before.has(key) ? verdict : -1;
    },
  };
}

/** What strategies find and what stands in for them: what was found first, so that its reasons are said first. */
function partsOfAll(uses: readonly StrategyUse[], situation: Situation, search: Search) {
  const own: StrategyPart[] = [];
  const standIns: StrategyPart[] = [];
  for (const use of uses)
    for (const part of partsOf(use, situation, search)) (part.isStandIn ? standIns : own).push(part);
  return { parts: own.concat(standIns), found: own.some((part) => part.scored.size > 0) };
}

/** The lists of a placement, each worked out only when it is asked for: its own, the fallbacks in their order, and what no list of popular items reaches. */
export function* listsOf(situation: Situation, ask: Ask): Generator<CandidateList, undefined> {
  const search = searchOf(ask);
  // Where no strategy found anything itself, what stands in for them is a fallback.
  const { parts, found } = partsOfAll(ask.strategies, situation, search);
  yield { mixed: mix(found ? parts : [], search.depth), list: 'strategies', isAssortment: false };
  if (!found) yield { mixed: mix(parts, search.depth), list: 'fallback', isAssortment: false, standsIn: true };
  if (ask.usual.length > 0) {
    const mixed = mix(partsOfAll(ask.usual, situation, search).parts, search.depth);
    yield { mixed, list: 'fallback', isAssortment: false, standsIn: !found };
  }
  for (const strategy of ask.fallback) {
    const mixed = mix(partsOf({ strategy, weight: 1 }, situation, search), search.depth);
    yield { mixed, list: 'fallback', isAssortment: false };
  }
  // What was asked for by a period is not filled up with what lies outside it.
  const isWhole = ({ days, strategy }: StrategyUse): boolean => days == null && isOpenEnded(strategy);
  const own = ask.strategies.find(isWhole);
  const strategy = (own ?? ask.usual.find(isWhole))?.strategy ?? ask.fallback.find(isOpenEnded);
  if (strategy === undefined) return;
  const list = own === undefined ? 'fallback' : 'strategies';
  // Where nobody has viewed or bought anything, nothing is popular: the newest stands for it, and says so.
  if (situation.counts.size === 0) {
    const mixed = mix([{ scored: newest(situation), weight: 1, strategy: 'new_arrivals' }], search.depth);
    yield { mixed, list: 'fallback', isAssortment: false };
  }
  yield { mixed: assortment(situation, strategy), list, isAssortment: true };
}

/** Everything, in the catalogue's order; on a category's page what is in it. */
function assortment({ catalogue, page }: Situation, strategy: string): Mixed {
  const { category } = page;
  const belongs = (slot: number): boolean =>
    !catalogue.isRemoved(slot) && (category === null || catalogue.categories(slot).includes(category));
  return {
    size: catalogue.size,
    key: (slot) => (belongs(slot) ? catalogue.keyOf(slot) : NO_KEY),
    score: () => ASSORTMENT_SCORE,
    slot: () => -1,
    reasons: () => [{ code: 'assortment', weight: ASSORTMENT_SCORE }],
    strategy: () => strategy,
  };
}

/** Of a place in a list at which there is no candidate. */
export const NO_KEY = -1;
