import type { Unmet } from './admit.ts';
import type { StrategyUse } from './find.ts';
import type { Situation } from './situation.ts';
import { type AlternativeTerms, brokenBy } from './strategies/alternatives.ts';
import { seedOf } from './strategies/because-you-viewed.ts';
import { MEANINGFUL, recentModels } from './strategies/similar.ts';

/** Why a strategy that goes by content does not name an item: the closed list. */
export const UNLIKE = [
  'nothing_to_start_from',
  'not_available',
  'hard_constraint',
  'not_alike',
  'not_among_the_first',
] as const;

/** @property unmet the hard constraint that the item breaks, or how much alike it would have to be and is; absent where nothing is short */
export interface Unlikeness {
  why: (typeof UNLIKE)[number];
  unmet?: Unmet;
}

/** The items that the strategy starts from. */
function originals({ strategy, row }: StrategyUse, situation: Situation): string[] {
  const { page, catalogue } = situation;
  if (strategy === 'because_you_viewed') {
    const seed = seedOf(situation, row ?? 1);
    return seed === null ? [] : [seed.itemId];
  }
  if (page.itemId !== null && catalogue.indexOf(page.itemId) >= 0) return [page.itemId];
  return strategy === 'similar' ? recentModels(situation).map((model) => model.itemId) : [];
}

/** Why an item is not among what `similar`, `alternatives` or `because_you_viewed` names. @param of.slot of the item */
export function unlike(
  use: StrategyUse,
  situation: Situation,
  of: { slot: number; alternatives: AlternativeTerms },
): Unlikeness {
  const { catalogue, content, market } = situation;
  const { slot } = of;
  const slots = originals(use, situation)
    .map((itemId) => catalogue.indexOf(itemId))
    .filter((one) => one >= 0);
  const [original] = slots;
  if (original === undefined) return { why: 'nothing_to_start_from' };
  const isAlternative = use.strategy === 'alternatives';
  if (isAlternative) {
    if (!catalogue.isAvailable(slot, market)) return { why: 'not_available' };
    const unmet = brokenBy(situation, of.alternatives, { original, slot });
    if (unmet !== null) return { why: 'hard_constraint', unmet };
  }
  const found = Math.max(...slots.map((one) => content.similarity(one, slot)));
  if (isAlternative ? found > 0 : found >= MEANINGFUL) return { why: 'not_among_the_first' };
  const asked = isAlternative ? { $gt: 0 } : { $gte: MEANINGFUL };
  return { why: 'not_alike', unmet: { field: 'similarity', asked, found } };
}
