import { LEAST_SAY, needsContent, sayOf } from '../evidence.ts';
import { mix, NOTHING_SCORED, type Part, type Scored, scoredOf } from '../scored.ts';
import type { Situation } from '../situation.ts';
import { viewEvidence } from '../stand-in.ts';
import { inContext } from './context.ts';
import { nextItems } from './followers.ts';
import { bestsellers, popularHere, trending } from './popular.ts';
import { alikeTo, recentModels } from './similar.ts';

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

/** Items of the session whose neighbours are looked for. */
const MODELS = 2;

/** What the words that somebody comes with have of the say that is left, where they name anything of the shop. */
const CONTEXT_SAY = 0.7;

/**
 * The next item over the session, mixed by evidence with long-term affinities, context and popularity: the session has E/(E + 0.5) of the say, E being how
 * many of its last five items anything is known of; of the rest the affinities have A/(A + 3), A being the visitor's decayed interactions; of what is left
 * the words that the visitor comes with (a search, a campaign, the page before) have 0.7 where they name anything; popularity has what remains. What the
 * session says is what others viewed next, and, as far as that rests on few views, what is like its items.
 * Of somebody about whom none of them says anything it finds what is more popular with those who come like them (country, device, time of day, kind of the
 * page before), where that tells anything in this shop; else nothing is for them in particular, and the placement's fallback says what it is.
 * @param depth how far each list is read
 */
export function forYou(situation: Situation, seen: Seen, depth: number): Scored {
  const session = sessionParts(situation, seen);
  const ofSession = session.reduce((sum, part) => sum + part.weight, 0);
  const { evidence } = situation.affinity;
  const lasting = (1 - ofSession) * (evidence / (evidence + HALF_EVIDENCE_INTERACTIONS));
  const context = situation.words.length === 0 ? NOTHING_SCORED : inContext(situation);
  const ofContext = context.size === 0 ? 0 : CONTEXT_SAY * (1 - ofSession - lasting);
  if (ofSession + lasting + ofContext === 0) return popularHere(situation);
  const now = trending(situation);
  const rest = 1 - ofSession - lasting - ofContext;
  return mix(
    [
      ...session,
      ...(lasting > 0 ? byAffinity(situation, lasting) : []),
      { scored: context, weight: ofContext, strategy: 'for_you' },
      { scored: now.size > 0 ? now : bestsellers(situation, null), weight: rest, strategy: 'for_you' },
    ],
    depth,
  );
}

/** What follows the session's items and what is like them; weights add up to the session's say. */
function sessionParts(situation: Situation, seen: Seen): Part[] {
  const models = recentModels(situation).slice(0, MODELS);
  const behaviour = sayOf(viewEvidence(situation, models));
  const followed = situation.recent.filter(({ key }) => hasFollowers(situation, key)).length;
  const next = followed === 0 ? NOTHING_SCORED : nextItems(situation, seen, 'session');
  const alike = needsContent(behaviour, next.size) ? alikeTo(situation, models) : NOTHING_SCORED;
  const known = alike.size > 0 ? situation.recent.length : followed;
  const say = known / (known + HALF_EVIDENCE_ITEMS);
  const strategy = 'for_you';
  if (alike.size === 0) return followed === 0 ? [] : [{ scored: next, weight: say, strategy }];
  if (followed === 0) return [{ scored: alike, weight: say, strategy }];
  return [
    { scored: next, weight: say * behaviour, strategy },
    { scored: alike, weight: say * Math.max(1 - behaviour, LEAST_SAY), strategy },
  ];
}

function hasFollowers(situation: Situation, key: number): boolean {
  const card = situation.cards(key);
  if (card !== null && card.viewed.end > card.viewed.start) return true;
  return situation.sessions != null && situation.sessions.indexOf(key) >= 0;
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
