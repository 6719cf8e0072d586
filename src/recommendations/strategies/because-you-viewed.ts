import { scoreNext } from '../../learning/score.ts';
import { LEAST_SAY, needsContent, sayOf } from '../evidence.ts';
import { type Mixed, mix, NOTHING_SCORED, type Scored } from '../scored.ts';
import { keyOfItem, type Situation } from '../situation.ts';
import { explained } from './followers.ts';
import { alikeTo } from './similar.ts';

/** Items viewed that may seed a row, newest first. */
const SEEDS = 12;

/** Rows about items more alike than this would be the same row twice. */
const TOO_ALIKE = 0.5;

/** A row with fewer items is none. */
const LEAST_FOUND = 2;

type Source = Situation['recent'][number];

/** The items that rows may be about: what was viewed, newest first, each once, without the page's own. */
export function seedCandidates({
  catalogue,
  page,
  profile,
  recent,
}: Pick<Situation, 'catalogue' | 'page' | 'profile' | 'recent'>): Source[] {
  const viewed = profile !== null && profile.viewed.length > 0 ? profile.viewed : recent;
  const known = new Map<number, Source>();
  for (const { itemId } of viewed) {
    if (known.size === SEEDS) break;
    const key = keyOfItem(catalogue, itemId);
    if (catalogue.indexOf(itemId) >= 0 && key !== page.key && !known.has(key)) known.set(key, { itemId, key });
  }
  return [...known.values()];
}

/**
 * What the n-th row is about: the n-th of the items viewed last that anything follows from and that is not like an earlier row's.
 * @param row from 1
 * @returns null when there are not so many
 */
export function seedOf(situation: Situation, row: number): Source | null {
  const { catalogue, content } = situation;
  const chosen: number[] = [];
  for (const seed of seedCandidates(situation)) {
    const slot = catalogue.indexOf(seed.itemId);
    if (chosen.some((one) => content.similarity(one, slot) > TOO_ALIKE)) continue;
    if (rowOf(situation, seed).size < LEAST_FOUND) continue;
    if (chosen.push(slot) === row) return seed;
  }
  return null;
}

/** What follows from one item: what others viewed after it and what is like it, mixed by evidence. */
function rowOf(situation: Situation, seed: Source): Mixed {
  const { cards, counts } = situation;
  const say = sayOf(counts.views(counts.indexOf(seed.key)));
  const sums = scoreNext({ session: [seed.key], cards, counts, seen: 'hide' });
  const strategy = 'because_you_viewed';
  return mix(
    [
      { scored: explained(sums, [seed], 'also_viewed'), weight: say, strategy },
      ...(needsContent(say, sums.size)
        ? [
            {
              scored: alikeTo(situation, [{ itemId: seed.itemId, weight: 1 }]),
              weight: Math.max(1 - say, LEAST_SAY),
              strategy,
            },
          ]
        : []),
    ],
    100,
  );
}

/** A row about one item that the visitor viewed. @param row which of several rows, from 1 */
export function becauseYouViewed(situation: Situation, row: number): Scored {
  const seed = seedOf(situation, row);
  return seed === null ? NOTHING_SCORED : rowOf(situation, seed);
}
