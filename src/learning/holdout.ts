/**
 * Whether the second scorer helps in this shop, found out by the shop's own visitors: before a view is learnt, the cards alone and the blend are asked for
 * it, and who has it among the first twenty is counted. Both answer the same questions, so that the difference is known long before either figure is.
 */
import { fade } from '../shared/decay.ts';
import type { Cards } from './cards.ts';
import { type CardLookup, encodeChunk, openChunk } from './codec.ts';
import { DAMPING } from './counts.ts';
import type { KeyedView } from './learn.ts';
import { scoreNeighbours } from './neighbours.ts';
import type { BlendFigures } from './schema-published.ts';
import { blend, type Scored, SESSION_ITEMS, scoreNext, type ViewCounts } from './score.ts';
import { encodeSessions, openSessions, type SessionIndex } from './session-index.ts';
import { flatten, type Sessions } from './sessions.ts';

/** Length of the lists that are judged. */
const LIST = 20;

/** Trials are forgotten as new ones come: the newest 20,000 or so count. */
const MEMORY = 20_000;

/** Below this nothing is decided. */
const LEAST_TRIALS = 1_000;

/** Of the interval on either side, in standard errors: 99 %, since it is looked at again and again. */
const ERRORS = 2.58;

/** Of trials that come all at once, as of a past that is imported: they are looked at once, and whether it is better is a one-sided question, at 95 %. */
const ERRORS_ONCE = 1.645;

/** Views of one delivery that are asked for. Each costs about a third of a millisecond. */
export const TRIALS_AT_ONCE = 16;

/** How trials went: in all, and those that the one way alone, the other alone and both had right; sums of shares where a trial can be right in part. */
export interface TrialCounts {
  n: number;
  gained: number;
  lost: number;
  both: number;
}

export const NO_TRIALS: TrialCounts = { n: 0, gained: 0, lost: 0, both: 0 };

/** How trials of orders went: of their baskets, and of what is bought again. */
export interface OrderTrials {
  baskets: TrialCounts;
  again: TrialCounts;
}

/** Counts as an import states them: `<n>,<gained>,<lost>,<both>`. */
export function trialsIn(text = ''): TrialCounts {
  const [n = 0, gained = 0, lost = 0, both = 0] = text.split(',').map(Number);
  return { n, gained, lost, both };
}

/** What is known about the blend; plain data. */
export interface BlendState extends TrialCounts {
  /** The sum of the squared weights of the trials, which says how many they are worth. */
  squares: number;
  isBetter: boolean;
}

export const UNDECIDED: BlendState = { ...NO_TRIALS, squares: 0, isBetter: false };

/** @param errors of the interval on either side, in standard errors @returns null before there was a trial */
export function figuresOf(state: BlendState, errors = ERRORS): BlendFigures | null {
  const { n, gained, lost, both, squares } = state;
  if (n === 0) return null;
  const gain = (gained - lost) / n;
  const worth = (n * n) / squares;
  // One more of each kind, so that a few trials without a difference do not look like certainty.
  const error = Math.sqrt(Math.max(0, (gained + lost + 2) / n - gain * gain) / worth);
  const interval: [number, number] = [gain - errors * error, gain + errors * error];
  return { cards: (both + lost) / n, blend: (both + gained) / n, gain, interval, n: Math.round(worth) };
}

/**
 * The state after more trials. The blend is better once the whole interval is above 0, and stays so until the whole of it is below. Where nothing was tried
 * before, these are looked at once.
 */
export function afterTrials(before: BlendState, counts: TrialCounts): BlendState {
  if (counts.n === 0) return before;
  const kept = (1 - 1 / MEMORY) ** counts.n;
  const state = {
    n: before.n * kept + counts.n,
    gained: before.gained * kept + counts.gained,
    lost: before.lost * kept + counts.lost,
    both: before.both * kept + counts.both,
    squares: before.squares * kept * kept + counts.n,
    isBetter: before.isBetter,
  };
  const figures = figuresOf(state, before.n === 0 ? ERRORS_ONCE : ERRORS);
  if (figures === null || figures.n < LEAST_TRIALS) return state;
  const [low, high] = figures.interval;
  return { ...state, isBetter: state.isBetter ? high >= 0 : low > 0 };
}

