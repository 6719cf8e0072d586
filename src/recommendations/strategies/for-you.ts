import { mix, NOTHING_SCORED, type Part, type Scored, scoredOf } from '../scored.ts';
import type { Situation } from '../situation.ts';
import { nextItems } from './followers.ts';
import { bestsellers, trending } from './popular.ts';

/** Items of the session with a card after which the session has half the say. */
const HALF_EVIDENCE_ITEMS = 0.5;

/** Interactions (decayed) after which the affinities have half of what the session leaves. */
const HALF_EVIDENCE_INTERACTIONS = 3;

/** Categories and brands whose popular items stand for an affinity, and how many items of each. */
const CATEGORIES = 3;
const BRANDS = 2;
const ITEMS_EACH = 40;

/** What a visitor's brands say beside their categories. */
const BRAND_SAY = 0.5;

type Seen = 'hide' | 'allow' | 'hideCurrent';

/**
 * The next item over the session, mixed by evidence with long-term affinities and popularity: the session has E/(E + 0.5) of the say, E being how many of
 * its last five items have followers; of the rest the affinities have A/(A + 3), A being the visitor's decayed interactions; popularity has what is left.
 * Of somebody about whom neither says anything, nothing is for them in particular: then it finds nothing, and the placement's fallback says what it is.
 * @param depth how far each of the three is read
 */
export function forYou(situation: Situation, seen: Seen, depth: number): Scored {
  const known = situation.recent.filter(({ key }) => hasFollowers(situation, key)).length;
  const session = known / (known + HALF_EVIDENCE_ITEMS);
  const { evidence } = situation.affinity;
  const lasting = (1 - session) * (evidence / (evidence + HALF_EVIDENCE_INTERACTIONS));
  if (session + lasting === 0) return NOTHING_SCORED;
  const now = trending(situation);
  return mix(
    [
      { scored: nextItems(situation, seen, 'session'), weight: session, strategy: 'for_you' },
      ...(lasting > 0 ? byAffinity(situation, lasting) : []),
      { scored: now.size > 0 ? now : bestsellers(situation, null), weight: 1 - session - lasting, strategy: 'for_you' },
    ],
    depth,
  );
}

function hasFollowers(situation: Situation, key: number): boolean {
  const card = situation.cards(key);
  return card !== null && card.viewed.end > card.viewed.start;
}

interface Liked {
  name: string;
  share: number;
}

function strongest(shares: Readonly<Record<string, number>>, most: number, breadth: (name: string) => number): Liked[] {
  const liked: Liked[] = [];
  for (const name of Object.keys(shares)) {
    // What half the shop belongs to says little about who likes it.
    const part = breadth(name);
    const share = part > 0 ? (shares[name] ?? 0) * (1 - Math.sqrt(part)) : 0;
    if (share > 0) liked.push({ name, share });
  }
  return liked.sort((a, b) => b.share - a.share).slice(0, most);
}

/** The popular items of the categories and brands that the visitor likes, each list by its share of what they like. */
function byAffinity({ affinity, popularity }: Situation, say: number): Part[] {
  const categories = strongest(affinity.category, CATEGORIES, popularity.breadth);
  const brands = strongest(affinity.brand, BRANDS, popularity.breadthOfBrand);
  const whole =
    categories.reduce((sum, one) => sum + one.share, 0) + brands.reduce((sum, one) => sum + BRAND_SAY * one.share, 0);
  const part = (scored: Scored, share: number): Part => ({
    scored: { ...scored, size: Math.min(scored.size, ITEMS_EACH) },
    weight: (say * share) / whole,
    strategy: 'for_you',
  });
  return [
    ...categories.map(({ name, share }) =>
      part(scoredOf(popularity.bestsellers(name), { code: 'category_affinity', detail: name }), share),
    ),
    ...brands.map(({ name, share }) =>
      part(scoredOf(popularity.ofBrand(name), { code: 'brand_affinity', detail: name }), BRAND_SAY * share),
    ),
  ];
}
