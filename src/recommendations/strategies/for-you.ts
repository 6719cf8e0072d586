import type { Reason } from '../schema.ts';
import { type Entry, mix, type Part, type Scored, scoredEntries } from '../scored.ts';
import type { Situation } from '../situation.ts';
import { nextItems } from './followers.ts';
import { bestsellers, trending } from './popular.ts';

/** Items of the session with a card after which the session has half the say. */
const HALF_EVIDENCE_ITEMS = 0.5;

/** Interactions (decayed) after which the affinities have half of what the session leaves. */
const HALF_EVIDENCE_INTERACTIONS = 3;

/** Categories whose popular items stand for an affinity, and how many of each. */
const CATEGORIES = 3;
const PER_CATEGORY = 60;

/** What a brand that makes up all of a visitor's interest adds to an item of a category that does. */
const BRAND_SHARE = 0.5;

type Seen = 'hide' | 'allow' | 'hideCurrent';

/**
 * The next item over the session, mixed by evidence with long-term affinities and popularity: the session has E/(E + 0.5) of the say, E being how many of
 * its last five items have followers; of the rest the affinities have A/(A + 3), A being the visitor's decayed interactions; popularity has what is left.
 * @param depth how far each of the three is read
 */
export function forYou(situation: Situation, seen: Seen, depth: number): Scored {
  const known = situation.recent.filter(({ key }) => hasFollowers(situation, key)).length;
  const session = known / (known + HALF_EVIDENCE_ITEMS);
  const { evidence } = situation.affinity;
  const lasting = (1 - session) * (evidence / (evidence + HALF_EVIDENCE_INTERACTIONS));
  const now = trending(situation);
  const parts: Part[] = [
    { scored: nextItems(situation, seen, 'session'), weight: session, strategy: 'for_you' },
    { scored: lasting > 0 ? byAffinity(situation) : scoredEntries([]), weight: lasting, strategy: 'for_you' },
    { scored: now.size > 0 ? now : bestsellers(situation), weight: 1 - session - lasting, strategy: 'for_you' },
  ];
  return mix(parts, depth);
}

function hasFollowers(situation: Situation, key: number): boolean {
  const card = situation.cards(key);
  return card !== null && card.viewed.end > card.viewed.start;
}

/** How much a category tells: one that half the shop is in says little about who likes it. */
function tellingShare(situation: Situation, slug: string, share: number): number {
  const breadth = situation.popularity.breadth(slug);
  return breadth > 0 ? share * (1 - Math.sqrt(breadth)) : 0;
}

function byAffinity(situation: Situation): Scored {
  const { affinity, popularity, catalogue } = situation;
  const liked = Object.entries(affinity.category)
    .map(([slug, share]) => ({ slug, share: tellingShare(situation, slug, share) }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, CATEGORIES);
  const found = new Map<number, { score: number; reasons: Reason[] }>();
  for (const { slug, share } of liked) {
    const { keys, weights } = popularity.bestsellers(slug);
    const largest = weights[0] ?? 1;
    for (let i = 0; i < Math.min(keys.length, PER_CATEGORY); i++) {
      const key = keys[i] ?? 0;
      const weight = (share * (weights[i] ?? 0)) / largest;
      let candidate = found.get(key);
      if (candidate === undefined) {
        candidate = { score: 0, reasons: [] };
        found.set(key, candidate);
      }
      candidate.score += weight;
      candidate.reasons.push({ code: 'category_affinity', detail: slug, weight });
    }
  }
  const entries: Entry[] = [];
  for (const [key, candidate] of found) {
    const slot = catalogue.membersOf(key)[0];
    const brand = slot === undefined ? '' : catalogue.brand(slot);
    const share = Object.hasOwn(affinity.brand, brand) ? (affinity.brand[brand] ?? 0) : 0;
    const more = candidate.score * BRAND_SHARE * share;
    if (more > 0) candidate.reasons.push({ code: 'brand_affinity', detail: brand, weight: more });
    entries.push({ key, slot: -1, score: candidate.score + more, reasons: () => candidate.reasons });
  }
  return scoredEntries(entries);
}