/** Views that can be asked for: of a known session, with something before them; they do not go back, and no recommendation of ours led to them. */
function isQuestion({ previous, key, own, session }: KeyedView): boolean {
  return session !== undefined && !own && previous.length > 0 && !previous.includes(key);
}

function draw({ key, at, length }: KeyedView): number {
  return Math.imul((key ^ at ^ length) | 0, 0x9e3779b1) >>> 0;
}

/** Of more questions than can be asked the same ones are always drawn. */
export function questionsAmong(views: readonly KeyedView[]): KeyedView[] {
  const questions = views.filter(isQuestion);
  if (questions.length <= TRIALS_AT_ONCE) return questions;
  return questions.sort((a, b) => draw(a) - draw(b)).slice(0, TRIALS_AT_ONCE);
}

/** The counts as they are while they are learnt. */
function countsNow({ counts, newest, landmark, halfLifeMs }: Cards, ownClicks: number): ViewCounts {
  const factor = fade(newest, landmark, halfLifeMs);
  const views = (at: number) => ((counts.views[at] ?? 0) + ownClicks * (counts.ownViews[at] ?? 0)) * factor;
  return {
    newest,
    halfLifeMs,
    indexOf: (key) => counts.slots.get(key) ?? -1,
    keyOf: (at) => counts.keys[at] ?? Number.NaN,
    // These cards carry whole keys.
    indexOfName: () => -1,
    views,
    damping: (at) => (views(at) > 0 ? views(at) ** DAMPING : 1),
  };
}

/** The cards of a session as they would be published now. */
function cardsNow(cards: Cards, session: readonly number[], ownClicks: number): CardLookup {
  const chosen = [...new Set(session.slice(0, SESSION_ITEMS))].flatMap((key) => cards.shelf.find(key) ?? []);
  const chunk = encodeChunk(chosen, cards, { ownClicks });
  return (chunk === null ? null : openChunk(chunk.buffer))?.find ?? (() => null);
}

function isAmongFirst(scored: Scored, key: number): boolean {
  const score = scored.scores[scored.keys.indexOf(key)];
  if (score === undefined) return false;
  let better = 0;
  for (const other of scored.scores) if (other > score) better++;
  return better < LIST;
}

export interface Trial {
  cards: Cards;
  sessions: SessionIndex;
  /** How much a click on our own recommendation adds, 0 to 1. */
  ownClicks: number;
}

/** Asks both for views that are not learnt yet. The sessions are closed ones, so that none of them is one that is asked about. */
export function tryBlend(questions: readonly KeyedView[], { cards, sessions, ownClicks }: Trial): TrialCounts {
  const counts = { ...NO_TRIALS };
  const columns = countsNow(cards, ownClicks);
  for (const { key, previous } of questions) {
    const options = { session: previous, seen: 'hide' } as const;
    const alone = scoreNext({ ...options, cards: cardsNow(cards, previous, ownClicks), counts: columns });
    const without = isAmongFirst(alone, key);
    const withNeighbours = isAmongFirst(blend(alone, scoreNeighbours({ ...options, sessions })), key);
    counts.n++;
    if (without && withNeighbours) counts.both++;
    else if (without) counts.lost++;
    else if (withNeighbours) counts.gained++;
  }
  return counts;
}

/** The index by which trials are made, and which is published: made anew when the sessions have grown by a fiftieth. */
export interface IndexInUse {
  bytes: Uint8Array<ArrayBuffer>;
  index: SessionIndex;
  /** Sessions that had been closed when it was made. */
  closed: number;
}

const LEAST_GROWTH = 50;
const GROWTH = 0.02;

/** @returns the index that is in use already as long as it will do; null while there are no sessions */
export function indexInUse(sessions: Sessions, held: IndexInUse | null): IndexInUse | null {
  const growth = Math.max(LEAST_GROWTH, GROWTH * (held?.index.size ?? 0));
  if (sessions.closed - (held?.closed ?? 0) < growth) return held;
  const bytes = encodeSessions(flatten(sessions));
  const index = openSessions(bytes.buffer);
  return index === null ? held : { bytes, index, closed: sessions.closed };
}
