/** Which neighbours of a card are published, and with which weights. */
import { fade } from '../shared/decay.ts';
import { ALL_BASKETS, type Card, type Cards, type CountColumns } from './cards.ts';
import { CONTRAST, companionWeight, partialWeights } from './companions.ts';
import { DAMPING } from './counts.ts';
import type { Slots } from './slots.ts';

/** Neighbours that are published of what is viewed next, and of what is bought with it. */
export const VIEWED_NEIGHBOURS = 40;
const PUBLISHED_NEIGHBOURS = 50;

/** After so many, a neighbour that is worth less than this share of the card's best is not published. */
const ALWAYS = 20;
const LEAST_WORTH = 0.005;

export interface EncodeOptions {
  /** How much a click on our own recommendation adds, 0 to 1. It is settled here, at publication. */
  ownClicks: number;
  /** Neighbours of each relation that are published, by default {@link VIEWED_NEIGHBOURS} and {@link PUBLISHED_NEIGHBOURS}. */
  neighbours?: number;
  /** Items that are left out: as cards, and as neighbours. */
  isHidden?: ((key: number) => boolean) | undefined;
  /** Whether neighbours have names, which only published counts can bring back, instead of keys. */
  isNamed?: boolean;
  /** Whether companions are weighed against each other. */
  bigBaskets?: boolean;
}

/** `s(w) = w²/(w + 0.5)`: what was seen once is mostly chance. */
export function steady(weight: number): number {
  return (weight * weight) / (weight + 0.5);
}

/** Neighbours to publish, best first. */
export interface Chosen {
  keys: number[];
  weights: number[];
  others: number[];
}

interface Choice extends Pick<EncodeOptions, 'isHidden'> {
  most: number;
  /** Below this share of the best worth only the first {@link ALWAYS} are taken. */
  least: number;
  weightOf(slot: number): number;
  worthOf(key: number, weight: number, slot: number): number;
}

/** The neighbours that are worth publishing, best first; what is worth nothing is left out. */
function choose(slots: Slots, { most, least, weightOf, worthOf, isHidden }: Choice): Chosen {
  const ranked: { at: number; worth: number }[] = [];
  for (let at = 0; at < slots.size; at++) {
    const weight = weightOf(at);
    const key = slots.keys[at] ?? 0;
    const worth = weight > 0 && isHidden?.(key) !== true ? worthOf(key, weight, at) : 0;
    if (worth > 0) ranked.push({ at, worth });
  }
  ranked.sort((a, b) => b.worth - a.worth || a.at - b.at);
  const chosen: Chosen = { keys: [], weights: [], others: [] };
  for (const [place, { at, worth }] of ranked.slice(0, most).entries()) {
    if (place >= ALWAYS && worth < (ranked[0]?.worth ?? 0) * least) break;
    chosen.keys.push(slots.keys[at] ?? 0);
    chosen.weights.push(weightOf(at));
    chosen.others.push(slots.others?.[at] ?? 0);
  }
  return chosen;
}

/** Followers by `s(w)/n_b^0.1`, everything read at the newest event. */
function chooseViewed({ viewed }: Card, { counts }: Cards, options: EncodeOptions, factor: number): Chosen {
  const { ownClicks, isHidden, neighbours = VIEWED_NEIGHBOURS } = options;
  return choose(viewed, {
    most: neighbours,
    least: LEAST_WORTH,
    isHidden,
    weightOf: (at) => (viewed.weights[at] ?? 0) + ownClicks * (viewed.others?.[at] ?? 0),
    worthOf(key, weight) {
      const count = viewsAt(counts, counts.slots.get(key), ownClicks);
      return steady(weight * factor) / (count > 0 ? (count * factor) ** DAMPING : 1);
    },
  });
}

/** Companions by what they say of a basket; as many as may be where they are to be weighed against each other. */
function chooseBought({ key, bought }: Card, cards: Cards, options: EncodeOptions, factor: number): Chosen {
  const baskets = (of: number) => cards.counts.baskets[cards.counts.slots.get(of) ?? -1] ?? 0;
  const { isHidden, bigBaskets, neighbours = PUBLISHED_NEIGHBOURS } = options;
  const own = factor * baskets(key);
  return choose(bought, {
    most: neighbours,
    least: bigBaskets === true ? 0 : LEAST_WORTH,
    isHidden,
    weightOf: (at) => bought.weights[at] ?? 0,
    worthOf(other, weight, at) {
      const theirs = factor * baskets(other);
      const times = factor * (bought.others?.[at] ?? 0);
      return own > 0 && theirs > 0 ? companionWeight({ weight: factor * weight, times, own, theirs }) : 0;
    },
  });
}

/** What is to be published of a card. */
export interface ChosenCard {
  key: number;
  viewed: Chosen;
  bought: Chosen;
}

/** What is to be published of some cards; those that are left out, and those without neighbours, are not there. */
export function chooseCards(chosen: Iterable<Card>, cards: Cards, options: EncodeOptions): ChosenCard[] {
  const factor = fade(cards.newest, cards.landmark, cards.halfLifeMs);
  const rows: ChosenCard[] = [];
  for (const card of chosen) {
    if (options.isHidden?.(card.key) === true) continue;
    const viewed = chooseViewed(card, cards, options, factor);
    rows.push({ key: card.key, viewed, bought: chooseBought(card, cards, options, factor) });
  }
  if (options.bigBaskets === true) chooseRegressed(rows, cards, factor);
  return rows.filter(({ viewed, bought }) => viewed.keys.length + bought.keys.length > 0);
}

/** The companions of some cards weighed against each other, in place of what each says by itself. */
function chooseRegressed(rows: readonly ChosenCard[], { counts, shelf }: Cards, factor: number): void {
  const baskets = (of: number) => counts.baskets[counts.slots.get(of) ?? -1] ?? 0;
  const boughtWith = (of: number) => shelf.find(of)?.bought;
  const basis = { factor, all: baskets(ALL_BASKETS), baskets, boughtWith, bits: shelf.bits };
  const weighed = rows.filter(({ bought }) => bought.keys.length > 0);
  const neighbourhoods = weighed.map(({ key, bought }) => ({ key, companions: bought.keys }));
  for (const [i, partial] of partialWeights(neighbourhoods, basis).entries()) {
    const row = weighed[i];
    if (row !== undefined) row.bought = regressed(row.bought, partial);
  }
}

/** `(partial · c_w/c)^1.5`: a companion met in small baskets says more than one met in large ones, and what is strong more than what is weak. */
function regressed({ keys, weights, others }: Chosen, partial: Float64Array): Chosen {
  const to: Chosen = { keys: [], weights: [], others: [] };
  const sized = Array.from(partial, (weight, i) => (weight * (weights[i] ?? 0)) / (others[i] || 1));
  const order = [...sized.keys()].sort((a, b) => (sized[b] ?? 0) - (sized[a] ?? 0) || a - b);
  for (const i of order) {
    const weight = sized[i] ?? 0;
    if (!(weight > 0)) break;
    to.keys.push(keys[i] ?? 0);
    to.weights.push(weight ** CONTRAST);
    to.others.push(others[i] ?? 0);
  }
  return to;
}

function viewsAt(counts: CountColumns, slot: number | undefined, ownClicks: number): number {
  if (slot === undefined) return 0;
  return (counts.views[slot] ?? 0) + ownClicks * (counts.ownViews[slot] ?? 0);
}
