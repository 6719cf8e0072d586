import { standing } from './admit.ts';
import { type CandidateList, NO_KEY } from './lists.ts';
import { popularFirst } from './promote.ts';
import type { Reason } from './schema.ts';
import { scaled } from './scored.ts';
import { drop, judge, type Pick, type Selection, take } from './selection.ts';
import { reachOf, weigh } from './weigh.ts';

/** Candidates that are kept to choose from: a rule might lift one of them, or what is shown make room for it. */
const MOST_CHOICE = 1_000;

/** Among items that nothing speaks for a few are choice enough. */
const CHOICE_PER_ITEM = 4;

/** A candidate that passed the filter. */
interface Candidate {
  key: number;
  slot: number;
  /** Place in its list. */
  index: number;
  score: number;
  changes: readonly Reason[];
  rule: string | null;
  promoted: boolean;
  /** What it is worth beside what is shown: never more than it was before. */
  worth: number;
  /** How many of the shown items it was compared with, how alike the most alike one is, and which that is. */
  compared: number;
  likeness: number;
  nearest: number;
}

/** A list that is being read, best first. */
interface Source {
  from: CandidateList;
  next: number;
  ceiling: number;
  /** See {@link reachOf}. */
  reach: number;
  /** How many candidates are kept to choose from. */
  choice: number;
  pool: Candidate[];
  drawn: Set<number>;
}

/** The next candidate of a list; null when that one is not to be shown. */
function draw(selection: Selection, source: Source): Candidate | null {
  const { ask } = selection;
  const { mixed, isAssortment } = source.from;
  const index = source.next++;
  const key = mixed.key(index);
  if (key === NO_KEY || selection.taken.has(key) || source.drawn.has(key) || ask.before.has(key)) return null;
  source.drawn.add(key);
  if (isAssortment && selection.judged.has(key)) return null;
  const slot = judge(selection, source.from, index);
  if (typeof slot === 'number') return candidateOf(selection, source, { key, slot, index });
  if (isAssortment) selection.judged.add(key);
  else drop(selection, key, slot);
  return null;
}

function candidateOf(
  { ask }: Selection,
  { from, ceiling }: Source,
  { key, slot, index }: { key: number; slot: number; index: number },
): Candidate {
  const { score, changes, rule } = weigh(from.mixed.score(index) * ceiling, { key, slot }, ask);
  const promoted = ask.promoted?.holds(slot) ?? false;
  return { key, slot, index, score, changes, rule, promoted, worth: score, compared: 0, likeness: 0, nearest: -1 };
}

/** Another variant that may be shown where the first one would break a cap: variants can be of different categories. Null when there is none. */
function variantOf(selection: Selection, source: Source, capped: Candidate): Candidate | null {
  const { ask, tally, situation } = selection;
  const slot = situation.catalogue
    .membersOf(capped.key)
    .find((one) => standing(ask.bars, one) === 'available' && tally.broken(one) === null);
  return slot === undefined ? null : candidateOf(selection, source, { ...capped, slot });
}

/** What the best candidate that was not drawn yet can be worth. */
function promise({ from, next, ceiling, reach }: Source): number {
  return next < from.mixed.size ? from.mixed.score(next) * ceiling * reach : Number.NEGATIVE_INFINITY;
}

const isAhead = (one: Candidate, other: Candidate | null): boolean =>
  other === null || one.worth > other.worth || (one.worth === other.worth && one.index < other.index);

/** Compares a candidate with what was shown since it was last compared. */
function compare({ ask, shown }: Selection, candidate: Candidate): void {
  for (; candidate.compared < shown.length && candidate.likeness < 1; candidate.compared++) {
    const slot = shown[candidate.compared] as number;
    const likeness = Math.min(1, ask.alike.similarity(candidate.slot, slot));
    if (likeness <= candidate.likeness) continue;
    candidate.likeness = likeness;
    candidate.nearest = slot;
  }
  candidate.compared = shown.length;
  candidate.worth = candidate.score * (1 - ask.diversity * candidate.likeness);
}

