/** Whether companions are weighed against each other: what the shop's config says, or what its own orders have shown. */
import { openAgainTrials } from './again-trials.ts';
import { basketQuestions, modelsNow, tryBaskets } from './basket-trials.ts';
import type { ChunkedCards } from './chunk-shelf.ts';
import { contextsTold, takeContexts } from './contexts.ts';
import {
  afterTrials,
  type BlendState,
  figuresOf,
  NO_TRIALS,
  type OrderTrials,
  trialsIn,
  UNDECIDED,
} from './holdout.ts';
import type { KeyedBasket } from './learn.ts';
import type { LearnBatch } from './log.ts';
import type { BigBaskets, Contexts, UploadPart } from './schema.ts';

/** Where not all chunks are in memory a trial reads a good part of them: then one delivery in so long is asked. */
export const PAUSE_MS = 60_000;

type Setting = { bigBaskets: boolean | 'auto' };

/** What orders have shown: of big baskets, and of what is bought again. */
export type OrderState = BlendState & { again?: BlendState };

export interface BasketLearner {
  readonly state: OrderState;
  isOn(setting: Setting): boolean;
  /** Asks for some of the orders, which are not learnt yet. Changes nothing: what was found is taken when it is stored. */
  ask(batches: readonly LearnBatch[], setting: Setting, now: number): OrderTrials;
  take(trials: OrderTrials): void;
  /** How trials of an import went: of baskets, of what is bought again, and of contexts. */
  takeImported(part: Pick<UploadPart, 'trials' | 'again' | 'contexts'>): void;
}

/** @param state at the last checkpoint */
export function openBasketLearner(cards: ChunkedCards, { again, ...state }: OrderState = UNDECIDED): BasketLearner {
  let known: BlendState = state;
  cards.again = again ?? null;
  let askedAt = Number.NEGATIVE_INFINITY;
  const askAgain = openAgainTrials(cards);
  const askBaskets = (baskets: readonly KeyedBasket[], { bigBaskets }: Setting, now: number) => {
    if (bigBaskets !== 'auto') return NO_TRIALS;
    if (!cards.shelf.isSmall && Math.abs(now - askedAt) < PAUSE_MS) return NO_TRIALS;
    const questions = basketQuestions(baskets);
    if (questions.length === 0) return NO_TRIALS;
    askedAt = now;
    return tryBaskets(questions, modelsNow(questions, cards));
  };
  const take = ({ baskets, again: found }: OrderTrials) => {
    known = afterTrials(known, baskets);
    if (found.n > 0) cards.again = afterTrials(cards.again ?? UNDECIDED, found);
  };
  return {
    get state() {
      return cards.again === null ? known : { ...known, again: cards.again };
    },
    isOn: ({ bigBaskets }) => (bigBaskets === 'auto' ? known.isBetter : bigBaskets),
    ask(batches, setting, now) {
      const baskets = batches.flatMap((batch) => batch.baskets);
      return { baskets: askBaskets(baskets, setting, now), again: askAgain(baskets) };
    },
    take,
    takeImported({ trials, again, contexts }) {
      take({ baskets: trialsIn(trials), again: trialsIn(again) });
      takeContexts(cards.contexts, contexts);
    },
  };
}

/** As it is told to the shop. */
export function holdOutsOf(
  isOn: boolean,
  learner: { baskets: BasketLearner; cards: ChunkedCards } | null,
): { bigBaskets: BigBaskets; buyAgain: BigBaskets; contexts: Contexts } {
  const told = (on: boolean, state: BlendState | null | undefined): BigBaskets => {
    const { n = 0, gain = null, interval = null } = (state ? figuresOf(state) : null) ?? {};
    return { isOn: on, trials: n, gain, interval };
  };
  const again = learner?.cards.again;
  const contexts = learner === null ? {} : contextsTold(learner.cards.contexts);
  return { bigBaskets: told(isOn, learner?.baskets.state), buyAgain: told(again?.isBetter === true, again), contexts };
}

interface Weights {
  ownClicks: number;
  bigBaskets?: boolean;
}

/** Whether what is published has other weights: then all of it is published again. */
export function areOthers(now: Weights, published: Weights): boolean {
  return now.ownClicks !== published.ownClicks || now.bigBaskets !== (published.bigBaskets ?? false);
}
