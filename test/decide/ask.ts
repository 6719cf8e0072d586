import type * as z from 'zod';
import { decide } from '../../src/decide/decide.ts';
import { cardsNeeded } from '../../src/decide/place.ts';
import { sceneOf } from '../../src/decide/scene.ts';
import { type DecideAnswer, DecideRequest } from '../../src/decide/schema.ts';
import { fnv1a32 } from '../../src/shared/hash.ts';
import { seededRandom } from '../../src/shared/random.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import type { SmallShop } from '../recommendations/shop.ts';

export const VISITOR = 'visitor-0123456789';

/** Decides as the route does, without I/O: the only cards that can be read are those that were announced as needed. */
export function ask(
  shop: SmallShop,
  request: z.input<typeof DecideRequest>,
  profile: Profile | null = null,
): DecideAnswer {
  const scene = sceneOf(DecideRequest.parse(request), { visitorId: VISITOR, customerId: null, profile }, shop);
  const needed = new Set(cardsNeeded(scene));
  return decide(scene, {
    consentUsed: 'personal',
    versions: { config: 1, catalog: 'c1', cards: 'k1' },
    degraded: false,
    notes: [],
    cards: (key) => (needed.has(key) ? shop.cards(key) : null),
    random: seededRandom(fnv1a32('test')),
  });
}

/** The itemIds that a placement shows. */
export function shown(answer: DecideAnswer, placement: string): string[] {
  return answer.placements?.[placement]?.items.map((item) => item.itemId) ?? [];
}
