/** Whether companions are weighed against each other: what the shop's config says, or what its own orders have shown. */
import { basketQuestions, modelsNow, tryBaskets } from './basket-trials.ts';
import type { ChunkedCards } from './chunk-shelf.ts';
import { afterTrials, type BlendState, figuresOf, UNDECIDED } from './holdout.ts';
import type { LearnBatch } from './log.ts';
import type { BigBaskets } from './schema.ts';

/** Where not all chunks are in memory a trial reads a good part of them: then one delivery in so long is asked. */
export const PAUSE_MS = 60_000;

type Setting = { bigBaskets: boolean | 'auto' };

export interface BasketLearner {
  readonly state: BlendState;
  isOn(setting: Setting): boolean;
  /** Asks for some of the orders, which are not learnt yet. What was found since the last checkpoint is lost when the object starts again. */
  ask(batches: readonly LearnBatch[], setting: Setting, now: number): void;
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
      if (bigBaskets !== 'auto') return;
      if (!cards.shelf.isSmall && Math.abs(now - askedAt) < PAUSE_MS) return;
      const questions = basketQuestions(batches.flatMap((batch) => batch.baskets));
      if (questions.length === 0) return;
      askedAt = now;
      known = afterTrials(known, tryBaskets(questions, modelsNow(questions, cards)));
    },
  };
}

/** As it is told to the shop. */
export function bigBasketsOf(isOn: boolean, learner: { baskets: BasketLearner } | null): BigBaskets {
  const figures = learner === null ? null : figuresOf(learner.baskets.state);
  const { n = 0, gain = null, interval = null } = figures ?? {};
  return { isOn, trials: n, gain, interval };
}

interface Weights {
  ownClicks: number;
  bigBaskets?: boolean;
}

/** Whether what is published has other weights: then all of it is published again. */
export function areOthers(now: Weights, published: Weights): boolean {
  return now.ownClicks !== published.ownClicks || now.bigBaskets !== (published.bigBaskets ?? false);
}
