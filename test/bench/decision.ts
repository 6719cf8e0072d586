/** The pure decision by itself: microseconds of CPU, without HTTP, objects or storage. */
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { decide } from '../../src/decide/decide.ts';
import { sceneOf } from '../../src/decide/scene.ts';
import { scoreNeighbours } from '../../src/learning/neighbours.ts';
import { blend, scoreNext } from '../../src/learning/score.ts';
import { popularityOf } from '../../src/recommendations/popularity.ts';
import { key53 } from '../../src/shared/hash.ts';
import { type Random, seededRandom } from '../../src/shared/random.ts';
import type { BenchModel } from './model.ts';
import { itemIdOf, nextItem } from './shop.ts';

export interface DecisionCost {
  meanMicros: number;
  p99Micros: number;
  /** Processor time of a decision, the collection of what it leaves behind included: what a busy machine does not add to. */
  cpuMicros: number;
  scoreMicros: number;
  /** With the most similar sessions beside the cards. */
  blendMicros: number;
  /** How many decisions were timed. */
  decisions: number;
}

/** Decisions that are not timed, as a share of those that are: an isolate is warm after a few thousand. */
const WARMING = 0.25;

/** Items that a visitor has looked at, the page's own included. */
const VIEWED = 3;

const NOW = Date.UTC(2026, 10, 20);

/** An item page steered in every way that costs something. */
const STEERED: NonNullable<SiteConfigInput['placements']>[string] = {
  strategies: [
    { strategy: 'bought_together', weight: 1 },
    { strategy: 'also_viewed', weight: 0.5 },
  ],
  filter: { price: { $lt: 95 } },
  rules: [
    { key: 'red', items: { 'attributes.color': 'red' }, do: 'boost', by: 1.5 },
    { key: 'dear', items: { price: { $gt: 80 } }, do: 'bury', by: 2 },
    { key: 'brand', items: { brand: 'Brand 7' }, do: 'hide' },
  ],
  caps: { brand: 3, category: 4 },
  diversity: 0.3,
};

/** Times whole decisions for ten items of an item page with a filter, three rules, caps, diversity and reasons. */
export function measureSteered(model: BenchModel, items: number, decisions: number): DecisionCost {
  return measureDecision(model, items, decisions, { placement: STEERED, explain: 'merchant' });
}

/** How the item page is steered, and for whom it is explained. */
interface Page {
  placement: NonNullable<SiteConfigInput['placements']>[string] | null;
  explain: 'none' | 'merchant';
}

/**
 * What a visitor has looked at, the newest first: drawn as the visits that the model has learnt, so that popular items are asked for as often as they were
 * viewed, and the isolate's memory helps as much as it would. It helps less than in a real shop: the tenth of the items that is viewed most has a third of the
 * views here, and 42 to 46 % in the sessions of retailrocket and diginetica.
 */
function visit(items: number, random: Random): string[] {
  let item = Math.floor(items * random() * random());
  return Array.from({ length: VIEWED }, () => {
    item = nextItem(item, items, random);
    return itemIdOf(item);
  }).reverse();
}

/** Times whole decisions (scene, candidates, scores, filters, reasons) for ten items of an item page. */
export function measureDecision(
  model: BenchModel,
  items: number,
  decisions: number,
  { placement, explain }: Page = { placement: null, explain: 'none' },
): DecisionCost {
  const config = resolveConfig({
    shop: { currency: 'GBP' },
    ...(placement === null ? {} : { placements: { 'item-page': placement } }),
  });
  const { catalogue, cards, counts } = model;
  const known = { config, catalogue, counts, popularity: popularityOf(counts, catalogue), now: NOW };
  const random = seededRandom(5);
  const durations: number[] = [];
  let answered = 0;
  const warming = Math.round(decisions * WARMING);
  let cpu = process.cpuUsage();
  for (let i = 0; i < decisions + warming; i++) {
    if (i === warming) cpu = process.cpuUsage();
    const session = visit(items, random);
    const request = {
      page: { type: 'item', itemId: session[0] },
      session,
      placements: [{ placement: 'item-page', count: 10 }],
      explain,
      dryRun: false,
    };
    const started = performance.now();
    const scene = sceneOf(request, { visitorId: 'bench-visitor-000000', customerId: null, profile: null }, known);
    const answer = decide(scene, {
      consentUsed: 'session',
      versions: { config: 0, catalog: 'c1', cards: 'k1' },
      degraded: false,
      notes: [],
      cards,
      random,
    });
    if (i >= warming) durations.push((performance.now() - started) * 1000);
    answered += answer.placements?.['item-page']?.items.length ?? 0;
  }
  const { user, system } = process.cpuUsage(cpu);
  if (answered < decisions * 9)
    throw new Error(`only ${answered} items in ${decisions} decisions: that is not what is to be measured`);
  durations.sort((a, b) => a - b);
  return {
    meanMicros: durations.reduce((sum, one) => sum + one, 0) / durations.length,
    cpuMicros: (user + system) / decisions,
    p99Micros: durations[Math.floor(durations.length * 0.99)] ?? Number.NaN,
    scoreMicros: measureScoring(
      items,
      decisions,
      (session) => scoreNext({ session, cards, counts, seen: 'hide' }).size,
    ),
    blendMicros: measureScoring(items, decisions, (session) => {
      const options = { session, seen: 'hide' } as const;
      return blend(scoreNext({ ...options, cards, counts }), scoreNeighbours({ ...options, sessions: model.sessions }))
        .size;
    }),
    decisions: durations.length,
  };
}

function measureScoring(items: number, rounds: number, score: (session: number[]) => number): number {
  const random = seededRandom(9);
  const sessions = Array.from({ length: rounds }, () => {
    const item = Math.floor(items * random() * random());
    return [0, 3, 8, 12, 19].map((step) => key53(itemIdOf((item + step) % items)));
  });
  let found = 0;
  const started = performance.now();
  for (const session of sessions) found += score(session);
  const micros = ((performance.now() - started) * 1000) / rounds;
  if (found === 0) throw new Error('scoring found nothing: that is not what is to be measured');
  return micros;
}
