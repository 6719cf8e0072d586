/**
 * The loop: what is recommended is clicked, what is clicked is learnt, what is learnt is recommended. Twenty rounds of it, to see whether the lists grow
 * narrower, for several shares that a click on our own recommendation adds (`learning.ownClicks`).
 */
import { learnView } from '../../learning/learn.ts';
import { fnv1a32 } from '../../shared/hash.ts';
import { type Random, seededRandom } from '../../shared/random.ts';
import { giniOf } from './beyond.ts';
import { learnSessions, publishCards, type TimedSession, viewsOf } from './model.ts';
import type { NamedSet } from './named-sets.ts';
import { product, type Recommender } from './recommender.ts';
import type { Table } from './tables.ts';

const ROUNDS = 20;
/** Of the training sessions, what is learnt before the first round, without recommendations; the rounds share what is left. */
const BEFORE = 0.5;
const OWN_CLICKS = [0, 0.5, 1] as const;

/**
 * The position-based click model (Craswell et al.: "An experimental comparison of click position-bias models", WSDM 2008): the item at rank r is looked at
 * with probability 1/r, and clicked then with 0.6 if the shopper of the file looked at it later in the same visit, with 0.1 if not.
 */
const RELEVANT = 0.6;
const OTHER = 0.1;

/** The rank of the item that is clicked, or null. At most one is. */
export function click(list: readonly number[], isRelevant: (key: number) => boolean, random: Random): number | null {
  for (const [i, key] of list.entries()) if (random() < (isRelevant(key) ? RELEVANT : OTHER) / (i + 1)) return i;
  return null;
}

/** What happened in a round; all in percent but the clicks. HR: how often the file's next click was in the list, where it does not go back. */
export interface Round {
  coverage: number;
  gini: number;
  hr: number;
  clicks: number;
}

interface Shown {
  times: Map<number, number>;
  asked: number;
  hits: number;
  clicks: number;
}

/** A view, and whether a click on our own recommendation brought it about. */
interface Step {
  key: number;
  own: boolean;
}

/**
 * One visit with recommendations: after each view but the last a list is shown. A click on it is a view more, and carries `own`; from there the shopper goes
 * on as in the file. A click on what the file has next is that view.
 */
function walk({ keys }: TimedSession, recommender: Recommender, { shown, random }: { shown: Shown; random: Random }) {
  const steps: Step[] = [];
  let own = false;
  for (const [i, key] of keys.entries()) {
    steps.push({ key, own });
    own = false;
    const later = keys.slice(i + 1);
    const [next] = later;
    if (next === undefined) break;
    const list = recommender.recommend(steps.map((step) => step.key).reverse(), 'hide');
    for (const item of list) shown.times.set(item, (shown.times.get(item) ?? 0) + 1);
    if (steps.every((step) => step.key !== next)) {
      shown.asked++;
      if (list.includes(next)) shown.hits++;
    }
    const rank = click(list, (item) => later.includes(item), random);
    const clicked = rank === null ? undefined : list[rank];
    if (clicked === undefined) continue;
    shown.clicks++;
    if (clicked === next) own = true;
    else steps.push({ key: clicked, own: true });
  }
  return steps;
}

function roundOf({ times, asked, hits, clicks }: Shown, items: number): Round {
  const counts = new Float64Array(items);
  counts.set([...times.values()]);
  return {
    coverage: (100 * times.size) / items,
    gini: 100 * giniOf(counts),
    hr: (100 * hits) / Math.max(1, asked),
    clicks,
  };
}

/** Twenty rounds: publish, recommend to the visits of the round, learn them. The same at every call. */
export function simulateFeedback(train: readonly TimedSession[], ownClicks: number): Round[] {
  const items = new Set(train.flatMap((session) => session.keys)).size;
  const first = Math.floor(train.length * BEFORE);
  const cards = learnSessions(train.slice(0, first));
  const random = seededRandom(fnv1a32('feedback'));
  const size = (train.length - first) / ROUNDS;
  return Array.from({ length: ROUNDS }, (_, round) => {
    const recommender = product(publishCards(cards, ownClicks));
    const shown: Shown = { times: new Map(), asked: 0, hits: 0, clicks: 0 };
    const [from, to] = [first + Math.floor(round * size), first + Math.floor((round + 1) * size)];
    const walks = train
      .slice(from, to)
      .map((session) => ({ at: session.at, steps: walk(session, recommender, { shown, random }) }));
    for (const { at, steps } of walks)
      for (const [i, view] of viewsOf({ at, keys: steps.map((step) => step.key) }).entries())
        learnView(cards, { ...view, own: steps[i]?.own ?? false });
    return roundOf(shown, items);
  });
}

/** The rounds, side by side for each share that own clicks add. */
export function feedbackTable({ name, set, isLooped }: NamedSet): Table | null {
  if (!isLooped) return null;
  const runs = OWN_CLICKS.map((ownClicks) => simulateFeedback(set.train, ownClicks));
  const rows = Array.from({ length: ROUNDS }, (_, i) => [
    String(i + 1),
    ...runs.flatMap((rounds) => {
      const { coverage = 0, gini = 0, hr = 0, clicks = 0 } = rounds[i] ?? {};
      return [coverage.toFixed(1), gini.toFixed(1), hr.toFixed(1), String(clicks)];
    }),
  ]);
  return {
    title: `${name}: twenty rounds of recommending and learning; coverage and Gini of what a round's lists show and HR@20 (protocol A) in percent, clicks on them, for ownClicks ${OWN_CLICKS.join(', ')}`,
    columns: ['round', ...OWN_CLICKS.flatMap((own) => [`${own}: cover`, 'Gini', 'HR', 'clicks'])],
    rows,
  };
}
