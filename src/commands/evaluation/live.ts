/** The model as it learns while it is asked: what a shop has that learns from its stream, where the models of the literature stand still. */
import { NO_BREAKDOWN } from '../../learning/breakdown.ts';
import { type Cards, TRENDING_HALF_LIFE_MS } from '../../learning/cards.ts';
import { type CardLookup, encodeChunk, openChunk, type PublishedCard } from '../../learning/codec.ts';
import { type Counts, DAMPING } from '../../learning/counts.ts';
import { type KeyedView, learnView } from '../../learning/learn.ts';
import type { Seen } from '../../learning/score.ts';
import { fade } from '../../shared/decay.ts';
import { createMeter, type Metrics } from './metrics.ts';
import { learnSessions, type TimedSession, viewsOf } from './model.ts';
import { product } from './recommender.ts';
import { type Protocol, questionsOf, type SessionSet } from './session-set.ts';

/** A store that is read in its published form, each card as it is at the moment. */
export interface LiveModel {
  cards: CardLookup;
  counts: Counts;
  learn(view: KeyedView): void;
}

/** The counts of a store, in the form of published ones. Items are numbered by their slots. */
function liveCounts(cards: Cards, ownClicks: number): Counts {
  const { counts } = cards;
  const factor = () => fade(cards.newest, cards.landmark, cards.halfLifeMs);
  const views = (index: number) => ((counts.views[index] ?? 0) + ownClicks * (counts.ownViews[index] ?? 0)) * factor();
  return {
    get size() {
      return counts.size;
    },
    get newest() {
      return cards.newest;
    },
    halfLifeMs: cards.halfLifeMs,
    indexOf: (key) => counts.slots.get(key) ?? -1,
    keyOf: (index) => counts.keys[index] ?? Number.NaN,
    // Live cards carry whole keys.
    indexOfName: () => -1,
    views,
    damping: (index) => views(index) ** DAMPING || 1,
    baskets: (index) => (counts.baskets[index] ?? 0) * factor(),
    bought: (index) => counts.bought[index] ?? 0,
    trending: (index) =>
      (counts.trending[index] ?? 0) * fade(cards.newest, cards.trendingLandmark, TRENDING_HALF_LIFE_MS),
    // Public sessions know no personas, and nobody here asks for a period.
    breakdown: NO_BREAKDOWN,
  };
}

/** @param ownClicks how much a click on our own recommendation adds, 0 to 1 */
function liveModel(cards: Cards, ownClicks: number): LiveModel {
  const published = new Map<number, PublishedCard | null>();
  return {
    counts: liveCounts(cards, ownClicks),
    cards(key) {
      let card = published.get(key);
      if (card === undefined) {
        const stored = cards.shelf.find(key);
        const chunk = stored === undefined ? null : encodeChunk([stored], cards, { ownClicks });
        card = chunk === null ? null : (openChunk(chunk.buffer)?.find(key) ?? null);
        published.set(key, card);
      }
      return card;
    },
    learn(view) {
      learnView(cards, view);
      for (const key of [view.key, ...view.previous]) published.delete(key);
    },
  };
}

/** A question, or a session to be learnt now that nothing more is asked about it. */
type Step = { at: number; ask: number } | { at: number; learn: TimedSession };

/**
 * Asks every question at its time, and learns each test session after the last question about it: learning it click by click would tell later questions
 * what they are about to be asked.
 */
export function evaluateLive(set: SessionSet, options: { protocol: Protocol; seen: Seen }): Metrics {
  const model = liveModel(learnSessions(set.train), 0.5);
  const questions = questionsOf(set, options.protocol);
  const steps: Step[] = [
    ...questions.map(({ at }, ask) => ({ at, ask })),
    ...set.visits.map((learn) => ({ at: learn.at, learn })),
  ];
  // Sorting is stable: at the same time, questions come first.
  steps.sort((a, b) => a.at - b.at);
  const { recommend } = product(model);
  const meter = createMeter(set.frequencies);
  for (const step of steps) {
    if ('learn' in step) for (const view of viewsOf(step.learn)) model.learn(view);
    else {
      const question = questions[step.ask];
      if (question !== undefined)
        meter.judge(recommend(question.session, options.protocol === 'A' ? 'hide' : options.seen), question.truth);
    }
  }
  return meter.result();
}