function leave({ pool }: Source, candidate: Candidate): void {
  const last = pool.pop();
  if (last !== undefined && last !== candidate) pool[pool.indexOf(candidate)] = last;
}

/**
 * The candidate that adds most to what is shown, exactly, and yet without looking at more than it takes: lists are drawn from only as long as the next one
 * could be worth more than the best so far, and a candidate is compared with what is shown only when it would come next, since what it is worth can only
 * fall (Minoux 1978, accelerated greedy).
 * @param isPicky only promoted items will do, and are not worth reading a whole list for; otherwise any but those
 */
function best(selection: Selection, source: Source, isPicky: boolean): Candidate | null {
  const { ask, tally, shown } = selection;
  const wanted = (candidate: Candidate): boolean => candidate.promoted === isPicky;
  for (;;) {
    let first: Candidate | null = null;
    for (const one of source.pool) if (wanted(one) && isAhead(one, first)) first = one;
    while (promise(source) > (first?.worth ?? Number.NEGATIVE_INFINITY)) {
      if (source.pool.length >= source.choice && (first !== null || isPicky)) break;
      const drawn = draw(selection, source);
      if (drawn === null) continue;
      source.pool.push(drawn);
      if (wanted(drawn) && isAhead(drawn, first)) first = drawn;
    }
    if (first === null) return null;
    const cap = tally.broken(first.slot);
    if (selection.taken.has(first.key)) leave(source, first);
    else if (cap !== null) {
      // What is shown only grows, so a cap that is reached stays reached.
      leave(source, first);
      const variant = variantOf(selection, source, first);
      if (variant === null) drop(selection, first.key, `cap:${cap}`);
      else source.pool.push(variant);
    } else if (ask.diversity > 0 && first.compared < shown.length) compare(selection, first);
    else {
      leave(source, first);
      return first;
    }
  }
}

function pickOf(selection: Selection, source: Source, candidate: Candidate): Pick {
  const { mixed, list } = source.from;
  const { ceiling } = source;
  const { slot, key, index, changes, rule, promoted, worth, score } = candidate;
  const { catalogue } = selection.situation;
  return {
    slot,
    key,
    score: worth,
    strategy: mixed.strategy(index),
    list,
    rule,
    promoted,
    explored: null,
    reasons() {
      const reasons = scaled(mixed.reasons(index), ceiling);
      reasons.push(...changes);
      if (promoted) reasons.push({ code: 'promoted', weight: 0 });
      if (worth !== score)
        reasons.push({ code: 'diversity', detail: catalogue.itemId(candidate.nearest), weight: worth - score });
      return reasons;
    },
  };
}

/** Whether the next place is one of those that promoted items take, spread evenly over all pages. */
function isForPromoted({ ask, picks, promotable }: Selection): boolean {
  if (ask.promoted === null || promotable <= 0) return false;
  const place = ask.before.count + picks.length;
  const until = (places: number): number => Math.floor((ask.promoted?.share ?? 0) * places + 1e-9);
  return until(place + 1) > until(place);
}

/** Fills places from a list until there are no more, or it has nothing left. */
export function fill(selection: Selection, from: CandidateList): void {
  const { ask } = selection;
  const source: Source = {
    from,
    next: 0,
    ceiling: selection.ceiling,
    reach: reachOf(ask.boosts),
    choice: from.isAssortment && ask.boosts.length === 0 ? CHOICE_PER_ITEM * ask.count : MOST_CHOICE,
    pool: [],
    drawn: new Set(),
  };
  selection.ceilings.push(source.ceiling);
  while (selection.picks.length < selection.room) {
    const promoted = isForPromoted(selection) ? best(selection, source, true) : null;
    const filler = promoted === null && isForPromoted(selection) ? popularFirst(selection) : null;
    const candidate = filler === null ? (promoted ?? best(selection, source, false)) : null;
    if (filler === null && candidate === null) return;
    const pick = filler ?? pickOf(selection, source, candidate as Candidate);
    if (filler === null) selection.ceiling = Math.min(selection.ceiling, pick.score);
    selection.picks.push(pick);
    take(selection, pick);
  }
}
