import { NOTHING_SCORED, type Scored, scoredEntries } from '../scored.ts';
import type { Situation } from '../situation.ts';

/** Texts that are read, the surest first, and items of each. */
const TEXTS = 2;
const ITEMS = 40;

/** A text with less in common with an item than this is not about it. */
const MEANINGFUL = 0.15;

/** What the words that somebody comes with are about: a search, a campaign, the page before. The first that names anything of the shop counts most. */
export function inContext({ content, catalogue, words }: Situation): Scored {
  const found = new Map<number, { slot: number; score: number; text: string }>();
  let say = 1;
  let read = 0;
  for (const text of words) {
    if (read === TEXTS) break;
    const { slots, similarities } = content.about(text, ITEMS);
    if (slots.length === 0 || (similarities[0] as number) < MEANINGFUL) continue;
    for (let i = 0; i < slots.length && (similarities[i] as number) >= MEANINGFUL; i++) {
      const slot = slots[i] as number;
      const key = catalogue.keyOf(slot);
      if (!found.has(key)) found.set(key, { slot, score: say * (similarities[i] as number), text });
    }
    say /= 2;
    read++;
  }
  if (found.size === 0) return NOTHING_SCORED;
  return scoredEntries(
    [...found].map(([key, { slot, score, text }]) => ({
      key,
      slot,
      score,
      reasons: () => [{ code: 'context' as const, detail: text.slice(0, 100), weight: score }],
    })),
  );
}
