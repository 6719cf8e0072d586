import { scoreNeighbours } from '../../learning/neighbours.ts';
import { blend, type Scored as Sums, scoreBasket, scoreNext } from '../../learning/score.ts';
import { lazyOrder } from '../order.ts';
import type { Reason, ReasonCode } from '../schema.ts';
import { NOTHING_SCORED, type Scored } from '../scored.ts';
import type { Situation } from '../situation.ts';

/** Sources that are named; what the others gave is summed up. */
const NAMED_SOURCES = 4;

type Seen = 'hide' | 'allow' | 'hideCurrent';
type Source = Situation['recent'][number];

/** What follows the items viewed last, the page's own item first. */
export function alsoViewed(situation: Situation, seen: Seen): Scored {
  return nextItems(situation, seen, 'also_viewed');
}

/** The same sums, whatever the reason is called; where the shop's blend is on, the most similar sessions have half the say. */
export function nextItems(situation: Situation, seen: Seen, code: ReasonCode): Scored {
  const { recent, cards, counts, sessions, before = [] } = situation;
  if (recent.length === 0) return NOTHING_SCORED;
  const sources = sessions == null ? recent : [...recent, ...before];
  const session = sources.map((one) => one.key);
  const scored = scoreNext({ session, cards, counts, seen });
  return explained(
    sessions == null ? scored : blend(scored, scoreNeighbours({ session, sessions, seen })),
    sources,
    code,
  );
}

/** What is bought with the page's item; without one, with what is in the basket; without that, with the item viewed last. */
export function boughtTogether(situation: Situation): Scored {
  return companions(situation, companionSources(situation));
}

/** What completes the basket. */
export function completeTheBasket(situation: Situation): Scored {
  return companions(situation, situation.cart);
}

/** The items whose companions {@link boughtTogether} reads. */
export function companionSources(situation: Pick<Situation, 'page' | 'recent' | 'cart'>): readonly Source[] {
  const { page, recent, cart } = situation;
  if (page.itemId !== null && page.key !== null) return [{ itemId: page.itemId, key: page.key }];
  return cart.length > 0 ? cart : recent.slice(0, 1);
}

function companions(situation: Situation, sources: readonly Source[]): Scored {
  if (sources.length === 0) return NOTHING_SCORED;
  const { cards, counts } = situation;
  const basket = sources.map((one) => one.key);
  return explained(scoreBasket({ basket, cards, counts }), sources, 'bought_together');
}

/** Sums of cards as candidates, each source a reason. */
export function explained(sums: Sums, sources: readonly Source[], code: ReasonCode): Scored {
  const { size, keys, scores } = sums;
  const at = lazyOrder(size, sums);
  const reasons = (number: number) => reasonsOf(sums, number, { sources, code });
  return {
    size,
    key: (index) => keys[at(index)] ?? 0,
    score: (index) => scores[at(index)] ?? 0,
    slot: () => -1,
    reasons: (index) => reasons(at(index)),
    unordered: { keys, scores, reasons },
  };
}

/** What each source gave to a candidate. @param key of the candidate */
function reasonsOf(sums: Sums, number: number, of: { sources: readonly Source[]; code: ReasonCode }): Reason[] {
  const reasons: Reason[] = [];
  const { partOwners, partSources, partScores, keys } = sums;
  for (let k = 0; k < partOwners.length; k++) {
    const source = partOwners[k] === number ? of.sources[partSources[k] ?? 0] : undefined;
    if (source === undefined) continue;
    const weight = partScores[k] ?? 0;
    const known = reasons.find((one) => one.detail === source.itemId);
    // An item follows itself only by the bonus for having been looked at.
    if (known === undefined)
      reasons.push({ code: source.key === keys[number] ? 'seen_before' : of.code, detail: source.itemId, weight });
    else known.weight += weight;
  }
  if (reasons.length > 1) reasons.sort((a, b) => b.weight - a.weight);
  if (reasons.length > NAMED_SOURCES) {
    const rest = reasons.splice(NAMED_SOURCES);
    reasons.push({ code: of.code, weight: rest.reduce((sum, reason) => sum + reason.weight, 0) });
  }
  return reasons;
}
