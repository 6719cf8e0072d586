/** A session file in the form in which everything is measured: items as keys, test sessions whole, times given where the file has none. */
import { DAY_MS } from '../../shared/decay.ts';
import { createNames, type Names, type TimedSession } from './model.ts';
import type { Question, TrainSession } from './read.ts';
import { rebuildVisits } from './visits.ts';

/** A: items already seen are hidden, and such targets not counted. B: the literature's, seen items allowed, all targets. */
export type Protocol = 'A' | 'B';

/** A question whose items are keys. */
export interface KeyedQuestion {
  /** Newest first. */
  session: number[];
  /** What came after it, the next click first. */
  truth: number[];
  /** Which visit it is of: questions of one visit depend on each other. */
  visit: number;
  /** Epoch milliseconds of the newest click. */
  at: number;
}

export interface SessionSet {
  names: Names;
  /** Oldest first. */
  train: TimedSession[];
  /** The sessions of the test file, to be learnt when nothing more is asked about them. */
  visits: TimedSession[];
  questions: KeyedQuestion[];
  /** How often each item was clicked in training. */
  frequencies: Map<number, number>;
}

/** Numbers from here on are unix seconds, smaller ones ordinals. */
const SECONDS_FROM = 100_000_000;

/**
 * @param spanDays days over which training sessions without times are spread: session i of N lies at i/N of them, and test sessions follow at the same pace
 */
export function sessionSet(train: readonly TrainSession[], test: readonly Question[], spanDays: number): SessionSet {
  const names = createNames();
  const haveTimes = train.every((session) => session.number >= SECONDS_FROM);
  const pace = (spanDays * DAY_MS) / Math.max(1, train.length);
  const learnt = train.map((session, i) => ({
    at: haveTimes ? session.number * 1000 : i * pace,
    keys: session.items.map(names.keyOf),
  }));
  const frequencies = new Map<number, number>();
  for (const { keys } of learnt) for (const key of keys) frequencies.set(key, (frequencies.get(key) ?? 0) + 1);
  const last = learnt.at(-1)?.at ?? 0;
  const visits = rebuildVisits(test).map((visit, i) => ({ ...visit, at: last + (i + 1) * pace }));
  return {
    names,
    train: learnt,
    frequencies,
    visits: visits.map(({ items, questions, at }) => ({
      at: questions.at(-1)?.endedAt ?? at,
      keys: items.map(names.keyOf),
    })),
    questions: visits.flatMap(({ questions, at }, visit) =>
      questions.map((question) => ({
        session: question.prefix.map(names.keyOf).reverse(),
        truth: question.truth.map(names.keyOf),
        visit,
        at: question.at ?? at,
      })),
    ),
  };
}

/** The questions that a protocol asks. */
export function questionsOf(set: SessionSet, protocol: Protocol): KeyedQuestion[] {
  return protocol === 'B' ? set.questions : set.questions.map(unseen).filter((question) => question !== null);
}

/** The question as protocol A asks it, or null where the next click goes back. */
function unseen(question: KeyedQuestion): KeyedQuestion | null {
  const seen = new Set(question.session);
  if (seen.has(question.truth[0] ?? Number.NaN)) return null;
  return { ...question, truth: question.truth.filter((key) => !seen.has(key)) };
}
