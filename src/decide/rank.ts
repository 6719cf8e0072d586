import { resolvePlacement } from '../config/defaults.ts';
import { rank } from '../recommendations/rank.ts';
import { type Circumstances, headOf } from './decide.ts';
import { explained, stageOf } from './place.ts';
import type { Scene } from './scene.ts';
import type { RankAnswer } from './schema-questions.ts';
import { askOf } from './steer.ts';

/** What a list is ranked by when no placement is named. */
export const RANKING = 'for_you';

/** How deep lists are read to find the items of a long list among them. */
const DEPTH = 250;

/** Re-orders the caller's list for the visitor. @param scene names a placement, which exists, or none */
export function rankItems(scene: Scene, circumstances: Circumstances, items: readonly string[]): RankAnswer {
  const stage = stageOf(scene, circumstances.cards, circumstances.random);
  const [asked] = scene.request.placements ?? [];
  const named = asked === undefined ? undefined : scene.config.placements[asked.placement];
  const placement =
    named ?? resolvePlacement({ strategies: [{ strategy: RANKING }], fallback: [] }, '', scene.config.shop);
  const ask = { ...askOf(stage, placement, asked ?? { placement: placement.key }), count: DEPTH };
  const slots = items.map((itemId) => scene.catalogue.indexOf(itemId));
  const missing = items.filter((_, i) => (slots[i] ?? -1) < 0);
  return {
    ...headOf(scene, circumstances),
    items: rank(stage.situation, ask, slots).map((one) => ({
      itemId: items[one.index] ?? '',
      score: one.score,
      reasons: explained(scene, one),
      rule: one.rule,
    })),
    missing: [...new Set([...missing, ...scene.missing])],
  };
}
