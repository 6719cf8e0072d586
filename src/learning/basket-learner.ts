/** Whether companions are weighed against each other: what the shop's config says, or what its own orders have shown. */
import { basketQuestions, modelsNow, tryBaskets } from './basket-trials.ts';
import type { ChunkedCards } from './chunk-shelf.ts';
import { contextsTold } from './contexts.ts';
import { afterTrials, type BlendState, figuresOf, NO_TRIALS, type TrialCounts, UNDECIDED } from './holdout.ts';
import type { LearnBatch } from './log.ts';
import type { BigBaskets, Contexts } from './schema.ts';

/** Where not all chunks are in memory a trial reads a good part of them: then one delivery in so long is asked. */
export const PAUSE_MS = 60_000;

type Setting = { bigBaskets: boolean | 'auto' };

export interface BasketLearner {
  readonly state: BlendState;
  isOn(setting: Setting): boolean;
  /** Asks for some of the orders, which are not learnt yet. Changes nothing: what was found is taken when it is stored. */
  ask(batches: readonly LearnBatch[], setting: Setting, now: number): TrialCounts;
  take(trials: TrialCounts): void;
}

/** @param state at the last checkpoint */
export function openBasketLearner(cards: ChunkedCards, state: BlendState = UNDECIDED): BasketLearner {
  let known = state;
  let askedAt = Number.NEGATIVE_INFINITY;
  return {
    get state() {
      return known;
    },
    isOn: ({ bigBaskets }) => (bigBaskets === 'auto' ? known.isBetter : bigBaskets),
    ask(batches, { bigBaskets }, now) {
      if (bigBaskets !== 'auto') return NO_TRIALS;
      if (!cards.shelf.isSmall && Math.abs(now - askedAt) < PAUSE_MS) return NO_TRIALS;
      const questions = basketQuestions(batches.flatMap((batch) => batch.baskets));
      if (questions.length === 0) return NO_TRIALS;
      askedAt = now;
      return tryBaskets(questions, modelsNow(questions, cards));
    },
    take(trials) {
      known = afterTrials(known, trials);
    },
  };
}

/** As it is told to the shop. */
export function holdOutsOf(
  isOn: boolean,
  learner: { baskets: BasketLearner; cards: ChunkedCards } | null,
): { bigBaskets: BigBaskets; contexts: Contexts } {
  const figures = learner === null ? null : figuresOf(learner.baskets.state);
  const { n = 0, gain = null, interval = null } = figures ?? {};
  const contexts = learner === null ? {} : contextsTold(learner.cards.contexts);
  return { bigBaskets: { isOn, trials: n, gain, interval }, contexts };
}

interface Weights {
  ownClicks: number;
  bigBaskets?: boolean;
}

/** Whether what is published has other weights: then all of it is published again. */
export function areOthers(now: Weights, published: Weights): boolean {
  return now.ownClicks !== published.ownClicks || now.bigBaskets !== (published.bigBaskets ?? false);
}
