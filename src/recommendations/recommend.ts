import { admit, type Bars } from './admit.ts';
import { find, isOpenEnded, isOwn, type Search, type StrategyUse } from './find.ts';
import type { DropReason, Reason } from './schema.ts';
import { type Mixed, mix } from './scored.ts';
import type { Situation } from './situation.ts';

/** How far lists are read where several are mixed: what lies deeper is there as fallback. */
const LEAST_DEPTH = 100;
const DEPTH_PER_ITEM = 4;

/** What one placement is asked for, config and request taken together. */
export interface Ask {
  count: number;
  strategies: readonly StrategyUse[];
  /** Strategies that fill what is missing, in this order. */
  fallback: readonly string[];
  seen: 'hide' | 'allow' | 'hideCurrent';
  bars: Bars;
}

export interface Pick {
  slot: number;
  /** 0 to 1, never above that of the pick before. */
  score: number;
  strategy: string;
  /** Weights add up to the score. */
  reasons: Reason[];
}

export interface Picks {
  picks: Pick[];
  strategy: string;
  fallback: boolean;
  dropped: Partial<Record<DropReason, number>>;
}

interface Selection {
  situation: Situation;
  ask: Ask;
  picks: Pick[];
  taken: Set<number>;
  judged: Set<number>;
  dropped: Partial<Record<DropReason, number>>;
}

/**
 * The pipeline of a placement: candidates with scores from its strategies, mixed by weight; then the filter; and where too few are left, the fallback
 * lists one after the other, and for lists of the whole assortment the rest of it. One item per card key.
 */
export function recommend(situation: Situation, ask: Ask): Picks {
  const selection: Selection = { situation, ask, picks: [], taken: new Set(), judged: new Set(), dropped: {} };
  const search: Search = {
    seen: ask.seen,
    depth: Math.max(LEAST_DEPTH, DEPTH_PER_ITEM * ask.count),
    slotFor(key) {
      const verdict = admit(ask.bars, key, -1, false);
      return typeof verdict === 'number' ? verdict : -1;
    },
  };
  const parts = ask.strategies.map((use) => ({
    scored: find(use, situation, search),
    weight: use.weight,
    strategy: use.strategy,
  }));
  walk(selection, mix(parts, search.depth));
  const primary = selection.picks.length;
  // What was asked for by a period is not filled up with what lies outside it.
  const used = ask.strategies.filter((use) => use.days == null).map((use) => use.strategy);
  for (const strategy of ask.fallback) {
    if (selection.picks.length >= ask.count) break;
    used.push(strategy);
    const scored = find({ strategy, weight: 1 }, situation, search);
    walk(selection, mix([{ scored, weight: 1, strategy }], search.depth));
  }
  const openEnded = used.find(isOpenEnded);
  if (openEnded !== undefined && selection.picks.length < ask.count) walkAssortment(selection, openEnded);
  const { picks, dropped } = selection;
  return {
    picks,
    dropped,
    strategy: leading(picks.slice(0, primary)) ?? picks[0]?.strategy ?? ask.strategies[0]?.strategy ?? '',
    fallback: picks.length > primary,
  };
}

/** Takes from a list, best first, until the placement is full. What follows a fuller list never scores above it. */
function walk(selection: Selection, mixed: Mixed): void {
  const { ask, picks, taken, dropped } = selection;
  const ceiling = picks.at(-1)?.score ?? 1;
  for (let index = 0; index < mixed.size && picks.length < ask.count; index++) {
    const key = mixed.key(index);
    if (taken.has(key)) continue;
    const strategy = mixed.strategy(index);
    const verdict = admit(ask.bars, key, mixed.slot(index), isOwn(strategy));
    if (typeof verdict === 'string') {
      if (!selection.judged.has(key)) dropped[verdict] = (dropped[verdict] ?? 0) + 1;
      selection.judged.add(key);
      continue;
    }
    taken.add(key);
    const reasons = mixed.reasons(index).map((reason) => ({ ...reason, weight: reason.weight * ceiling }));
    picks.push({ slot: verdict, score: mixed.score(index) * ceiling, strategy, reasons });
  }
}

/** What the lists of popular items do not reach, in the catalogue's order: on a category's page what is in it, otherwise anything. */
function walkAssortment(selection: Selection, strategy: string): void {
  const { situation, ask, picks, taken } = selection;
  const { catalogue, page } = situation;
  for (let slot = 0; slot < catalogue.size && picks.length < ask.count; slot++) {
    if (catalogue.isRemoved(slot)) continue;
    const key = catalogue.keyOf(slot);
    if (taken.has(key) || selection.judged.has(key)) continue;
    if (page.category !== null && !catalogue.categories(slot).includes(page.category)) continue;
    const verdict = admit(ask.bars, key, -1, false);
    selection.judged.add(key);
    if (typeof verdict === 'string') continue;
    taken.add(key);
    picks.push({ slot: verdict, score: 0, strategy, reasons: [{ code: 'assortment', weight: 0 }] });
  }
}

/** The strategy that most picks come from; of several, the first. */
function leading(picks: readonly Pick[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { strategy } of picks) counts.set(strategy, (counts.get(strategy) ?? 0) + 1);
  let found: string | undefined;
  for (const [strategy, count] of counts) if (found === undefined || count > (counts.get(found) ?? 0)) found = strategy;
  return found;
}
