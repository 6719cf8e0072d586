import { admit } from './admit.ts';
import { type Tally, tallyOf } from './caps.ts';
import { isOwn } from './find.ts';
import type { CandidateList } from './lists.ts';
import { ASSORTMENT, LEAST_RELEVANCE, trustIn } from './relevance.ts';
import type { DropReason, Reason } from './schema.ts';
import type { Situation } from './situation.ts';
import type { Ask } from './steering.ts';

/** An item that is shown. */
export interface Pick {
  slot: number;
  key: number;
  /** 0 to 1 before rules. Without pins never above that of the pick before. */
  score: number;
  strategy: string;
  list: CandidateList['list'];
  rule: string | null;
  promoted: boolean;
  explored: { position: number; probability: number } | null;
  /** Weights add up to the score. */
  reasons(): Reason[];
}

/** A placement being filled. */
export interface Selection {
  situation: Situation;
  ask: Ask;
  /** Places left for what is chosen by score. */
  room: number;
  picks: Pick[];
  /** Slots of everything that is shown, pinned and explored items included. */
  shown: number[];
  taken: Set<number>;
  tally: Tally;
  /** Keys that were left out once: each counts once. */
  judged: Set<number>;
  dropped: Record<string, number>;
  trust: Map<string, number>;
  /** Promoted items that may still be shown. */
  promotable: number;
  /** The score of the last pick that has one: what a later list starts from. */
  ceiling: number;
  /** What the scores of each list that was read were multiplied by. */
  ceilings: number[];
}

export function selectionOf(situation: Situation, ask: Ask): Selection {
  return {
    situation,
    ask,
    room: ask.count,
    picks: [],
    shown: [],
    taken: new Set(),
    tally: tallyOf(situation.catalogue, ask.caps),
    judged: new Set(),
    dropped: {},
    trust: new Map(),
    promotable: ask.promoted === null ? 0 : Math.floor(ask.promoted.share * ask.count + 1e-9),
    ceiling: 1,
    ceilings: [],
  };
}

export function drop(selection: Selection, key: number, reason: DropReason): void {
  if (selection.judged.has(key)) return;
  selection.judged.add(key);
  selection.dropped[reason] = (selection.dropped[reason] ?? 0) + 1;
}

/** Puts an item on record as shown. */
export function take(selection: Selection, { key, slot, promoted }: { key: number; slot: number; promoted: boolean }) {
  selection.taken.add(key);
  selection.shown.push(slot);
  selection.tally.add(slot);
  if (promoted) selection.promotable--;
}

function trustOf(selection: Selection, strategy: string): number {
  let trust = selection.trust.get(strategy);
  if (trust === undefined) {
    trust = trustIn(strategy, selection.situation);
    selection.trust.set(strategy, trust);
  }
  return trust;
}

/** Whether a candidate of a list may be shown: its slot, or why not. */
export function judge(selection: Selection, from: CandidateList, index: number): number | DropReason {
  const { ask } = selection;
  const { mixed } = from;
  const strategy = mixed.strategy(index);
  const origin = !from.isAssortment && isOwn(strategy) ? 'own' : 'found';
  const verdict = admit(ask.bars, mixed.key(index), { meant: mixed.slot(index), origin });
  if (typeof verdict === 'string' || ask.minimumRelevance === null) return verdict;
  const trust = trustOf(selection, from.isAssortment ? ASSORTMENT : strategy);
  return mixed.score(index) * trust < LEAST_RELEVANCE[ask.minimumRelevance] ? 'relevance' : verdict;
}
