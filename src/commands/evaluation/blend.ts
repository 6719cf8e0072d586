/** The second scorer alone and blended with the cards, and what a shop's own hold-out would have chosen. */
import { createCards } from '../../learning/cards.ts';
import {
  afterTrials,
  type BlendState,
  figuresOf,
  type IndexInUse,
  indexInUse,
  questionsAmong,
  tryBlend,
  UNDECIDED,
} from '../../learning/holdout.ts';
import { learnView } from '../../learning/learn.ts';
import { scoreNeighbours } from '../../learning/neighbours.ts';
import { best, blend, type Scored, scoreNext } from '../../learning/score.ts';
import { encodeSessions, openSessions, type SessionIndex } from '../../learning/session-index.ts';
import { createSessions, flatten, learnSession, type Sessions } from '../../learning/sessions.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { LIST } from './metrics.ts';
import { type Model, modelOfSessions, type TimedSession, viewsOf } from './model.ts';
import type { NamedSet } from './named-sets.ts';
import { product, type Recommender } from './recommender.ts';
import { judge } from './sessions.ts';
import type { Table } from './tables.ts';

const HALF_LIFE_MS = 60 * DAY_MS;
const OWN_CLICKS = 0.5;

/** Questions that the hold-out asks at least, where there are so many: as many as it remembers. They are of the end of the training data. */
const TRIALS = 20_000;

/** So long after the last session all of them are closed. */
const LATER_MS = DAY_MS;

const listOf = (scored: Scored): number[] => best(scored, LIST).map((i) => scored.keys[i] ?? Number.NaN);

function learnWhole(sessions: Sessions, { at, keys }: TimedSession, number: number): void {
  for (const key of keys) learnSession(sessions, { key, session: number }, at);
}

/** The index as the product would publish it after these sessions. */
export function sessionIndexOf(train: readonly TimedSession[]): SessionIndex {
  const sessions = createSessions();
  for (const [number, session] of train.entries()) learnWhole(sessions, session, number);
  learnSession(sessions, { key: 0 }, (train.at(-1)?.at ?? 0) + LATER_MS);
  const index = openSessions(encodeSessions(flatten(sessions)).buffer);
  if (index === null) throw new Error('What was just published cannot be read.');
  return index;
}

/** VMIS-kNN alone. */
export function neighboursAlone(sessions: SessionIndex): Recommender {
  return { recommend: (session, seen) => listOf(scoreNeighbours({ session, sessions, seen })) };
}

/** The cards and VMIS-kNN, 1 : 1. */
export function blended({ cards, counts }: Model, sessions: SessionIndex): Recommender {
  return {
    recommend: (session, seen) =>
      listOf(blend(scoreNext({ session, cards, counts, seen }), scoreNeighbours({ session, sessions, seen }))),
  };
}

const questionsOf = (session: TimedSession, number: number) =>
  questionsAmong(viewsOf(session).map((view) => ({ ...view, session: number })));

/** The first session of the end in which there are enough questions. */
function firstTried(train: readonly TimedSession[]): number {
  let questions = 0;
  let first = train.length;
  while (first > train.length / 2 && questions < TRIALS)
    questions += questionsOf(train[--first] ?? { at: 0, keys: [] }, first).length;
  return first;
}

/** What the hold-out has found after these sessions, learnt one after the other: each is asked about before anything is learnt from it. */
export function chooseBlend(train: readonly TimedSession[]): BlendState {
  const cards = createCards({ halfLifeMs: HALF_LIFE_MS });
  const sessions = createSessions();
  const first = firstTried(train);
  let state = UNDECIDED;
  let held: IndexInUse | null = null;
  for (const [number, session] of train.entries()) {
    if (number >= first) {
      held = indexInUse(sessions, held);
      if (held !== null)
        state = afterTrials(
          state,
          tryBlend(questionsOf(session, number), { cards, sessions: held.index, ownClicks: OWN_CLICKS }),
        );
    }
    for (const view of viewsOf(session)) learnView(cards, view);
    learnWhole(sessions, session, number);
  }
  return state;
}

const points = (share: number): string => (share >= 0 ? '+' : '') + (100 * share).toFixed(2);

function verdict(state: BlendState): string {
  const figures = figuresOf(state);
  if (figures === null) return 'the hold-out has nothing to ask about, and leaves the cards alone';
  const { gain, interval, n } = figures;
  const seen = `${points(gain)} (${points(interval[0])} to ${points(interval[1])}) on ${n} views of the training data's end`;
  return `the hold-out ${state.isBetter ? 'switches the blend on' : 'leaves the cards alone'}: ${seen}`;
}

/** The cards, VMIS-kNN and both; and in the title what the hold-out chose, which has seen the training data only. */
export function blendTable({ name, set, protocols, seen }: NamedSet): Table {
  const model = modelOfSessions(set.train);
  const sessions = sessionIndexOf(set.train);
  const asked: [string, Recommender][] = [
    ['item cards', product(model)],
    ['VMIS-kNN', neighboursAlone(sessions)],
    ['blend', blended(model, sessions)],
  ];
  const rows = asked.map(([title, recommender]) => {
    const from = performance.now();
    const figures = protocols.flatMap((protocol) => {
      const { hr, mrr, n } = judge(recommender, set, { protocol, seen });
      return [hr.toFixed(2), mrr.toFixed(2), String(n)];
    });
    const each = (1000 * (performance.now() - from)) / Math.max(1, protocols.length * set.questions.length);
    return [title, ...figures, each.toFixed(0)];
  });
  return {
    title: `${name}: HR@20 and MRR@20, percent; ${(sessions.bytes / 1e6).toFixed(1)} MB of sessions; ${verdict(chooseBlend(set.train))}`,
    columns: ['recommender', ...protocols.flatMap((one) => [`${one} HR`, `${one} MRR`, 'n']), 'µs a list'],
    rows,
  };
}
