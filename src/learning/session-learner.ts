/** The learner's second half: the recent sessions, and whether a scorer that reads them helps. Synchronous and without a clock, like the learner. */
import type { Cards } from './cards.ts';
import {
  afterTrials,
  type BlendState,
  type IndexInUse,
  indexInUse,
  NO_TRIALS,
  questionsAmong,
  type TrialCounts,
  tryBlend,
  UNDECIDED,
} from './holdout.ts';
import type { KeyedView } from './learn.ts';
import {
  createSessions,
  learnSession,
  type PastSessions,
  restoreSessions,
  unsavedPages,
  withPast,
} from './sessions.ts';

/** What the shop's config says about it; `auto`: the hold-out decides. */
export interface BlendSettings {
  blend: 'auto' | 'on' | 'off';
  /** Whether companions are weighed against each other. */
  bigBaskets: boolean | 'auto';
  /** How much a click on our own recommendation adds, 0 to 1. */
  ownClicks: number;
}

/** The rows of the sessions. */
export interface SessionRows {
  readSessions(): Iterable<readonly [row: number, block: Float64Array]>;
  /** Writes a row; without a block it goes. */
  writeSessions(row: number, block: Float64Array<ArrayBuffer> | null): void;
  clearSessions(): void;
}

export interface SessionLearner {
  readonly state: BlendState;
  /** What is to be published: null while there are no sessions, and where the blend is off. */
  wanted(settings: BlendSettings): IndexInUse | null;
  /** Asks the cards alone and the blend for some of the views, which are not learnt yet. */
  ask(views: readonly KeyedView[], cards: Cards, settings: BlendSettings): TrialCounts;
  take(counts: TrialCounts): void;
  /** Puts sessions of an import before those that are here. */
  takePast(block: PastSessions): void;
  /** @param now of receipt, epoch milliseconds */
  learn(view: KeyedView, now: number): void;
  /** Writes what differs from what is stored. */
  save(settings: BlendSettings): void;
}

/** @param state at the last checkpoint */
export function openSessionLearner(rows: SessionRows, state: BlendState = UNDECIDED): SessionLearner {
  let sessions = restoreSessions(rows.readSessions());
  let known = state;
  let held: IndexInUse | null = null;
  const current = () => {
    held = indexInUse(sessions, held);
    return held;
  };
  return {
    get state() {
      return known;
    },
    wanted({ blend }) {
      return blend === 'on' || (blend === 'auto' && known.isBetter) ? current() : null;
    },
    ask(views, cards, { blend, ownClicks }) {
      const questions = questionsAmong(views);
      const index = questions.length === 0 || blend === 'off' ? null : current();
      return index === null ? NO_TRIALS : tryBlend(questions, { cards, sessions: index.index, ownClicks });
    },
    take(counts) {
      known = afterTrials(known, counts);
    },
    takePast(block) {
      sessions = withPast(sessions, block);
    },
    learn: (view, now) => learnSession(sessions, view, now),
    save({ blend }) {
      if (blend !== 'off') for (const [row, block] of unsavedPages(sessions)) rows.writeSessions(row, block);
      else if (sessions.closed + sessions.open.size > 0) {
        sessions = createSessions();
        held = null;
        rows.clearSessions();
      }
    },
  };
}
