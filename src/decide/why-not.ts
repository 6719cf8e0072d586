import { recommend } from '../recommendations/recommend.ts';
import { whyNot } from '../recommendations/why-not.ts';
import { type Circumstances, headOf } from './decide.ts';
import { stageOf } from './place.ts';
import type { Scene } from './scene.ts';
import type { WhyNotAnswer } from './schema-questions.ts';
import { askOf } from './steer.ts';

/**
 * Why an item is or is not in a placement, for this visitor at this moment: decides the placement and looks where the item went.
 * @param scene names the placement, which exists
 */
export function explainItem(scene: Scene, circumstances: Circumstances, itemId: string): WhyNotAnswer | null {
  const asked = scene.request.placements?.[0];
  const placement = asked === undefined ? undefined : scene.config.placements[asked.placement];
  if (asked === undefined || placement === undefined) return null;
  const stage = stageOf(scene, circumstances.cards, circumstances.random);
  const ask = askOf(stage, placement, asked);
  const picks = recommend(stage.situation, ask);
  const { catalogue } = scene;
  const last = picks.picks.at(-1);
  const slot = catalogue.indexOf(itemId);
  const head = {
    ...headOf(scene, circumstances),
    placement: asked.placement,
    itemId,
    items: picks.picks.map((pick) => ({ itemId: catalogue.itemId(pick.slot), score: pick.score })),
    lastShown: last === undefined ? null : { itemId: catalogue.itemId(last.slot), score: last.score },
  };
  if (slot < 0) return { ...head, ...NOWHERE, reason: 'unknown' };
  const why = whyNot(stage.situation, ask, { picks, slot });
  const { candidate, instead, reason, rule, unmet, position, before, strategies } = why;
  return {
    ...head,
    shown: reason === 'shown',
    reason,
    rule,
    unmet: [...unmet],
    instead: instead === null ? null : catalogue.itemId(instead),
    position,
    rank: candidate?.rank ?? null,
    score: candidate?.score ?? null,
    reasons: candidate?.reasons ?? [],
    outrankedBy: before,
    strategies,
  };
}

/** Of an item that the catalogue does not have. */
const NOWHERE = {
  shown: false,
  rule: null,
  unmet: [],
  instead: null,
  position: null,
  rank: null,
  score: null,
  reasons: [],
  outrankedBy: null,
  strategies: [],
};
