/** The demo's simulated shoppers as a data set: always at hand, so that quality has a floor even where no public data is. */
import { ITEMS } from '../../demo/catalogue/items.ts';
import { type Shopper, simulateShoppers } from '../../demo/shoppers.ts';
import type { Question, TrainSession } from './read.ts';

const SHOPPERS = 2_000;
const SEED = 'evaluate';
const NOW = Date.UTC(2026, 10, 1);
const SESSION_GAP_MS = 30 * 60_000;

/** The share of sessions, the latest, that are asked about and not learnt from. */
const TEST_SHARE = 0.2;

const GROUP_OF = new Map(ITEMS.map((item) => [item.itemId, item.product.id]));

interface Visit {
  endedAt: number;
  items: string[];
}

function visitsOf(shopper: Shopper): Visit[] {
  const visits: Visit[] = [];
  for (const event of shopper.events) {
    const itemId = event.items?.[0]?.itemId;
    if (event.name !== 'view_item' || itemId === undefined) continue;
    const at = Date.parse(event.timestamp);
    const current = visits.at(-1);
    const item = GROUP_OF.get(itemId) ?? itemId;
    if (current !== undefined && at - current.endedAt <= SESSION_GAP_MS) {
      current.items.push(item);
      current.endedAt = at;
    } else visits.push({ endedAt: at, items: [item] });
  }
  return visits;
}

/** Sessions to learn from and questions about later ones; the same at every call. */
export function simulatedSessions(): { train: TrainSession[]; test: Question[] } {
  const visits = simulateShoppers({ count: SHOPPERS, seed: SEED, now: NOW }).flatMap(visitsOf);
  visits.sort((a, b) => a.endedAt - b.endedAt);
  const learnt = Math.floor(visits.length * (1 - TEST_SHARE));
  const train = visits.slice(0, learnt).map(({ endedAt, items }) => ({ number: Math.floor(endedAt / 1000), items }));
  const test = visits
    .slice(learnt)
    .flatMap(({ items }) =>
      items.slice(1).map((_, i): Question => ({ prefix: items.slice(0, i + 1), truth: items.slice(i + 1) })),
    );
  return { train, test };
}
