import { evidenceOf, LEAST_SAY, needsContent, sayOf } from './evidence.ts';
import { find, type Search, type StrategyUse } from './find.ts';
import type { Part } from './scored.ts';
import type { Situation } from './situation.ts';
import { companionSources } from './strategies/followers.ts';
import { alikeTo, type Model, recentModels } from './strategies/similar.ts';

/** Items of a basket, and of a session, whose neighbours stand in: each costs as much as all scoring by cards. */
const OF_BASKET = 3;
const OF_SESSION = 1;

/** How much is known of what comes after the items viewed last: their decayed views, the newest item's counting most. */
export function viewEvidence(situation: Situation, models: readonly Model[]): number {
  const { counts, recent } = situation;
  return evidenceOf(models, ({ itemId }) => {
    const key = recent.find((one) => one.itemId === itemId)?.key ?? Number.NaN;
    return counts.views(counts.indexOf(key));
  });
}

function basketSources(strategy: string, situation: Situation) {
  return strategy === 'complete_the_basket' ? situation.cart : companionSources(situation);
}

/** @property isStandIn by content, for want of evidence */
export interface StrategyPart extends Part {
  isStandIn?: true;
}

/**
 * What a strategy brings into a placement: what it finds itself; and where that rests on few observations, as much as evidence is missing, what is like the
 * items that it starts from. The more is known, the less content counts; there is no switch.
 */
export function partsOf(use: StrategyUse, situation: Situation, search: Search): StrategyPart[] {
  const own = { scored: find(use, situation, search), weight: use.weight, strategy: use.strategy };
  let models: readonly Model[];
  let evidence: number;
  if (use.strategy === 'also_viewed') {
    models = recentModels(situation).slice(0, OF_SESSION);
    evidence = viewEvidence(situation, models);
  } else if (use.strategy === 'bought_together' || use.strategy === 'complete_the_basket') {
    const { counts } = situation;
    const sources = basketSources(use.strategy, situation);
    const keys = new Map(sources.map(({ itemId, key }) => [itemId, key]));
    models = [...keys.keys()].slice(-OF_BASKET).map((itemId) => ({ itemId, weight: 1 }));
    evidence = evidenceOf(models, ({ itemId }) => counts.baskets(counts.indexOf(keys.get(itemId) ?? Number.NaN)));
  } else return [own];
  const say = sayOf(evidence);
  if (!needsContent(say, own.scored.size)) return [own];
  const alike = alikeTo(situation, models);
  if (alike.size === 0) return [own];
  // Where it found nothing itself, what is shown was not found by it.
  const strategy = own.scored.size > 0 ? use.strategy : 'similar';
  return [
    { ...own, weight: use.weight * Math.max(say, LEAST_SAY) },
    { scored: alike, weight: use.weight * Math.max(1 - say, LEAST_SAY), strategy, isStandIn: true },
  ];
}
