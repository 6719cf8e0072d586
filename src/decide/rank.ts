import { resolvePlacement } from '../config/defaults.ts';
import { rank } from '../recommendations/rank.ts';
import { baselinePlacement } from './baseline.ts';
import { type Circumstances, headOf } from './decide.ts';
import { explained, stageOf } from './place.ts';
import type { Scene } from './scene.ts';
import type { RankAnswer } from './schema-questions.ts';
import { askOf } from './steer.ts';

/** What a list is ranked by when no placement is named. */
export const RANKING = 'for_you';

/** Fields of a placement that find and weigh. The others choose among what is found, and nothing is left out of a list. */
const WEIGHING: readonly string[] = ['strategies', 'whenSoldOut', 'alternatives', 'rules', 'rotation', 'seen'];

/** Strategies that find only what may be shown, and the fields that say what may. */
const ADMITTING: ReadonlySet<string> = new Set(['basket_filler', 'alternatives']);
const ADMISSION: readonly string[] = ['filter', 'bought', 'sameAs', 'differentFrom'];

/** The fields of the placement that a list is ranked by. */
export function fieldsRanked({ config, request }: Pick<Scene, 'config' | 'request'>): ReadonlySet<string> {
  const placement = config.placements[request.placements?.[0]?.placement ?? ''];
  const uses = [...(placement?.strategies ?? []), ...(placement?.whenSoldOut?.strategies ?? [])];
  const admits = uses.some(({ strategy }) => ADMITTING.has(strategy));
  return new Set(admits ? [...WEIGHING, ...ADMISSION] : WEIGHING);
}

/** How deep lists are read to find the items of a long list among them. */
const DEPTH = 250;

/** Re-orders the caller's list for the visitor. @param scene names a placement, which exists, or none */
export function rankItems(scene: Scene, circumstances: Circumstances, items: readonly string[]): RankAnswer {
  const stage = stageOf(scene, circumstances.cards, circumstances.random);
  const [asked] = scene.request.placements ?? [];
  const named = asked === undefined ? undefined : scene.config.placements[asked.placement];
  const usual = resolvePlacement({ strategies: [{ strategy: RANKING }], fallback: [] }, '', scene.config.shop);
  const placement = named ?? baselinePlacement(usual, scene.heldOut);
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
