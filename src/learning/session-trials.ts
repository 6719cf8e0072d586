/** A shop's past visits: learnt one after the other, and the latest of them asked about before they are learnt, as the stream does with each delivery. */
import type { Cards } from './cards.ts';
import { type IndexInUse, indexInUse, NO_TRIALS, questionsAmong, type TrialCounts, tryBlend } from './holdout.ts';
import { type KeyedView, learnView } from './learn.ts';
import { LONGEST_SESSION } from './session-index.ts';
import { closeSession, type Sessions } from './sessions.ts';

/** Views of a past that are asked about: as many as the hold-out remembers. */
const MOST_TRIALS = 20_000;

interface Past {
  cards: Cards;
  sessions: Sessions;
  /** How much a click on our own recommendation adds, 0 to 1. */
  ownClicks: number;
}

/** Learns a visit that has ended, its views oldest first. */
export function learnVisit(views: readonly KeyedView[], { cards, sessions }: Pick<Past, 'cards' | 'sessions'>): void {
  for (const view of views) learnView(cards, view);
  closeSession(sessions, [...new Set(views.map((view) => view.key))].slice(-LONGEST_SESSION));
}

const questionsOf = (views: readonly KeyedView[]) => questionsAmong(views.map((view) => ({ ...view, session: 0 })));

/** The first visit of the end in which there are enough questions; 0 where there are not. */
export function firstAsked(visits: readonly (readonly KeyedView[])[]): number {
  let questions = 0;
  let first = visits.length;
  while (first > 0 && questions < MOST_TRIALS) questions += questionsOf(visits[--first] ?? []).length;
  return first;
}

/** Learns visits, each after it was asked about: the cards alone and both, of what has come before. @param visits not learnt yet, oldest first */
export function tryVisits(visits: readonly (readonly KeyedView[])[], past: Past): TrialCounts {
  const sum = { ...NO_TRIALS };
  const first = firstAsked(visits);
  let held: IndexInUse | null = null;
  for (const [number, views] of visits.entries()) {
    if (number >= first) held = indexInUse(past.sessions, held);
    if (number >= first && held !== null) {
      const { cards, ownClicks } = past;
      const found = tryBlend(questionsOf(views), { cards, sessions: held.index, ownClicks });
      for (const name of ['n', 'gained', 'lost', 'both'] as const) sum[name] += found[name];
    }
    learnVisit(views, past);
  }
  return sum;
}
