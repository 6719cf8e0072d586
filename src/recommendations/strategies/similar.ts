import type { Reason } from '../schema.ts';
import { NOTHING_SCORED, type Scored, scaled, scoredEntries } from '../scored.ts';
import type { Situation } from '../situation.ts';

/** Below this two items have hardly more in common than chance: of random pairs of a real catalogue nineteen of twenty are less alike. */
export const MEANINGFUL = 0.15;

/** Neighbours that are read of an item. */
const READ = 48;

/** How fast older items of the session lose their say. */
const FADE = 0.8;

/** An item whose neighbours are looked for, and how much it counts. */
export interface Model {
  itemId: string;
  weight: number;
}

/** What is like the page's item by what the catalogue says of it; without one that the catalogue knows, like what the visitor looked at last. */
export function similar(situation: Situation): Scored {
  const { page, catalogue } = situation;
  const slot = page.itemId === null ? -1 : catalogue.indexOf(page.itemId);
  if (slot < 0 || page.itemId === null) return alikeTo(situation, recentModels(situation));
  const scored = alikeTo(situation, [{ itemId: page.itemId, weight: 1 }]);
  const inDetail = (index: number) =>
    commonGround(situation, { slot, other: scored.slot(index), key: scored.key(index) });
  return {
    ...scored,
    reasons: (index) => shares(scored.reasons(index), inDetail(index)),
  };
}

/** The items viewed last as models, the newest first. */
export function recentModels({ recent }: Situation): Model[] {
  return recent.map(({ itemId }, place) => ({ itemId, weight: Math.exp(-place / FADE) }));
}

/** What is like any of some items: the sum of the similarities, each by what its item counts. What is only faintly like them is no candidate. */
export function alikeTo(situation: Situation, models: readonly Model[]): Scored {
  const { catalogue, content } = situation;
  const known = models.filter((model) => catalogue.indexOf(model.itemId) >= 0);
  const [only] = known;
  if (only === undefined) return NOTHING_SCORED;
  if (known.length === 1) return alikeToOne(situation, only);
  const found = new Map<number, { slot: number; score: number; best: number; reasons: Reason[] }>();
  for (const { itemId, weight } of known) {
    const { slots, similarities } = content.neighbours(catalogue.indexOf(itemId), READ);
    for (let i = 0; i < slots.length; i++) {
      const similarity = similarities[i] as number;
      if (similarity < MEANINGFUL) break;
      const slot = slots[i] as number;
      const key = catalogue.keyOf(slot);
      const reason: Reason = { code: 'similar', detail: itemId, weight: weight * similarity };
      const entry = found.get(key);
      if (entry === undefined) {
        found.set(key, { slot, score: reason.weight, best: reason.weight, reasons: [reason] });
        continue;
      }
      entry.score += reason.weight;
      entry.reasons.push(reason);
      if (reason.weight > entry.best) Object.assign(entry, { slot, best: reason.weight });
    }
  }
  return scoredEntries(
    [...found].map(([key, { slot, score, reasons }]) => ({ key, slot, score, reasons: () => reasons })),
  );
}

function alikeToOne({ catalogue, content }: Situation, { itemId }: Model): Scored {
  const { slots, similarities } = content.neighbours(catalogue.indexOf(itemId), READ);
  let size = 0;
  while (size < slots.length && (similarities[size] as number) >= MEANINGFUL) size++;
  return {
    size,
    key: (index) => catalogue.keyOf(slots[index] as number),
    score: (index) => similarities[index] as number,
    slot: (index) => slots[index] as number,
    reasons: (index) => [{ code: 'similar', detail: itemId, weight: similarities[index] as number }],
  };
}

/** What two items visibly have in common: their innermost category, their brand; as shares of what makes them alike. */
function commonGround({ catalogue, content }: Situation, of: { slot: number; other: number; key: number }) {
  const shared = content.shared(of.slot, of.other);
  const whole = shared.reduce((sum, one) => sum + one.weight, 0);
  const leaf = shared.find((one) => one.kind === 'leaf')?.name;
  const part = (belongs: (one: (typeof shared)[number]) => boolean) =>
    whole === 0 ? 0 : shared.reduce((sum, one) => sum + (belongs(one) ? one.weight : 0), 0) / whole;
  return [
    {
      code: 'same_category' as const,
      detail: leaf ?? '',
      share: part((one) => one.name === leaf && one.kind !== 'word'),
    },
    { code: 'same_brand' as const, detail: catalogue.brand(of.slot), share: part((one) => one.kind === 'brand') },
  ];
}

/** Splits one reason into what its parts share of it and the rest. */
function shares(reasons: Reason[], parts: ReturnType<typeof commonGround>): Reason[] {
  const weight = reasons.reduce((sum, reason) => sum + reason.weight, 0);
  const named = parts.filter((part) => part.share > 0);
  const rest = 1 - named.reduce((sum, part) => sum + part.share, 0);
  return [
    ...scaled(reasons, rest),
    ...named.map(({ code, detail, share }) => ({ code, detail, weight: weight * share })),
  ];
}
