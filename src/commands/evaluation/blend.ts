/** The second scorer alone and blended with the cards, and what a shop's own hold-out would have chosen. */
import { createCards } from '../../learning/cards.ts';
import { afterTrials, type BlendState, figuresOf, UNDECIDED } from '../../learning/holdout.ts';
import { scoreNeighbours } from '../../learning/neighbours.ts';
import { best, blend, type Scored, scoreNext } from '../../learning/score.ts';
import { encodeSessions, openSessions, type SessionIndex } from '../../learning/session-index.ts';
import { firstAsked, learnVisit, tryVisits } from '../../learning/session-trials.ts';
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

/** What an import finds: the latest visits, half of all at most, are asked about before anything is learnt from them. */
export function chooseBlend(train: readonly TimedSession[]): BlendState {
  const past = { cards: createCards({ halfLifeMs: HALF_LIFE_MS }), sessions: createSessions(), ownClicks: OWN_CLICKS };
  const visits = train.map(viewsOf);
  const first = Math.max(Math.floor(visits.length / 2), firstAsked(visits));
  for (const visit of visits.slice(0, first)) learnVisit(visit, past);
  return afterTrials(UNDECIDED, tryVisits(visits.slice(first), past));
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
