/**
 * Whether companions weighed against each other complete this shop's baskets better than each pair by itself, found out by its own orders: before an order
 * is learnt, one of its items is hidden, both are asked for it, and who has it among the first ten is counted.
 */
import { fade } from '../shared/decay.ts';
import { fnv1a32 } from '../shared/hash.ts';
import { sample, seededRandom } from '../shared/random.ts';
import type { Card, Cards } from './cards.ts';
import { type CardLookup, encodeChunk, openChunk } from './codec.ts';
import { NO_TRIALS, type TrialCounts } from './holdout.ts';
import type { KeyedBasket } from './learn.ts';
import { type BasketCounts, best, scoreBasket } from './score.ts';

/** Length of the lists that are judged. */
const LIST = 10;

/** Orders of one delivery that are asked for, and items of each that are read: each item costs a fraction of a millisecond. */
const TRIALS_AT_ONCE = 4;
const MOST_SOURCES = 20;

/** An order with one of its items hidden. */
export interface BasketQuestion {
  basket: readonly number[];
  hidden: number;
}

/** The share of a shop's past, the latest orders, by which it is chosen where all of it is known at once; and how many of them are asked for at most. */
export const HELD_OUT = 0.15;
const MOST_HELD_OUT = 20_000;

/** Asks for the latest orders of a past what those before them have taught. @param latest not learnt yet, oldest first */
export function tryHeldOut(latest: readonly KeyedBasket[], cards: Cards): TrialCounts {
  const questions = latest.slice(-MOST_HELD_OUT).flatMap((basket) => basketQuestions([basket]));
  return questions.length === 0 ? NO_TRIALS : tryBaskets(questions, modelsNow(questions, cards));
}

/** What both are asked of. */
export interface BasketModels {
  /** Cards with the weights of each pair by itself, and of companions weighed against each other. */
  plain: CardLookup;
  partial: CardLookup;
  counts: BasketCounts;
}

/** Orders that can be asked for, a few of them, always the same ones of the same orders. */
export function basketQuestions(baskets: readonly KeyedBasket[]): BasketQuestion[] {
  return baskets
    .filter((basket) => basket.learn && new Set(basket.keys).size > 1)
    .map((basket) => ({ basket, draw: fnv1a32(`${basket.at} ${basket.keys.join(' ')}`) }))
    .sort((a, b) => a.draw - b.draw)
    .slice(0, TRIALS_AT_ONCE)
    .map(({ basket: { keys }, draw }) => {
      const [hidden = 0, ...rest] = sample([...new Set(keys)], MOST_SOURCES + 1, seededRandom(draw));
      return { basket: rest, hidden };
    });
}

/** Asks both. */
export function tryBaskets(
  questions: readonly BasketQuestion[],
  { plain, partial, counts }: BasketModels,
): TrialCounts {
  const found = { ...NO_TRIALS };
  const has = (cards: CardLookup, { basket, hidden }: BasketQuestion): boolean => {
    const scored = scoreBasket({ basket, cards, counts });
    return best(scored, LIST).some((i) => scored.keys[i] === hidden);
  };
  for (const question of questions) {
    const [before, after] = [has(plain, question), has(partial, question)];
    found.n++;
    if (before && after) found.both++;
    else if (before) found.lost++;
    else if (after) found.gained++;
  }
  return found;
}

/** The model as it would be published now, as far as the questions read it. */
export function modelsNow(questions: readonly BasketQuestion[], cards: Cards): BasketModels {
  const { counts, newest, landmark, halfLifeMs } = cards;
  const factor = fade(newest, landmark, halfLifeMs);
  const sources = new Set(questions.flatMap(({ basket }) => basket));
  const chosen: Card[] = [...sources].flatMap((key) => cards.shelf.find(key) ?? []);
  const lookup = (bigBaskets: boolean): CardLookup => {
    const bytes = encodeChunk(chosen, cards, { ownClicks: 0, bigBaskets });
    return (bytes === null ? null : openChunk(bytes.buffer))?.find ?? (() => null);
  };
  return {
    plain: lookup(false),
    partial: lookup(true),
    counts: {
      newest,
      halfLifeMs,
      indexOf: (key) => counts.slots.get(key) ?? -1,
      // Cards that are not published have whole keys.
      indexOfName: () => -1,
      keyOf: (at) => counts.keys[at] ?? Number.NaN,
      baskets: (at) => (counts.baskets[at] ?? 0) * factor,
    },
  };
}
